"""The library and the readable model on a full grid find the same optimum."""

from __future__ import annotations

import math

import pytest
from scheduled_cases import barge, corridor, random_day

import bundling
from bundling import Status
from bundling.models import scheduled_hubs
from bundling.models.solve import solve_reference

SEEDS = range(24)


def test_the_twin_solves_the_hand_worked_days() -> None:
    for problem, eur in ((corridor(), 112.0), (barge(), 40.5)):
        solution, objective = solve_reference(scheduled_hubs.build, scheduled_hubs.read, problem)
        assert objective == pytest.approx(eur)
        assert bundling.check(problem, solution) == []
        assert bundling.evaluate(problem, solution).objective == pytest.approx(eur)


@pytest.mark.parametrize("seed", SEEDS)
def test_same_optimum_or_both_infeasible(seed: int) -> None:
    problem = random_day(seed)
    solution, objective = solve_reference(scheduled_hubs.build, scheduled_hubs.read, problem)
    result = bundling.solve(problem, time_limit=60.0, gap=0.0)
    if solution is None:
        assert result.status is Status.INFEASIBLE
        assert result.reasons
        return
    assert bundling.check(problem, solution) == []
    assert bundling.evaluate(problem, solution).objective == pytest.approx(objective, abs=1e-6)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(objective, abs=1e-5)
    assert -math.inf < result.bound <= objective + 1e-5
