"""Is a solution feasible? One private function a rule; no solver is imported here.

A rule counts as broken when it is exceeded by more than `TOLERANCE` times the size of the limit
(at least 1 unit). 1e-6 is what rounding to integers for the search can cost (milliseconds, 1e-7
of a vehicle's capacity per stop), and is far below what a driver, a scale or a battery meter can
see: 0.04 s at noon, 1 gram on a tonne.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bundling.result import Violation
from bundling.rounds.evaluate import RouteFigures, route_figures
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution, Route

TOLERANCE = 1e-6
"""Relative tolerance of every rule."""

_RULES_PER_ROUTE = 9
_RULES_PER_VISIT = 3


def check(problem: RoundsProblem, solution: RoundsSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible."""
    found = list(_known_ids(problem, solution))
    if found:  # the other rules cannot be looked at
        return found
    found += [*_each_stop_once(problem, solution), *_fleet_count(problem, solution)]
    for route in solution.routes:
        figures = route_figures(problem, route)
        for rule in (
            _not_empty,
            _depot_binding,
            _access,
            _capacity_kg,
            _capacity_m3,
            _time_windows,
            _shift,
            _depot_hours,
            _battery,
        ):
            found += rule(problem, route, figures)
    return found


def count_checks(problem: RoundsProblem, solution: RoundsSolution) -> int:
    """How many rules `check` looks at, counted per place where a rule applies."""
    visits = sum(len(route.stops) for route in solution.routes)
    routes = len(solution.routes)
    return (
        problem.num_stops
        + problem.num_vehicles
        + _RULES_PER_ROUTE * routes
        + _RULES_PER_VISIT * visits
    )


def exceeds(value: float, limit: float) -> bool:
    """Whether `value` is above `limit` by more than the tolerance."""
    return value - limit > TOLERANCE * max(1.0, abs(limit))


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


def _each_stop_once(problem: RoundsProblem, solution: RoundsSolution) -> Iterator[Violation]:
    served = Counter(stop for route in solution.routes for stop in route.stops)
    for stop in problem.stop_ids:
        if served[stop] != 1:
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


def _time_windows(
    problem: RoundsProblem, route: Route, figures: RouteFigures
) -> Iterator[Violation]:
    for visit in figures.visits:
        late = float(problem.tw_late_s[problem.stop_index[visit.stop]])
        if exceeds(visit.start_s, late):
            where = f"{visit.stop}, {_name(route)}"
            yield Violation("time window", where, visit.start_s - late, "s")


def _shift(problem: RoundsProblem, route: Route, figures: RouteFigures) -> Iterator[Violation]:
    limit = float(problem.shift_s[problem.vehicle_index[route.vehicle]])
    lasts = figures.return_s - figures.departure_s
    if exceeds(lasts, limit):
        yield Violation("shift", _name(route), lasts - limit, "s")


def _depot_hours(
    problem: RoundsProblem, route: Route, figures: RouteFigures
) -> Iterator[Violation]:
    depot = int(problem.vehicle_depot[problem.vehicle_index[route.vehicle]])
    opens, closes = float(problem.depot_open_s[depot]), float(problem.depot_close_s[depot])
    if exceeds(opens, figures.departure_s):
        amount = opens - figures.departure_s
        yield Violation("depot hours (departure)", _name(route), amount, "s")
    if exceeds(figures.return_s, closes):
        yield Violation("depot hours (return)", _name(route), figures.return_s - closes, "s")


def _battery(_: RoundsProblem, route: Route, figures: RouteFigures) -> Iterator[Violation]:
    # A combustion vehicle draws no kWh, so its usable 0 kWh never binds.
    if exceeds(figures.kwh, figures.usable_kwh):
        amount = figures.kwh - figures.usable_kwh
        yield Violation("battery", _name(route), amount, "kWh")
