"""Features of map layers: GeoJSON in WGS84 (RFC 7946), coordinates to 6 decimals (0.1 m)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import ArrayLike

from bundling.errors import NoMap
from bundling.units import is_rd, wgs84_from_rd

Feature = dict[str, Any]
Layer = dict[str, Any]

_DIGITS = 6


def positions(x_m: ArrayLike, y_m: ArrayLike) -> list[list[float]]:
    """Return longitude and latitude of RD New coordinates, one pair a place."""
    lat, lon = wgs84_from_rd(x_m, y_m)
    return [
        [round(float(a), _DIGITS), round(float(b), _DIGITS)]
        for a, b in zip(lon.ravel(), lat.ravel(), strict=True)
    ]


def positions_on_map(x_m: ArrayLike, y_m: ArrayLike, what: str) -> list[list[float]]:
    """Return `positions` of places that a user may have in other coordinates.

    Raises
    ------
    bundling.errors.NoMap
        When not all of `what` are RD New coordinates, so that they have no place on the map.
    """
    if not is_rd(x_m, y_m).all():
        raise NoMap(f"{what} have no map: their coordinates lie outside RD New; see result.tables")
    return positions(x_m, y_m)


def feature(kind: str, coordinates: Any, properties: Mapping[Any, Any]) -> Feature:
    """Return a feature of a kind, such as ``"Point"``."""
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": {str(key): value for key, value in properties.items()},
    }


def collection(features: list[Feature]) -> Layer:
    """Return a layer."""
    return {"type": "FeatureCollection", "features": features}
