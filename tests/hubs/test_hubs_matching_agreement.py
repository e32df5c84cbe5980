"""The library and the Pyomo reference agree on random small problems of matching."""

from __future__ import annotations

import importlib

import pytest
from matching_cases import random_lanes

import bundling
from bundling.models import matching
from bundling.models.solve import solve_reference
from bundling.result import Status


@pytest.mark.parametrize("seed", range(6))
def test_pairs(seed: int) -> None:
    problem = random_lanes(seed, shippers=6, member_eur=3.0 * seed)
    result = bundling.solve(problem, gap=0.0)
    solution, objective = solve_reference(matching.build, matching.read, problem)
    assert result.objective == pytest.approx(objective)
    assert bundling.evaluate(problem, solution).objective == pytest.approx(objective)
    assert bundling.check(problem, solution) == []
    assert result.status is Status.OPTIMAL


@pytest.mark.parametrize("seed", range(6))
def test_larger_groups(seed: int) -> None:
    # All groups of three and four are planned: the answer is the best and the bound is proved.
    problem = random_lanes(seed, shippers=6, most_members=3 + seed % 2, member_eur=2.0 * seed)
    result = bundling.solve(problem, gap=0.0)
    _, objective = solve_reference(matching.build, matching.read, problem)
    assert result.objective == pytest.approx(objective)
    assert result.status is Status.OPTIMAL
    assert not result.reasons


@pytest.mark.parametrize("seed", range(3))
def test_larger_groups_come_near_when_not_all_are_tried(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = importlib.import_module("bundling.hubs.matching.solve")
    monkeypatch.setattr(room, "_GROUPS_PER_S", 0)
    problem = random_lanes(seed, shippers=6, most_members=3)
    result = bundling.solve(problem, gap=0.0)
    _, objective = solve_reference(matching.build, matching.read, problem)
    assert result.bound <= objective + 1e-6
    assert objective - 1e-6 <= result.objective <= 1.01 * objective
    assert "not all 20 tried" in result.reasons[0]
