"""Tiny location problems with answers worked out by hand, and where the public sets are."""

from __future__ import annotations

import itertools
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bundling
from bundling.location import CoveringProblem, FacilityProblem, RefuellingProblem, facility_location
from bundling.location.covering import maximal_covering


def public_folder(name: str) -> Path:
    """Folder of a public location set; skips the test where it is not there."""
    given = os.environ.get("BUNDLING_SHARED")
    home = Path(given) if given else Path(__file__).resolve().parents[3] / "shared"
    folder = home / "benchmarks" / "location" / name
    if not folder.is_dir():
        pytest.skip(f"the public set {name} is not here")
    return folder


def on_a_line(*places: float) -> np.ndarray:
    """Distances between places on a line."""
    x = np.array(places)
    return np.abs(x[:, None] - x)


def two_warehouses() -> FacilityProblem:
    """Two sites of 6 and 3 for demands of 4, 2 and 3: both must open, and one client is split.

    West (fixed 10) serves for 0, 1 and 3 a unit, east (fixed 5) for 3, 2 and 0. Without capacities
    west alone would cost 10 + 0 + 2 + 9 = 21 and east alone 5 + 12 + 4 + 0 = 21; together
    15 + 0 + 2 + 0 = 17. Together they hold 9, all that is asked for, so the best is 17 with west
    full of the first two clients and east of the third.
    """
    demand = np.array([4.0, 2.0, 3.0])
    per_unit = np.array([[0.0, 3.0], [1.0, 2.0], [3.0, 0.0]])
    return facility_location(
        per_unit * demand[:, None],
        [10.0, 5.0],
        demand=demand,
        capacity=[6.0, 3.0],
        site_ids=["west", "east"],
        client_ids=["a", "b", "c"],
    )


def five_estates(p: int) -> CoveringProblem:
    """Five estates and three plazas: north covers 1, 2; middle 2, 3, 4; south 4, 5.

    Weights 5, 1, 1, 1, 5: one plaza leaves 7 at best (north or south), two leave 1 (north, south),
    and not what the one that covers most estates would suggest.
    """
    covers = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    return maximal_covering(
        covers, p, weight=[5, 1, 1, 1, 5], site_ids=["north", "middle", "south"]
    )


def corridor(reach: float, p: int, **options: Any) -> RefuellingProblem:
    """One road A - B - C - D with stretches of 3, 4 and 3, and flows A-D (10) and B-C (4)."""
    return RefuellingProblem.on_paths(
        [[0, 1, 2, 3], [1, 2]],
        [[3.0, 4.0, 3.0], [4.0]],
        volume=[10.0, 4.0],
        reach=reach,
        most_open=p,
        node_ids=["A", "B", "C", "D"],
        flow_ids=["A-D", "B-C"],
        **options,
    )


def best_by_hand(problem: Any) -> float:
    """Cost of the best sites by trying all; infinite when none will do.

    What open sites cost is told by the family's own evaluation, and by no search.
    """
    best = math.inf
    for picked in itertools.product([False, True], repeat=problem.num_sites):
        is_open = np.array(picked)
        solution = plan_of(problem, is_open)
        if solution is not None and not bundling.check(problem, solution):
            best = min(best, bundling.evaluate(problem, solution).objective)
    return best


def plan_of(problem: Any, is_open: np.ndarray) -> Any:
    """Best plan with these sites; None when they cannot serve. Capacities by a linear programme."""
    from scipy.optimize import linprog

    if isinstance(problem, CoveringProblem):
        return bundling.location.CoveringSolution(is_open)
    if isinstance(problem, RefuellingProblem):
        return bundling.location.RefuellingSolution(is_open)
    sites = np.flatnonzero(is_open)
    client, at = np.nonzero(np.isfinite(problem.cost[:, sites]))
    if len(np.unique(client)) < problem.num_clients:
        return None
    site = sites[at]
    if problem.worst or not problem.has_capacity:
        cost = np.where(is_open, problem.cost, np.inf)
        near = cost.argmin(axis=1)
        rows = np.arange(problem.num_clients)
        return bundling.location.FacilitySolution(is_open, rows, near, np.ones(len(rows)))
    once = (client[None, :] == np.arange(problem.num_clients)[:, None]).astype(float)
    load = (site[None, :] == sites[:, None]) * problem.demand[client]
    answer = linprog(
        problem.cost[client, site], load, problem.capacity[sites], once,
        np.ones(problem.num_clients), bounds=(0, 1),
    )  # fmt: skip
    if not answer.success:
        return None
    return bundling.location.FacilitySolution(is_open, client, site, answer.x)
