"""Tables and shapes of the whole province: facts, assumptions and drawn demand put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bundling.instances import (
    candidates,
    demand,
    facts_grid,
    facts_network,
    facts_places,
    facts_signs,
    fleets,
    loads,
    segments,
    shapes,
    tariffs,
    vehicles,
)
from bundling.instances.assumptions import assumptions
from bundling.instances.geometry import shape_from_geojson
from bundling.instances.regions import Spec, Tables
from bundling.instances.sources import Facts, slug

_HOME_WEIGHT = 4.0
"""Pull on a city's shippers of a hectare of its own parks, against one of its neighbours."""
_DECAY_M = 60_000.0
"""Distance over which the pull of a gateway falls to 1/e; own assumption."""


@dataclass(frozen=True)
class Province:
    """Tables without demand, and the drawn demand of each city and of the full loads."""

    tables: Tables
    cities: dict[str, demand.Demand]
    loads: demand.Demand


def build(facts: Facts, specs: tuple[Spec, ...], seed: int) -> Province:
    """Read the facts and draw the demand."""
    tables = fact_tables(facts)
    assumed_frame = assumptions(facts)
    assumed = dict(zip(assumed_frame["key"], assumed_frame["value"].astype(float), strict=True))
    tables |= _assumed_tables(facts, tables, assumed)
    tables["assumptions"] = assumed_frame
    gateways = _gateways(tables)
    inter_stop_h = assumed["inter_stop_km"] / assumed["speed_urban_kmh"]
    cities = {}
    for spec in specs:
        if len(spec.cities) == 1:
            city = _city(facts, tables, spec, gateways)
            cities[city.name] = demand.city_demand(city, tables["segments"], seed, inter_stop_h)
    whole = tables["business_parks"]
    whole = whole[whole["part_of"].isna() & (whole["area_ha"] >= 10.0)]
    pool = whole.assign(place_id=whole["park_id"], weight=whole["area_ha"])
    return Province(tables, cities, loads.full_loads(pool, gateways, seed))


def fact_tables(facts: Facts) -> Tables:
    """All tables of origin "fact"; some carry helper columns beside the schema."""
    assumed = assumptions(facts).set_index("key")["value"].astype(float)
    power_factor = float(assumed["power_factor"])
    municipalities = facts_places.municipalities(facts)
    water = facts_network.waterway_nodes(facts)
    edges = facts_network.waterway_edges(facts, water)
    crossings = facts_network.bridges(facts)
    grid = facts_grid.grid_nodes(facts, power_factor)
    stations = grid[grid["level"] == "substation"]
    parks = facts_places.business_parks(facts)
    parks["node_id"] = facts_network.nearest_id(parks, stations, "node_id")
    zone_shapes = facts_places.zone_shapes(facts)
    return {
        "municipalities": municipalities,
        "districts": facts_places.districts(facts),
        "business_parks": parks,
        "zones": facts_places.zones(facts),
        "delivery_windows": facts_signs.delivery_windows(facts, zone_shapes),
        "river_points": facts_network.river_points(facts, crossings),
        "bridges": crossings,
        "motorway_nodes": facts_network.motorway_nodes(facts, set(municipalities["name"])),
        "motorway_edges": facts_network.motorway_edges(facts),
        "truck_flows": facts_network.truck_flows(facts),
        "waterway_nodes": water,
        "waterway_edges": edges,
        "locks": facts_network.locks(facts, edges, water, float(assumed["lock_waiting_min"])),
        "harbours": facts_places.harbours(facts, water),
        "terminals": facts_places.terminals(facts, water),
        "truck_parkings": facts_places.truck_parkings(facts),
        "fast_chargers": facts_places.fast_chargers(facts),
        "grid_nodes": grid,
        "grid_headroom": facts_grid.grid_headroom(facts, power_factor),
        "grid_reinforcements": facts_grid.grid_reinforcements(facts, power_factor),
    }


def _assumed_tables(facts: Facts, tables: Tables, assumed: dict[str, float]) -> Tables:
    days, power_factor = assumed["working_days_per_year"], assumed["power_factor"]
    grid = tables["grid_nodes"]
    nature = [shape_from_geojson(f["geometry"]) for f in facts.geojson("natura2000")]
    parks = tables["business_parks"]
    return {
        "hub_candidates": candidates.hub_candidates(facts, parks, days, power_factor),
        "vehicle_types": vehicles.vehicle_types(facts, days),
        "charger_types": vehicles.charger_types(facts),
        "connection_steps": tariffs.connection_steps(facts, power_factor),
        "site_candidates": candidates.site_candidates(
            parks,
            tables["motorway_nodes"],
            tables["truck_parkings"],
            tables["harbours"],
            tables["fast_chargers"],
            grid[grid["level"] == "substation"],
            nature,
        ),
        "energy_prices": tariffs.energy_prices(facts),
        "demand_profiles": tariffs.demand_profiles(),
        "fleets": fleets.fleets(facts, parks, assumed),
        "segments": segments.segments(facts),
    }


def _gateways(tables: Tables) -> pd.DataFrame:
    """Located motorway gateways with the trucks that start or end there."""
    nodes, flows = tables["motorway_nodes"], tables["truck_flows"]
    ends = pd.concat(
        [
            flows.groupby("origin")["trucks_per_year"].sum(),
            flows.groupby("destination")["trucks_per_year"].sum(),
        ]
    )
    trucks = ends.groupby(level=0).sum()
    located = nodes[nodes["gateway"] & ~nodes["name"].str.startswith("outside")]
    located = located[located["node_id"].isin(trucks.index)]
    weight = trucks.loc[located["node_id"]].to_numpy(float)
    return located.assign(place_id=located["node_id"], weight=weight)


def _city(facts: Facts, tables: Tables, spec: Spec, gateways: pd.DataFrame) -> demand.City:
    name = spec.cities[0]
    districts = tables["districts"][tables["districts"]["municipality"] == name]
    parks = tables["business_parks"]
    parks = parks[parks["municipality"].isin({name, *spec.around}) & parks["part_of"].isna()]
    home = np.where(parks["municipality"] == name, _HOME_WEIGHT, 1.0)
    x_m, y_m = float(districts["rd_x_m"].mean()), float(districts["rd_y_m"].mean())
    distance = np.hypot(gateways["rd_x_m"] - x_m, gateways["rd_y_m"] - y_m)
    signs = tables["delivery_windows"]
    return demand.City(
        name=name,
        districts=districts,
        shapes=facts_places.polygons(facts),
        zone_id=f"zone-{slug(name)}",
        zone=facts_places.zone_shapes(facts)[f"zone-{slug(name)}"],
        windows=signs[signs["municipality"] == name],
        parks=parks.assign(place_id=parks["park_id"], weight=parks["area_ha"] * home),
        gateways=gateways.assign(weight=gateways["weight"] * np.exp(-distance / _DECAY_M)),
    )


def demand_tables(province: Province, spec: Spec) -> Tables:
    """Shippers, shipments and stops of a region; full loads only in the province."""
    parts = [province.cities[name] for name in spec.cities]
    if len(spec.cities) > 1:
        parts.append(province.loads)
    return {
        name: pd.concat([f for f in frames if len(f)], ignore_index=True)
        for name, frames in (
            ("shippers", [part.shippers for part in parts]),
            ("shipments", [part.shipments for part in parts]),
            ("stops", [part.stops for part in parts]),
        )
    }


def shape_layers(facts: Facts, spec: Spec, tables: Tables) -> dict[str, Any]:
    """Map layers of a region."""
    names = set(tables["municipalities"]["name"])
    codes = set(tables["municipalities"]["municipality_id"])
    register = dict(
        zip(tables["districts"]["register_id"], tables["districts"]["district_id"], strict=True)
    )
    zones = set(tables["zones"]["zone_id"])

    def municipality(p: Any) -> dict[str, Any] | None:
        found = {"municipality_id": p["code"], "name": p["gemeente"]}
        return found if p["code"] in codes else None

    def district(p: Any) -> dict[str, Any] | None:
        found = register.get(str(p["id"]))
        return None if found is None else {"district_id": found, "name": p["name"]}

    def zone(p: Any) -> dict[str, Any] | None:
        found = f"zone-{slug(p['authority'])}"
        return {"zone_id": found, "name": p["name"]} if found in zones else None

    def nature(p: Any) -> dict[str, Any]:
        return {"name": p["naam"]}

    layers = {
        "municipalities": shapes.collection(facts.geojson("municipalities"), municipality),
        "districts": shapes.collection(facts.geojson("district_polygons"), district, 0.0001),
        "zones": shapes.collection(facts.geojson("ze_zones"), zone, 0.00002),
        "natura2000": shapes.collection(facts.geojson("natura2000"), nature),
        "waterways": shapes.waterways(tables["waterway_nodes"], tables["waterway_edges"]),
    }
    if spec.name != "overijssel":
        layers["natura2000"] = _near(layers["natura2000"], layers["municipalities"])
    assert names, "a region has municipalities"
    return layers


def _near(layer: dict[str, Any], frame: dict[str, Any]) -> dict[str, Any]:
    """Features of `layer` whose bounding box meets that of `frame`."""
    west, south, east, north = _box(frame["features"])
    kept = []
    for feature in layer["features"]:
        w, s, e, n = _box([feature])
        if w <= east and e >= west and s <= north and n >= south:
            kept.append(feature)
    return {"type": "FeatureCollection", "features": kept}


def _box(features: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    points: list[list[float]] = []
    for feature in features:
        level = [feature["geometry"]["coordinates"]]
        while level and not isinstance(level[0][0], float):
            level = [inner for outer in level for inner in outer]
        points += level
    xy = np.array(points)
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    return float(west), float(south), float(east), float(north)
