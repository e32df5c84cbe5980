"""Run a Pyomo reference model with HiGHS."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

from bundling.errors import SolverError

P = TypeVar("P")
S = TypeVar("S")


def solve_reference(
    build: Callable[[P], Any],
    read: Callable[[Any, P], S],
    problem: P,
    time_limit: float = 60.0,
) -> tuple[S | None, float]:
    """Build the reference model of a problem, solve it to a proof, and read the solution.

    Parameters
    ----------
    build, read
        The two functions of a module in `bundling.models`.
    problem
        The family's problem.
    time_limit
        Wall seconds for HiGHS. These models are for small problems.

    Returns
    -------
    tuple
        Solution and objective in EUR; ``(None, inf)`` when the model is proved infeasible.

    Raises
    ------
    SolverError
        When HiGHS stops without a proof of either.
    """
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.base import TerminationCondition
    from pyomo.contrib.appsi.solvers import Highs

    model = build(problem)
    if next(model.component_data_objects(pyo.Var), None) is None:
        # HiGHS calls a model without variables empty, whatever its rows say.
        rows = model.component_data_objects(pyo.Constraint, active=True)
        if not all(_holds(row) for row in rows):
            return None, math.inf
        return read(model, problem), _objective(model)
    solver = Highs()
    solver.config.time_limit = time_limit
    solver.config.load_solution = False
    solver.config.mip_gap = 0.0
    solver.highs_options = {"threads": 1, "mip_abs_gap": 1e-9}
    infeasible = (
        TerminationCondition.infeasible,
        TerminationCondition.infeasibleOrUnbounded,
    )
    outcome = solver.solve(model)
    if outcome.termination_condition in infeasible:
        # HiGHS' presolve has called feasible models infeasible: ask again without it.
        solver.highs_options["presolve"] = "off"
        outcome = solver.solve(model)
    condition = outcome.termination_condition
    if condition in infeasible:
        return None, math.inf
    if condition != TerminationCondition.optimal:
        raise SolverError(f"HiGHS gives no proof for the reference model: {condition.name}")
    outcome.solution_loader.load_vars()
    return read(model, problem), float(outcome.best_feasible_objective)


def _holds(row: Any) -> bool:
    """Whether a row without variables is true."""
    import pyomo.environ as pyo

    body = float(pyo.value(row.body))
    lower, upper = pyo.value(row.lower), pyo.value(row.upper)
    return (lower is None or body >= lower) and (upper is None or body <= upper)


def _objective(model: Any) -> float:
    import pyomo.environ as pyo

    return float(sum(pyo.value(part) for part in model.component_data_objects(pyo.Objective)))
