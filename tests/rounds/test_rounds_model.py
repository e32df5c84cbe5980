"""The Pyomo reference and the library must find the same optimum on small random problems."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from bundling.models.rounds import build, read
from pyomo.contrib.solver.common.factory import SolverFactory
from pyomo.contrib.solver.common.results import TerminationCondition
from rounds_cases import line_problem, small_problem

from bundling.result import Status
from bundling.rounds import RoundsProblem, check, evaluate
from bundling.rounds.solve import solve


def reference(problem: RoundsProblem) -> tuple[Any, float | None]:
    """Solve the Pyomo model with HiGHS; the objective is None when it is infeasible."""
    model = build(problem)
    solver = SolverFactory("highs")
    solver.config.load_solutions = False
    solver.config.raise_exception_on_nonoptimal_result = False
    solver.config.rel_gap = 0.0
    solver.config.time_limit = 30.0
    outcome = solver.solve(model)
    if outcome.termination_condition is TerminationCondition.convergenceCriteriaSatisfied:
        outcome.solution_loader.load_vars()
        return model, float(pyo.value(model.cost))
    assert outcome.termination_condition in {
        TerminationCondition.provenInfeasible,
        TerminationCondition.infeasibleOrUnbounded,
    }
    return model, None


def test_reference_reads_the_hand_worked_line() -> None:
    problem = line_problem()
    model, cost = reference(problem)
    assert cost == pytest.approx(158.88)
    solution = read(model, problem)
    assert check(problem, solution) == []
    assert evaluate(problem, solution).objective == pytest.approx(158.88)


@pytest.mark.parametrize("seed", range(14))
def test_library_agrees_with_reference(seed: int) -> None:
    stops = 2 + seed % 3
    problem = small_problem(stops, seed=seed)
    result = solve(problem, time_limit=20.0)
    model, cost = reference(problem)
    if cost is None:
        assert result.status is Status.INFEASIBLE
        assert result.reasons
        return
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(cost, rel=1e-5)
    solution = read(model, problem)
    assert check(problem, solution) == []
    assert evaluate(problem, solution).objective == pytest.approx(cost, rel=1e-5)


def test_the_sample_has_both_answers_and_binding_rules() -> None:
    """A sample in which everything is easy would prove nothing."""
    costs = [solve(small_problem(2 + seed % 3, seed=seed)) for seed in range(14)]
    feasible = [result for result in costs if result.status is Status.OPTIMAL]
    assert 4 <= len(feasible) <= 13
    assert any(len(result.solution.routes) >= 2 for result in feasible)
    assert any(result.evaluation.indicators["waiting_h"] > 0 for result in feasible)
    used = {route.vehicle for result in feasible for route in result.solution.routes}
    assert len(used) >= 3
    assert np.isfinite([result.bound for result in feasible]).all()
