"""Facts on places: municipalities, districts, parks, zones, harbours, chargers, parkings."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bundling.instances.geometry import (
    Shape,
    contains,
    nearest,
    overlap_share,
    shape_from_geojson,
)
from bundling.instances.sources import Facts, by_name, slug, unique_ids, with_rd

CITIES = ("Deventer", "Enschede", "Zwolle")
URBAN_PER_HA = 5.0
"""Inhabitants per hectare from which a district counts as urban; own assumption."""
CENTRE_ZONE_SHARE = 0.2
"""Share of a district inside a zone from which it counts as centre; own assumption."""


def municipalities(facts: Facts) -> pd.DataFrame:
    """Return the 25 municipalities with inhabitants and a representative point."""
    frame = with_rd(facts.table("municipalities"), "rep_lat", "rep_lon")
    frame = frame.rename(
        columns={"code": "municipality_id", "gemeente": "name", "inwoners": "population"}
    )
    frame["population"] = frame["population"].astype("int64")
    return by_name(
        frame[["municipality_id", "name", "population", "rd_x_m", "rd_y_m"]], "municipality_id"
    )


def polygons(facts: Facts) -> dict[str, Shape]:
    """Shapes of districts and estates by their register number."""
    return {
        str(feature["properties"]["id"]): shape_from_geojson(feature["geometry"])
        for feature in facts.geojson("district_polygons")
    }


def zone_shapes(facts: Facts) -> dict[str, Shape]:
    """Shapes of the zero-emission zones by zone_id."""
    return {
        f"zone-{slug(feature['properties']['authority'])}": shape_from_geojson(feature["geometry"])
        for feature in facts.geojson("ze_zones")
    }


def zones(facts: Facts) -> pd.DataFrame:
    """Return the zero-emission zones with the first day they hold.

    The dates are those of the NDW feed: Zwolle 2025-01-01, Enschede 2025-07-01, Deventer
    2028-01-01. The regional plan of 2024 still says 2025 for all three.
    """
    rows = [
        {
            "zone_id": f"zone-{slug(p['authority'])}",
            "name": f"Zero-emission zone {p['authority']}",
            "municipality": p["authority"],
            "start_date": p["start"][0][:10],
            "area_ha": float(p["area_ha"]),
        }
        for p in (feature["properties"] for feature in facts.geojson("ze_zones"))
    ]
    return by_name(pd.DataFrame(rows), "zone_id")


def districts(facts: Facts) -> pd.DataFrame:
    """Return the wijken of the three cities, with the register number in ``register_id``.

    Buurten lie inside wijken and are left out, so no inhabitant counts twice.
    """
    table = facts.table("districts")
    frame = table[(table["type"] == "wijk") & table["municipality"].isin(CITIES)].copy()
    frame = by_name(frame, "municipality", "name", "id")
    frame["district_id"] = unique_ids("dist", frame["municipality"] + " " + frame["name"])
    shapes, zoned = polygons(facts), zone_shapes(facts)
    parks = facts.table("places")
    park_places = {
        (round(lat, 6), round(lon, 6))
        for lat, lon in parks.loc[parks["kind"] == "business_park", ["lat", "lon"]].to_numpy()
    }
    kinds = []
    for row in frame.itertuples():
        zone = zoned[f"zone-{slug(str(row.municipality))}"]
        dense = float(row.population) / float(row.area_ha) >= URBAN_PER_HA  # type: ignore[arg-type]
        park = (round(float(row.lat), 6), round(float(row.lon), 6)) in park_places  # type: ignore[arg-type]
        if overlap_share(shapes[str(row.id)], zone) >= CENTRE_ZONE_SHARE:
            kinds.append("centre")
        else:
            kinds.append("urban" if dense or park else "rural")
    frame["area_type"] = kinds
    frame["register_id"] = frame["id"].astype(str)
    frame = frame.rename(columns={"rd_x": "rd_x_m", "rd_y": "rd_y_m"})
    columns = ["district_id", "name", "municipality", "population", "area_ha", "area_type"]
    return frame[[*columns, "rd_x_m", "rd_y_m", "register_id"]]


def business_parks(facts: Facts) -> pd.DataFrame:
    """Return the 53 business parks; one that lies in another names it in ``part_of``.

    The municipality and area come from the register of districts by position. Containment is
    tested with polygons: a park lies in a larger one when its polygon is for more than half inside
    or, where it has no polygon, when its centre is.
    """
    places, register = facts.table("places"), facts.table("districts")
    frame = with_rd(places[places["kind"] == "business_park"].reset_index(drop=True))
    key = register["lat"].round(6).astype(str) + " " + register["lon"].round(6).astype(str)
    found = register.assign(key=key).drop_duplicates("key").set_index("key")
    keys = frame["lat"].round(6).astype(str) + " " + frame["lon"].round(6).astype(str)
    match = found.loc[keys.to_list()].reset_index(drop=True)
    frame["municipality"], frame["area_ha"] = match["municipality"], match["area_ha"]
    frame["register_id"] = match["id"].astype(str)
    frame["name"] = [_park_name(n, m) for n, m in zip(match["name"], match["type"], strict=True)]
    frame = by_name(frame, "municipality", "name", "register_id")
    bare = frame["name"].str.replace(r" \(.*\)$", "", regex=True)
    frame["park_id"] = unique_ids("park", frame["municipality"] + " " + bare)
    frame["part_of"] = _part_of(frame, polygons(facts))
    columns = ["park_id", "name", "municipality", "area_ha", "part_of", "rd_x_m", "rd_y_m"]
    return frame[[*columns, "register_id"]]


_KNOWN_AS = {"Deventer": "A1", "Enschede": "Marssteden", "Zwolle": "Hessenpoort"}
"""Names people use for an industriekern, from where it lies; the register has only the town."""


def _park_name(name: str, kind: str) -> str:
    if kind != "industriekern":
        return name
    known = _KNOWN_AS.get(name)
    return f"Industriekern {name}" + (f" ({known})" if known else "")


def _part_of(parks: pd.DataFrame, shapes: dict[str, Shape]) -> list[str | None]:
    register = parks["register_id"].to_list()
    x, y = parks["rd_x_m"].to_numpy(float), parks["rd_y_m"].to_numpy(float)
    area = parks["area_ha"].to_numpy(float)
    ids = parks["park_id"].to_list()
    result: list[str | None] = []
    for i in range(len(parks)):
        larger = [j for j in range(len(parks)) if area[j] > area[i] and register[j] in shapes]
        home = None
        for j in sorted(larger, key=lambda j: (area[j], ids[j])):
            outer = shapes[register[j]]
            if register[i] in shapes:
                inside = overlap_share(shapes[register[i]], outer) > 0.5
            else:
                inside = bool(contains(outer, x[i : i + 1], y[i : i + 1])[0])
            if inside:
                home = ids[j]
                break
        result.append(home)
    return result


def harbours(facts: Facts, waterway_nodes: pd.DataFrame) -> pd.DataFrame:
    """Harbour basins in the province, and those outside it that lie on the waterway graph.

    A basin lies on the graph when its nearest node is within 3 km.
    """
    frame = with_rd(facts.table("harbour_basins"), "mid_lat", "mid_lon")
    frame = by_name(frame, "name")
    index, distance_m = nearest(
        frame["rd_x_m"].to_numpy(float),
        frame["rd_y_m"].to_numpy(float),
        waterway_nodes["rd_x_m"].to_numpy(float),
        waterway_nodes["rd_y_m"].to_numpy(float),
    )
    frame["waterway_node"] = waterway_nodes["node_id"].to_numpy()[index]
    frame.loc[distance_m > 3000, "waterway_node"] = None
    inside = set(municipalities(facts)["name"])
    keep = frame["municipality"].isin(inside) | frame["waterway_node"].notna()
    frame = frame[keep].reset_index(drop=True)
    frame["harbour_id"] = unique_ids("harb", frame["name"])
    frame = frame.rename(columns={"total_length_m": "length_m"})
    columns = ["harbour_id", "name", "municipality", "length_m", "waterway_node"]
    return frame[[*columns, "rd_x_m", "rd_y_m"]]


def terminals(facts: Facts, waterway_nodes: pd.DataFrame) -> pd.DataFrame:
    """Terminals: only the container berth of CTT Hengelo stands in the facts."""
    places = facts.table("places")
    frame = with_rd(places[places["kind"] == "berth"].reset_index(drop=True))
    index, _ = nearest(
        frame["rd_x_m"].to_numpy(float),
        frame["rd_y_m"].to_numpy(float),
        waterway_nodes["rd_x_m"].to_numpy(float),
        waterway_nodes["rd_y_m"].to_numpy(float),
    )
    frame["waterway_node"] = waterway_nodes["node_id"].to_numpy()[index]
    frame["name"] = frame["name"].str.replace("Ligplaats ", "", regex=False)
    frame["terminal_id"] = unique_ids("term", frame["name"])
    frame["municipality"] = "Hengelo (O.)"
    frame["modes"] = "barge"
    columns = ["terminal_id", "name", "municipality", "modes", "waterway_node"]
    return frame[[*columns, "rd_x_m", "rd_y_m"]]


def truck_parkings(facts: Facts) -> pd.DataFrame:
    """Truck parkings, service areas and rest areas in the province (OpenStreetMap, ODbL).

    The number of bays is not in the facts; the column is empty. ``kind`` is kept beside the schema
    for the choice of candidate sites.
    """
    table = facts.table("truck_parkings_odbl")
    frame = with_rd(table[table["in_overijssel"] == 1].copy())
    frame = by_name(frame, "osm_id")
    frame["parking_id"] = [f"tp-{slug(i)}" for i in frame["osm_id"]]
    frame["name"] = frame["name"].where(frame["name"] != "Unnamed", None)
    frame["truck_bays"] = pd.array([None] * len(frame), dtype="Int64")
    frame["kind"] = np.select(
        [frame["is_truck_parking"] == 1, frame["is_service_area"] == 1],
        ["truck_parking", "service_area"],
        "rest_area",
    )
    columns = ["parking_id", "name", "municipality", "truck_bays", "rd_x_m", "rd_y_m", "kind"]
    return frame[columns]


def fast_chargers(facts: Facts) -> pd.DataFrame:
    """Chargers of 100 kW and more; one row a location, with the highest power seen there.

    The feed lists some locations twice (roaming copies with the same identifier); the row with the
    highest power is kept, and of those the one with a price.
    """
    frame = with_rd(facts.table("fast_chargers"))
    heavy = set(facts.table("freight_chargers")["location_id"].astype(str))
    extra = facts.table("freight_chargers")
    extra = with_rd(extra[extra["source"] == "curated"])
    extra = extra.assign(price_kwh=np.nan)
    columns = ["location_id", "name", "operator", "municipality", "max_power_kw", "price_kwh"]
    frame = pd.concat(
        [frame[[*columns, "rd_x_m", "rd_y_m"]], extra[[*columns, "rd_x_m", "rd_y_m"]]],
        ignore_index=True,
    )
    frame["location_id"] = frame["location_id"].astype(str)
    frame = frame.sort_values(
        ["location_id", "max_power_kw", "price_kwh"],
        ascending=[True, False, True],
        na_position="last",
        kind="stable",
    ).drop_duplicates("location_id")
    frame["freight"] = frame["location_id"].isin(heavy)
    frame["charger_id"] = [f"ch-{slug(re.sub('curated:', '', i))}" for i in frame["location_id"]]
    frame = frame.rename(columns={"price_kwh": "price_eur_per_kwh"})
    columns = ["charger_id", "name", "operator", "municipality", "freight", "max_power_kw"]
    return by_name(frame[[*columns, "price_eur_per_kwh", "rd_x_m", "rd_y_m"]], "charger_id")
