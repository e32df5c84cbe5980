"""The solve: exact small parts, PyVRP on larger ones, limits, reasons, batteries, laws."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds_cases import city_problem, line_problem, small_problem

import bundling
from bundling.result import Limit, Status
from bundling.rounds import all_figures, check, workers
from bundling.rounds import solve as solve_room
from bundling.rounds.candidates import candidate
from bundling.rounds.parts import independent_parts
from bundling.rounds.reach import find_reach
from bundling.rounds.search import Found, best_of, search
from bundling.rounds.solve import solve


def test_the_line_is_optimal_by_hand() -> None:
    # One round of 158.88 EUR (see test_rounds_check); two rounds cost a second 100 EUR.
    result = bundling.solve(line_problem())
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(158.88)
    assert result.solution.routes[0].departure_s == pytest.approx(7 * 3600 + 50 * 60)
    assert "near" in result.tables["visits"]["stop_id"].tolist()


def test_two_rounds_when_one_is_too_heavy_by_hand() -> None:
    # 900 kg: each stop its own round. near: 100 + 20 x .5 + 0.5 h x 36 + 10(.2+.04) + 10 x .2 =
    # 4.4 kWh x .3 = 129.32. far: 100 + 40 x .5 + 50/60 x 36 + 20(.2+.06) + 20 x .2 = 9.2 kWh x .3
    # = 152.76. Together 282.08.
    result = solve(line_problem(capacity_kg=[900.0]))
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(282.08)


def test_heavier_consumption_decides_the_order_when_the_battery_is_short() -> None:
    # near then far takes 9.6 kWh; far then near: 20 km x .3 + 10 x (.2 + .04) + 10 x .2 = 10.4.
    result = solve(line_problem(usable_kwh=[9.7]))
    assert result.solution.routes[0].stops == ("near", "far")
    alone = solve(line_problem(usable_kwh=[9.5]))  # 9.6 kWh is out; two rounds remain
    assert len(alone.solution.routes) == 2
    assert alone.status is Status.OPTIMAL


@pytest.fixture
def only_pyvrp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send parts of every size to PyVRP."""
    monkeypatch.setattr(solve_room, "MOST_STOPS", 0)


def test_iterations_make_it_deterministic() -> None:
    problem = city_problem(25, seed=4)
    first, second = (solve(problem, seed=7, max_iterations=150) for _ in range(2))
    assert first.limit is Limit.ITERATIONS
    assert first.solution.routes == second.solution.routes
    assert first.objective == second.objective


def test_a_city_is_feasible_bounded_and_in_time() -> None:
    problem = city_problem(60, seed=2, depots=3)
    started = time.perf_counter()
    result = solve(problem, time_limit=3.0)
    assert time.perf_counter() - started < 4.5
    assert result.status is Status.FEASIBLE
    assert check(problem, result.solution) == []
    assert 0 < result.bound < result.objective
    assert result.gap < 0.6
    costs = [objective for _, objective, _ in result.run.improvements]
    assert costs == sorted(costs, reverse=True)


@pytest.mark.usefixtures("only_pyvrp")
@pytest.mark.parametrize("seed", [1, 2, 4, 5])
def test_pyvrp_comes_close_to_the_optimum(seed: int) -> None:
    problem = small_problem(4, seed=seed)
    searched = solve(problem, max_iterations=300)
    solve_room.MOST_STOPS = 5
    exact = solve(problem)
    if exact.status is Status.INFEASIBLE:
        assert searched.solution is None
        return
    assert exact.objective - 1e-6 <= searched.objective <= 1.2 * exact.objective
    assert searched.bound <= exact.objective + 1e-6


def test_short_batteries_are_kept_by_load() -> None:
    # Only vans with a battery for about half of what they would like to drive in one go.
    problem = city_problem(24, seed=5, fleet=("evan",), radius_m=12_000, zone_share=0.0)
    problem = problem.replace(
        usable_kwh=[12.0],
        kwh_per_km_per_t=[0.5],
        tw_early_s=np.zeros(24),
        tw_late_s=[72_000.0] * 24,
    )
    found = Found()
    (part,) = independent_parts(find_reach(problem).possible(problem))
    search(problem, part, seed=1, stop=lambda done, _: done >= 1500, found=found)
    assert found.tightened >= 1
    result = solve(problem, max_iterations=1500)
    assert result.status is Status.FEASIBLE
    shares = [route.kwh / route.usable_kwh for route in all_figures(problem, result.solution)]
    assert max(shares) <= 1 + 1e-6
    assert max(shares) > 0.8  # the limit binds
    assert len(shares) > 1


def test_on_event_false_stops_with_the_best_so_far() -> None:
    problem = city_problem(40, seed=1)
    seen = []

    def enough(event) -> bool:
        seen.append(event)
        return math.isinf(event.objective)

    result = solve(problem, time_limit=30.0, on_event=enough)
    assert result.limit is Limit.INTERRUPT
    assert result.run.wall_s < 15.0
    assert check(problem, result.solution) == []
    assert seen[-1].step == "rounds"


def test_ctrl_c_keeps_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def sleep(seconds: float) -> None:
        calls.append(seconds)
        time.sleep(seconds)
        if len(calls) == 20:
            raise KeyboardInterrupt

    monkeypatch.setattr(workers, "_nap", sleep)
    problem = city_problem(40, seed=1)
    result = solve(problem, time_limit=30.0)
    assert result.limit is Limit.INTERRUPT
    assert check(problem, result.solution) == []


def test_a_choice_without_time_is_never_worse_than_what_is_known() -> None:
    """Left alone, HiGHS' first incumbent on a large choice can cost half as much again."""
    problem = city_problem(60, seed=2, zone_share=0.0)
    (part,) = independent_parts(find_reach(problem).possible(problem))
    found = Found()
    search(problem, part, seed=1, stop=lambda done, _: done >= 200, found=found)
    known = [candidate(problem, *route) for route in found.best]
    assert None not in known
    cost = math.fsum(route.cost_eur for route in known if route is not None)
    assert cost == pytest.approx(found.cost_eur, rel=0.01)  # energy is priced at a typical load
    hurried = best_of(problem, part, [found], time_limit=0.01, seed=0)
    assert hurried.cost_eur <= cost + 1e-9


def test_parts_are_independent_and_complete() -> None:
    problem = city_problem(40, seed=2, depots=4)
    parts = independent_parts(find_reach(problem).possible(problem))
    assert len(parts) == 4  # stops are bound to depots
    assert sorted(s for part in parts for s in part.stops) == list(range(40))
    assert len({v for part in parts for v in part.vehicles}) == sum(
        len(part.vehicles) for part in parts
    )
    joined = problem.replace(stop_depot=np.full(40, -1))
    assert len(independent_parts(find_reach(joined).possible(joined))) == 1


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 900.0, 7200.0]))
def test_wider_windows_never_cost_more(seed: int, wider_s: float) -> None:
    problem = small_problem(3, seed=seed)
    narrow = solve(problem)
    wide = solve(problem.replace(tw_late_s=problem.tw_late_s + wider_s))
    if narrow.solution is not None:
        assert wide.objective <= narrow.objective + 1e-6


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_a_larger_battery_or_fleet_never_costs_more(seed: int) -> None:
    problem = small_problem(3, seed=seed)
    base = solve(problem)
    for better in (
        problem.replace(usable_kwh=problem.usable_kwh * 1.5),
        problem.replace(count=problem.count + 1),
        problem.replace(barred=np.zeros_like(problem.barred)),
    ):
        if base.solution is not None:
            assert solve(better).objective <= base.objective + 1e-6
