"""A two-echelon solution as map layers: those of the rounds, and the trucks."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.features import collection, feature, positions
from bundling.rounds.echelons.evaluate import truck_figures
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.echelons.solution import TwoEchelonSolution
from bundling.rounds.layers import layers as layers_of_rounds
from bundling.units import clock_from_seconds


def layers(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> dict[str, dict[str, Any]]:
    """Return map layers: ``truck_routes`` (lines), ``truck_depot`` (a point), and the rounds'."""
    second = problem.second
    at = positions(
        np.r_[problem.depot_x_m, second.depot_x_m], np.r_[problem.depot_y_m, second.depot_y_m]
    )
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
        lines.append(feature("LineString", way, facts))
    depot = [feature("Point", at[0], {"depot_id": problem.depot_id})]
    own = {"truck_routes": collection(lines), "truck_depot": collection(depot)}
    return own | layers_of_rounds(second, solution.rounds)
