"""Multiple allocation with capacities, as an integer model of the flows from each origin.

References
----------
A. T. Ernst, M. Krishnamoorthy, "Exact and heuristic algorithms for the uncapacitated multiple
allocation p-hub median problem", European Journal of Operational Research 104 (1998) 100-112.
J. Ebery, M. Krishnamoorthy, A. Ernst, N. Boland, "The capacitated multiple allocation hub location
problem: formulations and algorithms", European Journal of Operational Research 120 (2000) 614-631.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bundling.location.hubs.arrays import arrays_of, status_of
from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.solution import HubLocationSolution
from bundling.mip import LinearModel, MipOutcome, solve_model

_TINY = 1e-9


def flows(
    problem: HubLocationProblem, *, left: Callable[[], float], gap: float, seed: int,
    cancelled: Callable[[], bool],
) -> tuple[MipOutcome, HubLocationSolution | None]:  # fmt: skip
    """Solve the problem; return what HiGHS says and the plan."""
    data, n = arrays_of(problem), problem.num_nodes
    status = status_of(problem)
    model = LinearModel()
    is_open = model.add_columns(
        "open", n, lower=status == 1, upper=status >= 0, cost=data.fixed, integer=True
    )
    model.add_rows(
        "number", 1, (0, is_open, 1.0), lower=problem.least_open, upper=problem.most_open
    )
    # Parts of what each origin sends: at its first hub k, from k to m, from m to j.
    sent = data.sent
    collected = model.add_columns("collected", (n, n), cost=sent[:, None] * data.collect)
    moved = model.add_columns("moved", (n, n, n), cost=sent[:, None, None] * data.transfer)
    i, j = np.nonzero(data.flow > 0)
    pairs = len(i)
    share = model.add_columns(
        "share", (pairs, n), upper=1.0, cost=data.flow[i, j, None] * data.distribute[:, j].T
    )
    row = np.arange(n * n).reshape(n, n)
    model.add_rows(
        "collected is moved", (n, n), (row, collected, 1.0), (row[:, :, None], moved, -1.0),
        lower=0.0, upper=0.0,
    )  # fmt: skip
    part = data.flow[i, j] / sent[i]
    model.add_rows(
        "moved is distributed", (n, n), (row[:, None, :], moved, 1.0),
        (i[:, None] * n + np.arange(n), share, -part[:, None]), lower=0.0, upper=0.0,
    )  # fmt: skip
    model.add_rows("carried", pairs, (np.arange(pairs)[:, None], share, 1.0), lower=1.0, upper=1.0)
    model.add_rows(
        "first hub is open", (n, n), (row, collected, 1.0), (row, is_open[None, :], -1.0),
        upper=0.0,
    )  # fmt: skip
    every = np.arange(pairs * n).reshape(pairs, n)
    model.add_rows(
        "last hub is open", (pairs, n), (every, share, 1.0), (every, is_open[None, :], -1.0),
        upper=0.0,
    )  # fmt: skip
    limited = np.flatnonzero(np.isfinite(data.capacity))
    model.add_rows(
        "capacity", len(limited),
        (np.arange(len(limited))[None, :], collected[:, limited], sent[:, None]),
        (np.arange(len(limited)), is_open[limited], -data.capacity[limited]), upper=0.0,
    )  # fmt: skip
    outcome = solve_model(
        model, time_limit=max(0.05, left()), gap=gap, seed=seed, cancelled=cancelled
    )
    if outcome.values is None:
        return outcome, None
    opened = outcome.values[is_open] > 0.5
    return outcome, _plan(opened, i, j, outcome.values[moved], outcome.values[share])


def _plan(
    opened: np.ndarray, i: np.ndarray, j: np.ndarray, moved: np.ndarray, share: np.ndarray
) -> HubLocationSolution:
    """Split the flow of each pair over the first hubs as its origin's flow at the last is."""
    moved = np.where(moved > _TINY, moved, 0.0) * opened[None, :, None] * opened
    share = np.where(share > _TINY, share, 0.0) * opened
    share = share / share.sum(axis=1, keepdims=True)
    through = moved.sum(axis=1)  # [i, m]
    split = moved / np.where(through > 0, through, 1.0)[:, None, :]
    ways = share[:, None, :] * split[i]  # [pair, k, m]
    ways = ways / ways.sum(axis=(1, 2), keepdims=True)
    pair, k, m = np.nonzero(ways > 1e-12)
    return HubLocationSolution(opened, i[pair], j[pair], k, m, ways[pair, k, m])
