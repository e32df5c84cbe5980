"""A hub location plan as map layers, for nodes whose places are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bundling.features import collection, feature
from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.solution import HubLocationSolution
from bundling.location.hubs.tables import tables

Position = tuple[float, float]


def layers(
    problem: HubLocationProblem, solution: HubLocationSolution, places: Mapping[str, Position]
) -> dict[str, dict[str, Any]]:
    """Return what goes between hubs, which nodes use which hub, the hubs and the other nodes.

    Parameters
    ----------
    places
        Longitude and latitude (WGS84 degrees) of every node.
    """
    frames = tables(problem, solution)
    closed = [problem.node_ids[k] for k in np.flatnonzero(~solution.is_open)]
    hubs = frames["hubs"].copy()
    limit = hubs["capacity"].to_numpy(dtype=float)
    hubs["capacity_share"] = np.divide(
        hubs["collected"].to_numpy(dtype=float), limit, out=np.zeros(len(hubs)),
        where=np.isfinite(limit) & (limit > 0),
    )  # fmt: skip
    uses = frames["allocation"]
    uses = uses[uses["node_id"] != uses["hub_id"]].rename(columns={"node_id": "from_id"})
    return {
        "transfers": _lines(frames["transfers"].to_dict("records"), "from_id", "to_id", places),
        "allocation": _lines(uses.to_dict("records"), "from_id", "hub_id", places),
        "hubs": _points([{**row, "open": True} for row in hubs.to_dict("records")], places),
        "nodes": _points([{"node_id": name} for name in closed], places),
    }


def _lines(
    rows: list[dict[Any, Any]], start: str, end: str, places: Mapping[str, Position]
) -> dict[str, Any]:
    return collection(
        [
            feature(
                "LineString",
                [list(places[str(row[start])]), list(places[str(row[end])])],
                row,
            )
            for row in rows
        ]
    )


def _points(rows: list[dict[Any, Any]], places: Mapping[str, Position]) -> dict[str, Any]:
    return collection([feature("Point", list(places[str(row["node_id"])]), row) for row in rows])
