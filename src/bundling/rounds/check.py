"""Is a solution feasible? One private function a rule; no solver is imported here.

A rule counts as broken when it is exceeded by more than `TOLERANCE` times the size of the limit
(at least 1 unit). 1e-6 is what rounding to integers for the search can cost (milliseconds, 1e-7
of a vehicle's capacity per stop), and is far below what a driver, a scale or a battery meter can
see: 0.04 s at noon, 1 gram on a tonne.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from bundling.result import Violation
from bundling.rounds import check_charging, check_depots, check_places
from bundling.rounds.defaults import UNLIMITED
from bundling.rounds.duty import breaks_lacking
from bundling.rounds.evaluate import RouteFigures, route_figures
from bundling.rounds.itinerary import misplaced
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution, Route
from bundling.rounds.tolerance import TOLERANCE as TOLERANCE
from bundling.rounds.tolerance import exceeds as exceeds
from bundling.rounds.windows import late_by_s
from bundling.units import METRES_PER_KM

_RULES_PER_ROUTE = 9
_RULES_PER_VISIT = 3
_RULES_PER_RELOAD = 2
_RULES_PER_CHARGE = 5


def check(problem: RoundsProblem, solution: RoundsSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible."""
    found = [
        *_known_ids(problem, solution),
        *_can_be_driven(solution),
        *check_depots.known_charges(solution),
    ]
    if found:  # the other rules cannot be looked at
        return found
    found += [*_each_stop_once(problem, solution), *_fleet_count(problem, solution)]
    found += check_places.pairs(problem, solution)
    rounds = [route_figures(problem, route) for route in solution.routes]
    for route, figures in zip(solution.routes, rounds, strict=True):
        found += route_violations(problem, route, figures)
    found += check_charging.connectors(problem, rounds)
    found += check_depots.docks(problem, rounds)
    for depot_rule in (
        check_depots.charging_power,
        check_depots.recharged,
        check_depots.connection,
    ):
        found += depot_rule(problem, solution, rounds)
    return found


def route_violations(
    problem: RoundsProblem, route: Route, figures: RouteFigures
) -> Iterator[Violation]:
    """List every rule that one route breaks by itself; `figures` are its own."""
    name = _name(route)
    for rule in (
        _not_empty,
        _depot_binding,
        _access,
        _capacity_kg,
        _capacity_m3,
        _capacity_rolls,
        _time_windows,
        _shift,
        _depot_hours,
        _release,
        _trips,
        _distance,
        _breaks,
    ):
        yield from rule(problem, route, figures)
    yield from check_places.closed_arc(problem, route, name)
    for charging_rule in (
        check_charging.battery,
        check_charging.battery_full,
        check_charging.may_charge,
        check_charging.station_hours,
        check_charging.full_recharge,
    ):
        yield from charging_rule(problem, figures, name)


def count_checks(problem: RoundsProblem, solution: RoundsSolution) -> int:
    """How many rules `check` looks at, counted per place where a rule applies."""
    visits = sum(len(route.stops) for route in solution.routes)
    routes = len(solution.routes)
    vehicles = [problem.vehicle_index[route.vehicle] for route in solution.routes]
    limited = sum(
        sum(math.isfinite(limit[v]) for v in vehicles)
        for limit in (problem.capacity_rolls, problem.max_distance_m)
    )
    return (
        problem.num_stops
        + problem.num_vehicles
        + problem.num_stations
        + _RULES_PER_ROUTE * routes
        + _RULES_PER_VISIT * visits
        + _RULES_PER_RELOAD * sum(len(route.reloads) for route in solution.routes)
        + _RULES_PER_CHARGE * sum(len(route.charges) for route in solution.routes)
        + limited
        + (routes if (problem.release_s > 0).any() else 0)
        + _count_extras(problem, solution, vehicles)
    )


def _count_extras(problem: RoundsProblem, solution: RoundsSolution, vehicles: list[int]) -> int:
    """Count the checks of what most problems do not have."""
    rules = problem.break_rule
    return (
        int((problem.pair_of >= 0).sum())
        + sum(bool(problem.matrix_of[v]) for v in vehicles)
        + sum(bool(rules and rules[v]) for v in vehicles)
        + (len(vehicles) if problem.plans_depot_charging else 0)
        + int((problem.docks < UNLIMITED).sum())
        + int(np.isfinite(problem.depot_kw).any(axis=1).sum())
        + len(solution.depot_charging)
    )


def _name(route: Route) -> str:
    first = route.stops[0] if route.stops else "no stop"
    return f"route of {route.vehicle} starting at {first}"


def _known_ids(problem: RoundsProblem, solution: RoundsSolution) -> Iterator[Violation]:
    for route in solution.routes:
        if route.vehicle not in problem.vehicle_index:
            yield Violation("vehicle is known", route.vehicle, 1, "vehicle")
        for stop in route.stops:
            if stop not in problem.stop_index:
                yield Violation("stop is known", stop, 1, "stop")
        for charge in route.charges:
            if charge.station not in problem.station_index:
                yield Violation("station is known", charge.station, 1, "station")


def _can_be_driven(solution: RoundsSolution) -> Iterator[Violation]:
    for route in solution.routes:
        for words in misplaced(route):
            yield Violation("route can be driven", f"{_name(route)} ({words})", 1, "place")


def _each_stop_once(problem: RoundsProblem, solution: RoundsSolution) -> Iterator[Violation]:
    served = Counter(stop for route in solution.routes for stop in route.stops)
    for s, stop in enumerate(problem.stop_ids):
        optional = not served[stop] and math.isfinite(problem.prize_eur[s])
        if served[stop] != 1 and not optional:
            rule = "each stop once" if served[stop] else "each stop once (not served)"
            yield Violation(rule, stop, abs(served[stop] - 1), "visits")


def _fleet_count(problem: RoundsProblem, solution: RoundsSolution) -> Iterator[Violation]:
    used = Counter(route.vehicle for route in solution.routes)
    for v, vehicle in enumerate(problem.vehicle_ids):
        over = used[vehicle] - int(problem.count[v])
        if over > 0:
            yield Violation("number of vehicles", vehicle, over, "vehicles")


def _not_empty(_: RoundsProblem, route: Route, __: RouteFigures) -> Iterator[Violation]:
    if not route.stops:
        yield Violation("a route has stops", _name(route), 1, "empty route")


def _depot_binding(problem: RoundsProblem, route: Route, _: RouteFigures) -> Iterator[Violation]:
    v = problem.vehicle_index[route.vehicle]
    for stop in route.stops:
        if not problem.same_depot[v, problem.stop_index[stop]]:
            yield Violation(
                "stop is served from its own depot", f"{stop}, {_name(route)}", 1, "stop"
            )


def _access(problem: RoundsProblem, route: Route, _: RouteFigures) -> Iterator[Violation]:
    v = problem.vehicle_index[route.vehicle]
    for stop in route.stops:
        rule = int(problem.barred[v, problem.stop_index[stop]])
        if rule:
            where = f"{stop}, {_name(route)} ({problem.bar_rules[rule - 1]})"
            yield Violation("vehicle may go to the stop", where, 1, "stop")


def _capacity_kg(
    problem: RoundsProblem, route: Route, figures: RouteFigures
) -> Iterator[Violation]:
    limit = float(problem.capacity_kg[problem.vehicle_index[route.vehicle]])
    if exceeds(figures.peak_kg, limit):
        yield Violation("vehicle capacity (kg)", _name(route), figures.peak_kg - limit, "kg")


def _capacity_m3(
    problem: RoundsProblem, route: Route, figures: RouteFigures
) -> Iterator[Violation]:
    limit = float(problem.capacity_m3[problem.vehicle_index[route.vehicle]])
    if exceeds(figures.peak_m3, limit):
        yield Violation("vehicle capacity (m3)", _name(route), figures.peak_m3 - limit, "m3")


def _capacity_rolls(
    problem: RoundsProblem, route: Route, figures: RouteFigures
) -> Iterator[Violation]:
    limit = float(problem.capacity_rolls[problem.vehicle_index[route.vehicle]])
    if exceeds(figures.peak_rolls, limit):
        amount = figures.peak_rolls - limit
        yield Violation("vehicle capacity (rolls)", _name(route), amount, "rolls")


def _time_windows(
    problem: RoundsProblem, route: Route, figures: RouteFigures
) -> Iterator[Violation]:
    for visit in figures.visits:
        s = problem.stop_index[visit.stop]
        late = float(problem.tw_late_s[s])
        if exceeds(visit.start_s, late):
            amount = visit.start_s - late
            if problem.stop_rows[s].windows:
                amount = late_by_s(problem.stop_rows[s].windows, visit.start_s)
            if amount > 0:
                yield Violation("time window", f"{visit.stop}, {_name(route)}", amount, "s")


def _shift(problem: RoundsProblem, route: Route, figures: RouteFigures) -> Iterator[Violation]:
    limit = float(problem.shift_s[problem.vehicle_index[route.vehicle]])
    lasts = figures.return_s - figures.departure_s
    if exceeds(lasts, limit):
        yield Violation("shift", _name(route), lasts - limit, "s")


def _depot_hours(
    problem: RoundsProblem, route: Route, figures: RouteFigures
) -> Iterator[Violation]:
    v = problem.vehicle_index[route.vehicle]
    first, last = int(problem.vehicle_depot[v]), int(problem.end_depot[v])
    opens, closes = float(problem.depot_open_s[first]), float(problem.depot_close_s[first])
    if exceeds(opens, figures.departure_s):
        amount = opens - figures.departure_s
        yield Violation("depot hours (departure)", _name(route), amount, "s")
    for event in figures.reloads:  # loading waits for the opening
        if exceeds(event.end_s, closes):
            where = f"{problem.depot_ids[first]}, {_name(route)}"
            yield Violation("depot hours (reload)", where, event.end_s - closes, "s")
    closes = float(problem.depot_close_s[last])
    if exceeds(figures.return_s, closes):
        yield Violation("depot hours (return)", _name(route), figures.return_s - closes, "s")


def _release(problem: RoundsProblem, route: Route, figures: RouteFigures) -> Iterator[Violation]:
    # Later trips load after the release by their definition; the first leaves when it is told to.
    loading = float(problem.loading_s[problem.vehicle_index[route.vehicle]])
    for stop in route.trips[0]:
        release = float(problem.release_s[problem.stop_index[stop]])
        release += loading if release > 0 else 0.0
        if exceeds(release, figures.departure_s):
            amount = release - figures.departure_s
            yield Violation("release time", f"{stop}, {_name(route)}", amount, "s")


def _trips(problem: RoundsProblem, route: Route, _: RouteFigures) -> Iterator[Violation]:
    over = len(route.trips) - int(problem.max_trips[problem.vehicle_index[route.vehicle]])
    if over > 0:
        yield Violation("number of trips", _name(route), over, "trips")


def _breaks(problem: RoundsProblem, route: Route, figures: RouteFigures) -> Iterator[Violation]:
    for words, seconds in breaks_lacking(problem, route, figures):
        yield Violation(f"driver breaks ({words})", _name(route), seconds, "s")


def _distance(problem: RoundsProblem, route: Route, figures: RouteFigures) -> Iterator[Violation]:
    limit = float(problem.max_distance_m[problem.vehicle_index[route.vehicle]])
    metres = figures.km * METRES_PER_KM
    if exceeds(metres, limit):
        yield Violation("longest distance", _name(route), metres - limit, "m")
