"""The four regions as they are shipped: sizes, dates, facts and honesty."""

from __future__ import annotations

import datetime
import json
from functools import cache
from importlib.resources import as_file, files

import numpy as np
import pandas as pd
import pytest

import bundling
from bundling.instances.geometry import contains, shape_from_geojson
from bundling.region import Region

REGIONS = ("zwolle", "deventer", "enschede", "overijssel")
CITIES = REGIONS[:3]
KEYS = {
    "detour_factor_urban", "detour_factor_rural", "speed_centre_kmh", "speed_urban_kmh",
    "speed_rural_kmh", "speed_motorway_kmh", "lock_waiting_min", "power_factor",
    "electricity_eur_per_kwh", "charger_efficiency", "park_connection_kw",
    "public_charging_share_estate", "flow_charging_share", "truck_kwh_per_km",
    "flow_km_in_region", "working_days_per_year", "unserved_eur_per_kwh", "discount_rate",
    "shortfall_eur_per_kwh", "service_eur_per_h", "depot_turnaround_min", "inter_stop_km",
    "max_service_distance_km", "electric_flow_share_2026", "electric_flow_share_2028",
    "electric_flow_share_2030", "electric_flow_share_2035",
}  # fmt: skip


@cache
def region(name: str) -> Region:
    return bundling.load(name)


def package(name: str) -> dict[str, object]:
    text = (files("bundling.instances") / name / "datapackage.json").read_text(encoding="utf-8")
    found: dict[str, object] = json.loads(text)
    return found


@pytest.mark.parametrize("name", CITIES)
def test_a_city_has_the_size_the_library_is_made_for(name: str) -> None:
    data = region(name)
    assert 150 <= len(data.table("stops")) <= 600
    assert 10 <= len(data.table("shippers")) <= 40
    assert data.table("shippers")["player"].nunique() <= 10
    assert 3 <= len(data.table("hub_candidates")) <= 6
    assert len(data.table("zones")) == 1


def test_the_province_is_whole() -> None:
    data = region("overijssel")
    assert len(data.table("municipalities")) == 25
    assert len(data.table("business_parks")) == 53
    assert len(data.table("truck_flows")) == 719
    assert data.table("truck_flows")["trucks_per_year"].sum() == pytest.approx(15_006_713.75)
    assert (data.table("grid_nodes")["level"] == "substation").sum() == 31
    assert len(data.table("bridges")) == 7
    assert data.table("shippers")["player"].nunique() <= 10
    loads = data.table("shipments")["stops"] == 0
    assert 60 <= loads.sum() <= 120


def test_zones_start_on_their_own_dates() -> None:
    zones = region("overijssel").table("zones").set_index("municipality")["start_date"]
    assert zones.to_dict() == {
        "Zwolle": datetime.date(2025, 1, 1),
        "Enschede": datetime.date(2025, 7, 1),
        # The regional plan of 2024 still has 2025.
        "Deventer": datetime.date(2028, 1, 1),
    }


@pytest.mark.parametrize("name", CITIES)
def test_a_city_has_the_same_day_in_the_province(name: str) -> None:
    small, large = region(name), region("overijssel")
    for table, key in (
        ("stops", "stop_id"),
        ("shipments", "shipment_id"),
        ("shippers", "shipper_id"),
    ):
        mine = small.table(table).set_index(key)
        theirs = large.table(table).set_index(key).loc[mine.index]
        pd.testing.assert_frame_equal(mine, theirs, check_dtype=False)


@pytest.mark.parametrize("name", REGIONS)
def test_assumptions_are_complete_and_sourced(name: str) -> None:
    table = region(name).table("assumptions")
    assert set(table["key"]) >= KEYS
    assert table[["value", "low", "high", "source"]].notna().all(axis=None)
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()


@pytest.mark.parametrize("name", REGIONS)
def test_every_resource_names_source_licence_and_origin(name: str) -> None:
    described = package(name)
    assert "synthetic" in str(described["description"]).lower()
    resources = described["resources"]
    assert isinstance(resources, list)
    for resource in resources:
        assert resource["sources"], resource["name"]
        assert resource["licenses"], resource["name"]
        assert resource["bundling"]["origin"] in ("fact", "assumption", "synthetic")
    origins = {r["name"]: r["bundling"]["origin"] for r in resources}
    for table in ("fleets", "shippers", "shipments", "stops"):
        assert origins[table] == "synthetic"
    licences = {r["name"]: r["licenses"][0]["name"] for r in resources}
    assert licences["truck_parkings"] == "ODbL-1.0"


def test_stops_lie_where_they_say() -> None:
    data = region("overijssel")
    stops = data.table("stops")
    x, y = stops["rd_x_m"].to_numpy(float), stops["rd_y_m"].to_numpy(float)
    for feature in data.shape("zones")["features"]:
        inside = contains(shape_from_geojson(feature["geometry"]), x, y)
        stated = (stops["zone_id"] == feature["properties"]["zone_id"]).to_numpy()
        # The map shape is simplified by some metres, so a few stops at its edge may differ.
        assert np.mean(inside != stated) < 0.005
    agree = np.zeros(len(stops), dtype=bool)
    for feature in data.shape("districts")["features"]:
        inside = contains(shape_from_geojson(feature["geometry"]), x, y)
        agree |= inside & (stops["district_id"] == feature["properties"]["district_id"]).to_numpy()
    # A zone may reach past the wijken (moats, quays): those stops go to the nearest wijk.
    assert agree.mean() > 0.95


def test_every_stop_can_be_served_by_a_zero_emission_vehicle() -> None:
    data = region("overijssel")
    types = data.table("vehicle_types")
    types = types[(types["fuel"] == "electric") & types["last_mile"]]
    stops = data.table("stops")
    length = stops["max_length_m"].fillna(np.inf).to_numpy()
    served = np.zeros(len(stops), dtype=bool)
    for kind in types.itertuples():
        fits = (stops["kg"] <= kind.payload_kg) & (stops["m3"] <= kind.volume_m3)
        served |= fits.to_numpy() & (kind.length_m <= length)
    assert served.all()


def test_headroom_is_free_power_in_mw() -> None:
    data = region("overijssel")
    rows = data.table("grid_headroom").set_index(["node_id", "year"])["headroom_mw"]
    factor = data.assumption("power_factor")
    # Station sheet: Almelo Mosterdpot has 1, 1, 25 and 25 MVA free now and after 3, 5, 10 years.
    found = [rows["sub-almelo-mosterdpot", year] for year in (2023, 2026, 2028, 2033)]
    assert found == pytest.approx([1 * factor, 1 * factor, 25 * factor, 25 * factor])
    # 72 MVA in all.
    assert rows["area-overijssel", 2023] == pytest.approx(72 * factor)
    nodes = data.table("grid_nodes").set_index("node_id")
    below = nodes["parent_id"] == "area-twente"
    assert rows["area-twente", 2033] == pytest.approx(
        sum(rows[node, 2033] for node in nodes.index[below]), abs=0.01
    )


def test_parks_inside_parks_have_no_fleet_of_their_own() -> None:
    data = region("overijssel")
    parks = data.table("business_parks").set_index("park_id")
    inner = parks.index[parks["part_of"].notna()]
    assert set(inner) == {"park-zwolle-marslanden-noord", "park-zwolle-marslanden-zuid"}
    fleets = data.table("fleets")
    assert not fleets["park_id"].isin(inner).any()
    year = fleets[(fleets["year"] == 2030) & (fleets["vehicle_class"] != "van")]
    # 167,729 trucks x 1.186 / 17.6 million inhabitants x 60 % over 5,700 ha, on 4,460.9 ha.
    assert year["vehicles"].sum() == pytest.approx(5307, rel=0.001)
    # ElaadNL: 24,000 of 167,729 trucks in 2030.
    assert year["electric_share"].unique() == pytest.approx([0.1431], abs=1e-4)


def test_windows_of_the_zwolle_centre() -> None:
    signs = region("zwolle").table("delivery_windows")
    centre = signs[(signs["zone_id"] == "zone-zwolle") & signs["open_clock"].notna()]
    found = set(
        centre[["weekdays", "open_clock", "close_clock"]].itertuples(index=False, name=None)
    )
    assert found == {("mon", "06:00", "13:00"), ("tue-sat", "06:00", "12:00")}
    assert set(signs["max_length_m"].dropna()) == {9.0, 12.0}
    ids = region("overijssel").table("delivery_windows")["window_id"]
    assert ids.str.rsplit("-", n=1).str[0].nunique() == 88


def test_the_river_parts_the_banks() -> None:
    """Towns on both banks of the IJssel lie on the right side of the line."""
    line = region("overijssel").table("river_points").sort_values("sequence")
    x, y = line["rd_x_m"].to_numpy(float), line["rd_y_m"].to_numpy(float)
    assert (np.diff(y)[:12] < 0).all(), "it runs south from Kampen to Deventer"
    # Close the line far to the east: what lies inside is the right bank.
    ring = np.column_stack([np.r_[x, 300_000.0, 300_000.0], np.r_[y, y[-1], y[0]]])
    towns = {
        "IJsselmuiden": (192_264.7, 507_491.1, True),
        "Zwolle": (202_900.0, 502_900.0, True),
        "Wijhe": (204_300.0, 489_200.0, True),
        "Olst": (204_607.0, 483_166.0, True),
        "Deventer": (207_798.0, 474_181.0, True),
        "De Hoven (Deventer)": (206_823.5, 473_000.0, False),
        "Kampen industry": (188_400.7, 509_098.5, False),
        "Hattem junction": (198_219.9, 500_076.8, False),
        "Apeldoorn junction": (198_478.3, 466_765.0, False),
    }
    for town, (east, north, right_bank) in towns.items():
        inside = contains(((ring,),), np.array([east]), np.array([north]))[0]
        assert bool(inside) is right_bank, town


def test_the_packages_stay_small() -> None:
    size = 0
    for name in REGIONS:
        with as_file(files("bundling.instances") / name) as folder:
            size += sum(path.stat().st_size for path in folder.iterdir())
    assert size < 5_000_000
