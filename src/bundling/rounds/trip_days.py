"""Trips one after the other as the day of a vehicle, exactly: loading, charging, departure.

Between two trips the vehicle comes back, loads for `reload_s`, and goes to a station when the
battery does not last for the next trip: at the depot where there is one, else at the smallest
detour. It charges what the trip needs (or all, under the policy ``"full"``). A trip that charges
after its last stop can only be the last of a day, since charges between a stop and a reload cannot
be told from those after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bundling.rounds.charging import price_eur_per_kwh
from bundling.rounds.coupling_timed import Timed, timed
from bundling.rounds.evaluate import route_figures
from bundling.rounds.fields import FloatArray, IntArray
from bundling.rounds.figures import BreakEvent, ChargeEvent, ReloadEvent
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.schedule import best_timed
from bundling.rounds.solution import Charge, Route
from bundling.rounds.timeline import events
from bundling.rounds.trip_profile import Trip
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

_TINY_KWH = 1e-9


def day_of(problem: RoundsProblem, trips: Sequence[Trip]) -> Timed | None:
    """Return the trips as one round of a vehicle; None when that breaks a rule."""
    v = trips[0].vehicle
    stops: list[int] = []
    charges: list[Charge] = []
    reloads: list[int] = []
    gaps: dict[int, Charge] = {}
    for number, trip in enumerate(trips):
        at = len(stops)
        if number:
            reloads.append(at)
            station = gap_station(problem, v, trip.stops[0])
            if station >= 0:
                gaps[number] = Charge(at, problem.station_ids[station], 0.0)
        charges += [replace(charge, before=charge.before + at) for charge in trip.charges]
        stops += trip.stops
    names = tuple(problem.stop_ids[s] for s in stops)
    route = Route(problem.vehicle_ids[v], names, 0.0, tuple(charges), tuple(reloads))
    if any(charge.before in reloads for charge in _ends(trips)):
        return None
    for number in range(1, len(trips)):
        route = _lasts(problem, route, number, gaps.get(number))
    if problem.recharge == "full":
        route = _filled(problem, route)
    return timed(problem, best_timed(problem, route))


def _ends(trips: Sequence[Trip]) -> list[Charge]:
    """Charges after the last stop of trips that are not the last, at their place in the day."""
    found: list[Charge] = []
    at = 0
    for trip in trips[:-1]:
        at += len(trip.stops)
        last = [charge for charge in trip.charges if charge.before == len(trip.stops)]
        found += [replace(charge, before=at) for charge in last]
    return found


def _lasts(problem: RoundsProblem, route: Route, number: int, gap: Charge | None) -> Route:
    """Add a charge before a trip where the battery would not last for it."""
    if gap is None or _lowest_kwh(problem, route, number) >= -_TINY_KWH:
        return route
    place = sum(charge.before < gap.before for charge in route.charges)

    def charged(kwh: float) -> Route:
        more = (*route.charges[:place], replace(gap, kwh=kwh), *route.charges[place:])
        return replace(route, charges=more)

    return charged(max(0.0, -_lowest_kwh(problem, charged(0.0), number)))  # by way of the station


def _lowest_kwh(problem: RoundsProblem, route: Route, number: int) -> float:
    """Lowest level of the battery on a trip that is not the first, on coming back included."""
    figures = route_figures(problem, route)
    trip, lowest = 0, float("inf")
    for event in events(problem, route, figures):
        if isinstance(event, BreakEvent):
            continue
        level = event.level_before_kwh if isinstance(event, ChargeEvent) else event.level_kwh
        if trip == number:
            lowest = min(lowest, level)
        trip += isinstance(event, ReloadEvent)
    return min(lowest, figures.end_kwh) if trip == number else lowest


def _filled(problem: RoundsProblem, route: Route) -> Route:
    """Let every charge end full."""
    full = float(problem.usable_kwh[problem.vehicle_index[route.vehicle]])
    for number in range(len(route.charges)):
        level = route_figures(problem, route).charges[number].level_before_kwh
        charges = list(route.charges)
        charges[number] = replace(charges[number], kwh=max(0.0, full - level))
        route = replace(route, charges=tuple(charges))
    return route


def gap_station(problem: RoundsProblem, vehicle: int, stop: int) -> int:
    """Station at which to charge on the way from the depot to a stop; -1 when there is none.

    The one with the least money for the detour, its time, and a battery charged there.
    """
    stations = np.flatnonzero(problem.curve_of[vehicle] >= 0)
    if not len(stations):
        return -1
    metres, seconds = detour(problem, vehicle, stop, stations)
    curves = problem.curve_of[vehicle, stations]
    full = float(problem.usable_kwh[vehicle])
    lasts = [
        float(np.interp(full, problem.curve_kwh[c], problem.curve_s[c])) for c in curves.tolist()
    ]
    noon = 12 * SECONDS_PER_HOUR
    prices = [price_eur_per_kwh(problem, int(k), noon) for k in stations]
    money = metres / METRES_PER_KM * float(problem.eur_per_km[vehicle])
    per_s = max(1e-6, float(problem.eur_per_h[vehicle]) / SECONDS_PER_HOUR)
    money = money + (seconds + np.array(lasts)) * per_s + np.array(prices) * full
    best = int(np.argmin(money))
    return int(stations[best]) if np.isfinite(money[best]) else -1


def detour(
    problem: RoundsProblem, vehicle: int, stop: int, stations: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Metres and seconds that going from the depot to a stop by way of stations takes more."""
    depot, there = int(problem.vehicle_depot[vehicle]), problem.num_depots + stop
    nodes = problem.num_depots + problem.num_stops + stations
    metres, seconds = (
        matrix[depot, nodes] + matrix[nodes, there] - matrix[depot, there]
        for matrix in (problem.distance_of(vehicle), problem.time_of(vehicle))
    )
    return metres, seconds / float(problem.speed_factor[vehicle])
