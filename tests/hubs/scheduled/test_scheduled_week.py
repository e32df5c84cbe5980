"""A week on the corridor of `scheduled_cases`, vans of 13 kg: EUR 71.50 a day by hub, 112 without.

By the hub: one van to Deventer and back (18), one on to Almelo and back (44), handling (4.50) and
EUR 5 for a day of use; see `test_scheduled_worked`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scheduled_cases import barge_tables, corridor_tables

from bundling.errors import InputError
from bundling.hubs.scheduled.week import week_of, with_sailings
from bundling.hubs.scheduled.week_solve import WeekResult, solve_week

DAYS = ("mon", "tue", "wed")


def tables(week_eur: float = 0.0, **columns: Any) -> dict[str, pd.DataFrame]:
    found = corridor_tables()
    found["vehicles"]["capacity_kg"] = 13.0
    found["hubs"]["week_eur"] = week_eur
    found["shipments"] = found["shipments"].assign(**columns)
    return found


def solved(given: dict[str, pd.DataFrame]) -> WeekResult:
    return solve_week(week_of(given, DAYS), time_limit=20, gap=0.0)


def test_days_have_the_freight_that_is_sent_on_them():
    week = week_of(tables(days=["mon wed", "Mon, Wed", ""]), DAYS)
    assert week.day_names == DAYS
    assert [problem.shipment_ids for problem in week.problems] == [
        ("a1", "a2", "d1"), ("d1",), ("a1", "a2", "d1"),
    ]  # fmt: skip
    assert week_of(tables(days="wed"), DAYS).day_names == ("wed",)


def test_the_rent_is_paid_once():
    result = solved(tables(60.0, days="mon wed"))
    assert result.hubs == ("hub Deventer",)
    assert result.objective == pytest.approx(2 * 71.5 + 60)
    assert result.gap < 1e-6  # EUR 30 a day on both days is all of the rent
    table = result.table().set_index("day")
    assert table.loc["mon", "eur"] == pytest.approx(71.5)
    assert table.loc["week", "eur"] == pytest.approx(203)
    assert table.loc["week", "rent_eur"] == 60
    assert table.loc["week", "trips"] == 2 * table.loc["mon", "trips"]


def test_no_hub_where_the_rent_is_too_much():
    result = solved(tables(100.0, days="mon wed"))
    assert result.hubs == ()
    assert result.objective == pytest.approx(2 * 112)


def test_a_hub_that_one_day_would_take_at_half_the_rent_is_given_up():
    # Mon would pay 30 of the 60; tue has d1 alone (44) and no use for the hub: 175.50 against 156.
    result = solve_week(
        week_of(tables(60.0, days=["mon", "mon", "mon tue"]), DAYS[:2]), time_limit=20, gap=0.0
    )
    assert result.objective == pytest.approx(112 + 44)
    assert result.bound == pytest.approx(101.5 + 44)
    assert result.hubs == ()


def test_the_same_day_is_solved_once():
    result = solved(tables(days="mon wed"))
    assert result.results[0] is not None
    assert result.results[0].solution is result.results[1].solution


def test_what_comes_back_rides_home():
    given = tables(return_share=[0.5, 0.0, None], days="mon")
    week = week_of(given, DAYS)
    (problem,) = week.problems
    assert problem.shipment_ids == ("a1", "a2", "d1", "a1 return")
    assert problem.shipment_load[:, 0].tolist() == [6.0, 3.0, 4.0, 3.0]
    place = problem.location_ids
    assert place[problem.shipment_origin[3]] == "Almelo"
    assert place[problem.shipment_destination[3]] == "Apeldoorn"
    assert problem.shipment_due_slot[3] == 11
    given["shipments"] = given["shipments"].iloc[:1]
    # Through Deventer and back 68 with freight both ways, handling of 9 kg and the hub's day: 9.50.
    # Direct it is 40 there and 40 back, since an empty van would go home for less.
    assert solved(given).objective == pytest.approx(68 + 4.5 + 5)


def test_a_pickup_goes_the_other_way():
    week = week_of(tables(pickup=[True, False, False]), DAYS)
    problem = week.problems[0]
    place = problem.location_ids
    assert place[problem.shipment_origin[0]] == "Almelo"
    assert place[problem.shipment_destination[0]] == "Apeldoorn"


def test_barges_sail_on_their_days():
    given = barge_tables()
    given["sailings"]["days"] = "tue"
    week = week_of(given, DAYS)
    assert [problem.num_sailings for problem in week.problems] == [0, 1, 0]


def test_shippers_add_up_over_the_days():
    result = solved(tables(days="mon wed"))
    whole = result.shippers()
    day = result.results[0].tables["shippers"]
    assert np.allclose(whole["eur"], 2 * day["eur"])


def test_all_faults_come_at_once():
    given = tables(-1.0, days=["mon", "someday", "tue"], return_share=[2.0, 0.0, "half"])
    given["lanes"] = given["lanes"].assign(eur=-5.0)
    with pytest.raises(InputError) as told:
        week_of(given, ("mon", "noday"))
    places = {(fault.table, fault.column) for fault in told.value.faults}
    assert places >= {
        ("week", "days"), ("shipments", "days"), ("shipments", "return_share"),
        ("hubs", "week_eur"), ("lanes", "eur"),
    }  # fmt: skip


def test_a_week_without_freight_is_refused():
    with pytest.raises(InputError) as told:
        week_of(tables(days="sun"), DAYS)
    assert told.value.faults[0].column == "days"


def test_locks_go_with_their_sailings():
    given = barge_tables()
    other = given["sailings"].assign(sailing_id="second")
    given["sailings"] = pd.concat([given["sailings"], other], ignore_index=True)
    given["sailings"]["days"] = ["tue", "wed"]
    problem = (
        week_of(given, DAYS)
        .problems[1]
        .replace(sailing_limit=[1], passage_sailing=[0], passage_lock=("Eefde",), passage_slot=[5])
    )
    assert with_sailings(problem, np.array([False])).passage_lock == ()
    assert with_sailings(problem, np.array([True])).passage_lock == ("Eefde",)
