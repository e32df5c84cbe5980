"""Tables in and out: nothing is lost, and all faults come at once."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduled_cases import barge, barge_tables, corridor, corridor_tables, random_day

from bundling import InputError
from bundling.hubs.scheduled import ScheduledProblem


def assert_same(one: ScheduledProblem, other: ScheduledProblem) -> None:
    for field in dataclasses.fields(one):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype, field.name
            np.testing.assert_array_equal(mine, theirs, err_msg=field.name)
        else:
            assert mine == theirs, field.name


def faults(tables: dict[str, pd.DataFrame]) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        ScheduledProblem.from_tables(tables)
    return [(fault.table, fault.column) for fault in caught.value.faults]


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_round_trip(seed: int) -> None:
    problem = random_day(seed)
    assert_same(problem, ScheduledProblem.from_tables(problem.to_tables()))


def test_round_trip_by_csv(tmp_path: Any) -> None:
    for name, frame in barge().to_tables().items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    tables = {name: pd.read_csv(tmp_path / f"{name}.csv") for name in barge().to_tables()}
    assert_same(barge(), ScheduledProblem.from_tables(tables))


def test_a_problem_without_shipments_or_sailings_round_trips() -> None:
    nothing = corridor().only(np.zeros(3, dtype=bool))
    assert_same(nothing, ScheduledProblem.from_tables(nothing.to_tables()))


def test_what_holds_where_a_column_is_absent() -> None:
    tables = barge_tables()
    del tables["hubs"]["first_slot"], tables["hubs"]["last_slot"], tables["hubs"]["dwell_slots"]
    del tables["hubs"]["capacity_kg"], tables["lanes"]["empty_eur"], tables["lanes"]["co2e_kg"]
    del tables["locations"]["in_zone"], tables["shipments"]["shipper"]
    problem = ScheduledProblem.from_tables(tables)
    assert (problem.hub_first_slot[0], problem.hub_last_slot[0]) == (0, 11)
    assert problem.hub_dwell_slots[0] == 0
    assert np.isinf(problem.hub_capacity).all()
    np.testing.assert_array_equal(problem.lane_empty_eur, problem.lane_eur)
    assert not problem.lane_co2e_kg.any()
    assert problem.lane_last_slot.tolist() == [11] * 6
    assert problem.shipper_ids == ("all",)
    assert problem.shipment_direct.all()
    assert problem.sailing_limit.tolist() == [1]


def test_clock_times_and_slots_are_the_same() -> None:
    problem = barge()
    assert problem.shipment_release_slot.tolist() == [1, 2, 0]
    assert problem.shipment_due_slot.tolist() == [10, 10, 11]
    assert (problem.sailing_depart_slot[0], problem.sailing_arrive_slot[0]) == (4, 8)
    assert problem.slot_name(4) == "04:00"


def test_groups_may_have_names() -> None:
    tables = corridor_tables()
    tables["shipments"]["group"] = ["food", "waste", "food"]
    assert ScheduledProblem.from_tables(tables).shipment_group.tolist() == [0, 1, 0]


def test_missing_tables_and_identifiers_come_together() -> None:
    tables = corridor_tables()
    del tables["lanes"], tables["hubs"]["hub_id"]
    assert faults(tables) == [("lanes", ""), ("hubs", "hub_id")]


def test_all_faults_at_once() -> None:
    tables = barge_tables()
    tables["shipments"]["origin"] = ["Apeldorn", "Apeldoorn", "Deventer"]
    tables["shipments"]["release_slot"] = ["01:20", "02:00", "0:00"]
    tables["shipments"]["load_kg"] = ["six", 3.0, 0.0]
    tables["lanes"]["km"] = [55.0, 55.0, -1.0, 15.0, 40.0, None]
    tables["lanes"] = tables["lanes"].drop(columns=["eur"])
    tables["vehicles"]["returns"] = ["perhaps"]
    tables["sailings"]["arrive_slot"] = ["03:00"]
    tables["settings"] = pd.DataFrame(
        {"key": ["num_slots", "slot_s", "max_hub"], "value": [12, 3600, 1]}
    )
    assert set(faults(tables)) == {
        ("settings", "key"),
        ("vehicles", "returns"),
        ("lanes", "eur"),
        ("lanes", "km"),
        ("sailings", "arrive_slot"),
        ("shipments", "origin"),
        ("shipments", "release_slot"),
        ("shipments", "load_kg"),
    }


def test_a_fault_names_its_rows() -> None:
    tables = corridor_tables()
    tables["lanes"].loc[[1, 4], "to"] = "Hengelo"
    with pytest.raises(InputError, match=r"lanes\.to \(rows 2, 5\).*Hengelo"):
        ScheduledProblem.from_tables(tables)


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        (("shipments", "destination"), {"shipment_destination": [2, 0, 2]}),
        (("shipments", "load"), {"shipment_load": [[6.0], [0.0], [4.0]]}),
        (("shipments", "load"), {"shipment_load": [[6.0], [np.nan], [4.0]]}),
        (("shipments", "due_slot"), {"shipment_due_slot": [10, 1, 11]}),
        (("shipments", "due_slot"), {"shipment_due_slot": [10, 12, 11]}),
        (("shipments", "origin"), {"shipment_origin": [0, 5, 1]}),
        (("shipments", "shipper"), {"shipment_shipper": [0, 1, 3]}),
        (("shipments", "group"), {"shipment_group": [0, -1, 0]}),
        (("shipments", "load"), {"shipment_load": [[6.0, 1.0]] * 3}),
        (("shipments", "shipment_id"), {"shipment_ids": ("a1", "a2", "a1")}),
        (("hubs", "location"), {"hub_location": [3]}),
        (("hubs", "last_slot"), {"hub_first_slot": [4], "hub_last_slot": [3]}),
        (("hubs", "fixed_eur"), {"hub_fixed_eur": [-1.0]}),
        (("lanes", "vehicle"), {"lane_vehicle": [0, 0, 0, 0, 0, 1]}),
        (("lanes", "eur"), {"lane_eur": [40.0] * 5}),
        (("lanes", "to"), {"lane_to": [2, 0, 1, 0, 2, 2]}),
        (("vehicles", "mode"), {"vehicle_mode": ("road", "rail")}),
        (("settings", "num_slots"), {"num_slots": 0}),
        (("settings", "max_hubs"), {"max_hubs": -1}),
        (("settings", "slot_s"), {"slot_s": 0.0}),
        (("settings", "co2e_eur_per_kg"), {"co2e_eur_per_kg": np.inf}),
    ],
)
def test_every_rule_of_the_data(place: tuple[str, str], changes: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        corridor(**changes)
    assert [(fault.table, fault.column) for fault in caught.value.faults] == [place]


def test_a_column_twice_and_no_load_at_all() -> None:
    tables = corridor_tables()
    tables["lanes"] = pd.concat([tables["lanes"], tables["lanes"][["eur"]]], axis=1)
    del tables["shipments"]["load_kg"]
    assert faults(tables) == [("lanes", "eur"), ("shipments", "load_")]


def test_two_hubs_at_one_place_are_refused() -> None:
    tables = corridor_tables()
    twice = pd.concat([tables["hubs"], tables["hubs"].assign(hub_id="second")])
    tables["hubs"] = twice.reset_index(drop=True)
    assert faults(tables) == [("hubs", "location")]


@pytest.mark.parametrize(
    ("table", "column", "instead"),
    [
        ("lanes", "co2_kg", "co2e_kg"),
        ("lanes", "co2e", "co2e_kg"),
        ("hubs", "handling_eur", "handling_eur_kg"),
        ("hubs", "Last_slot", "last_slot"),
        ("shipments", "groups", "group"),
    ],
)
def test_a_slip_of_the_pen_is_not_left_out_in_silence(
    table: str, column: str, instead: str
) -> None:
    tables = corridor_tables()
    tables[table] = tables[table].drop(columns=instead, errors="ignore").assign(**{column: 1})
    with pytest.raises(InputError, match=f"Call it {instead}"):
        ScheduledProblem.from_tables(tables)


def test_a_limit_in_what_no_shipment_has_is_refused_and_notes_are_not() -> None:
    tables = corridor_tables()
    tables["hubs"]["capacity_pallets"] = 40.0
    tables["hubs"]["remark"] = "by the canal"
    assert faults(tables) == [("hubs", "capacity_pallets")]
