"""Groups of shippers as map layers: GeoJSON in WGS84 (RFC 7946)."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.features import collection, feature, positions_on_map
from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.matching.solution import MatchingSolution
from bundling.units import KG_PER_T


def layers(problem: MatchingProblem, solution: MatchingSolution) -> dict[str, dict[str, Any]]:
    """Return ``lanes`` (a line each, with its shipper, group and tonnes) and ``areas`` (points).

    Raises
    ------
    bundling.errors.NoMap
        When the areas are not RD New coordinates, so that they have no place on the map.
    """
    at = positions_on_map(problem.area_x_m, problem.area_y_m, "the areas")
    members = np.bincount(solution.group, minlength=int(solution.group.max(initial=0)) + 1)
    days = problem.lane_days.sum(axis=1)
    lanes = []
    for k, shipper in enumerate(problem.lane_shipper.tolist()):
        a, b = int(problem.lane_origin[k]), int(problem.lane_destination[k])
        group = int(solution.group[shipper])
        facts = {
            "shipper_id": problem.shipper_ids[shipper],
            "from_id": problem.area_ids[a],
            "to_id": problem.area_ids[b],
            "tonnes": float(problem.lane_kg[k] * days[k]) / KG_PER_T,
            "days": int(days[k]),
            "together": bool(members[group] > 1),
            "group": group,
        }
        lanes.append(feature("LineString", [at[a], at[b]], facts))
    used = np.unique(np.concatenate([problem.lane_origin, problem.lane_destination]))
    areas = [feature("Point", at[k], {"area_id": problem.area_ids[k]}) for k in used.tolist()]
    return {"lanes": collection(lanes), "areas": collection(areas)}
