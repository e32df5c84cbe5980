"""Loading of a plan: departures that load and that do not, by hand and by law."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hubs_cases import half_trucks, make, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduled.scheduled_cases import corridor

import bundling
from bundling.errors import InputError
from bundling.hubs import HubsProblem, HubsSolution
from bundling.hubs.loading import LoadingProblem
from bundling.hubs.loading_fleet import first_fit, fit
from bundling.hubs.loading_floor import within_floor
from bundling.hubs.loading_plan import loading_of
from bundling.hubs.loading_tables import loading_tables
from bundling.hubs.loading_units import units_of

VAN = {"type-0": "van"}


def one_leg(kg: float, **changes: object) -> HubsProblem:
    """Two shipments of `kg` straight to a customer; vehicles of 1,000 kg."""
    return make(
        xy_km=[(0, 0), (0, 10), (5, 5)],
        shipments=[(0, 1, kg), (0, 1, kg)],
        hubs=[2],
        rent_eur=1e4,
        capacity_kg=[1000.0],
        fixed_eur=[50.0],
        eur_per_km=[1.0],
        **changes,
    )


def test_weight_fits_but_four_pallets_do_not_stand_in_a_van() -> None:
    """800 kg on four pallets: one van by weight, but it has three positions."""
    result = bundling.solve(one_leg(400.0), time_limit=5)
    units = pd.DataFrame({"shipment_id": ["ship-0", "ship-1"], "unit": "pallet", "count": 2})
    found = loading_of(result, units, vehicle_of=VAN)
    (row,) = found.departures.to_dict("records")
    assert (row["planned"], row["needed"], row["units"]) == (1, 2, 4)
    assert not row["loads"]
    assert row["proved"]
    assert row["limited_by"] == "positions"
    assert row["proposal"] == "1 x type-0 more"
    assert not found.all_load
    assert sorted(found.loads["vehicle"].value_counts()) in ([1, 3], [2, 2])
    assert found.loads["kg"].tolist() == [200.0] * 4
    three = units.assign(count=[2, 1])
    assert loading_of(result, three, vehicle_of=VAN).all_load


def test_food_and_waste_need_a_vehicle_each() -> None:
    result = bundling.solve(one_leg(100.0), time_limit=5)
    units = pd.DataFrame(
        {"shipment_id": ["ship-0", "ship-1"], "unit": "pallet", "goods": ["food", "waste"]}
    )
    row = loading_of(result, units, vehicle_of=VAN).departures.iloc[0]
    assert (row["needed"], row["limited_by"]) == (2, "goods apart")


def test_a_unit_that_no_planned_type_takes_is_told() -> None:
    result = bundling.solve(one_leg(100.0), time_limit=5)
    units = pd.DataFrame({"shipment_id": ["ship-0", "ship-1"], "unit": ["pallet", "teu"]})
    row = loading_of(result, units, vehicle_of=VAN).departures.iloc[0]
    assert np.isnan(row["needed"])
    assert "ship-1 unit 1" in row["proposal"]


def test_units_from_weight_and_volume() -> None:
    """400 kg in 2 m3: by volume 2 / 1.68 = 1.19 pallets, a whole one and part of a position."""
    found = units_of(one_leg(400.0), loading_tables())
    mine = found[found["shipment_id"] == "ship-0"]
    assert mine["share"].tolist() == [1.0, 0.2]
    assert mine["kg"].sum() == pytest.approx(400.0)
    assert mine["m3"].sum() == pytest.approx(2.0)
    loose = units_of(one_leg(400.0), loading_tables(), unit="loose")
    assert len(loose) == 2 * 8


def test_pickups_fill_the_way_back() -> None:
    problem = one_leg(900.0, shipment_pickup=np.array([False, True]))
    found = loading_of(bundling.solve(problem, time_limit=5), unit="loose", vehicle_of=VAN)
    assert found.departures["direction"].tolist() == ["out", "back"]
    assert found.all_load


def test_a_day_of_departures() -> None:
    result = bundling.solve(corridor(), time_limit=5)
    units = pd.DataFrame({"shipment_id": ["a1", "a2", "d1"], "unit": "pallet", "count": [1, 2, 1]})
    found = loading_of(result, units)
    planned = result.tables["departures"]
    assert len(found.departures) == len(planned)
    assert found.departures["planned"].tolist() == planned["vehicles"].tolist()
    on_board = found.loads.groupby("departure")["unit_id"].size()
    assert found.departures.set_index("departure")["units"].to_dict() == on_board.to_dict()


def fleet_problem(needs: list[float], room: float) -> LoadingProblem:
    need = np.zeros((len(needs), 3))
    need[:, 0] = needs
    ids = tuple(f"u{k}" for k in range(len(needs)))
    return LoadingProblem(ids, need, np.array([room, 1.0, 1.0]), ("dry",) * len(ids), frozenset())


def test_two_types_where_first_fit_fails() -> None:
    """6 + 4 and 5 + 3 + 2 fill both; decreasing puts 6, 4 then 5, 3, 2 or fails by one."""
    needs = [6.0, 5.0, 4.0, 3.0, 2.0, 2.0]
    posed = [fleet_problem(needs, 12.0), fleet_problem(needs, 10.0)]
    found, _ = fit(posed, [0, 1], float("inf"), 0)
    assert found is not None
    loads = np.bincount(found, weights=needs)
    assert (loads <= [12.0, 10.0]).all()
    none, proved = fit(posed, [1, 1], float("inf"), 0)
    assert none is None
    assert proved
    assert first_fit(posed, []) == (-1,) * 6


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["pallet", "loose"]))
def test_every_unit_is_loaded_once_and_bounds_hold(seed: int, unit: str) -> None:
    result = bundling.solve(random_problem(seed, shipments=6), time_limit=2, gap=0.2)
    if result.solution is None:
        return
    names = {"type-0": "cargo_bike", "type-1": "van", "type-2": "van", "type-3": "rigid_18t"}
    found = loading_of(result, unit=unit, vehicle_of=names, time_limit=3)
    rows = found.departures
    ok = rows.dropna(subset="needed")
    assert (ok["at_least"] <= ok["needed"]).all()
    assert (ok["needed"] >= ok["planned"]).all()
    assert (ok["loads"] == (ok["needed"] == ok["planned"])).all()
    assert not found.loads.duplicated(["departure", "direction", "unit_id"]).any()


def test_refusals() -> None:
    result = bundling.solve(half_trucks(rent_eur=0.0), time_limit=5)
    with pytest.raises(InputError, match="vehicle_of"):
        loading_of(result)
    units = pd.DataFrame(
        {"shipment_id": ["ship-0", "nobody"], "unit": ["pallet", "crate"], "count": [0, 1]}
    )
    with pytest.raises(InputError) as caught:
        loading_of(result, units, vehicle_of=VAN)
    assert len(caught.value.faults) == 3
    with pytest.raises(InputError, match="unknown"):
        loading_of(bundling.solve(corridor(), time_limit=5), unit="crate")


def test_a_plan_told_of_the_floor_loads() -> None:
    """Two shipments of 3 m3, 2 pallets each: a van takes 10.5 m3 but 3 pallets of 1.68 m3."""
    problem = one_leg(600.0).replace(
        shipment_m3=np.array([3.0, 3.0]),
        vehicle_capacity_kg=np.array([2000.0]),
        vehicle_capacity_m3=np.array([10.5]),
    )
    assert not loading_of(bundling.solve(problem, time_limit=5), vehicle_of=VAN).all_load
    told = within_floor(problem, vehicle_of=VAN)
    assert told.vehicle_capacity_m3[0] == pytest.approx(3 * 1.68)
    result = bundling.solve(told, time_limit=5)
    assert result.evaluation.indicators["vehicles"] == 2.0
    assert loading_of(result, vehicle_of=VAN).all_load


def test_a_day_told_of_the_floor_has_a_resource_more() -> None:
    day = within_floor(corridor().replace(resource_ids=("m3",)))
    assert day.resource_ids == ("m3", "floor")
    assert day.vehicle_capacity.tolist() == [[10.0, 3.0]]
    assert day.shipment_load[:, 1].tolist() == pytest.approx([3.58, 1.79, 2.39])  # m3 / 1.68
    assert np.isinf(day.hub_capacity[:, 1]).all()
    result = bundling.solve(day, time_limit=5)
    assert result.solution is not None
    assert loading_of(result).all_load
    assert within_floor(corridor(), unit="loose").vehicle_capacity[0, 1] == np.inf
    with pytest.raises(InputError, match="no position"):
        within_floor(corridor(), unit="teu")


def test_types_that_each_refuse_a_unit_are_told() -> None:
    """A crate stands in the van only, a container in the truck only; one van, two crates."""
    columns = ["vehicle", "unit", "positions", "source", "year", "licence"]
    rows = [("van", "pallet", 1), ("rigid_18t", "teu", 1)]
    stand = pd.DataFrame([(*row, "mine", 2026, "own") for row in rows], columns=columns)
    problem = one_leg(400.0)
    result = bundling.solve(problem, time_limit=5)
    (leg,) = zip(result.solution.leg_start, result.solution.leg_end, strict=True)
    two = make(
        xy_km=[(0, 0), (0, 10), (5, 5)],
        shipments=[(0, 1, 400.0), (0, 1, 400.0)],
        hubs=[2],
        rent_eur=1e4,
        capacity_kg=[1000.0, 1000.0],
        fixed_eur=[50.0, 60.0],
        eur_per_km=[1.0, 1.0],
    )
    mixed = HubsSolution(
        np.array([-1, -1]), np.zeros(2), np.full(2, leg[0]), np.full(2, leg[1]),
        np.array([0, 1]), np.ones(2),
    )  # fmt: skip
    plan = dataclasses.replace(result, problem=two, solution=mixed)
    names = {"type-0": "van", "type-1": "rigid_18t"}
    units = pd.DataFrame({"shipment_id": ["ship-0", "ship-1"], "unit": ["pallet", "teu"]})
    assert loading_of(plan, units, vehicle_of=names, positions=stand).all_load
    more = units.assign(count=[2, 1])
    row = loading_of(plan, more, vehicle_of=names, positions=stand).departures.iloc[0]
    assert np.isnan(row["needed"])
    assert "refuses" in row["proposal"]
