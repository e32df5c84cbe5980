"""Charging on the way: hand-worked rounds, and one broken solution for every rule of it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from rounds_cases import charging_problem

from bundling.rounds import (
    Charge,
    RoundsProblem,
    RoundsSolution,
    Route,
    check,
    count_checks,
    evaluate,
    route_figures,
)
from bundling.rounds.charging import charging_s, price_eur_per_kwh
from bundling.rounds.tables import tables

EIGHT = 8 * 3600.0
NINE = 9 * 3600.0


def charged(kwh: float = 4.0, *, before: int = 1, departure_s: float = EIGHT - 600.0) -> Route:
    return Route("hub/evan", ("near", "far"), departure_s, (Charge(before, "post", kwh),))


def rules(problem: RoundsProblem, *routes: Route) -> list[tuple[str, float]]:
    found = check(problem, RoundsSolution(routes))
    return [(violation.rule, violation.amount) for violation in found]


def test_a_linear_charge_by_hand() -> None:
    # 07:50 out with 6 kWh; near at 08:00 with 6 - 10 x .3 = 3.0, left 08:10; the post at 08:15 with
    # 3.0 - 5 x .26 = 1.7; 4 kWh take 20 min: 08:35 with 5.7; far at 08:40 with 4.4, left 08:50;
    # home at 09:10 with 4.4 - 20 x .2 = 0.4. 80 min, 40 km, 9.6 kWh, of which 4 at the post.
    # 100 + 40 x .5 + 80/60 x 36 + (9.6 - 4) x .3 + 4 x .5 = 100 + 20 + 48 + 1.68 + 2 = 171.68.
    problem = charging_problem()
    solution = RoundsSolution((charged(),))
    assert check(problem, solution) == []
    evaluation = evaluate(problem, solution)
    assert evaluation.costs_eur == pytest.approx(
        {
            "vehicles": 100.0,
            "kilometres": 20.0,
            "hours": 48.0,
            "energy": 1.68,
            "levy": 0.0,
            "charging": 2.0,
        }
    )
    assert evaluation.indicators["kwh"] == pytest.approx(9.6)
    assert evaluation.indicators["charged_kwh"] == pytest.approx(4.0)
    assert evaluation.indicators["co2e_kg"] == pytest.approx(3.84)  # wherever it is charged
    figures = route_figures(problem, charged())
    assert [visit.level_kwh for visit in figures.visits] == pytest.approx([3.0, 4.4])
    (event,) = figures.charges
    assert (event.station, event.before) == ("post", 1)
    assert (event.arrival_s, event.start_s) == pytest.approx((EIGHT + 900.0, EIGHT + 900.0))
    assert event.end_s == pytest.approx(EIGHT + 2100.0)
    assert (event.level_before_kwh, event.level_after_kwh) == pytest.approx((1.7, 5.7))
    assert (event.kwh, event.eur) == pytest.approx((4.0, 2.0))
    assert figures.return_s == pytest.approx(EIGHT + 4200.0)
    assert figures.end_kwh == figures.lowest_kwh == pytest.approx(0.4)
    assert figures.depot_kwh == pytest.approx(5.6)
    assert figures.charging_h == pytest.approx(1 / 3)
    parts = figures.driving_h + figures.waiting_h + figures.service_h + figures.charging_h
    assert parts == pytest.approx(figures.duration_h)


def test_a_bent_curve_by_hand() -> None:
    # Up to 3 kWh 200 s a kWh, then 800 s a kWh: from 1.7 to 5.7 kWh it takes
    # (600 + 2.7 x 800) - 1.7 x 200 = 2760 - 340 = 2420 s. The last point is padding.
    problem = charging_problem(
        curve_kwh=[[0.0, 3.0, 6.0, 6.0]], curve_s=[[0.0, 600.0, 3000.0, 3000.0]]
    )
    (event,) = route_figures(problem, charged()).charges
    assert event.end_s - event.start_s == pytest.approx(2420.0)
    assert check(problem, RoundsSolution((charged(),))) == []
    assert charging_s(problem, 0, 0, 0.0, 3.0) == pytest.approx(600.0)
    assert charging_s(problem, 0, 0, 3.0, 3.0) == pytest.approx(2400.0)
    assert charging_s(problem, 0, 0, 2.0, 0.0) == 0.0
    assert charging_s(problem, 0, 0, 2.0, 2.0) == pytest.approx(200.0 + 800.0)


def test_the_price_is_that_of_the_hour_of_the_start() -> None:
    problem = charging_problem()
    assert price_eur_per_kwh(problem, 0, NINE - 1.0) == 0.5
    assert price_eur_per_kwh(problem, 0, NINE) == 0.9
    assert price_eur_per_kwh(problem, 0, NINE - 1e-9) == 0.9  # rounding
    assert price_eur_per_kwh(problem, 0, 24 * 3600.0 + EIGHT) == 0.5  # the next day
    # At the post at 09:05; the charge ends in the same hour, and the stops are still open.
    (event,) = route_figures(problem, charged(departure_s=EIGHT + 2400.0)).charges
    assert event.start_s == pytest.approx(NINE + 300.0)
    assert event.eur == pytest.approx(4 * 0.9)
    # A charge that started just before nine pays the old price to its end.
    (event,) = route_figures(problem, charged(departure_s=EIGHT + 2040.0)).charges
    assert event.start_s == pytest.approx(NINE - 60.0)
    assert event.eur == pytest.approx(4 * 0.5)


def test_charges_before_the_first_stop_and_before_the_depot() -> None:
    # To the post first: 15 km x .3 = 4.5, so 1.5 kWh left, +4.5 = 6; back to near 5 x .3 = 1.5,
    # then far 10 x .26 = 2.6 and 5 km x .2 to the post again: 0.9 left, +3 = 3.9, home 15 x .2.
    route = Route(
        "hub/evan",
        ("near", "far"),
        EIGHT - 600.0,
        (Charge(0, "post", 4.5), Charge(2, "post", 2.0), Charge(2, "post", 1.0)),
    )
    problem = charging_problem()
    assert check(problem, RoundsSolution((route,))) == []
    figures = route_figures(problem, route)
    levels = [(e.level_before_kwh, e.level_after_kwh) for e in figures.charges]
    assert levels == [
        pytest.approx((1.5, 6.0)),
        pytest.approx((0.9, 2.9)),
        pytest.approx((2.9, 3.9)),
    ]
    assert [event.before for event in figures.charges] == [0, 2, 2]
    assert figures.end_kwh == pytest.approx(0.9)
    assert figures.km == pytest.approx(15 + 5 + 10 + 5 + 15)


def test_a_vehicle_waits_until_the_station_opens() -> None:
    problem = charging_problem(station_open_s=[EIGHT + 1800.0])
    figures = route_figures(problem, charged())
    assert figures.charges[0].start_s == pytest.approx(EIGHT + 1800.0)
    assert figures.waiting_h == pytest.approx(0.25)
    assert figures.return_s == pytest.approx(EIGHT + 4200.0 + 900.0)


def test_battery_between_two_charges() -> None:
    # Enough energy in all (6 + 4 for 9.6 kWh), but charged too late: near, far and back to the post
    # take 3.0 + 2.6 + 1.0 = 6.6 kWh.
    assert rules(charging_problem(), charged(before=2)) == [("battery", pytest.approx(0.6))]


def test_start_level() -> None:
    problem = charging_problem(start_kwh=[4.0])
    # 4 - 4.3 = -0.3 at the post, and 0.4 - 2 = -1.6 at home: the worst is named.
    assert rules(problem, charged()) == [("battery", pytest.approx(1.6))]
    assert rules(problem, charged(5.7)) == [("battery", pytest.approx(0.3))]


def test_no_battery_above_full() -> None:
    assert rules(charging_problem(), charged(4.5)) == [("battery is full", pytest.approx(0.2))]


def test_stations_that_do_not_serve_the_vehicle() -> None:
    problem = charging_problem(curve_of=[[-1]])
    assert rules(problem, charged()) == [("vehicle may charge at the station", 1)]


def test_station_hours() -> None:
    problem = charging_problem(station_close_s=[EIGHT + 2000.0])  # the charge ends at 2,100
    assert rules(problem, charged()) == [("station hours", pytest.approx(100.0))]
    assert rules(charging_problem(station_close_s=[EIGHT + 2100.0]), charged()) == []


def test_full_recharge() -> None:
    problem = charging_problem(recharge="full")
    assert rules(problem, charged()) == [("charge is full", pytest.approx(0.3))]
    assert rules(problem, charged(4.3)) == []


def two_vehicles(problem: RoundsProblem, later_s: float) -> list[tuple[str, float]]:
    """Violations of two vehicles that charge at the post, the second `later_s` after the first.

    Both begin at 08:15 when they leave at the same time: one goes to near first, one past it.
    """
    first = Route("hub/evan", ("near",), EIGHT - 600.0, (Charge(1, "post", 2.0),))
    second = Route("hub/evan", ("far",), EIGHT + later_s, (Charge(0, "post", 3.5),))
    return rules(problem, first, second)


def test_connectors_over_all_routes() -> None:
    # 2 kWh take 10 min: the first takes the post from 08:15 to 08:25; the second takes 17.5 min.
    unlimited = charging_problem()
    assert two_vehicles(unlimited, 0.0) == []
    one = unlimited.replace(connectors=[1])
    assert two_vehicles(one, 0.0) == [("connectors", 1)]
    assert two_vehicles(one, 599.0) == [("connectors", 1)]
    assert two_vehicles(one, -1049.0) == [("connectors", 1)]
    assert two_vehicles(one, 600.0) == []  # the moment the first is done
    assert two_vehicles(one, -1050.0) == []
    assert two_vehicles(unlimited.replace(connectors=[2]), 0.0) == []
    assert two_vehicles(unlimited.replace(connectors=[0]), 600.0) == [("connectors", 1)]


@pytest.mark.parametrize(
    "route",
    [
        charged(before=3),
        charged(before=-1),
        charged(-1.0),
        charged(math.nan),
        charged(departure_s=math.nan),
        replace(charged(), charges=(Charge(2, "post", 1.0), Charge(1, "post", 1.0))),
        replace(charged(), reloads=(0,)),
        replace(charged(), reloads=(2,)),
        replace(charged(), reloads=(1, 1)),
    ],
)
def test_what_cannot_be_driven_is_said_and_not_driven(route: Route) -> None:
    assert {rule for rule, _ in rules(charging_problem(), route)} == {"route can be driven"}
    with pytest.raises(ValueError, match="hub/evan"):
        route_figures(charging_problem(), route)


def test_unknown_station() -> None:
    route = replace(charged(), charges=(Charge(1, "moon", 1.0),))
    assert rules(charging_problem(), route) == [("station is known", 1)]


def test_checks_of_charges_are_counted() -> None:
    # 2 stops, 1 fleet entry, 1 station, 9 rules for the route, 3 a visit, 5 for the charge.
    count = count_checks(charging_problem(), RoundsSolution((charged(),)))
    assert count == 2 + 1 + 1 + 9 + 6 + 5


def test_tables_of_charging() -> None:
    found = tables(charging_problem(), RoundsSolution((charged(), charged(4.3, before=2))))
    charging = found["charging"]
    assert charging["route"].tolist() == [1, 2]
    assert charging["before_stop_id"].tolist() == ["far", ""]
    row = charging.iloc[0]
    assert (row["start_clock"], row["eur_per_kwh"]) == ("08:15", 0.5)
    assert (row["level_before_kwh"], row["level_after_kwh"]) == pytest.approx((1.7, 5.7))
    assert row["cost_eur"] == pytest.approx(2.0)
    assert found["visits"]["level_kwh"].tolist()[:2] == pytest.approx([3.0, 4.4])
    assert found["routes"]["charged_kwh"].tolist() == pytest.approx([4.0, 4.3])
    assert "left_out" not in found
