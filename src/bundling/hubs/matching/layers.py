"""Groups of shippers as map layers: GeoJSON in WGS84 (RFC 7946)."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.errors import NoMap
from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.matching.solution import MatchingSolution
from bundling.units import KG_PER_T, is_rd, wgs84_from_rd

_DIGITS = 6


def layers(problem: MatchingProblem, solution: MatchingSolution) -> dict[str, dict[str, Any]]:
    """Return ``lanes`` (a line each, with its shipper, group and tonnes) and ``areas`` (points).

    Raises
    ------
    bundling.errors.NoMap
        When the areas are not RD New coordinates, so that they have no place on the map.
    """
    x, y = problem.area_x_m, problem.area_y_m
    if not is_rd(x, y).all():
        raise NoMap(
            "the areas have no map: their coordinates lie outside RD New; see result.tables"
        )
    lat, lon = wgs84_from_rd(x, y)
    at = [
        [round(float(a), _DIGITS), round(float(b), _DIGITS)] for a, b in zip(lon, lat, strict=True)
    ]
    members = np.bincount(solution.group, minlength=int(solution.group.max(initial=0)) + 1)
    days = problem.lane_days.sum(axis=1)
    lanes = []
    for k, shipper in enumerate(problem.lane_shipper.tolist()):
        a, b = int(problem.lane_origin[k]), int(problem.lane_destination[k])
        group = int(solution.group[shipper])
        lanes.append(
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": [at[a], at[b]]},
                "properties": {
                    "shipper_id": problem.shipper_ids[shipper],
                    "from_id": problem.area_ids[a],
                    "to_id": problem.area_ids[b],
                    "tonnes": float(problem.lane_kg[k] * days[k]) / KG_PER_T,
                    "days": int(days[k]),
                    "together": bool(members[group] > 1),
                    "group": group,
                },
            }
        )
    used = np.unique(np.concatenate([problem.lane_origin, problem.lane_destination]))
    areas = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": at[k]},
            "properties": {"area_id": problem.area_ids[k]},
        }
        for k in used.tolist()
    ]
    return {
        "lanes": {"type": "FeatureCollection", "features": lanes},
        "areas": {"type": "FeatureCollection", "features": areas},
    }
