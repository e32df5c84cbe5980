"""Rounds with their departure, and what each takes of what rounds share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from bundling.rounds.check import route_violations
from bundling.rounds.connection import depot_kwh, presence, station_load_kwh, stays_s
from bundling.rounds.evaluate import route_figures
from bundling.rounds.figures import RouteFigures
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Route
from bundling.rounds.tolerance import exceeds
from bundling.units import SECONDS_PER_HOUR

_BISECTIONS = 40
_SAME_S = 1e-6


class Use(NamedTuple):
    """A dock or a connector that is taken for some time; places are depots first, then stations."""

    place: int
    start_s: float
    end_s: float


class Cell(NamedTuple):
    """A quarter hour in which a vehicle can charge at its end depot."""

    quarter: int
    most_kwh: float
    eur_per_kwh: float


@dataclass(frozen=True)
class Timed:
    """A round that breaks no rule by itself, at one departure.

    Attributes
    ----------
    problem, route, figures
        The round and what it does.
    vehicle, stops
        Positions of the fleet entry and of the stops in order.
    """

    problem: RoundsProblem
    route: Route
    figures: RouteFigures
    vehicle: int
    stops: tuple[int, ...]

    @property
    def eur(self) -> float:
        """Cost of the round, charging at the depot by the quarter not included."""
        return self.figures.cost_eur

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Docks and connectors in a fixed order, whatever the departure."""
        problem, figures = self.problem, self.figures
        depot = int(problem.vehicle_depot[self.vehicle])
        loading = float(problem.loading_s[self.vehicle])
        first = Use(depot, figures.departure_s - loading, figures.departure_s)
        docks = [Use(depot, event.start_s, event.end_s) for event in figures.reloads]
        plugs = [
            Use(problem.num_depots + problem.station_index[e.station], e.start_s, e.end_s)
            for e in figures.charges
        ]
        return (first, *docks, *plugs)

    @cached_property
    def station_kwh(self) -> dict[tuple[int, int], float]:
        """Energy taken at stations behind a depot's connection, by depot and quarter."""
        return station_load_kwh(self.problem, [self.figures])

    @property
    def depot_kwh(self) -> float:
        """Energy to be taken at the end depot."""
        return depot_kwh(self.figures)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Quarters in which the end depot can give that energy; none when it takes none."""
        if self.depot_kwh <= 0.0:
            return ()
        prices = self.problem.depot_eur_per_kwh[self.problem.end_depot[self.vehicle]]
        return tuple(
            Cell(
                quarter,
                stays_s(self.problem, self.figures, quarter)
                * self.figures.charge_kw
                / SECONDS_PER_HOUR,
                float(prices[quarter % len(prices)]),
            )
            for quarter in presence(self.problem, self.figures)
        )


def timed(problem: RoundsProblem, route: Route) -> Timed | None:
    """Look at a round at its departure; None when it breaks a rule by itself.

    One of the rules is that there is time enough at the depot to charge what was drawn.
    """
    figures = route_figures(problem, route)
    if next(route_violations(problem, route, figures), None) is not None:
        return None
    found = Timed(
        problem,
        route,
        figures,
        problem.vehicle_index[route.vehicle],
        tuple(problem.stop_index[stop] for stop in route.stops),
    )
    if problem.plans_depot_charging:
        room = math.fsum(cell.most_kwh for cell in found.cells)
        if exceeds(found.depot_kwh, room):
            return None
    return found


def departures(
    problem: RoundsProblem, route: Route, steps_s: Sequence[float], most: int
) -> Iterator[Timed]:
    """Give a round as it is, and earlier and later by up to `most` of each step, nearest first.

    Only those that break no rule by themselves are given.
    """
    now = float(route.departure_s)
    offsets = {k * step for step in steps_s for k in range(-most, most + 1)} | {0.0}
    for offset in sorted(offsets, key=lambda offset: (abs(offset), offset)):
        column = timed(problem, replace(route, departure_s=now + offset))
        if column is not None:
            yield column


def extremes(problem: RoundsProblem, route: Route) -> Iterator[Timed]:
    """Give a round at its first and its last departure, as far as they break no rule."""
    v = problem.vehicle_index[route.vehicle]
    released = max(float(problem.release_s[problem.stop_index[stop]]) for stop in route.trips[0])
    first = float(problem.depot_open_s[problem.vehicle_depot[v]])
    if released > 0:
        first = max(first, released + float(problem.loading_s[v]))
    # Leaving earlier than the first service asks for is waiting, which the shift limits.
    back = route_figures(problem, replace(route, departure_s=first)).return_s
    first = max(first, back - float(problem.shift_s[v]))
    earliest = timed(problem, replace(route, departure_s=first))
    if earliest is not None:
        yield earliest
    # Later than a departure that is too late is too late as well.
    good, bad = float(route.departure_s), float(problem.depot_close_s[problem.end_depot[v]])
    for _ in range(_BISECTIONS):
        middle = (good + bad) / 2
        if _in_time(problem, route_figures(problem, replace(route, departure_s=middle))):
            good = middle
        else:
            bad = middle
    latest = timed(problem, replace(route, departure_s=good))
    if latest is not None and good > route.departure_s:
        yield latest


def _in_time(problem: RoundsProblem, figures: RouteFigures) -> bool:
    """Whether all begins and ends in time to the letter, without the tolerance of the rules."""
    v = problem.vehicle_index[figures.vehicle]
    closes = float(problem.depot_close_s[problem.vehicle_depot[v]])
    return (
        all(
            any(early <= visit.start_s <= late for early, late in problem.windows_of(s))
            for visit in figures.visits
            for s in (problem.stop_index[visit.stop],)
        )
        and all(
            event.end_s <= float(problem.station_close_s[problem.station_index[event.station]])
            for event in figures.charges
        )
        and all(event.end_s <= closes for event in figures.reloads)
        and figures.return_s <= float(problem.depot_close_s[problem.end_depot[v]])
    )


def moved(column: Timed, moment: Callable[[Timed], float], target_s: float) -> Timed | None:
    """Return a round with the departure that makes a moment of it come at `target_s`.

    `moment` must not decrease with the departure. None when no departure does so without breaking
    a rule.
    """
    problem, route = column.problem, column.route

    def at(departure_s: float) -> Timed:
        tried = replace(route, departure_s=departure_s)
        figures = route_figures(problem, tried)
        return Timed(problem, tried, figures, column.vehicle, column.stops)

    shift = target_s - moment(column)
    low, high = sorted((route.departure_s, route.departure_s + shift))
    found = at(route.departure_s + shift)  # exact where nothing waits in between
    if abs(moment(found) - target_s) > _SAME_S:
        if shift > 0:  # waiting takes up some of it
            high += SECONDS_PER_HOUR
        else:
            low -= SECONDS_PER_HOUR
        for _ in range(_BISECTIONS):
            found = at((low + high) / 2)
            if moment(found) < target_s:
                low = found.route.departure_s
            else:
                high = found.route.departure_s
        if abs(moment(found) - target_s) > 1e-3:
            return None
    return timed(problem, found.route)


def touching(
    columns: Sequence[Timed],
    anchors: Callable[[Timed], Iterable[Timed]],
    number: Sequence[int],
    longest: int,
) -> Iterator[Timed]:
    """Give rounds moved so that what they take begins as another's ends, or ends as it begins.

    At each place the order of the rounds is kept: from every round, at several departures, those
    after it follow without a gap, and those before it precede.

    Parameters
    ----------
    columns
        Rounds chosen together.
    anchors
        Departures of a round to begin a chain from.
    number
        How many can take each place at once; with two the next but one follows without a gap.
    longest
        Rounds moved each way from one.
    """
    taken: dict[int, list[tuple[Use, int, int]]] = {}
    for i, column in enumerate(columns):
        for k, use in enumerate(column.uses):
            if use.end_s > use.start_s:
                taken.setdefault(use.place, []).append((use, i, k))
    for place, uses in taken.items():
        uses.sort()
        row = [(columns[i], k) for _, i, k in uses]
        stride = max(1, int(number[place]))
        for at, (column, k) in enumerate(row):
            for anchor in (column, *anchors(column)):
                after, before = row[at + stride :: stride], row[: at + 1][::-1][stride::stride]
                yield from _chain(anchor, k, after[:longest], follow=True)
                yield from _chain(anchor, k, before[:longest], follow=False)


def _chain(
    anchor: Timed, k: int, others: Sequence[tuple[Timed, int]], *, follow: bool
) -> Iterator[Timed]:
    """Move others one by one to where the one before them ends, or to end where it begins."""
    last, which = anchor, k
    for other, number in others:
        use, edge = other.uses[number], last.uses[which]
        target = edge.end_s if follow else edge.start_s - (use.end_s - use.start_s)
        found = None if other.route == last.route else moved(other, _start_of(number), target)
        if found is None:
            return
        yield found
        last, which = found, number


def back_by_quarters(columns: Iterable[Timed], quarter_s: float, most: int) -> Iterator[Timed]:
    """Give rounds moved so that they are back as a quarter hour begins, up to `most` each way."""
    for column in columns:
        begun = column.figures.return_s // quarter_s
        for k in range(-most, most + 1):
            found = moved(column, _return_of, (begun + k) * quarter_s)
            if found is not None:
                yield found


def _start_of(k: int) -> Callable[[Timed], float]:
    return lambda column: column.uses[k].start_s


def _return_of(column: Timed) -> float:
    return column.figures.return_s
