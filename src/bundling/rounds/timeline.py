"""What a vehicle does from minute to minute, how full its battery is, and what it draws where.

All of it is read from the figures of the rounds, so that plots and tables tell one story.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.figures import BreakEvent, ChargeEvent, ReloadEvent, RouteFigures, Visit
from bundling.rounds.itinerary import Call, itinerary
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution, Route
from bundling.units import SECONDS_PER_HOUR

FloatArray = NDArray[np.float64]
Event = Visit | ChargeEvent | ReloadEvent | BreakEvent

QUARTER_S = 900.0
"""Slot in which a Dutch grid connection is metered."""


class Doing(StrEnum):
    """What a vehicle spends its time on."""

    DRIVING = "driving"
    SERVICE = "service"
    WAITING = "waiting"
    CHARGING = "charging"
    RELOADING = "reloading"
    BREAK = "break"


@dataclass(frozen=True)
class Activity:
    """A stretch of time of one round.

    Attributes
    ----------
    doing
        What happens.
    start_s, end_s
        When, seconds since midnight.
    place
        Id of the stop, station or depot; where it drives to, when driving.
    """

    doing: Doing
    start_s: float
    end_s: float
    place: str


def events(problem: RoundsProblem, route: Route, figures: RouteFigures) -> Iterator[Event]:
    """Give what a round calls at between its depots, in the order in which it happens."""
    of: dict[Call, Iterator[Event]] = {
        Call.STOP: iter(figures.visits),
        Call.CHARGE: iter(figures.charges),
        Call.RELOAD: iter(figures.reloads),
        Call.BREAK: iter(figures.breaks),
    }
    for step in itinerary(problem, route):
        if step.call is not Call.END:
            yield next(of[step.call])


def activities(problem: RoundsProblem, route: Route, figures: RouteFigures) -> list[Activity]:
    """Split a round into activities without gaps, from departure to return; empty ones left out."""
    found: list[Activity] = []

    def add(doing: Doing, start_s: float, end_s: float, place: str) -> None:
        if end_s > start_s:
            found.append(Activity(doing, start_s, end_s, place))

    now, here = figures.departure_s, figures.depot
    for event in events(problem, route, figures):
        if isinstance(event, BreakEvent):
            add(Doing.BREAK, event.start_s, event.end_s, here)
        else:
            doing, here = _kind(event, figures)
            add(Doing.DRIVING, now, event.arrival_s, here)
            add(Doing.WAITING, event.arrival_s, event.start_s, here)
            add(doing, event.start_s, event.end_s, here)
        now = event.end_s
    add(Doing.DRIVING, now, figures.return_s, figures.end_depot)
    return found


def _kind(event: Visit | ChargeEvent | ReloadEvent, figures: RouteFigures) -> tuple[Doing, str]:
    if isinstance(event, Visit):
        return Doing.SERVICE, event.stop
    if isinstance(event, ChargeEvent):
        return Doing.CHARGING, event.station
    return Doing.RELOADING, figures.depot


def battery_levels(
    problem: RoundsProblem, route: Route, figures: RouteFigures
) -> tuple[FloatArray, FloatArray]:
    """Level of the battery above its reserve over the round, linear between the points.

    Returns
    -------
    tuple of numpy.ndarray
        Seconds since midnight and kWh. Driving is a straight line from call to call; a charge
        bends where its charging curve does.
    """
    v = problem.vehicle_index[figures.vehicle]
    times, levels = [figures.departure_s], [float(problem.start_kwh[v])]
    for event in events(problem, route, figures):
        if isinstance(event, BreakEvent):
            times += [event.start_s, event.end_s]
            levels += [levels[-1]] * 2
        elif isinstance(event, ChargeEvent):
            seconds, kwh = _charge(problem, v, event)
            times += [event.arrival_s, *seconds]
            levels += [event.level_before_kwh, *kwh]
        else:
            times += [event.arrival_s, event.end_s]
            levels += [event.level_kwh] * 2
    return np.array([*times, figures.return_s]), np.array([*levels, figures.end_kwh])


def _charge(
    problem: RoundsProblem, vehicle: int, event: ChargeEvent
) -> tuple[list[float], list[float]]:
    """Points of one charge along its curve, first and last included: seconds and kWh."""
    start, end = (event.start_s, event.level_before_kwh), (event.end_s, event.level_after_kwh)
    between: list[tuple[float, float]] = []
    curve = int(problem.curve_of[vehicle, problem.station_index[event.station]])
    if curve >= 0:
        kwh, seconds = problem.curve_kwh[curve], problem.curve_s[curve]
        begun = float(np.interp(event.level_before_kwh, kwh, seconds))
        between = [
            (event.start_s + float(at) - begun, float(level))
            for at, level in zip(seconds, kwh, strict=True)
            if event.level_before_kwh < level < event.level_after_kwh
        ]
    points = list(dict.fromkeys([start, *between, end]))
    return [at for at, _ in points], [level for _, level in points]


def station_kw(
    problem: RoundsProblem, rounds: Sequence[RouteFigures], edges_s: FloatArray
) -> dict[str, FloatArray]:
    """Mean power by station over the slots between `edges_s`, kW into the batteries.

    Stations without a charge are left out.
    """
    found: dict[str, FloatArray] = {}
    for figures in rounds:
        v = problem.vehicle_index[figures.vehicle]
        for event in figures.charges:
            seconds, kwh = _charge(problem, v, event)
            drawn = _mean_kw(np.array(seconds), np.array(kwh), edges_s)
            found[event.station] = found.get(event.station, 0.0 * drawn) + drawn
    return {station: found[station] for station in problem.station_ids if station in found}


def depot_kw(
    problem: RoundsProblem,
    solution: RoundsSolution,
    rounds: Sequence[RouteFigures],
    edges_s: FloatArray,
) -> dict[str, FloatArray]:
    """Mean power by depot over the slots between `edges_s`, kW into the batteries.

    As the solution plans it. Without a plan a vehicle is plugged in when it is back, and charges at
    its highest power until it has what it used beyond the charges on the way; the energy family
    does that better. Depots without a charge are left out.
    """
    found: dict[str, FloatArray] = {}
    for depot, from_s, to_s, kwh in _depot_charges(solution, rounds):
        drawn = _mean_kw(np.array([from_s, to_s]), np.array([0.0, kwh]), edges_s)
        found[depot] = found.get(depot, 0.0 * drawn) + drawn
    return {depot: found[depot] for depot in problem.depot_ids if depot in found}


def _depot_charges(
    solution: RoundsSolution, rounds: Sequence[RouteFigures]
) -> Iterator[tuple[str, float, float, float]]:
    """Depot, start, end and kWh of everything that is charged at depots after the rounds."""
    if solution.depot_charging:
        for charge in solution.depot_charging:
            start = charge.quarter * QUARTER_S
            yield rounds[charge.route].end_depot, start, start + QUARTER_S, charge.kwh
        return
    for figures in rounds:
        need, power = figures.depot_kwh, figures.charge_kw
        if need > 0.0 and power > 0.0:
            lasts = need / power * SECONDS_PER_HOUR
            yield figures.end_depot, figures.return_s, figures.return_s + lasts, need


def quarters(solution: RoundsSolution, rounds: Sequence[RouteFigures]) -> FloatArray:
    """Edges of the quarter hours from the first departure until all is charged, s."""
    first = min((figures.departure_s for figures in rounds), default=0.0) // QUARTER_S
    ends = [figures.return_s for figures in rounds]
    ends += [to_s for _, _, to_s, _ in _depot_charges(solution, rounds)]
    last = np.ceil(max(ends, default=0.0) / QUARTER_S - 1e-9)
    edges = first + np.arange(max(1, int(last - first)) + 1, dtype=np.float64)
    return np.asarray(QUARTER_S * edges, dtype=np.float64)


def _mean_kw(seconds: FloatArray, kwh: FloatArray, edges_s: FloatArray) -> FloatArray:
    """Energy that rises from ``kwh[0]`` to ``kwh[-1]``, as mean power in each slot."""
    gained = np.diff(np.interp(edges_s, seconds, kwh))
    return np.asarray(gained / np.diff(edges_s) * SECONDS_PER_HOUR, dtype=np.float64)
