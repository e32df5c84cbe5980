"""Several trips, release times, optional stops and other limits: by hand, and each one broken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rounds_cases import line_problem

from bundling.rounds import (
    RoundsProblem,
    RoundsSolution,
    Route,
    check,
    count_checks,
    evaluate,
    route_figures,
)
from bundling.rounds.tables import tables

EIGHT = 8 * 3600.0
ONCE = Route("hub/evan", ("near", "far"), EIGHT - 600.0)
TWICE = replace(ONCE, reloads=(1,))


def rules(problem: RoundsProblem, *routes: Route) -> list[tuple[str, float]]:
    found = check(problem, RoundsSolution(routes))
    return [(violation.rule, violation.amount) for violation in found]


def two_trips(**changes) -> RoundsProblem:
    return line_problem(capacity_kg=[600.0], max_trips=[2], reload_s=[900.0], **changes)


def test_two_trips_by_hand() -> None:
    # 07:50 out, near 08:00 to 08:10, depot 08:20, loading to 08:35, far 08:55 to 09:05, home 09:25.
    # 60 km, 95 min. 10 x .24 + 10 x .2 + 20 x .26 + 20 x .2 = 2.4 + 2 + 5.2 + 4 = 13.6 kWh.
    # 100 + 60 x .5 + 95/60 x 36 + 13.6 x .3 = 100 + 30 + 57 + 4.08 = 191.08.
    problem = two_trips()
    solution = RoundsSolution((TWICE,))
    assert check(problem, solution) == []
    evaluation = evaluate(problem, solution)
    assert evaluation.objective == pytest.approx(191.08)
    assert evaluation.indicators["trips"] == 2
    figures = route_figures(problem, TWICE)
    assert (figures.peak_kg, figures.peak_m3) == (600.0, 3.0)  # of one trip, not of both
    assert [visit.trip for visit in figures.visits] == [1, 2]
    assert [visit.load_kg for visit in figures.visits] == [0.0, 0.0]
    (event,) = figures.reloads
    times = (event.arrival_s, event.start_s, event.end_s)
    assert times == pytest.approx((EIGHT + 1200.0, EIGHT + 1200.0, EIGHT + 2100.0))
    assert figures.kwh == pytest.approx(13.6)
    parts = figures.driving_h + figures.waiting_h + figures.service_h + figures.reloading_h
    assert parts == pytest.approx(figures.duration_h)
    assert tables(problem, solution)["routes"]["trips"].tolist() == [2]


def test_pickups_stay_at_the_depot_between_trips() -> None:
    problem = two_trips(pickup_kg=[500.0, 100.0])
    visits = route_figures(problem, TWICE).visits
    assert [visit.load_kg for visit in visits] == [500.0, 100.0]
    assert check(problem, RoundsSolution((TWICE,))) == []


def test_capacity_of_each_trip() -> None:
    # The first trip carries 400 kg, the second 600.
    problem = two_trips().replace(capacity_kg=[500.0])
    assert rules(problem, TWICE) == [("vehicle capacity (kg)", pytest.approx(100.0))]
    assert rules(two_trips(), ONCE) == [("vehicle capacity (kg)", pytest.approx(400.0))]


def test_number_of_trips() -> None:
    assert rules(two_trips().replace(max_trips=[1]), TWICE) == [("number of trips", 1)]


def test_release_binds_the_departure_of_its_own_trip() -> None:
    problem = two_trips(release_s=[EIGHT - 300.0, 0.0])
    assert rules(problem, TWICE) == [("release time", pytest.approx(300.0))]
    # The freight for far is there at 08:30: loading starts ten minutes after the vehicle is back.
    problem = two_trips(release_s=[0.0, EIGHT + 1800.0])
    assert rules(problem, TWICE) == []
    figures = route_figures(problem, TWICE)
    assert figures.reloads[0].start_s == pytest.approx(EIGHT + 1800.0)
    assert figures.waiting_h == pytest.approx(1 / 6)
    assert figures.return_s == pytest.approx(EIGHT + 5100.0 + 600.0)
    # In one trip it has to wait for everything.
    problem = problem.replace(capacity_kg=[1000.0])
    assert rules(problem, ONCE) == [("release time", pytest.approx(2400.0))]


def test_reload_outside_the_hours_of_the_depot() -> None:
    # Two depots at one place; the route starts at the first, closed from 08:30, and ends elsewhere.
    order = [0, 0, 1, 2]
    base = two_trips()
    problem = base.replace(
        depot_ids=("hub", "mill"),
        depot_x_m=[0.0, 0.0],
        depot_y_m=[0.0, 0.0],
        depot_open_s=[0.0, 0.0],
        depot_close_s=[EIGHT + 1800.0, 86_400.0],
        distance_m=base.distance_m[order][:, order],
        time_s=base.time_s[order][:, order],
        end_depot=[1],
    )
    assert rules(problem, TWICE) == [("depot hours (reload)", pytest.approx(300.0))]
    assert rules(problem.replace(capacity_kg=[1000.0]), ONCE) == []  # no reload, home at the mill
    figures = route_figures(problem, TWICE)
    assert (figures.depot, figures.end_depot) == ("hub", "mill")
    closed = problem.replace(depot_close_s=[86_400.0, EIGHT + 3600.0])
    assert rules(closed, TWICE) == [("depot hours (return)", pytest.approx(1500.0))]


def test_end_depot_by_hand() -> None:
    # Far is at 20 km and the depot where the vehicle ends at 30: 10 x .3 + 10 x .26 + 10 x .2 kWh.
    x = [0.0, 30_000.0, 10_000.0, 20_000.0]
    distance = [[abs(a - b) for b in x] for a in x]
    problem = line_problem(
        depot_ids=("hub", "mill"),
        depot_x_m=[0.0, 30_000.0],
        depot_y_m=[0.0, 0.0],
        depot_open_s=[0.0, 0.0],
        depot_close_s=[86_400.0, 86_400.0],
        distance_m=distance,
        time_s=[[metres * 0.06 for metres in row] for row in distance],
        end_depot=[1],
    )
    figures = route_figures(problem, ONCE)
    assert figures.km == pytest.approx(30.0)
    assert figures.kwh == pytest.approx(7.6)
    assert figures.return_s == pytest.approx(EIGHT + 2400.0)
    assert check(problem, RoundsSolution((ONCE,))) == []


def test_longest_distance() -> None:
    assert rules(line_problem(max_distance_m=[40_000.0]), ONCE) == []
    assert rules(line_problem(max_distance_m=[39_000.0]), ONCE) == [
        ("longest distance", pytest.approx(1000.0))
    ]


def test_rolls_are_a_third_load() -> None:
    # 3 + 4 out; at near 3 off and 6 on: 10; at far 4 off and 0 on: 6.
    problem = line_problem(
        delivery_rolls=[3, 4], pickup_rolls=[6, 0], capacity_rolls=[9], pickup_kg=[0.0, 0.0]
    )
    assert rules(problem, ONCE) == [("vehicle capacity (rolls)", pytest.approx(1.0))]
    assert [visit.load_rolls for visit in route_figures(problem, ONCE).visits] == [10.0, 6.0]
    routes = tables(problem, RoundsSolution((ONCE,)))["routes"]
    assert routes["load_share"].tolist() == pytest.approx([10 / 9])
    assert rules(problem.replace(capacity_rolls=[10]), ONCE) == []


def test_a_slow_crew() -> None:
    figures = route_figures(line_problem(service_factor=[1.5]), ONCE)
    assert figures.service_h == pytest.approx(0.5)  # twice 10 min, times 1.5
    assert figures.return_s == pytest.approx(EIGHT + 3000.0 + 600.0)


def test_overtime_by_hand() -> None:
    # 60 min away; the time beyond 50 min costs 24 EUR/h more: 4 EUR. None below 60 min.
    problem = line_problem(regular_s=[3000.0], overtime_eur_per_h=[24.0])
    assert evaluate(problem, RoundsSolution((ONCE,))).costs_eur["overtime"] == pytest.approx(4.0)
    later = problem.replace(regular_s=[3600.0])
    assert evaluate(later, RoundsSolution((ONCE,))).costs_eur["overtime"] == pytest.approx(0.0)
    assert rules(problem, ONCE) == []  # allowed, at its price


def test_optional_stops_cost_their_prize() -> None:
    problem = line_problem(prize_eur=[7.0, float("inf")])
    far = Route("hub/evan", ("far",), EIGHT - 1200.0)
    solution = RoundsSolution((far,))
    assert check(problem, solution) == []
    evaluation = evaluate(problem, solution)
    # Far alone: 100 + 40 x .5 + 50 min x .6 + (20 x .26 + 20 x .2) x .3 = 152.76, and the prize.
    assert evaluation.costs_eur["unserved"] == 7.0
    assert evaluation.objective == pytest.approx(152.76 + 7.0)
    assert evaluation.indicators["stops_left_out"] == 1
    assert evaluate(problem, RoundsSolution((ONCE,))).costs_eur["unserved"] == 0.0
    left_out = tables(problem, solution)["left_out"]
    assert left_out["stop_id"].tolist() == ["near"]
    assert left_out["prize_eur"].tolist() == [7.0]
    near = Route("hub/evan", ("near",), EIGHT - 600.0)
    assert rules(problem, near) == [("each stop once (not served)", 1)]  # far must be served
    assert rules(problem, far, far) == [("each stop once", 1)]
    assert evaluate(problem, RoundsSolution(())).objective == 7.0


def test_checks_are_counted_where_a_limit_is() -> None:
    plain = count_checks(line_problem(), RoundsSolution((ONCE,)))
    problem = two_trips(max_distance_m=[1e6], capacity_rolls=[5], release_s=[1.0, 0.0])
    # One for the distance, one for the rolls, one for the release, two for the reload.
    assert count_checks(problem, RoundsSolution((TWICE,))) == plain + 3 + 2
