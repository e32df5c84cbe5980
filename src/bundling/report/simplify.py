"""Fewer points in lines and rings, so that a map fits in a small file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from bundling.report.geojson import map_positions, tidy

_DEGREE_M = 111_320.0


def fit(shapes: Mapping[str, Mapping[str, Any]], most_bytes: int) -> dict[str, dict[str, Any]]:
    """Tidy and simplify collections until their geometries together fit in `most_bytes` of JSON.

    The tolerance starts at 10 m and doubles; coordinates keep 5 decimals (1 m). What is smaller
    than the tolerance keeps its corner points, so no shape disappears.
    """
    tidied = {name: tidy(shape, 5) for name, shape in shapes.items()}
    tolerance_m = 10.0
    while True:
        made = {name: _simplified(shape, tolerance_m) for name, shape in tidied.items()}
        if tolerance_m > 5_000.0 or len(json.dumps(made, separators=(",", ":"))) <= most_bytes:
            return made
        tolerance_m *= 2.0


def _simplified(collection: Mapping[str, Any], tolerance_m: float) -> dict[str, Any]:
    def change(positions: Any) -> Any:
        if len(positions) < 5 or not isinstance(positions[0], list):
            return positions
        return simplify(positions, tolerance_m)

    features = [
        {**feature, "geometry": map_positions(feature["geometry"], change)}
        for feature in collection["features"]
        if feature["geometry"] is not None and feature["geometry"]["type"] != "GeometryCollection"
    ]
    return {"type": "FeatureCollection", "features": features}


def simplify(positions: list[list[float]], tolerance_m: float) -> list[list[float]]:
    """Douglas and Peucker (1973): leave out points nearer than `tolerance_m` to the kept line.

    A ring (first position equal to the last) keeps at least four positions. Degrees are taken as
    metres at the latitude of the first position, which is good to a percent within a region.
    """
    points = np.asarray(positions, dtype=float)
    plane = points * _DEGREE_M
    plane[:, 0] *= math.cos(math.radians(points[0, 1]))
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    if positions[0] == positions[-1]:  # a ring: split it where it is farthest from its start
        far = int(np.argmax(np.hypot(*(plane - plane[0]).T)))
        spans = [(0, far), (far, len(points) - 1)]
        keep[far] = True
    while spans:
        start, end = spans.pop()
        if end - start < 2:
            continue
        away = _distance(plane[start + 1 : end], plane[start], plane[end])
        worst = int(np.argmax(away))
        if away[worst] > tolerance_m:
            middle = start + 1 + worst
            keep[middle] = True
            spans += [(start, middle), (middle, end)]
    if positions[0] == positions[-1] and keep.sum() < 4:
        keep[np.linspace(0, len(points) - 1, 4).round().astype(int)] = True
    return [positions[index] for index in np.flatnonzero(keep)]


def _distance(points: Any, start: Any, end: Any) -> Any:
    """Distance of each point to the segment from `start` to `end`."""
    along = end - start
    length2 = float(along @ along)
    if length2 == 0.0:
        return np.hypot(*(points - start).T)
    at = np.clip((points - start) @ along / length2, 0.0, 1.0)
    return np.hypot(*(points - start - at[:, None] * along).T)
