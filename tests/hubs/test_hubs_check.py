"""The checker sees every broken rule; the right solution breaks none."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hubs_cases import half_trucks

import bundling
from bundling.hubs import HubsProblem, HubsSolution
from bundling.hubs.check import check, count_checks
from bundling.hubs.problem import LAST_MILE, LINEHAUL


def via_hub() -> HubsSolution:
    """Both half trucks through the hub: two linehauls and one truck to the customer."""
    return HubsSolution(
        route=np.array([0, 0]),
        leg_kind=np.array([LINEHAUL, LINEHAUL, LAST_MILE]),
        leg_start=np.array([0, 1, 2]),
        leg_end=np.array([2, 2, 3]),
        leg_vehicle=np.array([0, 0, 0]),
        leg_count=np.array([1, 1, 1]),
    )


def rules(problem: HubsProblem, solution: HubsSolution) -> list[str]:
    return [violation.rule for violation in check(problem, solution)]


def test_the_right_solution_breaks_nothing() -> None:
    problem = half_trucks(rent_eur=10.0)
    assert check(problem, via_hub()) == []
    # 2 shipments x 2, 1 hub x 2, 3 leg rows x 2, 1 type, 3 legs x 6
    assert count_checks(problem, via_hub()) == 4 + 2 + 6 + 1 + 18


@pytest.mark.parametrize(
    ("rule", "solution_changes", "problem_changes"),
    [
        ("a decision for every shipment", {"route": np.array([0])}, {}),
        ("route names a hub", {"route": np.array([0, 7])}, {}),
        ("legs name existing things", {"leg_vehicle": np.array([0, 0, 4])}, {}),
        ("legs are complete rows", {"leg_start": np.array([0, 1])}, {}),
        ("vehicle counts are 0 or more", {"leg_count": np.array([1, 1, -1])}, {}),
        (
            "direct travel is allowed",
            {"route": np.array([-1, 0])},
            {"shipment_direct": np.array([False, True])},
        ),
        ("hub lies elsewhere than the destination", {}, {"hub_location": np.array([3])}),
        ("hub capacity (kg)", {}, {"hub_capacity_kg": np.array([999.0])}),
        ("hub capacity (m3)", {}, {"hub_capacity_m3": np.array([4.9])}),
        ("vehicle access", {}, {"allowed": np.array([[True, True, True, False]])}),
        ("vehicle access", {}, {"vehicle_linehaul": np.array([False])}),
        ("shift length", {}, {"vehicle_shift_h": np.array([1.3])}),
        ("vehicles that exist", {}, {"vehicle_limit": np.array([2.0])}),
        ("a vehicle on every leg", {"leg_count": np.array([0, 1, 1])}, {}),
        ("leg capacity (kg out)", {}, {"shipment_kg": np.array([500.0, 501.0])}),
        ("leg capacity (m3 out)", {}, {"shipment_m3": np.array([2.5, 2.6])}),
        (
            "leg capacity (kg back)",
            {},
            {"shipment_pickup": np.array([True] * 2), "shipment_kg": np.array([500.0, 501.0])},
        ),
        (
            "leg capacity (m3 back)",
            {},
            {"shipment_pickup": np.array([True] * 2), "shipment_m3": np.array([2.5, 2.6])},
        ),
        ("leg capacity (h)", {}, {"shipment_service_h": np.array([4.0, 4.0])}),
    ],
)
def test_one_broken_rule_is_seen(
    rule: str, solution_changes: dict[str, Any], problem_changes: dict[str, Any]
) -> None:
    problem = half_trucks(rent_eur=10.0).replace(**problem_changes)
    solution = dataclasses.replace(via_hub(), **solution_changes)
    found = rules(problem, solution)
    assert rule in found
    assert all(violation.amount > 0 for violation in check(problem, solution))


def test_a_tenth_of_a_gram_is_no_violation_and_ten_grams_are() -> None:
    problem = half_trucks(rent_eur=10.0)
    nearly = problem.replace(shipment_kg=np.array([500.0, 500.0001]))
    over = problem.replace(shipment_kg=np.array([500.0, 500.01]))
    assert check(nearly, via_hub()) == []
    [violation] = check(over, via_hub())
    assert violation.where == "last_mile place-2 - place-3"
    assert violation.amount == pytest.approx(0.01)


def test_the_front_door_checks() -> None:
    assert bundling.check(half_trucks(rent_eur=10.0), via_hub()) == []
