"""Hand-worked trucks and rounds, and one broken solution for every rule of the checker."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from echelons_cases import by_both_hubs, line_echelons

from bundling import api
from bundling.rounds import RoundsSolution, Route
from bundling.rounds.echelons import (
    Drop,
    TruckRoute,
    TwoEchelonProblem,
    TwoEchelonSolution,
    check,
    count_checks,
    evaluate,
)


def broken(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> list[tuple[str, float]]:
    return [(violation.rule, violation.amount) for violation in check(problem, solution)]


def with_trucks(*trucks: TruckRoute) -> TwoEchelonSolution:
    return dataclasses.replace(by_both_hubs(west_s=4000.0, east_s=4000.0), trucks=trucks)


def drops(**kg: float) -> tuple[Drop, ...]:
    return tuple(Drop(hub, amount) for hub, amount in kg.items())


def test_the_line_by_hand() -> None:
    # The truck drives 10 + 20 + 30 km; each van 2 km out and 2 km back.
    problem, solution = line_echelons(), by_both_hubs()
    assert check(problem, solution) == []
    assert count_checks(problem, solution) > 20
    evaluation = evaluate(problem, solution)
    assert evaluation.objective == pytest.approx(100 + 60 * 0.2 + 8)
    costs = evaluation.costs_eur
    assert (costs["trucks"], costs["truck_kilometres"]) == (100.0, pytest.approx(12.0))
    assert (costs["hubs"], costs["kilometres"]) == (0.0, pytest.approx(8.0))
    assert evaluation.indicators["truck_km"] == pytest.approx(60.0)
    assert evaluation.indicators["truck_co2e_kg"] == pytest.approx(30.0)
    # 8 km x 0.2 kWh x 0.4 kg, and the truck.
    assert evaluation.indicators["co2e_kg"] == pytest.approx(30.64)
    assert evaluation.indicators["vehicle_km"] == pytest.approx(8.0)


def test_hubs_cost_money_when_they_are_used() -> None:
    problem = line_echelons(hub_eur=[7.0, 11.0])
    assert evaluate(problem, by_both_hubs()).costs_eur["hubs"] == 18.0
    west = TwoEchelonSolution(
        (TruckRoute(0.0, drops(west=1000.0)),),
        RoundsSolution((Route("west/van", ("near", "far"), 600.0),)),
    )
    assert check(problem, west) == []
    assert evaluate(problem, west).objective == pytest.approx(100 + 4 + 36 + 7)


def test_the_front_door_knows_the_room() -> None:
    problem, solution = line_echelons(), by_both_hubs()
    assert api.check(problem, solution) == []
    assert api.evaluate(problem, solution).objective == pytest.approx(120.0)


def test_handling_and_opening_delay_the_rounds() -> None:
    # West: there at 600, open at 900, handled at 1000. East: 1200 s on, handled at 2300.
    problem = line_echelons(hub_handling_s=[100.0, 100.0], hub_open_s=[900.0, 0.0])
    assert broken(problem, by_both_hubs(west_s=1000.0, east_s=2300.0)) == []
    late = broken(problem, by_both_hubs(west_s=990.0, east_s=2290.0))
    assert late == [("a round leaves after the truck has come", 10.0)] * 2


def test_the_last_truck_counts() -> None:
    # Half of west's freight comes by a truck that goes to east first: 1800 + 1200 s.
    trucks = (
        TruckRoute(0.0, drops(west=300.0)),
        TruckRoute(0.0, drops(east=600.0, west=100.0)),
    )
    solution = dataclasses.replace(by_both_hubs(west_s=3000.0), trucks=trucks)
    assert check(line_echelons(), solution) == []
    early = dataclasses.replace(by_both_hubs(west_s=2999.0), trucks=trucks)
    assert broken(line_echelons(), early) == [("a round leaves after the truck has come", 1.0)]


WHOLE = TruckRoute(0.0, drops(west=400.0, east=600.0))


@pytest.mark.parametrize(
    ("solution", "changes", "rule", "amount"),
    [
        (with_trucks(TruckRoute(0.0, drops(north=1.0))), {}, "hub is known", 1),
        (
            with_trucks(
                TruckRoute(0.0, drops(west=401.0, east=600.0)),
                TruckRoute(0.0, (Drop("west", -1.0),)),
            ),
            {"truck_capacity_kg": 1001.0},
            "a truck leaves an amount of freight",
            1,
        ),
        (
            with_trucks(TruckRoute(0.0, drops(west=400.0)), TruckRoute(0.0, drops(east=600.0))),
            {"truck_count": 1},
            "number of trucks",
            1,
        ),
        (with_trucks(WHOLE, TruckRoute(0.0, ())), {}, "a truck goes to a hub", 1),
        (
            with_trucks(
                TruckRoute(0.0, (Drop("west", 200.0), Drop("west", 200.0), Drop("east", 600.0)))
            ),
            {},
            "a truck goes to a hub once",
            1,
        ),
        (by_both_hubs(), {"truck_capacity_kg": 900.0}, "truck capacity (kg)", 100),
        (by_both_hubs(), {"depot_open_s": 60.0}, "depot hours (departure of a truck)", 60),
        (by_both_hubs(), {"depot_close_s": 3500.0}, "depot hours (return of a truck)", 100),
        (by_both_hubs(), {"hub_close_s": [9000.0, 1700.0]}, "hub hours (truck)", 100),
        (
            with_trucks(TruckRoute(0.0, drops(west=400.0, east=550.0))),
            {},
            "trucks bring what the rounds take",
            50,
        ),
        (
            with_trucks(TruckRoute(0.0, drops(west=450.0, east=550.0))),
            {},
            "trucks bring what the rounds take",
            50,
        ),
        (by_both_hubs(), {"hub_capacity_kg": [300.0, 600.0]}, "hub capacity (kg)", 100),
        (by_both_hubs(east_s=1700.0), {}, "a round leaves after the truck has come", 100),
        (by_both_hubs(), {"vehicle_count": 1}, "number of vehicles at all hubs", 1),
    ],
)
def test_every_rule_is_found(
    solution: TwoEchelonSolution, changes: dict[str, Any], rule: str, amount: float
) -> None:
    found = broken(line_echelons(**changes), solution)
    assert {name for name, _ in found} == {rule}
    assert found[0][1] == pytest.approx(amount)


def test_a_hub_without_a_truck_is_found() -> None:
    solution = with_trucks(TruckRoute(0.0, drops(west=400.0)))
    assert broken(line_echelons(), solution) == [("trucks bring what the rounds take", 600.0)]


def test_rules_of_the_rounds_are_looked_at_too() -> None:
    problem = line_echelons({"tw_late_s": [700.0, 86_400.0]})
    assert broken(problem, by_both_hubs()) == [("time window", pytest.approx(20.0))]
    stranger = TwoEchelonSolution((), RoundsSolution((Route("west/van", ("nowhere",), 0.0),)))
    assert broken(problem, stranger) == [("stop is known", 1)]


def test_solutions_go_through_json() -> None:
    solution = by_both_hubs()
    again = TwoEchelonSolution.from_dict(json.loads(json.dumps(solution.to_dict())))
    assert again.to_dict() == solution.to_dict()
    assert again.routes == solution.rounds.routes
