"""A region's day of departures, worked out by hand on the stretched Zwolle of `tiny_region`."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import bundling
from bundling.errors import Fault, InputError
from bundling.hubs.evaluate import trip_costs_eur
from bundling.hubs.problem import LAST_MILE, LINEHAUL
from bundling.hubs.scheduled import ScheduledProblem
from bundling.hubs.scheduled.windows import shipment_windows
from bundling.region import Region
from tiny_region import tiny_tables

DAY = date(2030, 6, 4)
QUAYS = pd.DataFrame(
    {
        "quay_id": ["south", "north"],
        "rd_x_m": [205_000.0, 205_000.0],
        "rd_y_m": [490_000.0, 510_000.0],
        "waterway_node": ["ww-1", "ww-2"],
    }
)


def region(**tables: pd.DataFrame) -> Region:
    return Region("tiny", "Tiny", {**tiny_tables(), **tables})


@pytest.fixture(scope="module")
def plain() -> Region:
    return region()


@pytest.fixture(scope="module")
def day(plain: Region) -> ScheduledProblem:
    """The day that several tests look at; frozen, so that they may."""
    return plain.scheduled_hubs(day=DAY)


def with_pickup() -> Region:
    """The tiny region with a pickup from the rural district: 09:00 to 11:00."""
    tables = tiny_tables()
    more = tables["shipments"].iloc[[1]].assign(shipment_id="ship-5", direction="pickup")
    stop = tables["stops"].iloc[[3]].assign(
        stop_id="stop-7", shipment_id="ship-5", direction="pickup",
        tw_early_clock="09:00", tw_late_clock="11:00",
    )  # fmt: skip
    return region(
        shipments=pd.concat([tables["shipments"], more], ignore_index=True),
        stops=pd.concat([tables["stops"], stop], ignore_index=True),
    )


def barges(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"sailing_id": ["b1"], "mode": ["water"], "from": ["south"], "to": ["north"],
         "depart_clock": ["06:00"], **columns}
    )  # fmt: skip


def clock(seconds: float) -> str:
    return f"{int(seconds // 3600):02d}:{int(seconds % 3600 // 60):02d}"


def test_last_moments_leave_time_for_the_work_at_the_addresses(plain):
    found = shipment_windows(plain, faults=[])
    # Three stops of 20 min until 12:00; one until 15:00; two of 4 min until 18:00; no stop at all.
    assert [clock(s) for s in found.late_s] == ["11:20", "15:00", "17:56", "23:59"]
    assert [clock(s) for s in found.early_s] == ["06:00", "07:00", "08:00", "00:00"]
    assert found.ready_s.tolist() == [0.0] * 4


def test_the_most_urgent_stop_comes_first_whatever_the_order_of_the_table():
    tables = tiny_tables()
    stops = tables["stops"]
    stops.loc[stops["stop_id"] == "stop-3", "tw_late_clock"] = "11:50"
    found = shipment_windows(region(stops=stops), faults=[])
    assert clock(found.late_s[0]) == "11:20"  # 12:00 less the two before: 11:50 is no trouble


def test_times_of_the_problem_are_whole_slots_on_the_safe_side(day):
    problem = day
    assert [problem.slot_name(k) for k in problem.shipment_due_slot] == [
        "11:15", "15:00", "17:45", "23:45",
    ]  # fmt: skip
    # 2 km to the next district at 25 km/h, 1.4 times the straight line, besides 1.25 h of work.
    assert problem.shipment_load[0] == pytest.approx([1500.0, 9.0, 1.25 + 0.112])
    assert problem.hub_dwell_slots.tolist() == [2, 2]  # half an hour of turnaround


def test_a_trip_out_and_back_costs_what_it_costs_in_the_hubs_problem(plain, day):
    hubs = plain.hubs(day=DAY)
    seen = 0
    for k in range(day.num_lanes):
        near, far = (np.array([end[k]]) for end in (day.lane_from, day.lane_to))
        if far[0] not in hubs.shipment_destination:
            continue
        name = day.vehicle_ids[day.lane_vehicle[k]].split(" to ")[0]
        v = hubs.vehicle_ids.index(name)
        kind = np.array([LINEHAUL if "to hubs" in day.vehicle_ids[day.lane_vehicle[k]]
                         else LAST_MILE])  # fmt: skip
        assert hubs.usable(kind, near, far)[0, v]
        whole = sum(cost[0, v] for cost in trip_costs_eur(hubs, near, far).values())
        assert 2 * day.lane_eur[k] == pytest.approx(whole)
        hours = hubs.trip_hours(near, far)[0, v]
        spare = day.vehicle_capacity[day.lane_vehicle[k], 2]
        assert hubs.vehicle_shift_h[v] - hours - 0.5 <= spare <= hubs.vehicle_shift_h[v] - hours
        assert day.lane_slots[k] >= hubs.time_s[near, far][0] / hubs.vehicle_speed_factor[v] / 900
        seen += 1
    assert seen > 10


def test_no_diesel_goes_to_the_zone_on_a_day_it_holds(plain, day):
    problem = day
    into = problem.location_in_zone[problem.lane_to]
    names = {problem.vehicle_ids[v].split(" ")[0] for v in problem.lane_vehicle[into]}
    assert names <= {"cargobike", "evan", "erigid"}
    assert names
    before = plain.scheduled_hubs(day=date(2024, 6, 4))
    assert not before.location_in_zone.any()


def test_one_shipment_alone_costs_what_it_costs_in_the_hubs_problem(plain):
    hubs = plain.hubs(day=DAY)
    hourly = plain.scheduled_hubs(day=DAY, slot_min=60)
    for i in range(hubs.num_shipments):
        alone = bundling.solve(hourly.only(np.array([i])), time_limit=60, gap=1e-6)
        single = hubs.only(np.array([i]))
        reference = bundling.solve(single, time_limit=60, gap=1e-6)
        work = reference.evaluation.costs_eur["service_hours"]
        assert alone.objective == pytest.approx(reference.objective - work)


def test_the_day_is_solved_and_its_tables_come_back():
    problem = with_pickup().scheduled_hubs(day=DAY)
    result = bundling.solve(problem, time_limit=2)
    assert result.solution is not None
    assert not result.violations
    assert ScheduledProblem.from_tables(problem.to_tables()).num_lanes == problem.num_lanes
    # The pickup goes the other way round, not before nine and from its address by eleven.
    row = result.tables["flows"].set_index("shipment_id").loc["ship-5"]
    assert row["origin_id"].startswith("Tiny")
    assert row["destination_id"] == "park-a"
    assert "09:00" <= row["departure"] <= "11:00"


def test_a_barge_takes_its_km_hours_and_payload_from_the_water(plain):
    problem = plain.scheduled_hubs(
        day=DAY, timetable=barges(vessel=["Va_dry"]), quays=QUAYS, drop_m=0.8
    )
    # 20 km at 10 km/h and half an hour in the lock; 2.8 m less 0.8 m of water: DOMAIN's 1,265 t.
    assert problem.sailing_km.tolist() == [20.0]
    assert problem.slot_name(problem.sailing_arrive_slot[0]) == "08:30"
    assert problem.sailing_capacity[0, 0] == pytest.approx(1_265_000, rel=0.001)
    assert problem.sailing_slot_eur[0, 0] == pytest.approx(0.0177 * 20 / 1000)
    assert problem.hub_ids[-2:] == ("hub-south", "hub-north")
    assert problem.hub_handling_eur[-1].tolist() == [0.0025, 0.0, 0.0]
    assert problem.max_hubs == 2


def test_windows_and_hours_of_the_user_take_the_place_of_ours(plain):
    problem = plain.scheduled_hubs(
        day=DAY,
        windows=pd.DataFrame(
            {"shipment_id": ["ship-2"], "ready_clock": ["05:10"], "late_clock": ["10:00"]}
        ),
        hub_hours=pd.DataFrame({"hub_id": ["hub-b"], "open_clock": ["06:00"], "dwell_min": [60]}),
    )
    assert problem.shipment_release_slot.tolist() == [0, 21, 0, 0]
    assert problem.slot_name(problem.shipment_due_slot[1]) == "10:00"
    assert problem.hub_first_slot.tolist() == [0, 24]
    assert problem.hub_dwell_slots.tolist() == [2, 4]


def test_all_faults_come_at_once(plain):
    with pytest.raises(InputError) as told:
        plain.scheduled_hubs(
            day=DAY,
            ready="soon",
            slot_min=7,
            windows=pd.DataFrame({"shipment_id": ["ship-9", "ship-1"], "late_clock": ["", "noon"]}),
            hub_hours=pd.DataFrame({"hub_id": ["hub-z"], "close_clock": ["late"]}),
            timetable=pd.concat(
                [barges(vessel=["raft"]), barges(mode="air"), barges(to="moon", charter_eur=-1)]
            ),
            quays=QUAYS,
        )
    places = {(fault.table, fault.column) for fault in told.value.faults}
    assert places == {
        ("settings", "ready"), ("settings", "slot_min"), ("windows", "shipment_id"),
        ("windows", "late_clock"), ("hub_hours", "hub_id"), ("hub_hours", "close_clock"),
        ("timetable", "vessel"), ("timetable", "mode"), ("timetable", "to"),
        ("timetable", "charter_eur"), ("timetable", "sailing_id"),
    }  # fmt: skip


def test_a_train_needs_km_and_an_arrival(plain):
    with pytest.raises(InputError) as told:
        plain.scheduled_hubs(day=DAY, timetable=barges(mode=["rail"]), quays=QUAYS)
    fault: Fault = told.value.faults[0]
    assert "needed for rail" in fault.rule


@pytest.mark.parametrize("name", ["zwolle", "deventer", "enschede", "overijssel"])
def test_the_regions_of_the_library_are_posed(name):
    loaded = bundling.load(name)
    problem = loaded.scheduled_hubs(day=DAY)
    assert problem.num_shipments == len(loaded.table("shipments"))
    assert (problem.shipment_due_slot > problem.shipment_release_slot).all()
