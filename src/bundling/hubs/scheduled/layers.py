"""A day of departures as map layers: GeoJSON in WGS84 (RFC 7946)."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.features import collection, feature, positions_on_map
from bundling.hubs.scheduled.loads import handled, modes_of, moves_of
from bundling.hubs.scheduled.problem import FloatArray, ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.units import KG_PER_T


def layers(problem: ScheduledProblem, solution: ScheduledSolution) -> dict[str, dict[str, Any]]:
    """Return what moves over the day and where.

    Returns
    -------
    dict
        ``flows``: a line for each mode and pair of places with freight on it: load by resource,
        tonnes where kilograms are a resource, moves of shipments. ``hubs``: a point for each, with
        the load handled and the share of its capacity. ``places``: a point for each place without
        a hub, with what is sent from and comes to it.

    Raises
    ------
    bundling.errors.NoMap
        When the places are not RD New coordinates, so that they have no place on the map.
    """
    at = positions_on_map(problem.location_x_m, problem.location_y_m, "the places")
    return {
        "flows": collection(_flows(problem, solution, at)),
        "hubs": collection(_hubs(problem, solution, at)),
        "places": collection(_places(problem, at)),
    }


def _flows(
    problem: ScheduledProblem, solution: ScheduledSolution, at: list[list[float]]
) -> list[dict[str, Any]]:
    moves, modes = moves_of(problem, solution), modes_of(problem, solution)
    load = problem.shipment_load[solution.move_shipment]
    found: dict[tuple[str, int, int], list[int]] = {}
    keys = zip(modes, moves.start.tolist(), moves.end.tolist(), strict=True)
    for row, key in enumerate(keys):
        found.setdefault(key, []).append(row)
    place = problem.location_ids
    return [
        feature(
            "LineString",
            [at[a], at[b]],
            {
                "from_id": place[a],
                "to_id": place[b],
                "mode": mode,
                "shipments": len(rows),
                **_loads(problem, load[rows].sum(axis=0)),
            },
        )
        for (mode, a, b), rows in sorted(found.items())
    ]


def _hubs(
    problem: ScheduledProblem, solution: ScheduledSolution, at: list[list[float]]
) -> list[dict[str, Any]]:
    load = handled(problem, solution)
    capacity = problem.hub_capacity
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(load > 0, load / capacity, 0.0).max(axis=1, initial=0.0)
    return [
        feature(
            "Point",
            at[problem.hub_location[h]],
            {
                "hub_id": name,
                "open": bool(load[h].any()),
                **_loads(problem, load[h]),
                "capacity_share": float(share[h]),
                "fixed_eur": float(problem.hub_fixed_eur[h]) if load[h].any() else 0.0,
            },
        )
        for h, name in enumerate(problem.hub_ids)
    ]


def _places(problem: ScheduledProblem, at: list[list[float]]) -> list[dict[str, Any]]:
    sent, came = (np.zeros((problem.num_locations, problem.num_resources)) for _ in range(2))
    np.add.at(sent, problem.shipment_origin, problem.shipment_load)
    np.add.at(came, problem.shipment_destination, problem.shipment_load)
    return [
        feature(
            "Point",
            at[k],
            {
                "location_id": name,
                "in_zone": bool(problem.location_in_zone[k]),
                **{f"sent_{r}": float(sent[k, i]) for i, r in enumerate(problem.resource_ids)},
                **{f"received_{r}": float(came[k, i]) for i, r in enumerate(problem.resource_ids)},
            },
        )
        for k, name in enumerate(problem.location_ids)
        if problem.hub_at[k] < 0
    ]


def _loads(problem: ScheduledProblem, load: FloatArray) -> dict[str, float]:
    """Load by resource; with tonnes where kilograms are one of them."""
    found = {name: float(load[r]) for r, name in enumerate(problem.resource_ids)}
    return {"tonnes": found["kg"] / KG_PER_T, **found} if "kg" in found else found
