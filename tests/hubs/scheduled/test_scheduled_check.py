"""The checker sees every broken rule; the right plan breaks none."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from scheduled_cases import FOREVER, barge

import bundling
from bundling.hubs.scheduled import ScheduledProblem, ScheduledSolution, check, count_checks


def by_barge(**changes: Any) -> ScheduledSolution:
    """Both from Apeldoorn to the hub at 02:00 in one van, empty back, all on the barge."""
    plan: dict[str, Any] = {
        "move_shipment": [0, 0, 1, 1, 2],
        "move_lane": [2, -1, 2, -1, -1],
        "move_sailing": [-1, 0, -1, 0, 0],
        "move_slot": [2, 4, 2, 4, 4],
        "trip_lane": [2],
        "trip_slot": [2],
        "trip_group": [0],
        "trip_count": [1],
        "sailing_count": [1],
        "empty_lane": [3],
        "empty_count": [1],
    }
    return ScheduledSolution(**{name: np.array(v) for name, v in (plan | changes).items()})


def rules(problem: ScheduledProblem, solution: ScheduledSolution) -> list[str]:
    return [violation.rule for violation in check(problem, solution)]


def test_the_right_plan_breaks_nothing() -> None:
    assert check(barge(), by_barge()) == []
    assert bundling.check(barge(), by_barge()) == []
    # 3 shipments x 2, 5 moves x 6, 1 trip, 1 sailing x 2, 1 type x 3 places
    assert count_checks(barge(), by_barge()) == 6 + 30 + 1 + 2 + 3


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("shape", {"move_slot": [2, 4]}),
        ("shape", {"trip_count": [1, 1]}),
        ("shape", {"empty_lane": []}),
        ("shape", {"sailing_count": [1, 1]}),
        ("a lane or a sailing", {"move_sailing": [0, 0, -1, 0, 0]}),
        ("a lane or a sailing", {"move_lane": [-1, -1, 2, -1, -1]}),
        ("unknown shipment", {"move_shipment": [0, 0, 1, 1, 7]}),
        ("unknown lane", {"move_lane": [6, -1, 2, -1, -1]}),
        ("unknown lane", {"trip_lane": [-1]}),
        ("unknown lane", {"empty_lane": [6]}),
        ("unknown sailing", {"move_sailing": [-1, 1, -1, 0, 0]}),
        ("unknown group", {"trip_group": [1]}),
        ("number not negative", {"trip_count": [-1]}),
        ("number not negative", {"empty_count": [-1]}),
        ("number not negative", {"sailing_count": [-1]}),
        ("moves in order of shipment", {"move_shipment": [1, 1, 0, 0, 2]}),
    ],
)
def test_a_plan_of_the_wrong_shape_gives_that_alone(rule: str, changes: dict[str, Any]) -> None:
    assert rules(barge(), by_barge(**changes)) == [rule]


TWO_VANS = {"trip_lane": [2, 2], "trip_slot": [2, 3], "trip_group": [0, 0], "trip_count": [1, 1]}


@pytest.mark.parametrize(
    ("rule", "changes", "data"),
    [
        (
            "shipment travels",
            {
                "move_shipment": [0, 0, 1, 1],
                "move_lane": [2, -1, 2, -1],
                "move_sailing": [-1, 0, -1, 0],
                "move_slot": [2, 4, 2, 4],
            },
            {},
        ),
        ("begins at the origin", {}, {"shipment_origin": [0, 0, 0]}),
        ("ends at the destination", {}, {"shipment_destination": [2, 2, 0]}),
        ("most hubs on the way", {}, {"max_hubs": 0}),
        ("may not go direct", {}, {"shipment_direct": [True, True, False]}),
        ("transfer at a hub", {}, {"hub_location": [2]}),
        ("ready to leave", {}, {"shipment_release_slot": [3, 2, 0]}),
        ("there in time", {}, {"shipment_due_slot": [10, 7, 11]}),
        ("time to handle at the hub", {}, {"hub_dwell_slots": [2]}),
        ("hub is open", {}, {"hub_first_slot": [4]}),
        ("hub is open", {}, {"hub_last_slot": [3]}),
        ("departure hours of the lane", {}, {"lane_last_slot": [11, 11, 1, 11, 11, 11]}),
        ("departure hours of the lane", {}, {"lane_first_slot": [0, 0, 3, 0, 0, 0]}),
        ("departure of the sailing", {"move_slot": [2, 4, 2, 4, 5]}, {}),
        ("vehicles suffice", {}, {"vehicle_capacity": [[8.0]]}),
        ("vehicles suffice", {}, {"shipment_group": [0, 1, 0]}),
        ("vehicles suffice", {"trip_count": [0], "empty_count": [0]}, {}),
        (
            "vehicles suffice",
            {"trip_count": [0], "empty_count": [0]},
            {"vehicle_capacity": [[FOREVER]]},
        ),
        ("loaded vehicles carry freight", {**TWO_VANS, "empty_count": [2]}, {}),
        ("vessel is large enough", {}, {"sailing_capacity": [[12.9]]}),
        ("vessel is large enough", {"sailing_count": [0]}, {"sailing_capacity": [[FOREVER]]}),
        ("vessels there are", {"sailing_count": [2]}, {}),
        ("hub capacity", {}, {"hub_capacity": [[8.9]]}),
        ("as many leave as arrive", {"empty_count": [0]}, {}),
        (
            "no empty vehicle there",
            {},
            {"lane_empty_eur": [30.0, 30.0, 8.0, FOREVER, 20.0, 20.0]},
        ),
    ],
)
def test_each_broken_rule_is_seen(rule: str, changes: dict[str, Any], data: dict[str, Any]) -> None:
    found = set(rules(barge(**data), by_barge(**changes)))
    # A plan that changes the way of a shipment may break what hangs on it, too.
    assert rule in found
    assert found <= {rule, "ends at the destination", "as many leave as arrive"}


def test_moves_that_do_not_follow_each_other() -> None:
    plan = by_barge(move_lane=[0, -1, 2, -1, -1])
    found = rules(barge(), plan)
    assert "moves follow each other" in found
    assert "transfer at a hub" in found


def test_freight_that_comes_back_to_its_origin() -> None:
    """Had a1 begun in Deventer, its way by Deventer would begin wrongly and come back there."""
    found = rules(barge(shipment_origin=[1, 0, 1]), by_barge())
    assert set(found) == {"begins at the origin", "never back at the origin"}


def test_violations_say_where_and_by_how_much() -> None:
    late = check(barge(shipment_due_slot=[10, 7, 11]), by_barge())
    assert [(v.where, v.amount, v.unit) for v in late] == [("a2", 1.0, "slots")]
    heavy = check(barge(vehicle_capacity=[[8.0]]), by_barge())
    assert [(v.where, v.amount, v.unit) for v in heavy] == [("lane 3 at 02:00", 1.0, "kg")]


def test_a_vehicle_too_many_is_allowed_where_there_is_freight() -> None:
    two = by_barge(trip_count=[2], empty_count=[2])
    assert check(barge(), two) == []
    assert bundling.evaluate(barge(), two).objective == pytest.approx(40.5 + 18.0)


def test_the_plan_survives_json() -> None:
    plan = by_barge()
    again = ScheduledSolution.from_dict(plan.to_dict())
    for field in dataclasses.fields(plan):
        assert getattr(again, field.name).tolist() == getattr(plan, field.name).tolist()
