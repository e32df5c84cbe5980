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

from bundling.rounds.break_plan import break_plans
from bundling.rounds.breaks import BREAK_RULES, BreakRule
from bundling.rounds.departure import ALWAYS, SAME_S, Stage, Way, search_departure
from bundling.rounds.duty import breaks_lacking
from bundling.rounds.evaluate import route_figures
from bundling.rounds.itinerary import Call, itinerary
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Break, Route


@dataclass(frozen=True)
class Timing:
    """Times of a sequence.

    Attributes
    ----------
    departure_s, return_s
        Best departure, and the return that follows from it.
    late_s
        How much later than a window (or the depot's closing) the vehicle is at worst even when it
        leaves as soon as the depot opens; 0 when the sequence is feasible in time; infinite when it
        uses a way that is closed to the vehicle, or keeps no rule on breaks at any departure.
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
    if busy == math.inf:  # a way is closed
        return Timing(open_s, math.inf, math.inf)
    worst = max(worst, now - close_s)
    latest = min(latest, close_s - busy)
    # Leaving at `latest` at most: waiting inside can only shrink, windows stay met.
    departure = max(open_s, min(now - busy, latest))
    return Timing(departure, max(now, departure + busy), max(0.0, worst))


def sequence_timing(problem: RoundsProblem, vehicle: int, stops: Sequence[int]) -> Timing:
    """Return the best timing of `stops` (positions) driven by fleet entry `vehicle` in one trip.

    The trip leaves after the freight of all its stops is released. What `route_timing` says on
    periods, windows and breaks holds here too.
    """
    if problem.clock is not None or problem.other_tw_early_s.shape[1] or problem.break_rule:
        names = tuple(problem.stop_ids[s] for s in stops)
        return route_timing(problem, Route(problem.vehicle_ids[vehicle], names, 0.0))
    first, depot = problem.num_depots, int(problem.vehicle_depot[vehicle])
    last = int(problem.end_depot[vehicle])
    nodes = [depot, *(first + s for s in stops), last]
    factor, slow = float(problem.speed_factor[vehicle]), float(problem.service_factor[vehicle])
    times = problem.time_of(vehicle)
    return best_departure(
        [float(times[a, b]) / factor for a, b in pairwise(nodes)],
        [float(problem.service_s[s]) * slow for s in stops],
        [float(problem.tw_early_s[s]) for s in stops],
        [float(problem.tw_late_s[s]) for s in stops],
        _first_departure(problem, vehicle, stops),
        float(problem.depot_close_s[last]),
    )


def route_timing(problem: RoundsProblem, route: Route) -> Timing:
    """Return the best timing of a route as it is driven; its departure is not used.

    With several windows a stop, speeds by period of the day or a rule on breaks the departure is
    searched for (`departure`), otherwise it is computed in closed form. Breaks stay as they are;
    where no departure keeps the rule on breaks, the lateness is infinite, and so it is when a way
    is closed to the vehicle.

    Raises
    ------
    KeyError
        When the route names a vehicle, stop or station the problem does not have.
    ValueError
        When a charge, reload or break stands where it cannot be.
    """
    v = problem.vehicle_index[route.vehicle]
    special = problem.clock is not None or problem.other_tw_early_s.shape[1] or problem.break_rule
    if not (special or route.charges or route.reloads or route.breaks):
        return sequence_timing(problem, v, [problem.stop_index[stop] for stop in route.stops])
    way = _way(problem, route)
    if way.is_simple:
        stages = way.stages
        return best_departure(
            [stage.driving_s for stage in stages],
            [stage.lasts_s for stage in stages[:-1]],
            [stage.windows[0][0] for stage in stages[:-1]],
            [stage.windows[0][1] for stage in stages[:-1]],
            way.open_s,
            stages[-1].windows[0][1],
        )

    def keeps_breaks(departure_s: float) -> bool:
        tried = replace(route, departure_s=departure_s)
        return not breaks_lacking(problem, tried, route_figures(problem, tried))

    return Timing(*search_departure(way, keeps_breaks if way.parts_s else None))


def best_timed(problem: RoundsProblem, route: Route, near_s: float | None = None) -> Route:
    """Return `route` with the departure that makes it shortest.

    A route without breaks that needs some gets them, where that is possible in time: from departure
    `near_s` when that is known to do.
    """
    timing = route_timing(problem, route)
    planned = None
    if problem.break_rule and not route.breaks:
        if near_s is not None:
            planned = with_breaks(problem, route, near_s)
        if planned is None and math.isinf(timing.late_s):
            planned = with_breaks(problem, route)
    if planned is not None:
        rested = route_timing(problem, planned)
        if math.isinf(timing.late_s) or rested.duration_s < timing.duration_s - SAME_S:
            return planned
    return replace(route, departure_s=timing.departure_s)


def with_breaks(problem: RoundsProblem, route: Route, near_s: float | None = None) -> Route | None:
    """Return `route` with the breaks its driver needs, and the departure that suits them best.

    Breaks it has are planned anew. `break_plan` says how, looking at departure `near_s` only when
    there is one; None when no plan was found that is in time.
    """
    bare = replace(route, breaks=())
    rule = _rule(problem, problem.vehicle_index[route.vehicle])
    if rule is None:
        return replace(bare, departure_s=route_timing(problem, bare).departure_s)
    way = _way(problem, bare)
    steps = itinerary(problem, bare)
    places, position, calls = [], 0, 0
    for step in steps:
        places.append((position, calls))
        position, calls = (position + 1, 0) if step.call is Call.STOP else (position, calls + 1)
    works = [step.call is not Call.CHARGE for step in steps]
    best: tuple[float, Route] | None = None
    for lasts, taken in break_plans(way, rule, works, near_s):
        if best is not None and lasts >= best[0]:
            break
        breaks = tuple(
            Break(places[number][0], seconds, places[number][1]) for number, seconds in taken
        )
        planned = replace(bare, breaks=breaks)
        timing = route_timing(problem, planned)
        if timing.late_s <= SAME_S and (best is None or timing.duration_s < best[0]):
            best = timing.duration_s, replace(planned, departure_s=timing.departure_s)
    return None if best is None else best[1]


def _rule(problem: RoundsProblem, vehicle: int) -> BreakRule | None:
    name = problem.break_rule[vehicle] if problem.break_rule else ""
    return BREAK_RULES[name] if name else None


def _first_departure(problem: RoundsProblem, vehicle: int, stops: Sequence[int]) -> float:
    """When a trip with these stops can leave first: depot open, freight there and loaded."""
    opens = float(problem.depot_open_s[problem.vehicle_depot[vehicle]])
    released = max((float(problem.release_s[s]) for s in stops), default=0.0)
    return max(opens, released + float(problem.loading_s[vehicle])) if released > 0 else opens


def _way(problem: RoundsProblem, route: Route) -> Way:
    """All that bears on the times of `route`."""
    v = problem.vehicle_index[route.vehicle]
    depot, last = int(problem.vehicle_depot[v]), int(problem.end_depot[v])
    # Levels, and with them the seconds of every charge, are the same at any departure.
    charges = iter(route_figures(problem, replace(route, departure_s=0.0)).charges)
    trips = [[problem.stop_index[stop] for stop in trip] for trip in route.trips]
    factor, slow = float(problem.speed_factor[v]), float(problem.service_factor[v])
    time_s = problem.time_of(v)
    stages: list[Stage] = []
    here = depot
    for step in itinerary(problem, route):
        driving = 0.0
        if step.call is not Call.BREAK:
            driving = float(time_s[here, step.node]) / factor
        here, rest = step.node, 0.0
        if step.call is Call.STOP:
            lasts = float(problem.service_s[step.item]) * slow
            windows = problem.windows_of(step.item)
        elif step.call is Call.CHARGE:
            event = next(charges)
            lasts = rest = event.end_s - event.start_s
            opens = float(problem.station_open_s[step.item])
            windows = ((opens, float(problem.station_close_s[step.item]) - lasts),)
        elif step.call is Call.RELOAD:
            lasts = float(problem.reload_s[v])
            released = max(float(problem.release_s[s]) for s in trips[step.item])
            opens = max(float(problem.depot_open_s[depot]), released)
            windows = ((opens, float(problem.depot_close_s[depot]) - lasts),)
        elif step.call is Call.BREAK:
            lasts, windows = step.seconds, ALWAYS
            if stages and stages[-1].lasts_s == stages[-1].rest_s:  # goes on from a rest
                stages[-1] = stages[-1]._replace(rest_s=stages[-1].rest_s + lasts)
        else:
            lasts, windows = 0.0, ((-math.inf, float(problem.depot_close_s[last])),)
        stages.append(Stage(driving, windows, lasts, rest))
    rule = _rule(problem, v)
    return Way(
        tuple(stages),
        _first_departure(problem, v, trips[0]),
        problem.clock,
        rule.parts_s if rule else (),
    )
