"""A lock out of service, a lock that delays, low water: what it does to a day with a barge."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scheduled_cases import barge

import bundling
from bundling import InputError, Status
from bundling.hubs.draught import scenario_payloads
from bundling.hubs.scheduled import (
    ScheduledProblem,
    at_depth,
    lock_delay,
    low_water,
    water_scenarios,
    without_lock,
)
from bundling.hubs.scheduled.week import with_sailings

PAYLOADS = pd.DataFrame(
    {
        "scenario": ["low", "shut"],
        "vessel": ["Va", "Va"],
        "payload_t": [0.0125, 0.0],
        "teu": [1, 0],
    }
)


def locked(**changes: object) -> ScheduledProblem:
    """Return the barge's day; it passes Eefde at 05:00 and Delden at an unknown time."""
    return barge(
        vehicle_capacity=[[13.0]],
        passage_sailing=[0, 0],
        passage_lock=["Eefde", "Delden"],
        passage_slot=[5, -1],
        **changes,
    )


def cost(problem: ScheduledProblem) -> float:
    result = bundling.solve(problem, time_limit=60.0, gap=0.0)
    assert result.status is Status.OPTIMAL
    return result.objective


def test_a_lock_out_of_service_takes_the_barge_away() -> None:
    assert cost(locked()) == pytest.approx(40.5)
    for lock in ("Eefde", "Delden"):
        assert cost(without_lock(locked(), lock)) == pytest.approx(71.5)


def test_a_lock_that_delays() -> None:
    late = lock_delay(locked(), "Eefde", 2)
    assert late.sailing_arrive_slot.tolist() == [10]
    assert late.passage_slot.tolist() == [7, -1]
    assert cost(late) == pytest.approx(40.5)  # due by 10:00 and 11:00
    # An hour more and only d1 is in time; it pays EUR 4, a1 and a2 go direct for 70.
    assert cost(lock_delay(locked(), "Eefde", 3)) == pytest.approx(min(71.5, 70 + 4.0))
    assert lock_delay(locked(), "Delden", 1).passage_slot.tolist() == [5, -1]


def test_locks_go_with_their_sailings() -> None:
    twice = locked(
        **{
            name: tuple(value) * 2 if isinstance(value, tuple) else np.concatenate([value, value])
            for name, value in vars(barge()).items()
            if name.startswith("sailing_") and name != "sailing_ids"
        },
        sailing_ids=("early", "barge"),
    )
    twice = twice.replace(passage_sailing=[0, 1])
    second = with_sailings(twice, np.array([False, True]))
    assert second.sailing_ids == ("barge",)
    assert second.passage_lock == ("Delden",)
    assert second.passage_sailing.tolist() == [0]
    assert second.passage_slot.tolist() == [-1]


def test_what_is_wrong_with_a_lock_is_told() -> None:
    with pytest.raises(InputError, match="Use one of: Delden, Eefde"):
        without_lock(locked(), "Hengelo")
    with pytest.raises(InputError, match="Use one of: none"):
        without_lock(barge(), "Hengelo")
    with pytest.raises(InputError, match="slots"):
        lock_delay(locked(), "Eefde", -1)


def test_low_water_takes_a_part_off_the_barge() -> None:
    low = at_depth(locked(), {"barge": "Va"}, PAYLOADS, "low")
    assert low.sailing_capacity.tolist() == [[12.5]]
    # 13 kg do not fit: d1 by van (44) and the rest by barge (18 + 9 + 4.5 + 5), or all by van.
    assert cost(low) == pytest.approx(min(44 + 36.5, 71.5))
    assert at_depth(locked(), {"barge": "Va"}, PAYLOADS, "shut").sailing_limit.tolist() == [0]
    again = at_depth(low, {}, PAYLOADS, "low")
    assert np.array_equal(again.sailing_capacity, low.sailing_capacity)


def test_what_is_wrong_with_a_scenario_is_told_at_once() -> None:
    with pytest.raises(InputError) as error:
        at_depth(locked(resource_ids=["m3"]), {"boat": "Va"}, PAYLOADS, "dry")
    told = {(fault.table, fault.column) for fault in error.value.faults}
    assert told == {
        ("scenarios", "scenario"), ("vessels", "sailing"), ("settings", "resources"),
    }  # fmt: skip
    with pytest.raises(InputError, match="is no vessel"):
        at_depth(locked(), {"barge": "Vb"}, PAYLOADS, "low")


def test_scenarios_side_by_side() -> None:
    problem = locked()
    days = {"lock": without_lock(problem, "Eefde"), "late": lock_delay(problem, "Delden", 2)}
    table = water_scenarios(problem, days, time_limit=30.0, gap=0.0)
    assert table["scenario"].tolist() == ["as it is", "lock", "late"]
    assert table["cost_eur"].tolist() == [
        pytest.approx(40.5), pytest.approx(71.5), pytest.approx(40.5),
    ]  # fmt: skip
    assert table["extra_eur"].tolist() == [0.0, pytest.approx(31.0), 0.0]
    # a1 and a2 to the hub by road, all on by water: 9 and 13 kg; else 9 + 13 kg by road.
    assert table["tonnes_water"].tolist() == [pytest.approx(0.013), 0.0, pytest.approx(0.013)]
    assert table["tonnes_road"].tolist() == [
        pytest.approx(0.009), pytest.approx(0.022), pytest.approx(0.009),
    ]  # fmt: skip


def test_the_rivers_scenarios_in_one_call() -> None:
    route = ["IJssel-Eefde", "Twentekanaal Delden-Enschede"]
    payloads = scenario_payloads(route)
    vessel = payloads["vessel"].iloc[0]
    days = low_water(locked(), {"barge": vessel}, route)
    assert list(days) == list(dict.fromkeys(payloads["scenario"]))
    closed = payloads[(payloads["vessel"] == vessel) & (payloads["payload_t"] <= 0)]["scenario"]
    assert len(closed)
    for name, day in days.items():
        assert day.sailing_limit.tolist() == [int(name not in set(closed))]
    assert list(low_water(locked(), {"barge": vessel}, route, [closed.iloc[0]])) == [closed.iloc[0]]
