"""Windows of uses hold the departures of plans; cliques are the largest sets that share a slot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduled_cases import corridor, random_day

import bundling
from bundling.hubs.scheduled.state import day_of
from bundling.hubs.scheduled.untimed import untimed_bound
from bundling.hubs.scheduled.untimed_windows import cliques_of, windows_of
from bundling.result import Status


def test_who_must_leave_at_once_rides_alone():
    """Direct, a1 and a2 share a van for 112. If a2 comes when a1 has left, another van: 40 + 28."""
    day = corridor(max_hubs=0)
    assert untimed_bound(day) == pytest.approx(112.0)
    due = day.shipment_due_slot.copy()
    due[0] = 4
    apart = day.replace(shipment_due_slot=due, shipment_release_slot=np.array([0, 1, 0]))
    assert untimed_bound(apart) == pytest.approx(180.0)
    assert bundling.solve(apart, time_limit=20, gap=0.0).objective == pytest.approx(180.0)


def test_freight_does_not_ride_home_to_spare_an_empty_trip():
    """An empty trip costs more than a loaded one here: a way back to the origin would be 5 less."""
    result = bundling.solve(random_day(3451).replace(max_hubs=2), time_limit=20, gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(144.0)


def test_windows_of_ways_by_three_hubs_hold_them():
    for seed in (105, 252):
        problem = random_day(seed).replace(max_hubs=3)
        result = bundling.solve(problem, time_limit=20, gap=0.0)
        assert untimed_bound(problem) <= result.objective + 1e-6


def test_without_hubs_there_are_no_hubs_to_ask():
    problem = corridor(max_hubs=2)
    none = {
        name: getattr(problem, name)[:0]
        for name in problem.__dataclass_fields__
        if name.startswith("hub_")
    }
    assert untimed_bound(problem.replace(**none)) == pytest.approx(112.0)


def test_cliques_worked_out_by_hand():
    """Slots 0-2, 2-4, 4-6 and 5-5: cliques at 2, 4 and 5; one that cannot go is in none."""
    begin, until = np.array([0, 2, 4, 5, 7]), np.array([2, 4, 6, 5, 3])
    found = cliques_of(np.zeros(5, dtype=np.int64), np.array([True]), begin, until)
    assert found.pair.tolist() == [0, 0, 0]
    assert found.first.tolist() == [0, 0, 1, 2, 0]
    assert found.last.tolist() == [0, 1, 2, 2, -1]


def test_windows_do_not_count_where_they_are_not_timed():
    begin, until = np.array([0, 5]), np.array([2, 9])
    found = cliques_of(np.zeros(2, dtype=np.int64), np.array([False]), begin, until)
    assert found.pair.tolist() == [0]
    assert found.first.tolist() == found.last.tolist() == [0, 0]


_WINDOWS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6)), min_size=1, max_size=9)


@given(_WINDOWS)
def test_cliques_are_the_largest_sets_that_share_a_slot(windows):
    begin = np.array([b for b, _ in windows])
    until = begin + np.array([n for _, n in windows])
    found = cliques_of(np.zeros(len(begin), dtype=np.int64), np.array([True]), begin, until)
    ours = {
        frozenset(np.flatnonzero((found.first <= c) & (c <= found.last)).tolist())
        for c in range(len(found.pair))
    }
    at_slot = {frozenset(np.flatnonzero((begin <= t) & (t <= until)).tolist()) for t in range(20)}
    assert ours == {one for one in at_slot if not any(one < other for other in at_slot)} - {
        frozenset()
    }


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_every_departure_of_a_plan_is_within_the_window_of_its_use(seed):
    problem = random_day(seed)
    result = bundling.solve(problem, time_limit=20, gap=0.05)
    if result.solution is None:
        return
    day, plan = day_of(problem), result.solution
    keys = np.column_stack(
        [np.arange(len(day.start)) >= problem.num_lanes, day.start, day.end]
    ).astype(np.int64)
    arcs, arc_of = np.unique(keys, axis=0, return_inverse=True)
    arc_of = arc_of.reshape(-1)
    move = np.where(plan.move_lane >= 0, plan.move_lane, problem.num_lanes + plan.move_sailing)
    begin, until = windows_of(day, arcs, arc_of, plan.move_shipment, arc_of[move])
    # Only the ways that are taken are given here: windows by these alone are the narrowest there
    # can be, and must hold the plan.
    assert (begin <= plan.move_slot).all()
    assert (plan.move_slot <= until).all()
