"""The peers of our methods: same problem, same machine, judged by our own checker."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

Row = dict[str, Any]


def _judged(problem: Any, solution: Any, status: str, bound: float) -> Row:
    """Cost and violations of a peer's solution by our own evaluator and checker."""
    if solution is None:
        return {
            "status": "unknown", "limit": "time", "objective_eur": math.inf, "bound_eur": bound,
            "gap": math.inf, "checks": 0, "violations": 0,
        }  # fmt: skip
    evaluate = import_module(f"bundling.{problem.family}.evaluate").evaluate
    check = import_module(f"bundling.{problem.family}.check")
    objective = evaluate(problem, solution).objective
    return {
        "status": status,
        "limit": "",
        "objective_eur": objective,
        "bound_eur": bound,
        "gap": (objective - bound) / abs(objective)
        if objective and bound > -math.inf
        else math.inf,
        "checks": check.count_checks(problem, solution),
        "violations": len(check.check(problem, solution)),
    }


def pyomo(problem: Any, time_limit: float, seed: int) -> Row:
    """Solve the reference formulation in `bundling.models` by Pyomo and HiGHS, to a proof."""
    from bundling.errors import SolverError
    from bundling.models.solve import solve_reference

    del seed  # the reference runs once
    formulation = import_module(f"bundling.models.{problem.family}")
    try:
        solution, objective = solve_reference(
            formulation.build, formulation.read, problem, time_limit=time_limit
        )
    except SolverError as error:
        return _judged(problem, None, "unknown", -math.inf) | {"note": str(error)}
    return _judged(problem, solution, "optimal", objective)


def ortools(problem: Any, time_limit: float, seed: int) -> Row:
    """Solve a rounds problem by OR-Tools' routing solver, see `ortools_rounds`."""
    from ortools_rounds import solve

    del seed  # OR-Tools' guided local search has none
    return _judged(problem, solve(problem, time_limit), "feasible", -math.inf)


PEERS: dict[str, Callable[[Any, float, int], Row]] = {"pyomo": pyomo, "ortools": ortools}
