"""Rules on where a round may go and in which order: closed ways, pairs of pickup and delivery."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bundling.result import Violation
from bundling.rounds.itinerary import Call, itinerary
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution, Route


def closed_arc(problem: RoundsProblem, route: Route, name: str) -> Iterator[Violation]:
    """Report ways that are closed to the vehicle and driven all the same."""
    v = problem.vehicle_index[route.vehicle]
    if not problem.matrix_of[v]:
        return
    distance_m, nodes = problem.distance_of(v), problem.node_ids
    here = int(problem.vehicle_depot[v])
    for step in itinerary(problem, route):
        if step.call is not Call.BREAK and np.isinf(distance_m[here, step.node]):
            where = f"{nodes[here]} to {nodes[step.node]}, {name}"
            yield Violation("way is open to the vehicle", where, 1, "way")
        here = step.node


def pairs(problem: RoundsProblem, solution: RoundsSolution) -> Iterator[Violation]:
    """Report pairs that are not in one trip of one vehicle, pickup first.

    A pair of which neither stop is served breaks no rule here.
    """
    if not problem.has_pairs:
        return
    place = {
        stop: (number, trip, position)
        for number, route in enumerate(solution.routes)
        for trip, stops in enumerate(route.trips)
        for position, stop in enumerate(stops)
    }
    for s in np.flatnonzero(problem.pair_of >= 0).tolist():
        stop, pickup = problem.stop_ids[s], problem.stop_ids[problem.pair_of[s]]
        to, start = place.get(stop), place.get(pickup)
        where = f"{pickup} to {stop}"
        if to is None and start is None:
            continue
        if to is None or start is None or to[:2] != start[:2]:
            yield Violation("pair in one trip of one vehicle", where, 1, "pair")
        elif start[2] > to[2]:
            yield Violation("pickup before its delivery", where, 1, "pair")
