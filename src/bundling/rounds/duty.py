"""What the driver of a round does when: the spells that rules on breaks look at."""

from __future__ import annotations

from collections.abc import Iterator

from bundling.rounds.breaks import BREAK_RULES, Spell, lacking
from bundling.rounds.figures import ChargeEvent, ReloadEvent, RouteFigures, Visit
from bundling.rounds.itinerary import Call, itinerary
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Route


def spells(problem: RoundsProblem, route: Route, figures: RouteFigures) -> list[Spell]:
    """Return the day of the driver of `route` in order; `figures` are those of the route.

    Waiting, charging and breaks are rest, of which a rule says what counts.
    """
    calls: dict[Call, Iterator[Visit | ChargeEvent | ReloadEvent]] = {
        Call.STOP: iter(figures.visits),
        Call.CHARGE: iter(figures.charges),
        Call.RELOAD: iter(figures.reloads),
    }
    breaks = iter(figures.breaks)
    now = figures.departure_s
    day: list[Spell] = []
    for step in itinerary(problem, route):
        if step.call is Call.BREAK:
            taken = next(breaks)
            day.append(Spell("rest", taken.start_s, taken.end_s))
            now = taken.end_s
            continue
        if step.call is Call.END:
            day.append(Spell("drive", now, figures.return_s))
            break
        event = next(calls[step.call])
        doing = "rest" if step.call is Call.CHARGE else "work"
        day += [
            Spell("drive", now, event.arrival_s),
            Spell("rest", event.arrival_s, event.start_s),
            Spell(doing, event.start_s, event.end_s),
        ]
        now = event.end_s
    return day


def breaks_lacking(
    problem: RoundsProblem, route: Route, figures: RouteFigures
) -> list[tuple[str, float]]:
    """Say what of its rule on breaks a round does not keep, and by how many seconds."""
    if not problem.break_rule:
        return []
    name = problem.break_rule[problem.vehicle_index[route.vehicle]]
    return list(lacking(BREAK_RULES[name], spells(problem, route, figures))) if name else []
