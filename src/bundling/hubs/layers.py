"""A hubs solution as map layers: GeoJSON in WGS84 (RFC 7946)."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.hubs.problem import HubsProblem
from bundling.hubs.solution import HubsSolution
from bundling.hubs.tables import tables
from bundling.units import wgs84_from_rd

_DIGITS = 6


def layers(problem: HubsProblem, solution: HubsSolution) -> dict[str, dict[str, Any]]:
    """Return feature collections ``hubs`` (points) and ``legs`` (lines), in WGS84 degrees."""
    lat, lon = wgs84_from_rd(problem.location_x_m, problem.location_y_m)
    position = {
        name: [round(float(lon[k]), _DIGITS), round(float(lat[k]), _DIGITS)]
        for k, name in enumerate(problem.location_ids)
    }
    frames = tables(problem, solution)
    hubs = [
        _feature("Point", position[str(row["location_id"])], row)
        for row in frames["hubs"].to_dict("records")
    ]
    legs = [
        _feature("LineString", [position[str(row["start_id"])], position[str(row["end_id"])]], row)
        for row in frames["legs"].to_dict("records")
    ]
    return {"hubs": _collection(hubs), "legs": _collection(legs)}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _feature(kind: str, coordinates: list[Any], row: dict[Any, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": {str(key): _plain(value) for key, value in row.items()},
    }


def _plain(value: Any) -> Any:
    """JSON scalar of a numpy or pandas scalar; figures rounded to the gram, second or cent."""
    item = value.item() if isinstance(value, np.generic) else value
    return round(item, 3) if isinstance(item, float) else item
