"""The solver: proved where it can be, checked always, and honest about the rest."""

from __future__ import annotations

import math
from typing import Any

import pytest
from echelons_cases import line_echelons, random_echelons

from bundling import api
from bundling.errors import ModelMismatch
from bundling.result import Event, Limit, Status
from bundling.rounds.echelons import TwoEchelonProblem, check, evaluate
from bundling.rounds.echelons import solve as room
from bundling.rounds.echelons.outcome import rounds_problem
from bundling.rounds.echelons.plans import make_plan
from bundling.rounds.echelons.solve import solve


def calls(result: Any) -> list[list[tuple[str, float]]]:
    return [[(drop.hub, drop.kg) for drop in truck.drops] for truck in result.solution.trucks]


def searched(problem: TwoEchelonProblem, seed: int = 0) -> Any:
    """Solve with a search, where there is one, that ends by iterations, not by the clock."""
    return solve(problem, time_limit=60.0, seed=seed, max_iterations=30)


def test_the_line_is_proved() -> None:
    result = api.solve(line_echelons(), time_limit=10.0)
    assert result.status is Status.OPTIMAL
    assert result.limit is Limit.NONE
    assert result.objective == pytest.approx(120.0)
    assert result.bound == pytest.approx(120.0)
    assert calls(result) == [[("west", 400.0), ("east", 600.0)]]
    assert result.family == "rounds.echelons"
    assert result.run.checks > 20
    tables = result.tables
    assert tables["trucks"]["km"].tolist() == [60.0]
    assert tables["truck_calls"]["hub_id"].tolist() == ["west", "east"]
    assert tables["hubs"]["rounds"].tolist() == [1, 1]
    assert len(tables["routes"]) == 2


def test_drawings_and_layers(tmp_path: Any) -> None:
    result = solve(line_echelons(), time_limit=10.0)
    assert result.plot().get_title().startswith("1 truck, 2 rounds")
    names = {path.stem for path in result.to_geojson(tmp_path)}
    assert {"rounds-echelons_truck-routes", "rounds-echelons_round-routes"} <= names


def test_freight_is_split_when_no_truck_can_carry_it() -> None:
    # Two trucks of 600 kg, one to each hub: 104 + 112 EUR, and 8 EUR of vans.
    result = searched(line_echelons(truck_capacity_kg=600.0))
    assert result.status is Status.FEASIBLE
    assert result.bound == -math.inf
    assert result.objective == pytest.approx(224.0)
    # East costs too much, so all 1000 kg go through west, in two trucks; one van serves both.
    problem = line_echelons(truck_capacity_kg=600.0, hub_eur=[0.0, 500.0])
    result = searched(problem)
    assert result.objective == pytest.approx(2 * 104.0 + 36.0)
    assert sum(kg for truck in calls(result) for _, kg in truck) == pytest.approx(1000.0)
    assert check(problem, result.solution) == []


def test_hub_capacity_and_vehicles_of_all_hubs() -> None:
    # West takes 500 kg only, so far is served from east; with one van all goes through west.
    result = searched(line_echelons(hub_capacity_kg=[500.0, 2000.0]))
    assert result.objective == pytest.approx(120.0)
    result = searched(line_echelons(truck_capacity_kg=600.0, vehicle_count=1))
    assert result.objective == pytest.approx(208.0 + 36.0)


def test_what_cannot_be_is_infeasible_and_says_why() -> None:
    result = solve(line_echelons(truck_capacity_kg=499.0), time_limit=3.0)
    assert result.status is Status.INFEASIBLE
    assert result.reasons == ("the trucks carry 998.0 kg, and the stops need 1,000.0 kg",)
    result = solve(line_echelons(hub_capacity_kg=[1.0, 2.0]), time_limit=3.0)
    assert "the hubs take 3.0 kg" in result.reasons[0]
    result = solve(line_echelons({"tw_late_s": [100.0, 100.0]}), time_limit=3.0)
    assert result.status is Status.INFEASIBLE
    assert "all were tried" in result.reasons[0]


def test_no_plan_found_is_unknown() -> None:
    problem = line_echelons({"tw_late_s": [100.0, 100.0]}, truck_capacity_kg=600.0)
    result = searched(problem)
    assert result.status is Status.UNKNOWN
    assert result.solution is None
    assert "no plan of the trucks" in result.reasons[0]


@pytest.mark.parametrize("seed", [0, 1, 3, 8])
def test_the_search_is_checked_and_never_better_than_the_proof(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = random_echelons(seed, stops=6)
    proved = solve(problem, time_limit=10.0)
    assert proved.status in (Status.OPTIMAL, Status.INFEASIBLE)
    monkeypatch.setattr(room, "beyond_exact", lambda _: "told not to")
    found = searched(problem)
    assert found.bound == -math.inf
    if proved.solution is None:
        assert found.solution is None
    elif found.solution is not None:
        assert check(problem, found.solution) == []
        assert evaluate(problem, found.solution).objective == pytest.approx(found.objective)
        assert found.objective >= proved.objective - 1e-6
        assert found.objective <= 1.1 * proved.objective


def test_the_same_iterations_give_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "beyond_exact", lambda _: "told not to")
    problem = random_echelons(3, stops=6)
    first, second = (searched(problem, seed=5).solution.to_dict() for _ in range(2))
    assert first == second


def test_a_caller_can_stop_it_and_is_told_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "beyond_exact", lambda _: "told not to")
    events: list[Event] = []

    def stop(event: Event) -> bool:
        events.append(event)
        return math.isinf(event.objective)

    result = solve(random_echelons(3, stops=6), time_limit=60.0, on_event=stop)
    assert result.limit is Limit.INTERRUPT
    assert result.status is Status.FEASIBLE
    assert events[-1].objective < math.inf


def test_ctrl_c_gives_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_echelons(3, stops=6)
    proved = solve(problem, time_limit=10.0)

    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(room, "_QUICK_STOPS", 0)
    monkeypatch.setattr(room, "solve_exactly", interrupted)
    result = solve(problem, time_limit=4.0)
    assert result.limit is Limit.INTERRUPT
    assert result.status is Status.FEASIBLE
    assert result.objective >= proved.objective - 1e-6
    monkeypatch.setattr(room, "_QUICK_STOPS", 10)
    with pytest.raises(KeyboardInterrupt):
        solve(problem, time_limit=4.0)


def test_a_caller_can_stop_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_QUICK_STOPS", 0)
    monkeypatch.setattr(room, "_TELL_S", 0.0)
    events: list[Event] = []

    def stop_in_the_proof(event: Event) -> bool:
        events.append(event)
        return event.seconds < 4.0 * 0.3  # the search ends before

    problem = random_echelons(3, stops=6)
    result = solve(problem, time_limit=4.0, on_event=stop_in_the_proof)
    assert result.status in (Status.FEASIBLE, Status.OPTIMAL)
    assert events


def test_the_rounds_of_a_plan_have_its_hubs_and_hours() -> None:
    problem = random_echelons(3, stops=6)
    plan = make_plan(problem, [(1,)])
    assert plan is not None
    rounds = rounds_problem(problem, plan, {1: 2})
    assert rounds is not None
    assert rounds.vehicle_ids == ("hub-1/van",)
    assert rounds.count.tolist() == [2]
    assert rounds.depot_open_s[1] == plan.ready_s[1] > 0
    assert rounds.depot_open_s[0] == 0.0
    assert not rounds.plans_depot_charging  # its hours are no reason to plan charging at hubs
    closed = problem.replace(second=problem.second.replace(depot_close_s=[1.0, 1.0]))
    assert rounds_problem(closed, plan, {}) is None


def test_periods_and_trips_of_the_rounds_are_honoured() -> None:
    problem = line_echelons({"max_trips": [2, 2]}, truck_capacity_kg=600.0)
    assert searched(problem).objective == pytest.approx(224.0)
    free = random_echelons(1)
    second = free.second.replace(period_start_s=[0.0, 30_000.0], period_speed=[1.0, 0.5])
    slow = solve(free.replace(second=second), time_limit=3.0)
    assert slow.solution is not None
    assert list(slow.violations) == []
    assert slow.objective >= solve(free, time_limit=3.0).objective - 1e-6


def test_a_wrong_answer_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "hub_loads", lambda *_: {0: 1.0, 1: 1.0})
    with pytest.raises(ModelMismatch, match="trucks bring what the rounds take"):
        solve(line_echelons(), time_limit=5.0)
