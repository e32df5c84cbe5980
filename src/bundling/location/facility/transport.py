"""Who is served where, and for how much, once it is settled which sites are open."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.errors import SolverError
from bundling.location.facility.problem import FacilityProblem
from bundling.mip import LinearModel, solve_model
from bundling.result import Status

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_TINY = 1e-9


@dataclass(frozen=True)
class Shares:
    """Shares of clients at sites, and what they cost; infinite when the sites do not do."""

    cost: float
    client: IntArray
    site: IntArray
    share: FloatArray


NO_SHARES = Shares(math.inf, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def nearest(problem: FacilityProblem, is_open: BoolArray) -> Shares:
    """Serve every client from its cheapest open site; capacities are not looked at."""
    sites = np.flatnonzero(is_open)
    if len(sites) == 0:
        return NO_SHARES
    costs = problem.cost[:, sites]
    clients = np.arange(problem.num_clients)
    at = costs.argmin(axis=1)
    near = costs[clients, at]
    if np.isinf(near).any():
        return NO_SHARES
    return Shares(float(near.sum()), clients, sites[at], np.ones(problem.num_clients))


def transport(problem: FacilityProblem, is_open: BoolArray) -> Shares:
    """Serve every client at the least cost within the capacities of the open sites.

    Raises
    ------
    bundling.SolverError
        When HiGHS gives neither an answer nor a proof that there is none.
    """
    easy = nearest(problem, is_open)
    if math.isinf(easy.cost):
        return NO_SHARES
    load = np.bincount(easy.site, weights=problem.demand[easy.client], minlength=problem.num_sites)
    if (load <= problem.capacity + _TINY).all():
        return easy
    sites = np.flatnonzero(is_open)
    if problem.demand.sum() > problem.capacity[sites].sum() * (1 + _TINY):
        return NO_SHARES
    client, at = np.nonzero(np.isfinite(problem.cost[:, sites]))
    site = sites[at]
    model = LinearModel()
    x = model.add_columns("share", len(client), upper=1.0, cost=problem.cost[client, site])
    model.add_rows("served once", problem.num_clients, (client, x, 1.0), lower=1.0, upper=1.0)
    limited = np.isfinite(problem.capacity[sites])
    row = np.cumsum(limited) - 1
    inside = limited[at]
    model.add_rows(
        "capacity", int(limited.sum()),
        (row[at[inside]], x[inside], problem.demand[client[inside]]),
        upper=problem.capacity[sites[limited]],
    )  # fmt: skip
    outcome = solve_model(model)
    if outcome.status is Status.INFEASIBLE:
        return NO_SHARES
    if outcome.values is None:
        raise SolverError(
            f"HiGHS does not tell what serving from {len(sites)} sites costs: {outcome.message}. "
            f"Please report it with the input."
        )
    share = np.clip(outcome.values, 0.0, 1.0)
    kept = share > _TINY
    client, site, share = client[kept], site[kept], share[kept]
    share = share / np.bincount(client, weights=share, minlength=problem.num_clients)[client]
    return Shares(float((problem.cost[client, site] * share).sum()), client, site, share)
