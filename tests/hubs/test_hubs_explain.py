"""Infeasible problems say in words what is short, where and by how much."""

from __future__ import annotations

import numpy as np
from hubs_cases import half_trucks

import bundling
from bundling import Status
from bundling.hubs import HubsProblem


def reasons(problem: HubsProblem) -> str:
    result = bundling.solve(problem, time_limit=20)
    assert result.status is Status.INFEASIBLE
    assert result.solution is None
    assert result.bound == -np.inf
    return "\n".join(result.reasons)


def test_nobody_may_deliver() -> None:
    problem = half_trucks(rent_eur=1.0)
    words = reasons(problem.replace(allowed=np.array([[True, True, True, False]])))
    assert "ship-0 to place-3 cannot travel" in words
    assert "no vehicle type is allowed at place-3" in words
    assert "via hub-0" in words


def test_no_linehaul_type_and_direct_forbidden() -> None:
    problem = half_trucks(rent_eur=1.0).replace(
        shipment_direct=np.zeros(2, dtype=bool), vehicle_linehaul=np.array([False])
    )
    words = reasons(problem)
    assert "direct: not allowed for this shipment" in words
    assert "no linehaul vehicle type is allowed at place-2" in words


def test_too_far_for_a_shift() -> None:
    # 40 km at 60 km/h, there and back: 1.33 h. A shift of 1.2 h is 0.13 h short.
    words = reasons(half_trucks(rent_eur=1.0).replace(vehicle_shift_h=np.array([1.2])))
    assert "the shift of type-0 is 0.13 h short" in words


def test_no_time_left_for_service() -> None:
    # A trip via the hub to place-3 takes exactly 80 km at 60 km/h, and so does the shift.
    problem = half_trucks(rent_eur=1.0).replace(
        vehicle_shift_h=np.array([80 / 60]),
        time_s=half_trucks(rent_eur=1.0).distance_m / (60 / 3.6),
        shipment_service_h=np.array([0.5, 0.5]),
        shipment_direct=np.zeros(2, dtype=bool),
    )
    assert "leaves no time for 0.50 h of service" in reasons(problem)


def test_a_hub_too_small_for_one_shipment() -> None:
    problem = half_trucks(rent_eur=1.0).replace(
        shipment_direct=np.zeros(2, dtype=bool), hub_capacity_kg=np.array([400.0])
    )
    assert "too small for its 500 kg" in reasons(problem)


def test_hub_capacity_short_by_how_much() -> None:
    # Each fits alone, both do not: 1,000 kg through a hub of 700 kg is 300 kg short.
    problem = half_trucks(rent_eur=1.0).replace(
        shipment_direct=np.zeros(2, dtype=bool), hub_capacity_kg=np.array([700.0])
    )
    assert "hub-0 is 300.0 kg short of 700.0 kg" in reasons(problem)


def test_vehicles_short_by_how_many() -> None:
    # Direct takes two vehicles, via the hub three; only one exists.
    words = reasons(half_trucks(rent_eur=1.0).replace(vehicle_limit=np.array([1.0])))
    assert "1 more of type-0 are needed than 1" in words


def test_limited_vehicles_turn_the_plan_around() -> None:
    # Via the hub is cheaper (243 EUR) but takes three vehicles; with two, both go direct.
    result = bundling.solve(half_trucks(rent_eur=1.0).replace(vehicle_limit=np.array([2.0])), gap=0)
    assert result.status is Status.OPTIMAL
    assert result.solution.route.tolist() == [-1, -1]
