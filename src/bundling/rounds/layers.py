"""A rounds solution as map layers: GeoJSON in WGS84 (RFC 7946), coordinates to 6 decimals."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.rounds.evaluate import all_figures
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.units import clock_from_seconds, wgs84_from_rd


def layers(problem: RoundsProblem, solution: RoundsSolution) -> dict[str, dict[str, Any]]:
    """Return map layers of the solution.

    Returns
    -------
    dict of str to dict
        FeatureCollections ``round_depots`` (points), ``round_stops`` (points, in the order of the
        rounds) and ``round_routes`` (lines from stop to stop: the order, not the road).
    """
    lat, lon = wgs84_from_rd(
        np.r_[problem.depot_x_m, problem.stop_x_m], np.r_[problem.depot_y_m, problem.stop_y_m]
    )
    at = [[round(float(x), 6), round(float(y), 6)] for x, y in zip(lon, lat, strict=True)]
    depot_at = {depot: at[d] for d, depot in enumerate(problem.depot_ids)}
    stop_at = {stop: at[problem.num_depots + s] for s, stop in enumerate(problem.stop_ids)}
    figures = all_figures(problem, solution)
    depots = [
        _feature(
            "Point",
            depot_at[depot],
            {
                "depot_id": depot,
                "rounds": sum(route.depot == depot for route in figures),
                "kwh": round(sum(route.kwh for route in figures if route.depot == depot), 3),
            },
        )
        for depot in problem.depot_ids
    ]
    stops, lines = [], []
    for number, route in enumerate(figures, start=1):
        way = [
            depot_at[route.depot],
            *(stop_at[v.stop] for v in route.visits),
            depot_at[route.depot],
        ]
        lines.append(
            _feature(
                "LineString",
                way,
                {
                    "route": number,
                    "depot_id": route.depot,
                    "vehicle_type": route.vehicle_type,
                    "departure": clock_from_seconds(route.departure_s),
                    "return": clock_from_seconds(route.return_s),
                    "stops": len(route.visits),
                    "km": round(route.km, 3),
                    "kwh": round(route.kwh, 3),
                    "cost_eur": round(route.cost_eur, 2),
                },
            )
        )
        for position, visit in enumerate(route.visits, start=1):
            s = problem.stop_index[visit.stop]
            properties = {
                "stop_id": visit.stop,
                "route": number,
                "sequence": position,
                "vehicle_type": route.vehicle_type,
                "arrival": clock_from_seconds(visit.arrival_s),
                "delivery_kg": float(problem.delivery_kg[s]),
                "pickup_kg": float(problem.pickup_kg[s]),
            }
            stops.append(_feature("Point", stop_at[visit.stop], properties))
    return {
        "round_routes": _collection(lines),
        "round_stops": _collection(stops),
        "round_depots": _collection(depots),
    }


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
