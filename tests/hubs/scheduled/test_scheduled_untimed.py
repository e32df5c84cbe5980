"""The bound without a clock never exceeds a day's cost, and is exact where time is no matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduled_cases import barge, corridor, random_day

import bundling
from bundling.hubs.scheduled.untimed import untimed_bound


def test_exact_where_windows_are_wide():
    # By hand in `test_scheduled_worked`: two vans direct for 112, or all through the hub for 71.50.
    assert untimed_bound(corridor()) == pytest.approx(112.0)
    assert untimed_bound(corridor(vehicle_capacity=[[13.0]])) == pytest.approx(71.5)


def test_a_missed_barge_is_not_missed_here():
    day = barge()
    late = day.replace(shipment_release_slot=np.full(day.num_shipments, 5))
    optimum = bundling.solve(late, time_limit=20, gap=0.0).objective
    assert untimed_bound(late) <= optimum


def test_no_bound_for_a_shipment_without_a_way():
    day = corridor()
    keep = day.lane_to != day.location_ids.index("Almelo")
    shut = day.replace(
        **{name: getattr(day, name)[keep] for name in day.__dataclass_fields__
           if name.startswith("lane_")}
    )  # fmt: skip
    assert untimed_bound(shut) == -math.inf


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_never_above_the_optimum(seed):
    day = random_day(seed)
    result = bundling.solve(day, time_limit=60, gap=0.0)
    if result.solution is not None:
        assert untimed_bound(day) <= result.objective + 1e-6
