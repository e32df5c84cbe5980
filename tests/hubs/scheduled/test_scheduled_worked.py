"""Days small enough to work out on paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scheduled_cases import FOREVER, barge, corridor

import bundling
from bundling import Result, Status


def solved(problem: Any) -> Result:
    result = bundling.solve(problem, time_limit=60.0, gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.violations == ()
    return result


def test_apart_where_the_van_is_too_small_to_share() -> None:
    # 13 kg would ask for two vans from Deventer. a1 and a2 direct: 40, empty back over Deventer
    # 20 + 8 (not 30); d1: 24 + 20.
    result = solved(corridor())
    assert result.objective == pytest.approx(40 + 28 + 44)
    assert result.evaluation is not None
    assert result.evaluation.indicators["hubs_open"] == 0
    assert result.evaluation.indicators["trips_into_zone"] == 2


def test_together_through_the_hub_where_the_van_takes_all() -> None:
    # To the hub 10, back 8; on together 24, back 20; 9 kg handled at 0.50; the hub 5.
    result = solved(corridor(vehicle_capacity=[[13.0]]))
    assert result.objective == pytest.approx(18 + 44 + 4.5 + 5)
    assert result.evaluation is not None
    assert result.evaluation.indicators["shipments_through_hubs"] == 2


@pytest.mark.parametrize(
    ("change", "eur"),
    [
        # Each of these closes the hub to them, and 9 kg go direct in one van.
        ({"hub_capacity": [[5.9]], "hub_fixed_eur": [50.0]}, 112.0),
        ({"max_hubs": 0}, 112.0),
        ({"hub_last_slot": [2]}, 112.0),
        # Handled for 3 slots: ready at 06:00, there at 08:00; for 8 it is too late.
        ({"hub_dwell_slots": [3]}, 71.5),
        ({"hub_dwell_slots": [8]}, 112.0),
        # Food and waste apart: one more van from Deventer than 71.50 asks for, or direct.
        ({"shipment_group": [0, 0, 1]}, 112.0),
        # One way: no empty vehicle to pay. 10 + 24 + 4.5 + 5.
        ({"vehicle_returns": [False]}, 43.5),
        # A price of CO2e: 0.5 kg a km, 110 km, EUR 1: 71.5 + 55.
        ({"co2e_eur_per_kg": 1.0}, 126.5),
    ],
)
def test_what_changes_the_choice(change: dict[str, Any], eur: float) -> None:
    assert solved(corridor(vehicle_capacity=[[13.0]], **change)).objective == pytest.approx(eur)


def test_the_barge_takes_all() -> None:
    # Van to the hub 18, 13 kg on board at EUR 1, 9 kg handled at 0.50, the hub 5.
    result = solved(barge())
    assert result.objective == pytest.approx(18 + 13 + 4.5 + 5)
    plan = result.solution
    assert plan.sailing_count.tolist() == [1]
    assert plan.empty_lane.tolist() == [3]


def test_a_missed_barge_is_no_use() -> None:
    # Ready at the hub at 04:00 when a2 leaves at 02:00; at 03:00 it would be ready at 05:00.
    late = barge(shipment_release_slot=[3, 3, 0])
    # Only d1 is aboard: 4; a1 and a2 direct 40, back 28.
    assert solved(late).objective == pytest.approx(4 + 68)


def test_no_empty_vehicle_may_go_back_this_way() -> None:
    # Almelo to Deventer and on is shut for empty vehicles: back direct for 30.
    empty = np.array(corridor().lane_empty_eur)
    empty[3] = FOREVER
    # d1 by 24 + 20; direct 40 + 30.
    assert solved(corridor(lane_empty_eur=empty)).objective == pytest.approx(114)
