"""Try a stop in a round that exists: where it fits best, or which rule it breaks there.

Every place is tried by driving the changed round (`evaluate`) and asking which rules it breaks
(`check`). When only the battery is short, existing charges are made as large as can be, then one
more charge, and another, is tried at the stations with the least detour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bundling.result import Violation
from bundling.rounds.check import route_violations
from bundling.rounds.check_charging import connectors
from bundling.rounds.evaluate import route_figures
from bundling.rounds.figures import RouteFigures
from bundling.rounds.itinerary import Call, itinerary
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.schedule import best_timed
from bundling.rounds.solution import Charge, Route
from bundling.rounds.tolerance import slack

_BATTERY = "battery"
_MOST_REPAIRED = 4
"""Places in a round for which more charging is tried; those with the fewest kWh short."""
_MORE_CHARGES = 2
_MOST_STATIONS = 12
"""Places for one more charge that are tried in one round."""


@dataclass(frozen=True)
class Trial:
    """A changed round.

    Attributes
    ----------
    route, figures
        The round, at its best departure, and what it costs and does.
    violations
        Rules it breaks; empty when it could be driven.
    """

    route: Route
    figures: RouteFigures
    violations: tuple[Violation, ...]

    @property
    def feasible(self) -> bool:
        """Whether the round breaks no rule."""
        return not self.violations

    @property
    def lacks_energy_only(self) -> bool:
        """Whether the battery is all that is wrong."""
        return {v.rule for v in self.violations} == {_BATTERY}

    @property
    def badness(self) -> tuple[int, bool, float, float]:
        """How bad the trial is, for sorting: rules broken, how much of the first, and the cost.

        A battery that is short counts as worse than another rule: charging can mend it, so what
        then binds is the other rule.
        """
        rules = {violation.rule for violation in self.violations}
        first = self.violations[0].amount if self.violations else 0.0
        return len(rules), _BATTERY in rules, first, self.figures.cost_eur


def attempt(problem: RoundsProblem, route: Route, beside: Sequence[RouteFigures] = ()) -> Trial:
    """Drive a round at its best departure, with breaks planned anew.

    Charges must find a free connector `beside` the other rounds, at that departure.
    """
    timed = best_timed(problem, replace(route, breaks=()))
    figures = route_figures(problem, timed)
    violations = tuple(route_violations(problem, timed, figures))
    if figures.charges and beside and not violations:
        violations = tuple(connectors(problem, (*beside, figures)))
    return Trial(timed, figures, violations)


def unit_of(problem: RoundsProblem, stop: int) -> tuple[int, ...]:
    """Positions of the stops that go together with `stop`: a paired pickup and its delivery."""
    pickup = int(problem.pair_of[stop])
    if pickup >= 0:
        return (pickup, stop)
    after = [s for s in range(problem.num_stops) if problem.pair_of[s] == stop]
    return (stop, *after)


def best_insertion(
    problem: RoundsProblem,
    route: Route,
    unit: Sequence[int],
    beside: Sequence[RouteFigures] = (),
) -> Trial:
    """Return the best way to add the stops of `unit`, in order, to a round."""
    changed = _insertions(problem, route, unit)
    return _best(problem, [attempt(problem, each, beside) for each in changed], beside)


def own_round(
    problem: RoundsProblem,
    vehicle: int,
    unit: Sequence[int],
    beside: Sequence[RouteFigures] = (),
) -> Trial:
    """Return the best round of fleet entry `vehicle` that serves the stops of `unit` only."""
    route = Route(problem.vehicle_ids[vehicle], tuple(problem.stop_ids[s] for s in unit), 0.0)
    return _best(problem, [attempt(problem, route, beside)], beside)


def _best(problem: RoundsProblem, trials: Sequence[Trial], beside: Sequence[RouteFigures]) -> Trial:
    best = min(trials, key=lambda trial: trial.badness)
    short = sorted((t for t in trials if t.lacks_energy_only), key=lambda trial: trial.badness)
    short = short[:_MOST_REPAIRED]
    for _ in range(_MORE_CHARGES if problem.num_stations else 0):
        if best.feasible or not short:
            break
        more = [again for trial in short for again in _charged(problem, trial.route, beside)]
        best = min([best, *more], key=lambda trial: trial.badness)
        short = [best] if best.lacks_energy_only else []
    return best


def _insertions(problem: RoundsProblem, route: Route, unit: Sequence[int]) -> Iterator[Route]:
    """Give `route` with the stops of `unit` put in, in every order-keeping way."""

    def put(changed: Route, rest: Sequence[int], first: int) -> Iterator[Route]:
        if not rest:
            yield changed
            return
        for position in range(first, len(changed.stops) + 1):
            for inserted in _put(changed, position, problem.stop_ids[rest[0]]):
                yield from put(inserted, rest[1:], position + 1)

    yield from put(replace(route, breaks=()), tuple(unit), 0)


def _put(route: Route, position: int, stop: str) -> Iterator[Route]:
    """Put a stop before ``stops[position]``: before what happens between the two, and after it."""
    between = any(c.before == position for c in route.charges) or position in route.reloads
    for keep in (False, True) if between else (False,):
        # What stands between keeps its position when the stop comes after it.
        moves = position + 1 if keep else position
        yield replace(
            route,
            stops=(*route.stops[:position], stop, *route.stops[position:]),
            charges=tuple(replace(c, before=c.before + (c.before >= moves)) for c in route.charges),
            reloads=tuple(r + (r >= moves) for r in route.reloads),
        )


def _charged(
    problem: RoundsProblem, route: Route, beside: Sequence[RouteFigures]
) -> Iterator[Trial]:
    """Try a round with more energy: larger charges first, then one more."""
    if route.charges:
        yield from _filled(problem, route, beside)
    more = sorted(_one_more(problem, route), key=lambda found: found[0])
    for _, changed in islice(more, _MOST_STATIONS):
        yield from _filled(problem, changed, beside)


def _one_more(problem: RoundsProblem, route: Route) -> Iterator[tuple[float, Route]]:
    """Give the round with one more charge, and the metres of its detour."""
    v = problem.vehicle_index[route.vehicle]
    ways, _, _ = problem.ways_of(v)
    first = problem.num_depots + problem.num_stops
    here = int(problem.vehicle_depot[v])
    position = 0
    stations = [k for k in range(problem.num_stations) if problem.curve_of[v, k] >= 0]
    for step in itinerary(problem, route):
        if step.call is Call.STOP or step.call is Call.END:
            for k in stations:
                detour = ways[here, first + k] + ways[first + k, step.node]
                charge = Charge(position, problem.station_ids[k], 0.0)
                before = tuple(c for c in route.charges if c.before <= position)
                after = tuple(c for c in route.charges if c.before > position)
                changed = replace(route, charges=(*before, charge, *after))
                yield float(detour - ways[here, step.node]), changed
            position += 1
        here = step.node


def _filled(
    problem: RoundsProblem, route: Route, beside: Sequence[RouteFigures]
) -> Iterator[Trial]:
    """Try a round whose charges fill the battery; then, if that may be, no more than is needed."""
    for number in range(len(route.charges)):
        event = route_figures(problem, route).charges[number]
        usable = float(problem.usable_kwh[problem.vehicle_index[route.vehicle]])
        route = _charge(route, number, max(0.0, usable - event.level_before_kwh))
    full = attempt(problem, route, beside)
    yield full
    if problem.recharge == "full" or any(v.rule == _BATTERY for v in full.violations):
        return
    for number in reversed(range(len(route.charges))):
        spare = max(0.0, min(_levels_after(route_figures(problem, route), number)))
        kwh = route.charges[number].kwh
        route = _charge(route, number, max(0.0, kwh - spare))
    figures = route_figures(problem, route)
    if -figures.lowest_kwh <= slack(figures.usable_kwh):
        yield attempt(problem, route, beside)


def _charge(route: Route, number: int, kwh: float) -> Route:
    charges = list(route.charges)
    charges[number] = replace(charges[number], kwh=kwh)
    return replace(route, charges=tuple(charges))


def _levels_after(figures: RouteFigures, number: int) -> Iterable[float]:
    """Levels on every arrival after a charge."""
    charge = figures.charges[number]
    yield figures.end_kwh
    yield from (visit.level_kwh for visit in figures.visits[charge.before :])
    yield from (later.level_before_kwh for later in figures.charges[number + 1 :])
    yield from (r.level_kwh for r in figures.reloads if r.before > charge.before)
