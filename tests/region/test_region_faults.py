"""Every rule finds the fault put in front of it, at the row a user sees, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from bundling.errors import Fault, InputError
from bundling.region import Region, domain, freight, validate
from bundling.region.validate import GENERIC
from tiny_region import tiny_shapes, tiny_tables

Tables = dict[str, pd.DataFrame]


def put(table: str, column: str, row: int, value: Any) -> Callable[[Tables], None]:
    """Return a change of one cell; rows count from 0 here, so row 0 is shown as row 2."""

    def change(tables: Tables) -> None:
        frame = tables[table].astype({column: object})
        frame.iloc[row, frame.columns.get_loc(column)] = value
        tables[table] = frame

    return change


def together(*changes: Callable[[Tables], None]) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        for each in changes:
            each(tables)

    return change


def give(table: str, **columns: list[Any]) -> Callable[[Tables], None]:
    """Return a change that gives the region a table it did not have."""

    def change(tables: Tables) -> None:
        tables[table] = pd.DataFrame(columns)

    return change


def drop_row(table: str, row: int) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        tables[table] = tables[table].drop(index=row)

    return change


def swap_rows(table: str) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        tables[table] = tables[table].iloc[[1, 0, *range(2, len(tables[table]))]]

    return change


# rule function, change, table, column, rows shown, words of the rule
CASES = [
    ("limits", put("stops", "kg", 5, -1), "stops", "kg", ("7",), "'-1.0' is not at least 0 kg"),
    ("limits", put("vehicle_types", "min_soc", 0, 1.5), "vehicle_types", "min_soc", ("2",),
     "'1.5' is not at most 1"),
    ("choices", put("districts", "area_type", 0, "city"), "districts", "area_type", ("2",),
     "'city' is not among the choices"),
    ("keys", put("grid_headroom", "year", 1, 2026), "grid_headroom", "node_id + year", ("2", "3"),
     "the key 'area-1 / 2026' is there more than once"),
    ("references", put("hub_candidates", "node_id", 1, "sub-x"), "hub_candidates", "node_id",
     ("3",), "'sub-x' is not in grid_nodes.node_id"),
    ("place_ids", put("site_candidates", "site_id", 1, "site_m"), "site_candidates", "site_id",
     ("3",), "'site_m' does not begin with site-"),
    ("grid_is_a_tree", put("grid_nodes", "parent_id", 0, "sub-west"), "grid_nodes", "parent_id",
     ("2", "3"), "'area-1', 'sub-west' feeds itself"),
    ("parks_do_not_contain_themselves", put("business_parks", "part_of", 1, "park-c"),
     "business_parks", "part_of", ("3", "4"), "is part of itself"),
    ("headroom_years_ascend", swap_rows("grid_headroom"), "grid_headroom", "year", ("3",),
     "the years of 'area-1' do not ascend"),
    ("prices_cover_the_day", drop_row("energy_prices", 5), "energy_prices", "hour", (),
     "no price for hour 5"),
    ("profiles_cover_the_day", drop_row("demand_profiles", 3), "demand_profiles", "hour", (),
     "profile 'depot' has no share for hour 3"),
    ("profiles_sum_to_one", put("demand_profiles", "share", 23, 0.25), "demand_profiles", "share",
     (), "the shares of profile 'depot' sum to 1.125, not 1"),
    ("electric_vehicles_have_a_battery", put("vehicle_types", "battery_kwh", 1, 0),
     "vehicle_types", "battery_kwh", ("3",), "electric 'evan' has no battery"),
    ("electric_vehicles_have_a_battery", put("vehicle_types", "battery_kwh", 4, 80),
     "vehicle_types", "battery_kwh", ("6",), "'dtractor' has a battery but is not electric"),
    ("combustion_vehicles_burn_fuel", put("vehicle_types", "litre_per_km", 3, 0),
     "vehicle_types", "litre_per_km", ("5",), "'drigid' burns fuel but uses none"),
    ("combustion_vehicles_burn_fuel", put("vehicle_types", "litre_per_km", 1, 0.1),
     "vehicle_types", "litre_per_km", ("3",), "'evan' uses litres but burns no fuel"),
    ("combustion_vehicles_burn_fuel", put("vehicle_types", "euro_class", 3, None),
     "vehicle_types", "euro_class", ("5",), "has no Euro class"),
    ("sizes_are_above_zero", put("vehicle_types", "shift_h", 0, 0), "vehicle_types", "shift_h",
     ("2",), "is not above 0"),
    ("assumptions_lie_in_their_range", put("assumptions", "high", 0, 1.35), "assumptions", "high",
     ("2",), "high lies below the value of 'detour_factor_urban'"),
    ("hubs_stand_on_a_place", put("hub_candidates", "place_id", 0, "dist-c"), "hub_candidates",
     "place_id", ("2",), "'dist-c' is neither a business park nor a terminal"),
    ("what_stands_behind_a_connection_has_a_place",
     give("batteries", place_id=["hub-a", "mars"], kwh=[100.0, 50.0]), "batteries", "place_id",
     ("3",), "'mars' is no place of the region"),
    ("windows_are_not_reversed", put("stops", "tw_late_clock", 3, "06:30"), "stops",
     "tw_late_clock", ("5",), "lies before tw_early_clock"),
    ("shippers_start_somewhere", put("shippers", "origin_id", 1, "mw-in"), "shippers", "origin_id",
     ("3",), "'mw-in' is neither a business park nor a motorway gateway"),
    ("shipments_go_somewhere", put("shipments", "destination_id", 3, "dist-c"), "shipments",
     "destination_id", ("5",), "the shipment has no stops, and 'dist-c'"),
    ("stops_sum_to_their_shipment", put("shipments", "kg", 1, 401.0), "shipments", "kg", ("3",),
     "'401.0' is not the sum of its stops, '400.0'"),
    ("stops_sum_to_their_shipment", put("shipments", "stops", 0, 4), "shipments", "stops", ("2",),
     "the number of stops of 'ship-1'"),
    ("stops_match_their_shipment", put("stops", "direction", 0, "pickup"), "stops", "direction",
     ("2",), "'pickup' differs from the shipment's direction"),
    ("stops_match_their_district", put("stops", "municipality", 2, "Elders"), "stops",
     "municipality", ("4",), "'Elders' is not the municipality of its district"),
    ("shipments_match_their_shipper", put("shipments", "destination_id", 3, "park-b"), "shipments",
     "destination_id", ("5",), "'park-b' is both origin and destination"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "change", "table", "column", "rows", "words"), CASES)
def test_a_rule_finds_its_fault(
    rule: str,
    change: Callable[[Tables], None],
    table: str,
    column: str,
    rows: tuple[str, ...],
    words: str,
) -> None:
    tables = tiny_tables()
    change(tables)
    faults = validate(tables, tiny_shapes())
    found = [fault for fault in faults if (fault.table, fault.column) == (table, column)]
    assert any(fault.rows == rows and words in fault.rule for fault in found), faults
    assert all(fault.remedy for fault in faults)


def test_every_rule_has_a_case() -> None:
    rules = {rule.__name__ for rule in (*GENERIC, *domain.RULES, *freight.RULES)}
    assert {case[0] for case in CASES} == rules


def test_a_sound_region_has_no_faults() -> None:
    assert validate(tiny_tables(), tiny_shapes()) == []


def test_a_place_id_is_taken_once() -> None:
    tables = tiny_tables()
    # Waterway nodes and motorway nodes have prefixes; windows have none, so they can collide.
    put("delivery_windows", "window_id", 0, "dist-c")(tables)
    (fault,) = validate(tables)
    assert fault.column == "window_id"
    assert "'dist-c' also names a place in districts" in fault.rule


def test_a_name_others_refer_to_is_unique() -> None:
    tables = tiny_tables()
    second = tables["municipalities"].assign(municipality_id="GM0002")
    tables["municipalities"] = pd.concat([tables["municipalities"], second])
    (fault,) = validate(tables)
    assert (fault.table, fault.column, fault.rows) == ("municipalities", "name", ("2", "3"))


def test_a_longer_circle_is_named_without_what_hangs_on_it() -> None:
    tables = tiny_tables()
    # area-1 -> sub-east -> sub-west -> area-1, and hanging on it con-1, which is no part of it.
    put("grid_nodes", "parent_id", 0, "sub-east")(tables)
    put("grid_nodes", "parent_id", 2, "sub-west")(tables)
    extra = tables["grid_nodes"].iloc[[0]].assign(node_id="con-1", parent_id="sub-east")
    tables["grid_nodes"] = pd.concat([tables["grid_nodes"], extra])
    faults = [fault for fault in validate(tables) if "feeds itself" in fault.rule]
    assert [fault.rows for fault in faults] == [("2", "3", "4")]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("heavy", "'heavy' is not a number"),
        (float("inf"), "is not a finite number"),
        ("nan", "'nan' is not a number"),
        (None, "the cell is empty"),
        (float("nan"), "the cell is empty"),
        (True, "'True' is not a number"),
        ("1,234", "can be a decimal or a thousand"),
    ],
)
def test_a_number_is_a_number(value: Any, words: str) -> None:
    tables = tiny_tables()
    put("stops", "kg", 1, value)(tables)
    faults = [fault for fault in validate(tables) if fault.table == "stops"]
    assert [(fault.column, fault.rows) for fault in faults] == [("kg", ("3",))]
    assert words in faults[0].rule


def test_unknown_and_missing_names() -> None:
    tables = tiny_tables()
    tables["shiper"] = tables.pop("shippers")
    tables["stops"] = tables["stops"].rename(columns={"service_min": "service_minutes"})
    faults = {(fault.table, fault.column): fault for fault in validate(tables)}
    assert "Did you mean shippers" in faults["shiper", ""].remedy
    assert faults["shippers", ""].rule == "the table is missing"
    assert "Did you mean service_min?" in faults["stops", "service_minutes"].remedy
    assert "in min" in faults["stops", "service_min"].remedy
    # One cause, one fault: shipments refer to shippers, and nobody complains about that.
    assert len(faults) == 4


def test_a_column_that_may_be_empty_may_be_left_out() -> None:
    tables = tiny_tables()
    del tables["business_parks"]["part_of"]
    region = Region("tiny", "Tiny", tables)
    assert region.table("business_parks")["part_of"].isna().all()


def test_all_faults_come_at_once() -> None:
    tables = tiny_tables()
    together(
        put("stops", "kg", 0, "x"),
        put("stops", "m3", 0, -1.0),
        put("vehicle_types", "battery_kwh", 1, 0),
        put("grid_nodes", "parent_id", 0, "sub-west"),
        drop_row("energy_prices", 0),
    )(tables)
    with pytest.raises(InputError) as caught:
        Region("Tiny!", "", tables, {"zonez": {}}, {"tables": {"zone": {}}, "seed": {1}})
    places = {(fault.table, fault.column) for fault in caught.value.faults}
    assert places >= {
        ("stops", "kg"),
        ("stops", "m3"),
        ("vehicle_types", "battery_kwh"),
        ("grid_nodes", "parent_id"),
        ("energy_prices", "hour"),
        ("zonez.geojson", ""),
        ("datapackage.json", "name"),
        ("datapackage.json", "title"),
        ("datapackage.json", ""),
    }


def _zones(**changes: Any) -> dict[str, Any]:
    layers = tiny_shapes()
    layers["zones"]["features"][0].update(changes)
    return layers


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ({"zones": {"type": "Feature"}}, "is not a GeoJSON FeatureCollection"),
        ({"zones": {"type": "FeatureCollection", "features": {}}}, "is not a list"),
        ({"zones": {**tiny_shapes()["zones"], "crs": "EPSG:28992"}}, "another system than WGS84"),
        (_zones(type="Polygon"), "is not a GeoJSON Feature"),
        (_zones(properties=[1]), "properties that are no JSON object"),
        (_zones(geometry={"type": "Circle"}), "of a kind that is not supported"),
        (_zones(geometry={"type": "Point", "coordinates": [200_000.0, 5.0]}), "in RD metres?"),
        (_zones(geometry={"type": "Point", "coordinates": ["6", 5]}), "finite numbers"),
        (_zones(geometry={"type": "LineString", "coordinates": 5}), "not lists of numbers"),
        (
            _zones(geometry={"type": "Polygon", "coordinates": [[[6, 52], [6, 53], [7, 53]]]}),
            "a ring that is not closed",
        ),
        (_zones(properties={"zone_id": "zone-x"}), "'zone-x' is not in zones.zone_id"),
    ],
)
def test_shapes(layers: dict[str, Any], words: str) -> None:
    (fault,) = validate(tiny_tables(), layers)
    assert isinstance(fault, Fault)
    assert fault.table == "zones.geojson"
    assert words in fault.rule
