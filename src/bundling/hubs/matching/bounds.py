"""What no partition can do better than, whoever cooperates with whom."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import shortest_path

from bundling.hubs.matching.problem import FloatArray, MatchingProblem


def ideal_eur(problem: MatchingProblem) -> float:
    """Cost of all lanes when every truck is full and never drives empty.

    A truck that carries at most one load drives at least as far as its freight weighted by load,
    over the shortest ways; every lane is loaded and unloaded by at least as many trucks as it
    fills; and a truck does at most two trips of at most one load for its fixed cost.
    """
    load = problem.lane_loads
    pair = (problem.lane_origin, problem.lane_destination)
    km = _shortest(problem.distance_m)[pair] / 1000.0
    drive_h = _shortest(problem.time_s)[pair] / 3600.0
    stop_h = 2.0 * problem.stop_h * np.ceil(load - 1e-9)
    # Several lanes in one truck: each is loaded and unloaded, whoever shares it.
    eur = (
        load * (problem.fixed_eur / 2.0 + problem.eur_per_km * km + problem.eur_per_h * drive_h)
        + problem.eur_per_h * stop_h
    )
    return float(eur @ problem.lane_days.sum(axis=1))


def _shortest(matrix: FloatArray) -> FloatArray:
    """Shortest ways; within an area at most what the matrix says, at least 0."""
    # A 0 off the diagonal would read as no arc at all.
    found = shortest_path(np.maximum(matrix, 1e-9), method="FW")
    shortest: FloatArray = np.minimum(found, matrix)
    return shortest
