"""A network design as map layers, for nodes whose places are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bundling.features import collection, feature
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
        feature("LineString", [list(places[str(row[end])]) for end in ("from", "to")], row)
        for row in tables(problem, solution)["arcs"].to_dict("records")
    ]
    nodes = [feature("Point", list(places[n]), {"node_id": n}) for n in problem.node_ids]
    return {"arcs": collection(arcs), "nodes": collection(nodes)}
