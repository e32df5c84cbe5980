"""A hubs solution as map layers: GeoJSON in WGS84 (RFC 7946)."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.features import collection, feature, positions
from bundling.hubs.problem import HubsProblem
from bundling.hubs.solution import HubsSolution
from bundling.hubs.tables import tables


def layers(problem: HubsProblem, solution: HubsSolution) -> dict[str, dict[str, Any]]:
    """Return feature collections ``hubs`` (points) and ``legs`` (lines), in WGS84 degrees."""
    at = positions(problem.location_x_m, problem.location_y_m)
    position = dict(zip(problem.location_ids, at, strict=True))
    frames = tables(problem, solution)
    hubs = [
        feature("Point", position[str(row["location_id"])], _plain(row))
        for row in frames["hubs"].to_dict("records")
    ]
    legs = [
        feature(
            "LineString",
            [position[str(row["start_id"])], position[str(row["end_id"])]],
            _plain(row),
        )
        for row in frames["legs"].to_dict("records")
    ]
    return {"hubs": collection(hubs), "legs": collection(legs)}


def _plain(row: dict[Any, Any]) -> dict[Any, Any]:
    """JSON scalars of numpy or pandas scalars; figures rounded to the gram, second or cent."""
    items = {k: v.item() if isinstance(v, np.generic) else v for k, v in row.items()}
    return {k: round(item, 3) if isinstance(item, float) else item for k, item in items.items()}
