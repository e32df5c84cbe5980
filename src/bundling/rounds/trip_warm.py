"""Days of several trips from PyVRP, for vehicles that never run empty: where to begin.

PyVRP plans several trips a day well but knows no charging. It is asked for days in which the
battery is not looked at and every loading takes as long as loading and some charging would. Cut
into trips, with charges by the labels where a trip needs some, its days join the pool of trips.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from bundling.rounds.coupling import released_loaded
from bundling.rounds.electric.pooled import with_charges
from bundling.rounds.parts import independent_parts
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.reach import find_reach
from bundling.rounds.search import Found, search
from bundling.rounds.sequenced import Sequenced
from bundling.rounds.trip_choice import Days
from bundling.rounds.without_battery import without_battery

SHARES = (0.0, 0.4)
"""Parts of a whole battery that are charged at each loading, one run each."""
_MOST_DAYS = 150


def add_warm(
    problem: RoundsProblem,
    days: Days,
    share: float,
    *,
    seed: int,
    stop: Callable[[int], bool],
) -> int:
    """Put the trips and days of a PyVRP run into `days`; return its iterations.

    Parameters
    ----------
    share
        Part of a battery charged at each loading.
    stop
        Asked with the iterations done; True ends the run.
    """
    relaxed = without_battery(problem, share)
    if relaxed is None:
        return 0
    iterations = 0
    best: list[Sequenced] = []
    for part in independent_parts(find_reach(relaxed).possible(relaxed)):
        found = Found()
        search(
            released_loaded(relaxed), part, seed=seed, stop=lambda done, _: stop(done), found=found
        )
        iterations += found.iterations
        pool = sorted(found.pool, key=lambda day: (found.pool[day], day))[:_MOST_DAYS]
        best += found.best
        _add_days(problem, days, list(dict.fromkeys([*found.best, *pool])))
    _add_days(problem, days, best, together=True)
    return iterations


def _add_days(
    problem: RoundsProblem, days: Days, found: list[Sequenced], *, together: bool = False
) -> None:
    cut = [list(_trips(day)) for day in found]
    sequences = list(dict.fromkeys(trip for trips in cut for trip in trips))
    routes = with_charges(problem.replace(max_trips=None), sequences)
    kept = [(trip, route) for trip, route in zip(sequences, routes, strict=True) if route]
    # The best stand last, as the latest.
    added = days.add_trips(route for _, route in reversed(kept))
    trip_of = dict(zip((trip for trip, _ in reversed(kept)), added, strict=True))
    made = [
        tuple(trip_of[trip] for trip in trips)
        for trips in cut
        if all(trip in trip_of for trip in trips)
    ]
    if together:
        days.offer(made)
        return
    for day in made:
        days.add_day(day)


def _trips(day: Sequenced) -> Iterator[tuple[int, tuple[int, ...]]]:
    ends = (0, *day.reloads, len(day.stops))
    for a, b in pairwise(ends):
        yield day.vehicle, day.stops[a:b]
