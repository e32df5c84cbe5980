"""Map shapes of a region as GeoJSON in WGS84, simplified to keep the packages small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bundling.instances.geometry import simplify
from bundling.units import wgs84_from_rd

_DEGREES = 0.0004
"""Tolerance of simplification, about 30 m in the Netherlands."""


def collection(
    features: Iterable[Mapping[str, Any]],
    properties: Callable[[Mapping[str, Any]], dict[str, Any] | None],
    tolerance: float = _DEGREES,
) -> dict[str, Any]:
    """FeatureCollection of the features for which `properties` is not None."""
    kept: list[dict[str, Any]] = []
    for feature in features:
        chosen = properties(feature["properties"])
        if chosen is None:
            continue
        geometry = simplified(feature["geometry"], tolerance)
        if geometry is not None:
            kept.append({"type": "Feature", "properties": chosen, "geometry": geometry})
    kept.sort(key=lambda f: sorted((k, str(v)) for k, v in f["properties"].items()))
    return {"type": "FeatureCollection", "features": kept}


def simplified(geometry: Mapping[str, Any], tolerance: float) -> dict[str, Any] | None:
    """Polygon or multipolygon with fewer points, 5 decimals; None when nothing is left.

    Rings follow RFC 7946: closed, the outside counter-clockwise, holes clockwise.
    """
    many = geometry["type"] == "MultiPolygon"
    polygons = geometry["coordinates"] if many else [geometry["coordinates"]]
    kept = []
    for polygon in polygons:
        rings = [_ring(ring, tolerance, outer=n == 0) for n, ring in enumerate(polygon)]
        if rings[0] is not None:
            kept.append([ring for ring in rings if ring is not None])
    if not kept:
        return None
    if len(kept) == 1:
        return {"type": "Polygon", "coordinates": kept[0]}
    return {"type": "MultiPolygon", "coordinates": kept}


def _ring(
    ring: Sequence[Sequence[float]], tolerance: float, outer: bool
) -> list[list[float]] | None:
    points = np.asarray([p[:2] for p in ring], dtype=float)
    if not np.array_equal(points[0], points[-1]):
        points = np.vstack([points, points[:1]])
    # Cut at the point farthest from the start: a closed line has no ends to simplify between.
    far = int(np.argmax(np.hypot(*(points - points[0]).T)))
    first, second = points[: far + 1], points[far:]
    line = np.vstack([simplify(first, tolerance), simplify(second, tolerance)[1:]]).round(5)
    line = line[np.r_[True, np.any(line[1:] != line[:-1], axis=1)]]
    if len(line) < 4:
        return None
    x, y = line[:-1, 0], line[:-1, 1]
    turns = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    if turns == 0.0:
        return None
    if (turns > 0) != outer:
        line = line[::-1]
    return [[float(a), float(b)] for a, b in line]


def waterways(nodes: pd.DataFrame, edges: pd.DataFrame) -> dict[str, Any]:
    """Straight lines between the nodes of the waterway graph: a diagram, not the banks."""
    lat, lon = wgs84_from_rd(nodes["rd_x_m"].to_numpy(float), nodes["rd_y_m"].to_numpy(float))
    at = {
        n: [round(float(a), 5), round(float(b), 5)]
        for n, a, b in zip(nodes["node_id"], lon, lat, strict=True)
    }
    features = [
        {
            "type": "Feature",
            "properties": {"edge_id": e, "length_km": float(km)},
            "geometry": {"type": "LineString", "coordinates": [at[a], at[b]]},
        }
        for e, a, b, km in edges[["edge_id", "source", "target", "length_km"]].itertuples(
            index=False
        )
    ]
    return {"type": "FeatureCollection", "features": features}
