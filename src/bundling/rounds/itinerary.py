"""What a vehicle does on its way, in order: stops, charges, reloads at its depot, breaks."""

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
    BREAK = "break"
    END = "end"


class Step(NamedTuple):
    """One call on the way.

    Attributes
    ----------
    call, node
        What happens, and where (a node of the matrices); a break is where the vehicle stands.
    item
        Position of the stop or the station; number of the trip that begins (the first is 0).
    kwh
        Energy to charge.
    seconds
        Duration of a break.
    """

    call: Call
    node: int
    item: int = 0
    kwh: float = 0.0
    seconds: float = 0.0


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
    for pause in route.breaks:
        if not 0 <= pause.before <= stops:
            yield f"break before stop number {pause.before} of {stops}"
        elif not 0 <= pause.after <= _calls_before(route, pause.before):
            yield f"break after {pause.after} calls before stop number {pause.before}"
        if not 0.0 <= pause.seconds < math.inf:
            yield f"break of {pause.seconds} s"
    places = [(pause.before, pause.after) for pause in route.breaks]
    if places != sorted(places):
        yield "breaks out of order"


def _calls_before(route: Route, position: int) -> int:
    """How many reloads and charges come between a stop and the one before it."""
    charges = sum(charge.before == position for charge in route.charges)
    return charges + route.reloads.count(position)


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
    if not (route.charges or route.reloads or route.breaks):
        # A plain route is the usual case and asked for millions of times.
        found = [problem.stop_index[name] for name in route.stops]
        plain = [Step(Call.STOP, depots + s, s) for s in found]
        return [*plain, Step(Call.END, int(problem.end_depot[v]))]
    raise_if_misplaced(route)
    steps: list[Step] = []
    trip = waiting = 0
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
    return _with_breaks(steps, route, int(problem.vehicle_depot[v])) if route.breaks else steps


def _with_breaks(steps: list[Step], route: Route, start: int) -> list[Step]:
    """Put the breaks of `route` between its other steps."""
    found: list[Step] = []
    position = calls = taken = 0
    here = start
    for step in steps:
        while taken < len(route.breaks) and (
            (route.breaks[taken].before, route.breaks[taken].after) == (position, calls)
        ):
            found.append(Step(Call.BREAK, here, seconds=route.breaks[taken].seconds))
            taken += 1
        found.append(step)
        here = step.node
        if step.call is Call.STOP:
            position, calls = position + 1, 0
        else:
            calls += 1
    return found


def raise_if_misplaced(route: Route) -> None:
    """Raise a ValueError with all that `misplaced` says."""
    found = list(misplaced(route))
    if found:
        raise ValueError(f"route of {route.vehicle}: " + "; ".join(found))
