"""Rounds as they are but for one charge: at another station or place on the way, or in two parts.

A connector that others want at the same time may be left alone so; the search itself gives only the
cheapest charges of a round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from bundling.rounds.coupling import tight_connectors
from bundling.rounds.coupling_timed import timed
from bundling.rounds.evaluate import route_figures
from bundling.rounds.figures import BreakEvent, ChargeEvent
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.schedule import best_timed
from bundling.rounds.solution import Charge, Route
from bundling.rounds.timeline import events

_STATIONS = 4
"""Stations tried between two places, those with the shortest detour."""


def with_other_charges(problem: RoundsProblem, routes: Iterable[Route]) -> Iterator[Route]:
    """Give rounds with a charge at a station of few connectors moved, each at its best departure.

    Only those that break no rule by themselves are given.
    """
    tight = {problem.station_ids[k] for k in np.flatnonzero(tight_connectors(problem))}
    for route in routes:
        if route.reloads or route.breaks:
            continue  # calls on the way that charges are counted between
        for charge in route.charges:
            if charge.station in tight:
                for places in _elsewhere(problem, route, charge):
                    others = tuple(other for other in route.charges if other is not charge)
                    found = _charged(problem, replace(route, charges=others), places)
                    column = timed(problem, best_timed(problem, found))
                    if column is not None:
                        yield column.route


def _elsewhere(
    problem: RoundsProblem, route: Route, charge: Charge
) -> Iterator[tuple[Charge, ...]]:
    """Give other places for a charge, and places where the rest of it can be taken."""
    for before in range(len(route.stops) + 1):
        for station in _near(problem, route, before):
            other = Charge(before, station, 0.0)
            if (station, before) != (charge.station, charge.before):
                yield (other,)
                if problem.recharge == "partial" and before != charge.before:
                    yield tuple(sorted((other, charge), key=_position))


def _near(problem: RoundsProblem, route: Route, before: int) -> list[str]:
    """Stations with the shortest detour before a stop, or before the end."""
    v = problem.vehicle_index[route.vehicle]
    stops = [problem.num_depots + problem.stop_index[stop] for stop in route.stops]
    nodes = [int(problem.vehicle_depot[v]), *stops, int(problem.end_depot[v])]
    first = problem.num_depots + problem.num_stops
    distance = problem.distance_of(v)
    detour = distance[nodes[before], first:] + distance[first:, nodes[before + 1]]
    detour = np.where(problem.curve_of[v] >= 0, detour, np.inf)
    order = np.argsort(detour, kind="stable")[:_STATIONS]
    return [problem.station_ids[k] for k in order.tolist() if np.isfinite(detour[k])]


def _charged(problem: RoundsProblem, route: Route, places: Sequence[Charge]) -> Route:
    """Return the round with more charges, each of which lasts it to the next, or to its end.

    When charges are full by the policy there is one, and it is full.
    """
    chosen: list[Charge] = []
    for i, place in enumerate(places):
        empty = [replace(later, kwh=0.0) for later in places[i:]]
        tried = _with(route, [*chosen, *empty])
        level = _levels(problem, tried, empty)
        if problem.recharge == "full":
            v = problem.vehicle_index[route.vehicle]
            kwh = float(problem.usable_kwh[v]) - level[0]
        else:
            kwh = max(0.0, -level[1])
        chosen.append(replace(place, kwh=kwh))
    return _with(route, [charge for charge in chosen if charge.kwh > 0.0])


def _with(route: Route, charges: Sequence[Charge]) -> Route:
    return replace(route, charges=tuple(sorted((*route.charges, *charges), key=_position)))


def _levels(problem: RoundsProblem, route: Route, empty: Sequence[Charge]) -> tuple[float, float]:
    """Level of the battery on arrival at the first empty charge, and the lowest up to the next."""
    figures = route_figures(problem, route)
    marks = [(charge.station, charge.before) for charge in empty]
    found: list[float] = []
    for event in events(problem, route, figures):
        if isinstance(event, BreakEvent):
            continue
        if isinstance(event, ChargeEvent):
            level = event.level_before_kwh
            mark = event.kwh == 0.0 and (event.station, event.before) in marks
            if found or mark:
                found.append(level)
                if mark and len(found) > 1:
                    return found[0], min(found[1:])
        elif found:
            found.append(event.level_kwh)
    return found[0], min([*found[1:], figures.end_kwh])


def _position(charge: Charge) -> int:
    return charge.before
