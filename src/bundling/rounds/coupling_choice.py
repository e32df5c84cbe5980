"""Which rounds are driven and when they leave, with all that they share: docks, plugs, power.

The rounds a search found are looked at as they are; when they do not go together, or charging at
their depots may be cheaper at another hour, a choice is made among the rounds of the search at
several departures (`coupling_model`). Departures at which a round begins to load, or to charge,
just as another ends are added and the choice is made again, as long as that helps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from bundling.rounds.connection import QUARTER_S
from bundling.rounds.coupling import limited_depots, tight_connectors, tight_docks
from bundling.rounds.coupling_model import choose_timed, tie_eur
from bundling.rounds.coupling_plan import Together, as_planned
from bundling.rounds.coupling_pool import promising
from bundling.rounds.coupling_timed import (
    Timed,
    back_by_quarters,
    departures,
    extremes,
    touching,
)
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Route

_MOST_POOLED = 300
"""Rounds beside the best ones that are in the choice."""
_MOST_COLUMNS, _MOST_CELLS = 6_000, 30_000
"""Rounds at a departure, and their quarter hours at depots with a limit."""
_STEPS, _MOST_STEPS, _POOL_STEPS = 8, 48, 2
"""Steps by which rounds of the best solution, and others, are moved each way."""
_FEW = 60
"""So few rounds of the pool are moved as much as the best ones."""
_PAIRS = 16
"""Of so few rounds any two are moved to follow each other."""
_CHOICES = 8
_CHAIN = 8
"""Rounds that are moved each way to follow one another without a gap."""
_POOL_SHARE = 0.3
"""Part of the time in which rounds of the pool are looked at."""


def fit_together(
    problem: RoundsProblem,
    best: Sequence[Route],
    pool: Iterable[Route],
    *,
    least_eur: float,
    time_left: Callable[[], float],
    seed: int,
) -> Together:
    """Choose rounds and departures that keep all limits at the least cost found.

    Parameters
    ----------
    problem
        With docks, connectors and power.
    best
        The best rounds of a search that knew nothing of them, each at its best departure.
    pool
        Other rounds to choose from.
    least_eur
        What the best rounds cost for that search; nothing cheaper is looked for.
    time_left
        Seconds that may still be taken.
    seed
        For HiGHS.
    """
    now = as_planned(problem, best)
    if now.solution is not None and now.eur <= least_eur + 1e-6:
        return now
    choice = _Choice(problem, time_left, seed)
    choice.add_best(best)
    choice.add_pool([*best, *pool])
    choice.add_touching(best)
    return choice.run(now)


class _Choice:
    """Rounds at departures so far, and the choice among them."""

    def __init__(self, problem: RoundsProblem, time_left: Callable[[], float], seed: int) -> None:
        self.problem, self.time_left, self.seed = problem, time_left, seed
        self.columns: dict[Route, Timed] = {}
        self.base_s: dict[Route, float] = {}  # by the round at departure 0, as are the anchors
        self.anchors: dict[Route, list[Timed]] = {}
        self.cells = 0
        self.limited = limited_depots(problem)
        steps: set[float] = set()
        if tight_docks(problem).any():
            steps |= {float(s) for s in problem.loading_s if s > 0}
            steps |= {float(s) for s in problem.reload_s[problem.max_trips > 1] if s > 0}
        if tight_connectors(problem).any() or problem.plans_depot_charging:
            steps.add(QUARTER_S)
        self.steps_s = sorted(steps)
        self.number = [*problem.docks.tolist(), *problem.connectors.tolist()]

    @property
    def full(self) -> bool:
        """Whether a larger choice would be too hard."""
        return len(self.columns) >= _MOST_COLUMNS or self.cells >= _MOST_CELLS

    def add(self, columns: Iterable[Timed], until: float = -math.inf) -> None:
        """Add rounds at departures, as long as more than `until` seconds are left."""
        for column in columns:
            if self.time_left() < until:
                break
            if column.route not in self.columns:
                self.columns[column.route] = column
                if self.limited[self.problem.end_depot[column.vehicle]]:
                    self.cells += len(column.cells)

    def add_round(self, route: Route, most: int, *, ends: bool) -> None:
        """Add a round at its departure, some earlier and later, and the first and last there is."""
        key = _undated(route)
        self.base_s[key] = route.departure_s
        found = list(departures(self.problem, route, self.steps_s, most))
        outer = list(extremes(self.problem, route)) if ends else []
        self.anchors[key] = [*found[:1], *outer]
        self.add([*found, *outer])

    def add_best(self, best: Sequence[Route]) -> None:
        """Add the rounds of the best solution, which are moved most."""
        for route in best:
            self.add_round(route, min(_MOST_STEPS, max(_STEPS, len(best))), ends=True)

    def add_pool(self, pool: Sequence[Route]) -> None:
        """Add what else there is room and time for; `pool` serves every stop."""
        until = (1.0 - _POOL_SHARE) * self.time_left()
        chosen = promising(
            self.problem, pool, _MOST_POOLED, time_limit=_POOL_SHARE * self.time_left()
        )
        for route in chosen:
            if self.full or self.time_left() < until:
                break
            if _undated(route) not in self.base_s:
                few = len(chosen) <= _FEW
                self.add_round(route, _STEPS if few else _POOL_STEPS, ends=few)

    def add_touching(self, best: Sequence[Route]) -> None:
        """Add departures at which the best rounds follow one another, and any two of a few."""
        groups = [[self.anchors[_undated(route)] for route in best]]
        if len(self.anchors) <= _PAIRS:
            groups += map(list, combinations(self.anchors.values(), 2))
        until = (1.0 - _POOL_SHARE) * self.time_left()
        for group in groups:
            if self.full:
                break
            columns = [anchors[0] for anchors in group if anchors]
            self.add(touching(columns, self.around, self.number, _CHAIN), until)

    def run(self, now: Together) -> Together:
        """Choose, add departures at which rounds touch, and choose again while that helps."""
        best, closest, least = now, now, math.inf
        for _ in range(_CHOICES):
            picked = self.pick(elastic=False)
            if picked is None and best.solution is None:
                picked = self.pick(elastic=True)
            if picked is None:
                break
            found = as_planned(self.problem, [column.route for column in picked])
            ties_eur = math.fsum(tie_eur(c, self.base_s[_undated(c.route)]) for c in picked)
            if found.solution is None:
                closest = found
            elif found.eur < best.eur - 1e-3 or found.eur + ties_eur < least:
                best, least = found, found.eur + ties_eur
            before, until = len(self.columns), 0.7 * self.time_left()
            self.add(touching(picked, self.around, self.number, _CHAIN), until)
            if self.problem.plans_depot_charging:
                self.add(back_by_quarters(picked, QUARTER_S, 1), until)
            if len(self.columns) == before or self.time_left() <= 0.0:
                break
        if best.solution is not None:
            return best
        words = (
            f"none of the choices among {len(self.columns)} rounds at fixed departures keeps what "
            "the rounds share; the one that comes closest breaks:"
        )
        return Together(None, math.inf, (words, *closest.reasons))

    def around(self, column: Timed) -> list[Timed]:
        """Return a round at its own departure, and the first and the last there is."""
        return self.anchors[_undated(column.route)]

    def pick(self, *, elastic: bool) -> list[Timed] | None:
        columns = list(self.columns.values())
        base_s = [self.base_s[_undated(column.route)] for column in columns]
        chosen = choose_timed(
            self.problem,
            columns,
            base_s,
            time_limit=max(0.2, 0.5 * self.time_left()),
            seed=self.seed,
            elastic=elastic,
        )
        return None if chosen is None else [columns[j] for j in chosen]


def _undated(route: Route) -> Route:
    return replace(route, departure_s=0.0)
