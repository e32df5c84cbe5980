"""Which vehicles drive which trips: days put together from trips, and the exact choice among them.

    min  sum_d c_d x_d + sum_s p_s u_s
    s.t. sum_{d serves s} x_d + u_s >= 1    stops           (serve)
         sum_{d of entry v} x_d <= n_v      fleet entries   (count)
         x_d, u_s in {0, 1}

A day ``d`` is what one vehicle does: trips one after the other with the loading and charging
between them (`trip_days`), at its exact cost. There are far too many, so days come by column
generation: the linear programme values stops and vehicles, `trip_chains` looks for days that are
worth more than they cost, and a choice in whole numbers follows. A stop that is then served twice
is left out where that saves most. Several trips as columns of routes by vehicle are of Azi,
Gendreau and Potvin, "An exact algorithm for a vehicle routing problem with time windows and
multiple use of vehicles" (EJOR 202, 2010).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from bundling.mip import LinearModel, solve_model
from bundling.rounds.coupling_timed import Timed
from bundling.rounds.fields import FloatArray, IntArray
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Route
from bundling.rounds.trial import unit_of
from bundling.rounds.trip_chains import Bundle, Row, bundle, chains
from bundling.rounds.trip_days import day_of
from bundling.rounds.trip_profile import Trip

_PASSES = 12
_NEW_DAYS = 120
"""Days looked at for each fleet entry, number of trips and pass."""
_MOST_TRIPS, _MOST_DAYS = 1_500, 3_000
"""Trips that days are made of, and days in the choice in whole numbers."""
_LEFT_OUT_EUR = 1e3
"""Price of a stop that must be served, in prices of the dearest day."""


class Chosen(NamedTuple):
    """Days that serve every stop that must be served, their cost with prizes, and what is absent.

    Without such days the cost is infinite, and `absent` are stops that must be served.
    """

    days: tuple[Timed, ...]
    eur: float
    absent: tuple[int, ...]


class Days:
    """Trips, days made of them, and the best choice so far."""

    def __init__(self, problem: RoundsProblem, time_left: Callable[[], float], seed: int) -> None:
        self.problem, self.time_left, self.seed = problem, time_left, seed
        self.trips: dict[Trip, None] = {}
        self.tried: set[tuple[Trip, ...]] = set()
        self.days: dict[tuple[int, frozenset[int]], Timed] = {}
        self.made_of: dict[Route, tuple[Trip, ...]] = {}
        self.known: dict[Trip, Row | None] = {}
        self.best = Chosen((), math.inf, tuple(range(problem.num_stops)))

    def add_trips(self, routes: Iterable[Route]) -> list[Trip]:
        """Add trips, for the fleet entries they are of; routes have one trip each."""
        added = []
        for route in routes:
            stops = tuple(self.problem.stop_index[stop] for stop in route.stops)
            trip = Trip(self.problem.vehicle_index[route.vehicle], stops, route.charges)
            self.trips.pop(trip, None)  # the latest stand last
            self.trips[trip] = None
            added.append(trip)
        return added

    def add_day(self, trips: tuple[Trip, ...]) -> Timed | None:
        """Look at a day and keep it when no other with the same stops is cheaper."""
        if trips in self.tried:
            return None
        self.tried.add(trips)
        day = day_of(self.problem, trips)
        if day is None:
            return None
        key = (day.vehicle, frozenset(day.stops))
        if key in self.days and self.days[key].eur <= day.eur + 1e-9:
            return None
        self.days[key] = day
        self.made_of[day.route] = trips
        return day

    def offer(self, made: Sequence[tuple[Trip, ...]]) -> None:
        """Look at days that were found together: they are the best choice when none is cheaper."""
        days = []
        for trips in made:
            self.add_day(trips)
            day = self.days.get((trips[0].vehicle, frozenset(s for t in trips for s in t.stops)))
            if day is None:
                return
            days.append(day)
        used = np.bincount([day.vehicle for day in days], minlength=self.problem.num_vehicles)
        found = self._once(days)
        if (used <= self.problem.count).all() and found.eur < self.best.eur:
            self.best = found

    def choose(self, until: float) -> bool:
        """Find new days, then the best choice; False when it is not better than before.

        Nothing is begun when fewer than `until` seconds are left.
        """
        bundles = self._bundles()
        for _ in range(_PASSES):
            values, prices = self._values()
            new = 0
            for trips in bundles:
                for reduced, index in chains(
                    trips, values, float(prices[trips.vehicle]), _NEW_DAYS
                ):
                    if reduced > 1e-6 or self.time_left() < until:
                        break
                    new += self.add_day(tuple(trips.trips[j] for j in index)) is not None
            if not new or self.time_left() < until:
                break
        found = self._whole(max(0.1, 0.5 * (self.time_left() - max(0.0, until))))
        if found.eur < self.best.eur - 1e-9 or (
            math.isinf(self.best.eur) and len(found.absent) < len(self.best.absent)
        ):
            better = found.eur < self.best.eur - 1e-9
            self.best = found
            return better
        return False

    def _bundles(self) -> list[Bundle]:
        recent = list(self.trips)[-_MOST_TRIPS:]
        used = [trip for day in self.best.days for trip in self.made_of[day.route]]
        by_entry: dict[int, list[Trip]] = {}
        for trip in dict.fromkeys([*used, *recent]):
            by_entry.setdefault(trip.vehicle, []).append(trip)
        return [bundle(self.problem, v, mine, self.known) for v, mine in sorted(by_entry.items())]

    def _model(
        self, days: Sequence[Timed], *, whole: bool
    ) -> tuple[LinearModel, IntArray, IntArray]:
        """Return the model of the choice among `days`, with its columns of absence and of days."""
        problem = self.problem
        model = LinearModel()
        most = max((day.eur for day in days), default=1.0)
        left_out = np.where(np.isfinite(problem.prize_eur), problem.prize_eur, 0.0)
        dear = _LEFT_OUT_EUR * max(1.0, most)
        left_out = np.where(np.isfinite(problem.prize_eur), left_out, dear)
        u = model.add_columns("absent", problem.num_stops, upper=1.0, cost=left_out, integer=whole)
        terms = [(np.arange(problem.num_stops), u, 1.0)]
        x = model.add_columns("day", len(days), cost=[day.eur for day in days], integer=whole)
        pairs = np.array([(s, j) for j, day in enumerate(days) for s in day.stops], dtype=np.int64)
        if len(days):
            terms.append((pairs[:, 0], x[pairs[:, 1]], 1.0))
        model.add_rows("serve", problem.num_stops, *terms, lower=1.0)
        counts = problem.count.astype(np.float64)
        entries = np.array([day.vehicle for day in days], dtype=np.int64)
        model.add_rows("count", problem.num_vehicles, (entries, x, 1.0), upper=counts)
        return model, u, x

    def _values(self) -> tuple[FloatArray, FloatArray]:
        """Worth of each stop, and of one more vehicle of each entry."""
        model, _, _ = self._model(list(self.days.values()), whole=False)
        outcome = solve_model(model, time_limit=max(0.2, self.time_left()), step="trips")
        if outcome.row_duals is None:
            return np.zeros(self.problem.num_stops), np.zeros(self.problem.num_vehicles)
        values, prices = np.split(outcome.row_duals, [self.problem.num_stops])
        return values, prices

    def _promising(self) -> list[Timed]:
        """Days of the best choice, and those with the least reduced cost."""
        days = list(self.days.values())
        if len(days) <= _MOST_DAYS:
            return days
        values, prices = self._values()
        reduced = [day.eur - values[list(day.stops)].sum() - prices[day.vehicle] for day in days]
        kept = {days[j].route for j in np.argsort(reduced, kind="stable")[:_MOST_DAYS].tolist()}
        kept |= {day.route for day in self.best.days}
        return [day for day in days if day.route in kept]

    def _whole(self, seconds: float) -> Chosen:
        days = self._promising()
        model, u, x = self._model(days, whole=True)
        start = None
        if math.isfinite(self.best.eur):
            start = np.zeros(model.num_columns)
            chosen = {day.route for day in self.best.days}
            start[x] = [float(day.route in chosen) for day in days]
            start[u] = 1.0
            start[u[[s for day in self.best.days for s in day.stops]]] = 0.0
        outcome = solve_model(
            model, time_limit=seconds, gap=1e-6, seed=self.seed, start=start, step="trips"
        )
        if outcome.values is None:
            return self.best
        picked = [days[j] for j in np.flatnonzero(outcome.values[x] > 0.5).tolist()]
        return self._once(picked)

    def _once(self, days: Sequence[Timed]) -> Chosen:
        """Leave stops that are served more than once out where that saves most."""
        now = list(days)
        times = np.bincount([s for day in now for s in day.stops], minlength=self.problem.num_stops)
        for s in np.flatnonzero(times > 1).tolist():
            while sum(s in day.stops for day in now) > 1:
                tries = []
                for i, day in enumerate(now):
                    if s in day.stops:
                        shorter = self._shorter(day, s)
                        if shorter is not None:
                            eur = 0.0 if shorter == () else shorter[0].eur
                            tries.append((eur - day.eur, i, shorter))
                if not tries:
                    return Chosen((), math.inf, (s,))
                _, i, shorter = min(tries, key=lambda one: one[:2])
                now[i : i + 1] = shorter
        served = {s for day in now for s in day.stops}
        gone = [s for s in range(self.problem.num_stops) if s not in served]
        must = tuple(s for s in gone if math.isinf(self.problem.prize_eur[s]))
        eur = math.fsum(day.eur for day in now)
        eur += math.fsum(float(self.problem.prize_eur[s]) for s in gone)
        return Chosen(tuple(now), eur, must or tuple(gone))

    def _shorter(self, day: Timed, s: int) -> tuple[Timed, ...] | None:
        """Return a day without a stop; nothing when that was all of it, None when that fails.

        What is paired with the stop goes too.
        """
        gone = [s]
        for other in gone:
            gone += [mate for mate in unit_of(self.problem, other) if mate not in gone]
        trips = tuple(left for t in self.made_of[day.route] if (left := t.without(gone)).stops)
        if not trips:
            return ()
        for trip in trips:
            self.trips.setdefault(trip, None)
        key = (day.vehicle, frozenset(day.stops) - set(gone))
        self.add_day(trips)
        found = self.days.get(key)
        return None if found is None else (found,)
