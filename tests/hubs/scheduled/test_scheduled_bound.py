"""The bound by shared prices: against the optimum of HiGHS alone, which does not know it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scheduled_cases import corridor_tables, random_day

from bundling.hubs.scheduled.bound import shared_bound
from bundling.hubs.scheduled.bound_pairs import fewest_vehicles, pairs_of
from bundling.hubs.scheduled.bound_prices import fewest
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.milp import build, read
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.hubs.scheduled.state import day_of
from bundling.mip import solve_model
from bundling.result import Status


def best_plan(problem: ScheduledProblem) -> ScheduledSolution | None:
    built = build(problem)
    outcome = solve_model(built.model, time_limit=20.0, gap=0.0, seed=0, step="test")
    if outcome.values is None:  # noqa: PD011
        return None
    assert outcome.status is Status.OPTIMAL
    return read(problem, built, outcome.values)


@pytest.mark.parametrize("seed", range(24))
def test_never_above_the_best_plan_and_every_move_of_it_has_a_price(seed: int) -> None:
    problem = random_day(seed, shut=0.0)
    plan = best_plan(problem)
    if plan is None:
        return
    bound = shared_bound(problem, lambda: False)
    assert bound <= evaluate(problem, plan).objective + 1e-5
    pairs = pairs_of(problem, day_of(problem))
    for i in np.unique(plan.move_shipment):
        rows = np.flatnonzero(plan.move_shipment == i)
        lane, sailing = plan.move_lane[rows], problem.num_lanes + plan.move_sailing[rows]
        move, slot = np.where(lane >= 0, lane, sailing), plan.move_slot[rows]
        ends = [(0, 0)] if len(rows) == 1 else [(1, 0), (2, -1)]
        for role, at in ends:
            here = (pairs.shipment == i) & (pairs.role == role) & (pairs.move == move[at])
            assert here.sum() == 1
            assert pairs.begin[here][0] <= slot[at] <= pairs.until[here][0]


@pytest.mark.parametrize("seed", range(24))
def test_as_many_vehicles_leave_and_arrive_as_are_said_to(seed: int) -> None:
    problem = random_day(seed, shut=0.0)
    plan = best_plan(problem)
    if plan is None:
        return
    out, back = fewest_vehicles(problem, pairs_of(problem, day_of(problem)))
    for side, place in ((out, problem.lane_from), (back, problem.lane_to)):
        trips = np.zeros(problem.num_locations, dtype=np.int64)
        np.add.at(trips, place[plan.trip_lane], plan.trip_count)
        assert (trips >= side).all()


def test_fewest_vehicles_by_hand() -> None:
    """Two of 6 in the morning and one of 6 at night, room for 10: two, and one more."""
    load = np.array([6.0, 6.0, 6.0])
    first, last = np.array([0, 1, 8]), np.array([3, 4, 9])
    assert fewest(load, first, last, 10.0) == 3
    assert fewest(load, np.zeros(3, dtype=np.int64), last, 10.0) == 2  # all could meet: 18 / 10
    assert fewest(load[:0], first[:0], last[:0], 10.0) == 0


def test_more_than_two_hubs_prove_nothing() -> None:
    assert shared_bound(random_day(1, shut=0.0).replace(max_hubs=3), lambda: False) == -math.inf


def test_a_stop_leaves_what_is_proved() -> None:
    problem = ScheduledProblem.from_tables(corridor_tables())
    told: list[float] = []
    steps = iter(range(5))
    bound = shared_bound(problem, lambda: next(steps, None) is None, told.append)
    assert bound == told[-1]
    assert told == sorted(told)


def test_a_sailing_to_a_hub_has_its_slot() -> None:
    """The hub's dwell time comes after the arrival: it does not shorten the slot to depart in."""
    tables = corridor_tables()
    tables["sailings"] = pd.DataFrame(
        {"sailing_id": ["barge"], "mode": ["water"], "from": ["Apeldoorn"], "to": ["Deventer"],
         "depart_slot": [3], "arrive_slot": [4], "capacity_kg": [100.0], "km": [15.0]}
    )  # fmt: skip
    problem = ScheduledProblem.from_tables(tables)
    pairs = pairs_of(problem, day_of(problem))
    barge = pairs.move == problem.num_lanes
    assert barge.any()
    assert (pairs.begin[barge] == 3).all()
    assert (pairs.until[barge] == 3).all()
