"""Checks of GeoJSON shape layers (RFC 7946, WGS84): well formed, and fitting the tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from bundling.errors import Fault
from bundling.region.conform import near, shown
from bundling.region.schema import SHAPE_LAYERS

_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""How many lists a geometry's positions lie in."""

_IDS = {"district_id": "districts", "zone_id": "zones", "municipality_id": "municipalities"}
"""Properties that must name a row of a table, where a feature has them."""


def faults(
    layers: Mapping[str, Mapping[str, Any]], tables: Mapping[str, pd.DataFrame]
) -> Iterator[Fault]:
    """Find every fault of the shape layers of a region with these typed tables."""
    for name, layer in layers.items():
        if name not in SHAPE_LAYERS:
            rule = "there is no such shape layer"
            yield Fault(f"{name}.geojson", "", (), rule, near(name, SHAPE_LAYERS))
            continue
        yield from collection_faults(layer, f"{name}.geojson")
        for column, table in _IDS.items():
            known = set(tables[table][column].dropna())
            named = [_properties(feature).get(column) for feature in _features(layer)]
            strange = [value for value in named if value is not None and value not in known]
            if strange:
                places = tuple(map(str, strange))
                rule = f"{shown(strange)} is not in {table}.{column}"
                yield Fault(f"{name}.geojson", column, places, rule, f"Add it to {table}")


def collection_faults(layer: Any, name: str) -> Iterator[Fault]:
    """Find what makes `layer` no FeatureCollection in WGS84; features are counted from 1."""
    if not isinstance(layer, Mapping) or layer.get("type") != "FeatureCollection":
        yield Fault(name, "", (), "is not a GeoJSON FeatureCollection", "Export it as one")
        return
    if not isinstance(layer.get("features"), list):
        yield Fault(name, "features", (), "is not a list", "Export the layer again")
        return
    if "crs" in layer and "CRS84" not in str(layer["crs"]) and "4326" not in str(layer["crs"]):
        rule = "has coordinates in another system than WGS84"
        yield Fault(name, "crs", (), rule, "Export it in WGS84 (EPSG:4326), as RFC 7946 asks")
    broken: dict[str, list[str]] = {}
    for i, feature in enumerate(layer["features"], start=1):
        for rule in _feature_rules(feature):
            broken.setdefault(rule, []).append(str(i))
    for rule, where in broken.items():
        yield Fault(name, "features", tuple(where), rule, "Repair or remove the feature")


def _feature_rules(feature: Any) -> Iterator[str]:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        yield "is not a GeoJSON Feature"
        return
    if not isinstance(feature.get("properties"), (Mapping, type(None))):
        yield "has properties that are no JSON object"
    geometry = feature.get("geometry")
    if geometry is None:
        return
    if not isinstance(geometry, Mapping) or geometry.get("type") not in _DEPTH:
        yield "has a geometry of a kind that is not supported"
        return
    kind = str(geometry["type"])
    coordinates: Any = geometry.get("coordinates")
    problem = _coordinate_rule(coordinates, _DEPTH[kind])
    if problem:
        yield problem
    elif kind in ("Polygon", "MultiPolygon"):
        polygons = [coordinates] if kind == "Polygon" else coordinates
        rings = [ring for polygon in polygons for ring in polygon]
        if any(len(ring) < 4 or list(ring[0]) != list(ring[-1]) for ring in rings):
            yield "has a ring that is not closed or has fewer than four positions"


def _coordinate_rule(coordinates: Any, depth: int) -> str:
    """Return what is wrong with nested coordinates, or nothing."""
    if not isinstance(coordinates, (list, tuple)):
        return "has coordinates that are not lists of numbers"
    if depth:
        problems = (_coordinate_rule(part, depth - 1) for part in coordinates)
        return next((problem for problem in problems if problem), "")
    if not 2 <= len(coordinates) <= 3 or not all(_finite(value) for value in coordinates):
        return "has a position that is not two or three finite numbers"
    if abs(coordinates[0]) > 180 or abs(coordinates[1]) > 90:
        return "has a position outside longitude -180..180, latitude -90..90; is it in RD metres?"
    return ""


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _features(layer: Any) -> list[Any]:
    found = layer.get("features") if isinstance(layer, Mapping) else None
    return found if isinstance(found, list) else []


def _properties(feature: Any) -> Mapping[str, Any]:
    found = feature.get("properties") if isinstance(feature, Mapping) else None
    return found if isinstance(found, Mapping) else {}
