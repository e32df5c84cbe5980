"""The Pyomo reference and the library must find the same optimum on small random problems."""

from __future__ import annotations

import numpy as np
import pytest
from rounds_cases import charging_problem, line_problem, small_problem

from bundling.errors import SolverError
from bundling.models.rounds import build, read
from bundling.models.solve import solve_reference
from bundling.result import Status
from bundling.rounds import check, evaluate
from bundling.rounds.solve import solve


def test_reference_reads_the_hand_worked_line() -> None:
    problem = line_problem()
    solution, cost = solve_reference(build, read, problem)
    assert cost == pytest.approx(158.88)
    assert solution is not None
    assert check(problem, solution) == []
    assert evaluate(problem, solution).objective == pytest.approx(158.88)


def test_reference_refuses_what_it_would_leave_out() -> None:
    with pytest.raises(SolverError, match="curve_of"):
        build(charging_problem())


@pytest.mark.parametrize("seed", range(14))
def test_library_agrees_with_reference(seed: int) -> None:
    stops = 2 + seed % 3
    problem = small_problem(stops, seed=seed)
    result = solve(problem, time_limit=20.0)
    solution, cost = solve_reference(build, read, problem)
    if solution is None:
        assert result.status is Status.INFEASIBLE
        assert result.reasons
        return
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(cost, rel=1e-5)
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
