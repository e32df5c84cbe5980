"""Map layers as GeoJSON files (RFC 7946): WGS84, right-hand rings, one file a layer."""

from __future__ import annotations

import importlib
import importlib.util
import json
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bundling.errors import NoMap
from bundling.report.files import slug, write_text
from bundling.result import Result

if TYPE_CHECKING:
    import pandas as pd

    from bundling.chain import Study

_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


GIVEN_PLACES = ("location.hubs", "location.design")
"""Families whose problems have no coordinates; a table of the user says where the nodes lie."""


def write_layers(
    result: Result, folder: str | Path, places: pd.DataFrame | None = None
) -> list[Path]:
    """Write the layers of one result to ``folder/<family>_<layer>.geojson``; return the paths.

    A result without a solution has no layers, so nothing is written and the list is empty.

    Parameters
    ----------
    result
        From `bundling.solve`.
    folder
        Where to.
    places
        Positions of the nodes of hub location and network design; see
        `bundling.report.places.positions`.

    Raises
    ------
    bundling.errors.NoMap
        When the problem has no coordinates and none are given.
    bundling.InputError
        With everything that is wrong in `places`.
    ValueError
        When a layer is no valid GeoJSON in WGS84: a fault of the family, never of the user.
    """
    return _write(collect_layers([(result.family, result)], places), Path(folder))


def write_study(study: Study, folder: str | Path) -> list[Path]:
    """Write the layers of all steps of `study`, one file a family and layer.

    Steps of one family share a file; the property ``step`` says which step a feature is from.
    """
    steps = [(step.name, step.result) for step in study.steps]
    return _write(collect_layers(steps), Path(folder))


def collect_layers(
    steps: Iterable[tuple[str, Result]], places: pd.DataFrame | None = None
) -> dict[tuple[str, str], dict[str, Any]]:
    """Merge the layers of named results by ``(family, layer)``, checked and tidied."""
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for name, result in steps:
        found = layers_of(result) if places is None else placed_layers(result, places)
        for layer, collection in found.items():
            tidied = tidy(collection)
            for feature in tidied["features"]:
                feature["properties"] = {"step": name, **feature["properties"]}
            into = merged.setdefault((result.family, layer), {**tidied, "features": []})
            into["features"].extend(tidied["features"])
    return merged


def layers_of(result: Result) -> dict[str, dict[str, Any]]:
    """Layers of a result as its family makes them; empty without a solution."""
    if result.solution is None:
        return {}
    if importlib.util.find_spec(f"bundling.{result.family}.layers") is None:
        raise NoMap(f"{result.family} knows no places to draw; see result.tables")
    if result.family in GIVEN_PLACES:
        raise NoMap(
            f"{result.family} has no coordinates: give places, a table with id and lon, lat "
            "(or x_m, y_m) of every node"
        )
    room = importlib.import_module(f"bundling.{result.family}.layers")
    layers: dict[str, dict[str, Any]] = room.layers(result.problem, result.solution)
    return layers


def placed_layers(result: Result, places: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Layers of a result whose nodes lie where `places` says; empty without a solution."""
    from bundling.report.places import positions

    if result.family not in GIVEN_PLACES:
        return layers_of(result)
    if result.solution is None:
        return {}
    room = importlib.import_module(f"bundling.{result.family}.layers")
    at = positions(places, result.problem.node_ids)
    layers: dict[str, dict[str, Any]] = room.layers(result.problem, result.solution, at)
    return layers


def tidy(collection: Mapping[str, Any], decimals: int = 6) -> dict[str, Any]:
    """Return a clean copy of a FeatureCollection as RFC 7946 asks.

    Coordinates are rounded (6 decimals are 0.1 m), exterior rings run anticlockwise and holes
    clockwise, properties become plain JSON scalars (``null`` for what is not finite), and a ``crs``
    member, which the standard forbids, is left out.

    Raises
    ------
    ValueError
        When it is no FeatureCollection, or a coordinate is not a finite WGS84 position.
    """
    if collection.get("type") != "FeatureCollection":
        raise ValueError(f"not a GeoJSON FeatureCollection but {collection.get('type')!r}")
    features = []
    for feature in collection["features"]:
        geometry = feature.get("geometry")
        clean: dict[str, Any] = {
            "type": "Feature",
            "properties": {
                str(key): plain(value) for key, value in (feature.get("properties") or {}).items()
            },
            "geometry": None if geometry is None else _geometry(geometry, decimals),
        }
        if feature.get("id") is not None:
            clean["id"] = plain(feature["id"])
        features.append(clean)
    return {"type": "FeatureCollection", "features": features}


def plain(value: Any) -> Any:
    """`value` as a JSON scalar: numpy numbers unpacked, not-finite numbers and gaps as None."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    text = str(value)
    return None if text in ("NaT", "<NA>") else text


def _geometry(geometry: Mapping[str, Any], decimals: int) -> dict[str, Any]:
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        return {
            "type": kind,
            "geometries": [_geometry(part, decimals) for part in geometry["geometries"]],
        }
    if kind not in _DEPTH:
        raise ValueError(f"unknown GeoJSON geometry type {kind!r}")
    coordinates = _round(geometry["coordinates"], _DEPTH[kind], decimals)
    if kind == "Polygon":
        coordinates = _wind(coordinates)
    elif kind == "MultiPolygon":
        coordinates = [_wind(polygon) for polygon in coordinates]
    return {"type": kind, "coordinates": coordinates}


def _round(coordinates: Any, depth: int, decimals: int) -> Any:
    if depth:
        return [_round(part, depth - 1, decimals) for part in coordinates]
    lon, lat = float(coordinates[0]), float(coordinates[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # false for NaN too
        raise ValueError(f"({lon}, {lat}) is no position in WGS84 (longitude, latitude)")
    return [round(lon, decimals), round(lat, decimals)]


def _wind(rings: list[list[list[float]]]) -> list[list[list[float]]]:
    """Exterior ring anticlockwise, holes clockwise (RFC 7946, section 3.1.6)."""
    return [
        ring if (_signed_area(ring) >= 0) == (index == 0) else ring[::-1]
        for index, ring in enumerate(rings)
    ]


def _signed_area(ring: list[list[float]]) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs) / 2


def map_positions(geometry: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Copy of `geometry` with each line, ring or point list replaced by ``change(list)``."""

    def walk(coordinates: Any, depth: int) -> Any:
        if depth <= 1:
            return change(coordinates)
        return [walk(part, depth - 1) for part in coordinates]

    kind = str(geometry["type"])
    return {"type": kind, "coordinates": walk(geometry["coordinates"], _DEPTH[kind])}


def _write(layers: Mapping[tuple[str, str], Mapping[str, Any]], folder: Path) -> list[Path]:
    paths = []
    for (family, layer), collection in layers.items():
        text = json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        paths.append(write_text(folder / f"{slug(family)}_{slug(layer)}.geojson", text + "\n"))
    return paths
