"""The places a route calls at, in order: stops, charging stations, its depot between two trips."""

from __future__ import annotations

import math
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Route


class Call(Enum):
    """What a vehicle does at a place."""

    STOP = "stop"
    CHARGE = "charge"
    RELOAD = "reload"
    END = "end"


class Step(NamedTuple):
    """One call on the way.

    Attributes
    ----------
    call, node
        What happens, and where (a node of the matrices).
    item
        Position of the stop or the station; number of the trip that begins (the first is 0).
    kwh
        Energy to charge.
    """

    call: Call
    node: int
    item: int = 0
    kwh: float = 0.0


def misplaced(route: Route) -> Iterator[str]:
    """Say in words what in `route` cannot be driven at all: positions, amounts, times."""
    stops = len(route.stops)
    if not math.isfinite(route.departure_s):
        yield f"departure at {route.departure_s} s"
    for charge in route.charges:
        if not 0 <= charge.before <= stops:
            yield f"charge before stop number {charge.before} of {stops}"
        if not 0.0 <= charge.kwh < math.inf:
            yield f"charge of {charge.kwh} kWh"
    if any(a.before > b.before for a, b in pairwise(route.charges)):
        yield "charges out of order"
    inner = all(1 <= position < stops for position in route.reloads)
    if not inner or any(a >= b for a, b in pairwise(route.reloads)):
        yield "reloads that do not begin a next trip"


def itinerary(problem: RoundsProblem, route: Route) -> list[Step]:
    """Return what the vehicle calls at after it has left, the last depot included.

    Raises
    ------
    KeyError
        When the route names a vehicle, stop or station the problem does not have.
    ValueError
        When `misplaced` has something to say.
    """
    v = problem.vehicle_index[route.vehicle]
    depots, stops = problem.num_depots, problem.num_stops
    steps: list[Step] = []
    trip = waiting = 0
    # A plain route is the usual case and asked for millions of times.
    if route.charges or route.reloads:
        raise_if_misplaced(route)
    for position, name in enumerate((*route.stops, None)):
        if trip < len(route.reloads) and route.reloads[trip] == position:
            trip += 1
            steps.append(Step(Call.RELOAD, int(problem.vehicle_depot[v]), trip))
        while waiting < len(route.charges) and route.charges[waiting].before == position:
            charge = route.charges[waiting]
            k = problem.station_index[charge.station]
            steps.append(Step(Call.CHARGE, depots + stops + k, k, charge.kwh))
            waiting += 1
        if name is not None:
            s = problem.stop_index[name]
            steps.append(Step(Call.STOP, depots + s, s))
    steps.append(Step(Call.END, int(problem.end_depot[v])))
    return steps


def raise_if_misplaced(route: Route) -> None:
    """Raise a ValueError with all that `misplaced` says."""
    found = list(misplaced(route))
    if found:
        raise ValueError(f"route of {route.vehicle}: " + "; ".join(found))
