"""PySAL's spopt on location problems, with the solver it brings (PuLP with CBC)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pulp
from spopt.locate import MCLP, PMedian

from bundling.location import CoveringProblem, FacilityProblem


def solve(problem: Any, time_limit: float) -> dict[str, Any]:
    """Return what spopt gives; its sites are priced again here. It tells no bound.

    Raises
    ------
    TypeError
        For problems that spopt does not state as we do.
    """
    engine = pulp.PULP_CBC_CMD(msg=False, timeLimit=time_limit)
    if isinstance(problem, FacilityProblem) and problem.least_open == problem.most_open:
        weights = np.ones(problem.num_clients)
        model = PMedian.from_cost_matrix(problem.cost, weights, p_facilities=problem.most_open)
    elif isinstance(problem, CoveringProblem):
        distance = np.ones((problem.num_clients, problem.num_sites))
        client = np.repeat(np.arange(problem.num_clients), np.diff(problem.start))
        distance[client, problem.site] = 0.0
        model = MCLP.from_cost_matrix(
            distance, problem.weight, service_radius=0.5, p_facilities=problem.most_open
        )
    else:
        raise TypeError("spopt does not state this problem")
    try:
        model = model.solve(engine)
    except RuntimeError as error:
        return _found(f"error: {error}"[:60], math.inf)
    is_open = np.array([bool(served) for served in model.fac2cli])
    if isinstance(problem, FacilityProblem):
        cost = float(problem.cost[:, is_open].min(axis=1).sum())
    else:
        reached = np.zeros(problem.num_clients, dtype=bool)
        reached[client[is_open[problem.site]]] = True
        cost = float(problem.weight[~reached].sum())
    return _found(f"says {pulp.LpStatus[model.problem.status]}", cost)


def _found(status: str, cost: float) -> dict[str, Any]:
    return {"status": status, "objective": cost, "bound": -math.inf, "served": "", "nodes": ""}
