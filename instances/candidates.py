"""Candidate hubs on real business parks, and candidate charging sites."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bundling.instances.facts_network import nearest_id
from bundling.instances.geometry import FloatArray, Shape, contains
from bundling.instances.segments import M3_PER_ROLL_CONTAINER
from bundling.instances.sources import Facts, slug

_SIZES = {"edge": (2500.0, "630kVA"), "inner": (1000.0, "3x250A")}
_KVA = {"630kVA": 630.0, "3x250A": 173.2}
_STAGING_SHARE = 0.35
"""Share of a hub's floor on which roll containers wait; own assumption."""
_WAVES = 1.5
"""Times a day the staging floor is filled; own assumption."""
_STAFF_EUR_PER_DAY = 180.0
"""One planner, whatever the volume; own assumption."""

# park_id, name of the hub, size
HUBS = (
    ("park-deventer-bergweide", "Deventer Bergweide", "edge"),
    ("park-deventer-kloosterlanden", "Deventer Kloosterlanden", "edge"),
    ("park-deventer-industriekern-deventer", "Deventer A1", "edge"),
    ("park-deventer-havenkwartier", "Deventer Havenkwartier", "inner"),
    ("park-enschede-industriekern-enschede", "Enschede Marssteden", "edge"),
    ("park-enschede-industrie-en-havengebied", "Enschede Havengebied", "edge"),
    ("park-enschede-kennispark", "Enschede Kennispark", "edge"),
    ("park-enschede-bedrijventerrein-rigtersbleek", "Enschede Rigtersbleek", "inner"),
    ("park-zwolle-industriekern-zwolle", "Zwolle Hessenpoort", "edge"),
    ("park-zwolle-voorst-a", "Zwolle Voorst", "edge"),
    ("park-zwolle-marslanden", "Zwolle Marslanden", "edge"),
    ("park-zwolle-de-vrolijkheid", "Zwolle De Vrolijkheid", "edge"),
    ("park-zwolle-bedrijventerrein-floresstraat", "Zwolle Floresstraat", "inner"),
)


def hub_candidates(
    facts: Facts, parks: pd.DataFrame, days: float, power_factor: float
) -> pd.DataFrame:
    """Four or five places per city.

    Rent is EUR/m2/year times the floor, over the working days, plus one planner. Throughput is the
    staging floor times roll containers per m2 times waves a day. Handling is EUR per roll
    container over its load space. The connection is assumed to exist.
    """
    p = facts.parameter
    rows = []
    for park_id, name, size in HUBS:
        park = parks.loc[parks["park_id"] == park_id].iloc[0]
        floor_m2, connection = _SIZES[size]
        containers = floor_m2 * _STAGING_SHARE * p("hub.storage_density") * _WAVES
        rows.append(
            {
                "hub_id": f"hub-{slug(name)}",
                "name": name,
                "municipality": park["municipality"],
                "place_id": park_id,
                "rent_eur_per_day": round(floor_m2 * p("hub.rent") / days + _STAFF_EUR_PER_DAY, 2),
                "capacity_kg_per_day": round(containers * 150.0),
                "capacity_m3_per_day": round(containers * M3_PER_ROLL_CONTAINER),
                "handling_eur_per_m3": round(
                    p("hub.handling.rollcontainer") / M3_PER_ROLL_CONTAINER, 2
                ),
                "node_id": park["node_id"],
                "connection_kw": round(_KVA[connection] * power_factor, 1),
                "rd_x_m": park["rd_x_m"],
                "rd_y_m": park["rd_y_m"],
            }
        )
    return pd.DataFrame(rows)


_PARK_AREA_HA = 20.0
_GROUND_EUR_PER_BAY = 1_800.0
_SITE_EUR_PER_YEAR = 15_000.0
_CHARGER_REACH_M = 1_000.0
_SAME_PLACE_M = 250.0


def site_candidates(
    parks: pd.DataFrame,
    motorway_nodes: pd.DataFrame,
    parkings: pd.DataFrame,
    harbours: pd.DataFrame,
    chargers: pd.DataFrame,
    substations: pd.DataFrame,
    natura2000: list[Shape],
) -> pd.DataFrame:
    """Parks of 20 ha and more, motorway nodes, truck parkings and service areas, and quays.

    Room for chargers is one for every 10 ha of a park (4 to 30), 12 at a motorway node, 8 at a
    parking and 4 at a quay; ground of 180 m2 a bay at 10 EUR/m2/year plus 15,000 EUR a year for
    the site: own assumptions. Existing power counts chargers fit for heavy vehicles within 1 km,
    each at the nearest candidate only. Of two parkings within 250 m the first is kept.
    """
    whole = parks[(parks["area_ha"] >= _PARK_AREA_HA) & parks["part_of"].isna()]
    estate = _part(whole, "park_id", "estate", np.clip(whole["area_ha"] / 10.0, 4, 30))
    inside = motorway_nodes[~motorway_nodes["gateway"]]
    named = inside.assign(name="Motorway node " + inside["name"])
    corridor = _part(named, "node_id", "corridor", 12.0).assign(municipality=inside["name"])
    stops = parkings[parkings["kind"].isin(["truck_parking", "service_area"])]
    stops = stops[_first_in_place(stops[["rd_x_m", "rd_y_m"]].to_numpy(float))]
    labelled = stops.assign(
        name=stops["name"]
        .fillna("")
        .where(stops["name"].notna(), "Truck parking " + stops["municipality"])
    )
    parking = _part(labelled, "parking_id", "truck_parking", 8.0)
    quays = harbours[harbours["waterway_node"].notna() & (harbours["length_m"] >= 300.0)]
    quay = _part(quays, "harbour_id", "quay", 4.0)
    frame = pd.concat([estate, corridor, parking, quay], ignore_index=True)
    frame["max_chargers"] = np.round(frame["max_chargers"].astype(float)).astype("int64")
    frame["node_id"] = nearest_id(frame, substations, "node_id")
    frame["fixed_eur_per_year"] = _SITE_EUR_PER_YEAR + _GROUND_EUR_PER_BAY * frame["max_chargers"]
    frame["existing_kw"] = _existing_kw(frame, chargers[chargers["freight"]])
    x_m, y_m = frame["rd_x_m"].to_numpy(float), frame["rd_y_m"].to_numpy(float)
    protected = np.zeros(len(frame), dtype=bool)
    for shape in natura2000:
        protected |= contains(shape, x_m, y_m)
    frame["natura2000"] = protected
    columns = ["site_id", "name", "kind", "municipality", "node_id", "max_chargers"]
    columns += ["fixed_eur_per_year", "existing_kw", "natura2000", "rd_x_m", "rd_y_m"]
    return frame[columns].sort_values("site_id", kind="stable").reset_index(drop=True)


def _part(
    places: pd.DataFrame, key: str, kind: str, room: pd.Series[float] | float
) -> pd.DataFrame:
    frame = places.copy()
    bare = frame[key].str.replace(r"^(park|mw|tp|harb)-", "", regex=True)
    frame["site_id"] = f"site-{kind.replace('_', '-')}-" + bare
    frame["kind"], frame["max_chargers"] = kind, room
    if "municipality" not in frame:
        frame["municipality"] = None
    columns = ["site_id", "name", "kind", "municipality", "max_chargers", "rd_x_m", "rd_y_m"]
    return frame[columns]


def _first_in_place(xy_m: FloatArray) -> list[bool]:
    kept: list[FloatArray] = []
    result = []
    for point in xy_m:
        new = all(np.hypot(*(point - other)) > _SAME_PLACE_M for other in kept)
        if new:
            kept.append(point)
        result.append(new)
    return result


def _existing_kw(sites: pd.DataFrame, chargers: pd.DataFrame) -> FloatArray:
    power = np.zeros(len(sites))
    x_m, y_m = sites["rd_x_m"].to_numpy(float), sites["rd_y_m"].to_numpy(float)
    for x, y, kw in chargers[["rd_x_m", "rd_y_m", "max_power_kw"]].to_numpy(float):
        distance = np.hypot(x_m - x, y_m - y)
        if distance.min() <= _CHARGER_REACH_M:
            power[int(np.argmin(distance))] += kw
    return power
