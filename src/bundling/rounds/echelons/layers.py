"""A two-echelon solution as map layers: those of the rounds, and the trucks."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.rounds.echelons.evaluate import truck_figures
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.echelons.solution import TwoEchelonSolution
from bundling.rounds.layers import layers as layers_of_rounds
from bundling.units import clock_from_seconds, wgs84_from_rd


def layers(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> dict[str, dict[str, Any]]:
    """Return map layers: ``truck_routes`` (lines), ``truck_depot`` (a point), and the rounds'."""
    second = problem.second
    lat, lon = wgs84_from_rd(
        np.r_[problem.depot_x_m, second.depot_x_m], np.r_[problem.depot_y_m, second.depot_y_m]
    )
    at = [[round(float(x), 6), round(float(y), 6)] for x, y in zip(lon, lat, strict=True)]
    lines = []
    for number, truck in enumerate(solution.trucks, 1):
        figures = truck_figures(problem, truck)
        way = [at[0], *(at[1 + problem.hub_index[drop.hub]] for drop in truck.drops), at[0]]
        facts = {
            "truck": number,
            "departure": clock_from_seconds(figures.departure_s),
            "return": clock_from_seconds(figures.return_s),
            "hubs": ", ".join(drop.hub for drop in truck.drops),
            "km": round(figures.km, 3),
            "kg": round(figures.kg, 3),
        }
        lines.append(_feature("LineString", way, facts))
    depot = [_feature("Point", at[0], {"depot_id": problem.depot_id})]
    own = {"truck_routes": _collection(lines), "truck_depot": _collection(depot)}
    return own | layers_of_rounds(second, solution.rounds)


def _feature(kind: str, coordinates: Any, facts: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": facts}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
