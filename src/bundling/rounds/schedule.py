"""When should a vehicle leave? The departure that makes a given sequence shortest, exactly.

With waiting only before service, the return time as a function of the departure ``t`` is
``max(E, t + B)``: ``B`` is driving plus service, ``E`` the return when leaving as soon as the depot
opens. A departure is feasible up to ``L``, the latest one that meets every window. The duration
``max(E - t, B)`` is therefore shortest for every ``t`` in ``[E - B, L]``, or at ``L`` when that
interval is empty; the earliest such departure is taken, since an early return leaves more time to
charge. See Savelsbergh, "The vehicle routing problem with time windows: minimizing route
duration" (ORSA Journal on Computing 4, 1992).

How much a vehicle charges does not depend on when, so a charge of a given amount is a service with
the window ``[open, close - duration]``, and a reload one of `reload_s` that cannot start before
the freight of its trip is released. Overtime does not decrease with the duration, so the same
departure is cheapest, unless the price of a station changes by the hour: then only the duration is
shortest, and a departure in another hour may be cheaper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bundling.rounds.evaluate import route_figures
from bundling.rounds.itinerary import Call, itinerary
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Route


@dataclass(frozen=True)
class Timing:
    """Times of a sequence.

    Attributes
    ----------
    departure_s, return_s
        Best departure, and the return that follows from it.
    late_s
        How much later than a window (or the depot's closing) the vehicle is at worst even when it
        leaves as soon as the depot opens; 0 when the sequence is feasible in time.
    """

    departure_s: float
    return_s: float
    late_s: float

    @property
    def duration_s(self) -> float:
        """Seconds from departure to return."""
        return self.return_s - self.departure_s


def best_departure(
    driving_s: Sequence[float],
    service_s: Sequence[float],
    early_s: Sequence[float],
    late_s: Sequence[float],
    open_s: float,
    close_s: float,
) -> Timing:
    """Find the departure with the shortest duration for a fixed sequence of n stops.

    Parameters
    ----------
    driving_s
        Driving times of the n + 1 legs, from the depot and back to it.
    service_s, early_s, late_s
        Service time and window of the n stops.
    open_s, close_s
        Earliest departure and latest return.

    Returns
    -------
    Timing
        In O(n).
    """
    now, busy = open_s, 0.0
    latest = math.inf  # latest departure that still meets every window so far
    worst = 0.0
    for leg, service, early, late in zip(driving_s, service_s, early_s, late_s, strict=False):
        busy += leg
        now = max(now + leg, early)
        worst = max(worst, now - late)
        latest = min(latest, late - busy)
        now += service
        busy += service
    now += driving_s[-1]
    busy += driving_s[-1]
    worst = max(worst, now - close_s)
    latest = min(latest, close_s - busy)
    # Leaving at `latest` at most: waiting inside can only shrink, windows stay met.
    departure = max(open_s, min(now - busy, latest))
    return Timing(departure, max(now, departure + busy), max(0.0, worst))


def sequence_timing(problem: RoundsProblem, vehicle: int, stops: Sequence[int]) -> Timing:
    """Return the best timing of `stops` (positions) driven by fleet entry `vehicle` in one trip.

    The trip leaves after the freight of all its stops is released.
    """
    first, depot = problem.num_depots, int(problem.vehicle_depot[vehicle])
    last = int(problem.end_depot[vehicle])
    nodes = [depot, *(first + s for s in stops), last]
    factor, slow = float(problem.speed_factor[vehicle]), float(problem.service_factor[vehicle])
    times = problem.time_s
    released = max((float(problem.release_s[s]) for s in stops), default=0.0)
    return best_departure(
        [float(times[a, b]) / factor for a, b in pairwise(nodes)],
        [float(problem.service_s[s]) * slow for s in stops],
        [float(problem.tw_early_s[s]) for s in stops],
        [float(problem.tw_late_s[s]) for s in stops],
        max(float(problem.depot_open_s[depot]), released),
        float(problem.depot_close_s[last]),
    )


def route_timing(problem: RoundsProblem, route: Route) -> Timing:
    """Return the best timing of a route with its charges and reloads; its departure is not used.

    Raises
    ------
    KeyError
        When the route names a vehicle, stop or station the problem does not have.
    ValueError
        When a charge or reload stands where it cannot be.
    """
    v = problem.vehicle_index[route.vehicle]
    if not route.charges and not route.reloads:
        return sequence_timing(problem, v, [problem.stop_index[stop] for stop in route.stops])
    depot, last = int(problem.vehicle_depot[v]), int(problem.end_depot[v])
    # Levels, and with them the seconds of every charge, are the same at any departure.
    charges = iter(route_figures(problem, replace(route, departure_s=0.0)).charges)
    released = [
        max((float(problem.release_s[problem.stop_index[stop]]) for stop in trip), default=0.0)
        for trip in route.trips
    ]
    factor, slow = float(problem.speed_factor[v]), float(problem.service_factor[v])
    driving, service, early, late = [], [], [], []
    here = depot
    for step in itinerary(problem, route):
        driving.append(float(problem.time_s[here, step.node]) / factor)
        here = step.node
        if step.call is Call.STOP:
            lasts = float(problem.service_s[step.item]) * slow
            opens, closes = (
                float(problem.tw_early_s[step.item]),
                float(problem.tw_late_s[step.item]),
            )
        elif step.call is Call.CHARGE:
            event = next(charges)
            lasts = event.end_s - event.start_s
            opens = float(problem.station_open_s[step.item])
            closes = float(problem.station_close_s[step.item]) - lasts
        elif step.call is Call.RELOAD:
            lasts = float(problem.reload_s[v])
            opens = max(float(problem.depot_open_s[depot]), released[step.item])
            closes = float(problem.depot_close_s[depot]) - lasts
        else:
            break
        service.append(lasts)
        early.append(opens)
        late.append(closes)
    opens = max(float(problem.depot_open_s[depot]), released[0])
    return best_departure(driving, service, early, late, opens, float(problem.depot_close_s[last]))


def best_timed(problem: RoundsProblem, route: Route) -> Route:
    """Return `route` with the departure that makes it shortest."""
    return replace(route, departure_s=route_timing(problem, route).departure_s)
