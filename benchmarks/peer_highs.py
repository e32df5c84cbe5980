"""HiGHS alone on location problems: the compact model of the textbooks, and nothing of ours.

The model is that of `bundling.models`, handed over as arrays (Pyomo would take minutes for it).
"""

from __future__ import annotations

import math

import numpy as np

from bundling.location import CoveringProblem, FacilityProblem, RefuellingProblem
from bundling.location.refuelling.windows import windows_of
from bundling.mip import LinearModel, MipOutcome, solve_model


def solve(
    problem: FacilityProblem | CoveringProblem | RefuellingProblem, time_limit: float, gap: float
) -> tuple[MipOutcome, float]:
    """Return what HiGHS gives, and a constant to add to its objective and bound."""
    constant = 0.0
    if isinstance(problem, FacilityProblem):
        model = _facility(problem)
    elif isinstance(problem, CoveringProblem):
        model = _covering(problem)
    else:
        model, constant = _refuelling(problem)
    return solve_model(model, time_limit=time_limit, gap=gap), constant


def _sites(model: LinearModel, problem: CoveringProblem | RefuellingProblem | FacilityProblem):
    y = model.add_columns(
        "open", problem.num_sites, cost=problem.fixed_cost, integer=True,
        lower=problem.must_open, upper=~problem.forbidden,
    )  # fmt: skip
    model.add_rows("number", 1, (0, y, 1.0), lower=problem.least_open, upper=problem.most_open)
    return y


def _facility(problem: FacilityProblem) -> LinearModel:
    model = LinearModel()
    y = _sites(model, problem)
    client, site = np.nonzero(np.isfinite(problem.cost))
    x = model.add_columns("share", len(client), upper=1.0, cost=problem.cost[client, site])
    model.add_rows("once", problem.num_clients, (client, x, 1.0), lower=1.0, upper=1.0)
    rows = np.arange(len(client))
    model.add_rows("open", len(client), (rows, x, 1.0), (rows, y[site], -1.0), upper=0.0)
    if problem.has_capacity:
        sites = np.arange(problem.num_sites)
        model.add_rows(
            "capacity", problem.num_sites, (site, x, problem.demand[client]),
            (sites, y, -problem.capacity), upper=0.0,
        )  # fmt: skip
    return model


def _covering(problem: CoveringProblem) -> LinearModel:
    model = LinearModel()
    y = _sites(model, problem)
    must = np.isinf(problem.weight)
    clients = np.arange(problem.num_clients)
    z = model.add_columns(
        "missed", problem.num_clients, upper=np.where(must, 0.0, 1.0),
        cost=np.where(must, 0.0, problem.weight),
    )  # fmt: skip
    client = np.repeat(clients, np.diff(problem.start))
    model.add_rows(
        "covered", problem.num_clients, (client, y[problem.site], 1.0), (clients, z, 1.0),
        lower=1.0, upper=math.inf,
    )  # fmt: skip
    return model


def _refuelling(problem: RefuellingProblem) -> tuple[LinearModel, float]:
    windows, lost = windows_of(problem)
    model = LinearModel()
    y = _sites(model, problem)
    m = model.add_columns("missed", len(windows.volume), cost=windows.volume)
    count = len(windows.start) - 1
    window = np.repeat(np.arange(count), np.diff(windows.start))
    flow = np.repeat(np.arange(len(windows.volume)), np.diff(windows.flow))
    model.add_rows(
        "window", count, (window, y[windows.site], 1.0), (np.arange(count), m[flow], 1.0),
        lower=1.0, upper=math.inf,
    )  # fmt: skip
    return model, lost
