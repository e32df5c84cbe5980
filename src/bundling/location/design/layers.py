"""A network design as map layers, for nodes whose places are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bundling.location.design.problem import DesignProblem
from bundling.location.design.solution import DesignSolution
from bundling.location.design.tables import tables

Position = tuple[float, float]


def layers(
    problem: DesignProblem, solution: DesignSolution, places: Mapping[str, Position]
) -> dict[str, dict[str, Any]]:
    """Return ``arcs`` (the open ones, with load and how full they are) and ``nodes``.

    Parameters
    ----------
    places
        Longitude and latitude (WGS84 degrees) of every node.
    """
    arcs = [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": [list(places[str(row["from"])]), list(places[str(row["to"])])],
            },
            "properties": {str(key): value for key, value in row.items()},
        }
        for row in tables(problem, solution)["arcs"].to_dict("records")
    ]
    nodes = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(places[name])},
            "properties": {"node_id": name},
        }
        for name in problem.node_ids
    ]
    return {
        "arcs": {"type": "FeatureCollection", "features": arcs},
        "nodes": {"type": "FeatureCollection", "features": nodes},
    }
