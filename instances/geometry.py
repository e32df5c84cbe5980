"""Plane geometry for the generator: points in polygons, sampling, simplification. numpy only.

A polygon is a tuple of rings; a ring is an array of shape [n, 2], closed or open. A shape is a
tuple of polygons (a multipolygon). The first ring of a polygon is its outside, the others are
holes; with the even-odd rule the order and direction of rings do not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundling.units import rd_from_wgs84

FloatArray = NDArray[np.float64]
Polygon = tuple[FloatArray, ...]
Shape = tuple[Polygon, ...]


def shape_from_geojson(geometry: Mapping[str, Any]) -> Shape:
    """RD New shape from a GeoJSON Polygon or MultiPolygon in WGS84 (longitude, latitude).

    Raises
    ------
    ValueError
        When the geometry is of another type.
    """
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "Polygon":
        coordinates = [coordinates]
    elif kind != "MultiPolygon":
        raise ValueError(f"a {kind} is not a polygon")
    return tuple(tuple(_ring(ring) for ring in polygon) for polygon in coordinates)


def _ring(lonlat: Sequence[Sequence[float]]) -> FloatArray:
    points = np.asarray([p[:2] for p in lonlat], dtype=float)
    x_m, y_m = rd_from_wgs84(points[:, 1], points[:, 0])
    return np.column_stack([x_m, y_m])


def contains(shape: Shape, x_m: FloatArray, y_m: FloatArray) -> NDArray[np.bool_]:
    """Which points lie in `shape`, by ray casting with the even-odd rule.

    Parameters
    ----------
    shape
        Polygons with holes.
    x_m, y_m
        Points, shape [n].

    Returns
    -------
    numpy.ndarray
        Boolean, shape [n]. Points on an edge may fall on either side.
    """
    x_m, y_m = np.atleast_1d(x_m).astype(float), np.atleast_1d(y_m).astype(float)
    inside = np.zeros(x_m.shape, dtype=bool)
    for polygon in shape:
        odd = np.zeros(x_m.shape, dtype=bool)
        for ring in polygon:
            xa, ya = ring[:, 0], ring[:, 1]
            xb, yb = np.roll(xa, -1), np.roll(ya, -1)
            straddles = (ya > y_m[:, None]) != (yb > y_m[:, None])
            # Horizontal edges never straddle; the divisor 1 only keeps the division finite.
            rise = np.where(yb == ya, 1.0, yb - ya)
            crossing_x = xa + (y_m[:, None] - ya) * (xb - xa) / rise
            odd ^= (np.count_nonzero(straddles & (x_m[:, None] < crossing_x), axis=1) % 2).astype(
                bool
            )
        inside |= odd
    return inside


def area_ha(shape: Shape) -> float:
    """Area in hectares; the first ring of each polygon counts, the others are subtracted."""
    total = 0.0
    for polygon in shape:
        sizes = [abs(_signed_area(ring)) for ring in polygon]
        total += sizes[0] - sum(sizes[1:])
    return total / 1e4


def _signed_area(ring: FloatArray) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def bounds(shape: Shape) -> tuple[float, float, float, float]:
    """Least x, least y, greatest x, greatest y in metres."""
    points = np.concatenate([ring for polygon in shape for ring in polygon])
    low, high = points.min(axis=0), points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def sample(shape: Shape, count: int, rng: np.random.Generator) -> FloatArray:
    """`count` points spread evenly over `shape`, by rejection from its bounding box; [count, 2].

    Raises
    ------
    ValueError
        When the shape fills less than about a thousandth of its bounding box.
    """
    x0, y0, x1, y1 = bounds(shape)
    found: list[FloatArray] = []
    need = count
    for _ in range(1000):
        if need <= 0:
            break
        points = rng.random((4 * need + 8, 2)) * [x1 - x0, y1 - y0] + [x0, y0]
        kept = points[contains(shape, points[:, 0], points[:, 1])][:need]
        found.append(kept)
        need -= len(kept)
    if need > 0:
        raise ValueError("the shape fills too little of its bounding box to sample in")
    return np.concatenate(found) if found else np.empty((0, 2))


def sample_disc(
    x_m: float, y_m: float, size_ha: float, count: int, rng: np.random.Generator
) -> FloatArray:
    """`count` points spread evenly over a disc of `size_ha` hectares; [count, 2]."""
    radius_m = np.sqrt(max(size_ha, 1.0) * 1e4 / np.pi)
    distance = radius_m * np.sqrt(rng.random(count))
    angle = 2 * np.pi * rng.random(count)
    return np.column_stack([x_m + distance * np.cos(angle), y_m + distance * np.sin(angle)])


def overlap_share(inner: Shape, outer: Shape, step_m: float = 40.0) -> float:
    """Share of `inner` that lies in `outer`, counted on a grid of `step_m` metres."""
    x0, y0, x1, y1 = bounds(inner)
    grid_x, grid_y = np.meshgrid(np.arange(x0, x1, step_m), np.arange(y0, y1, step_m))
    x, y = grid_x.ravel(), grid_y.ravel()
    here = contains(inner, x, y)
    if not here.any():
        return 0.0
    return float(np.mean(contains(outer, x[here], y[here])))


def nearest(
    x_m: FloatArray, y_m: FloatArray, to_x_m: FloatArray, to_y_m: FloatArray
) -> tuple[NDArray[np.intp], FloatArray]:
    """Index of the nearest target of each point and the distance to it in metres; [n] and [n]."""
    squared = (np.asarray(x_m)[:, None] - to_x_m) ** 2 + (np.asarray(y_m)[:, None] - to_y_m) ** 2
    index = np.argmin(squared, axis=1)
    return index, np.sqrt(squared[np.arange(len(index)), index])


def simplify(line: FloatArray, tolerance: float) -> FloatArray:
    """Ramer-Douglas-Peucker simplification of a line [n, 2]; both ends stay.

    Distances are to the segment, not to the infinite line, so every point that is left out lies
    within `tolerance` of the result, also where the line turns back.
    """
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    stack = [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        start, span = line[first], line[last] - line[first]
        between = line[first + 1 : last] - start
        squared = float(span @ span)
        along = np.clip(between @ span / squared, 0.0, 1.0) if squared > 0.0 else 0.0
        distance = np.hypot(*(between - np.multiply.outer(along, span)).T)
        worst = int(np.argmax(distance))
        if distance[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    simplified: FloatArray = line[keep]
    return simplified
