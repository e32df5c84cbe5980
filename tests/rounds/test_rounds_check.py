"""Hand-worked rounds, and one broken solution for every rule of the checker."""

from __future__ import annotations

import json

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

EIGHT = 8 * 3600.0


def one_round(departure_s: float = EIGHT - 600.0) -> RoundsSolution:
    return RoundsSolution((Route("hub/evan", ("near", "far"), departure_s),))


def rules(problem: RoundsProblem, solution: RoundsSolution) -> list[tuple[str, float]]:
    return [(violation.rule, violation.amount) for violation in check(problem, solution)]


def test_the_line_by_hand() -> None:
    # 07:50 out, 08:00 near (10 min), 08:20 far (10 min), 20 min back: 08:50. 1 h, 40 km.
    # Load 1000 kg, then 600 kg, then empty: 10 km x (0.2 + 0.1) + 10 x (0.2 + 0.06) + 20 x 0.2
    #   = 3.0 + 2.6 + 4.0 = 9.6 kWh.
    # 100 + 40 x 0.50 + 1 x 36 + 9.6 x 0.30 = 100 + 20 + 36 + 2.88 = 158.88 EUR.
    problem = line_problem()
    assert check(problem, one_round()) == []
    evaluation = evaluate(problem, one_round())
    assert evaluation.costs_eur == pytest.approx(
        {"vehicles": 100.0, "kilometres": 20.0, "hours": 36.0, "energy": 2.88, "levy": 0.0}
    )
    assert evaluation.objective == pytest.approx(158.88)
    assert evaluation.indicators["kwh"] == pytest.approx(9.6)
    assert evaluation.indicators["co2e_kg"] == pytest.approx(3.84)  # 9.6 kWh x 0.4
    figures = route_figures(problem, one_round().routes[0])
    assert figures.return_s == pytest.approx(EIGHT + 3000.0)
    assert [visit.used_kwh for visit in figures.visits] == pytest.approx([3.0, 5.6])
    assert [visit.load_kg for visit in figures.visits] == pytest.approx([600.0, 0.0])


def test_waiting_is_paid() -> None:
    # Leaving at 07:20 means half an hour at the gate of the first stop: 0.5 h x 36 EUR more.
    early = evaluate(line_problem(), one_round(EIGHT - 2400.0))
    assert early.objective == pytest.approx(158.88 + 18.0)
    assert early.indicators["waiting_h"] == pytest.approx(0.5)


def test_levy_nox_and_speed_by_hand() -> None:
    # A diesel van at half speed: 0.10 EUR per levied km on 25 % of 40 km = 1.00 EUR; driving takes
    # 80 min and service 20 min: 100 min x 36 EUR/h = 60 EUR; 40 km x 0.5 g NOx, x 0.3 kg CO2e.
    base = line_problem()
    problem = base.replace(
        levied_m=base.distance_m * 0.25,
        levy_eur_per_km=[0.1],
        speed_factor=[0.5],
        usable_kwh=[0.0],
        kwh_per_km=[0.0],
        kwh_per_km_per_t=[0.0],
        nox_g_per_km=[0.5],
        co2e_kg_per_km=[0.3],
    )
    evaluation = evaluate(problem, one_round(EIGHT - 1200.0))
    assert evaluation.costs_eur == pytest.approx(
        {"vehicles": 100.0, "kilometres": 20.0, "hours": 60.0, "energy": 0.0, "levy": 1.0}
    )
    assert evaluation.indicators["nox_g"] == pytest.approx(20.0)
    assert evaluation.indicators["co2e_kg"] == pytest.approx(12.0)
    assert check(problem, one_round(EIGHT - 1200.0)) == []


def test_each_stop_once() -> None:
    skipped = RoundsSolution((Route("hub/evan", ("near",), EIGHT - 600.0),))
    assert rules(line_problem(), skipped) == [("each stop once (not served)", 1)]
    twice = RoundsSolution((*one_round().routes, Route("hub/evan", ("near",), EIGHT - 600.0)))
    assert rules(line_problem(), twice) == [("each stop once", 1)]


def test_unknown_names() -> None:
    solution = RoundsSolution((Route("hub/tank", ("moon",), 0.0),))
    assert [v.rule for v in check(line_problem(), solution)] == [
        "vehicle is known",
        "stop is known",
    ]


def test_empty_route() -> None:
    solution = RoundsSolution((*one_round().routes, Route("hub/evan", (), EIGHT)))
    assert rules(line_problem(), solution) == [("a route has stops", 1)]


def test_capacity_kg() -> None:
    assert rules(line_problem(capacity_kg=[900.0]), one_round()) == [
        ("vehicle capacity (kg)", pytest.approx(100.0))
    ]


def test_capacity_m3_counts_the_peak_of_mixed_freight() -> None:
    # 5 m3 out of the depot. At near: drop 2, take 6 -> 9 m3 on board; at far: drop 3 -> 6 m3.
    # Neither all deliveries (5) nor all pickups (6) exceed 8 m3; the peak between them (9) does.
    problem = line_problem(capacity_m3=[8.0], pickup_m3=[6.0, 0.0])
    assert route_figures(problem, one_round().routes[0]).peak_m3 == pytest.approx(9.0)
    assert rules(problem, one_round()) == [("vehicle capacity (m3)", pytest.approx(1.0))]
    turned = RoundsSolution((Route("hub/evan", ("far", "near"), EIGHT - 1200.0),))
    assert check(problem, turned) == []  # far first: 5, 2, 6


def test_time_window() -> None:
    # Near is reached at 08:10 and left at 08:20; far at 08:30, 10 min after its window closed.
    problem = line_problem(tw_late_s=[EIGHT + 3600.0, EIGHT + 1200.0])
    assert rules(problem, one_round(EIGHT)) == [("time window", pytest.approx(600.0))]


def test_shift() -> None:
    assert rules(line_problem(shift_s=[3000.0]), one_round()) == [("shift", pytest.approx(600.0))]


def test_depot_hours() -> None:
    problem = line_problem(depot_open_s=[EIGHT], depot_close_s=[EIGHT + 2400.0])
    assert rules(problem, one_round()) == [
        ("depot hours (departure)", pytest.approx(600.0)),
        ("depot hours (return)", pytest.approx(600.0)),
    ]


def test_access_names_the_rule() -> None:
    problem = line_problem(barred=[[0, 1]], bar_rules=("zone Z on 2030-01-01",))
    (violation,) = check(problem, one_round())
    assert violation.rule == "vehicle may go to the stop"
    assert "zone Z on 2030-01-01" in violation.where
    assert "far" in violation.where


def test_battery() -> None:
    assert rules(line_problem(usable_kwh=[9.0]), one_round()) == [("battery", pytest.approx(0.6))]


def test_fleet_count() -> None:
    two = RoundsSolution(
        (
            Route("hub/evan", ("near",), EIGHT - 600.0),
            Route("hub/evan", ("far",), EIGHT - 1200.0),
        )
    )
    assert check(line_problem(), two) == []
    assert rules(line_problem(count=[1]), two) == [("number of vehicles", 1)]


def test_depot_binding() -> None:
    problem = line_problem(
        depot_ids=("hub", "mill"),
        depot_x_m=[0.0, 0.0],
        depot_y_m=[0.0, 0.0],
        depot_open_s=[0.0, 0.0],
        depot_close_s=[86_400.0, 86_400.0],
        stop_depot=[0, 1],
        distance_m=_two_depots(line_problem().distance_m),
        time_s=_two_depots(line_problem().time_s),
    )
    assert rules(problem, one_round()) == [("stop is served from its own depot", 1)]


def _two_depots(matrix):
    order = [0, 0, 1, 2]
    return matrix[order][:, order]


def test_the_tolerance_is_a_millionth() -> None:
    assert check(line_problem(capacity_kg=[1000.0 / (1 + 0.9e-6)]), one_round()) == []
    assert len(check(line_problem(capacity_kg=[1000.0 / (1 + 2e-6)]), one_round())) == 1


def test_checks_are_counted_by_place() -> None:
    # 2 stops once, 1 fleet entry, 9 rules for the route, 3 for each of its 2 visits.
    assert count_checks(line_problem(), one_round()) == 2 + 1 + 9 + 6


def test_solution_goes_through_json_unchanged() -> None:
    solution = one_round(28_200.123456789)
    again = RoundsSolution.from_dict(json.loads(json.dumps(solution.to_dict())))
    assert again.routes == solution.routes
