"""What a group of shippers costs, estimated from its lanes: a plan of trips, made greedily.

The plan of a day is made in three steps; every step is a real plan, so that the estimate is an
upper bound on what the group could reach with this truck:

1. **Full trucks.** A lane of 2.3 trucks' worth sends two full ones, and leaves 0.3.
2. **Filling.** What is left is put together as long as it saves: the two loads whose joining saves
   most share a truck, that collects both and then brings both (the better of the four orders that
   keep each load's own sequence), if they fit together, the departure windows allow it without
   waiting, and the trip ends within the shift (savings method, Clarke and Wright 1964, for
   pickups and deliveries).
3. **Loaded returns.** Every trip comes back empty. The two trips that save most by having one
   truck do one after the other are paired, if windows (waiting is paid) and shift allow it, and
   the empty ways between them are shorter than their two empty returns (lane covering with
   cycles of two, after Özener and Ergun, "Allocating costs in a collaborative transportation
   procurement network", Transportation Science 42, 2008).

Where joining saves nothing, a group stays apart: it never costs more than its members alone. No
hubs are used; `bundling.hubs.matching.verify_groups` holds the estimate against the hubs solver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.matching.tours import Tour, Trip

_SMALL = 1e-9


class Planner:
    """Makes plans for groups of shippers, and remembers those of days seen before."""

    def __init__(self, problem: MatchingProblem) -> None:
        self.problem = problem
        self._km = (problem.distance_m / 1000.0).tolist()
        self._h = (problem.time_s / 3600.0).tolist()
        self._origin = problem.lane_origin.tolist()
        self._destination = problem.lane_destination.tolist()
        self._load = problem.lane_loads.tolist()
        self._early = (problem.lane_early_s / 3600.0).tolist()
        self._late = (problem.lane_late_s / 3600.0).tolist()
        lanes = [np.flatnonzero(problem.lane_shipper == s) for s in range(problem.num_shippers)]
        runs = problem.lane_days & (problem.lane_loads > _SMALL)[:, None]
        self._of_day = [
            [tuple(own[runs[own, day]].tolist()) for own in lanes]
            for day in range(problem.num_days)
        ]
        self._plans: dict[tuple[int, ...], tuple[Tour, ...]] = {}
        self._costs: dict[tuple[int, ...], float] = {}
        # Two loads meet in many groups and on many days: what comes of it is worked out once.
        self._met: dict[tuple[tuple[int, ...], ...], tuple[float, Trip] | None] = {}
        self._chained: dict[tuple[Any, ...], Tour | None] = {}
        self._alone: dict[tuple[Any, ...], Tour] = {}

    def cost_eur(self, group: Sequence[int]) -> float:
        """Cost of a group over all days, without what cooperating costs."""
        total = 0.0
        for own in self._of_day:
            parts = [own[s] for s in sorted(group) if own[s]]
            alone = sum(self._cost(part) for part in parts)
            if len(parts) > 1:
                together = tuple(sorted(lane for part in parts for lane in part))
                alone = min(alone, self._cost(together))
            total += alone
        return total

    def tours(self, group: Sequence[int], day: int) -> tuple[Tour, ...]:
        """Plan of a group for a day."""
        parts = [self._of_day[day][s] for s in sorted(group) if self._of_day[day][s]]
        apart = tuple(tour for part in parts for tour in self._plan(part))
        if len(parts) < 2:
            return apart
        together = tuple(sorted(lane for part in parts for lane in part))
        return self._plan(together) if self._cost(together) < _total(apart) else apart

    def _cost(self, lanes: tuple[int, ...]) -> float:
        found = self._costs.get(lanes)
        if found is None:
            found = self._costs[lanes] = _total(self._make(lanes))
        return found

    def _plan(self, lanes: tuple[int, ...]) -> tuple[Tour, ...]:
        found = self._plans.get(lanes)
        if found is None:
            found = self._plans[lanes] = self._make(lanes)
        return found

    def _make(self, lanes: tuple[int, ...]) -> tuple[Tour, ...]:
        full, parts = [], []
        for lane in lanes:
            count = int(self._load[lane] + _SMALL)
            rest = self._load[lane] - count
            if count:
                full.append(self._trip((lane,), (lane,), 1.0, count))
            if rest > _SMALL:
                parts.append(self._trip((lane,), (lane,), rest, 1))
        return self._paired([*full, *self._filled(parts)])

    def _trip(
        self, lanes: tuple[int, ...], drops: tuple[int, ...], load: float, count: int
    ) -> Trip:
        stop = self.problem.stop_h
        early, late, km, after = -np.inf, np.inf, 0.0, 0.0
        place = self._origin[lanes[0]]
        for k, lane in enumerate(lanes):
            if k:
                there = self._origin[lane]
                km += self._km[place][there]
                after += self._h[place][there] + stop
                place = there
            early = max(early, self._early[lane] - after)
            late = min(late, self._late[lane] - after)
        for lane in drops:
            there = self._destination[lane]
            km += self._km[place][there]
            after += self._h[place][there] + stop
            place = there
        return Trip(lanes, drops, load, count, early, late, km, stop + after)

    def _back(self, one: Trip, other: Trip) -> tuple[float, float]:
        """Kilometres and hours from the end of a trip to the start of another."""
        start, end = self._destination[one.drops[-1]], self._origin[other.lanes[0]]
        return self._km[start][end], self._h[start][end]

    def _single(self, trip: Trip) -> Tour:
        key = (trip.lanes, trip.drops, trip.load, trip.count)
        if key not in self._alone:
            km, hours = self._back(trip, trip)
            self._alone[key] = self._tour(
                trip, None, trip.count, trip.km + km, km, trip.hours + hours
            )
        return self._alone[key]

    def _tour(
        self, first: Trip, second: Trip | None, count: int, km: float, empty: float, hours: float
    ) -> Tour:
        problem = self.problem
        eur = problem.fixed_eur + problem.eur_per_km * km + problem.eur_per_h * hours
        return Tour(first, second, count, km, empty, hours, eur)

    def _filled(self, parts: list[Trip]) -> list[Trip]:
        """Put loads together, the most saving two first, until nothing saves."""
        left = dict(enumerate(parts))
        new = len(parts)
        offers: dict[tuple[int, int], tuple[float, Trip]] = {}
        fresh = list(left)
        while True:
            for k in fresh:
                for j in left:
                    if j != k and (j not in fresh or j < k):
                        offer = self._offer(left[j], left[k])
                        if offer is not None:
                            offers[j, k] = offer
            if not offers:
                return list(left.values())
            best = max(offers, key=lambda pair: (offers[pair][0], (-pair[0], -pair[1])))
            trip = offers[best][1]
            for k in best:
                del left[k]
            offers = {pair: offer for pair, offer in offers.items() if not set(pair) & set(best)}
            left[new], fresh = trip, [new]
            new += 1

    def _offer(self, one: Trip, other: Trip) -> tuple[float, Trip] | None:
        """Put two loads together: saving and trip, or None when that saves nothing."""
        if one.load + other.load > 1.0 + _SMALL:
            return None
        key = (one.lanes, one.drops, other.lanes, other.drops)
        if key not in self._met:
            offer, joined = None, self._joined(one, other)
            if joined is not None:
                saving = self._single(one).eur + self._single(other).eur - self._single(joined).eur
                offer = (saving, joined) if saving > _SMALL else None
            self._met[key] = offer
        return self._met[key]

    def _joined(self, one: Trip, other: Trip) -> Trip | None:
        """Cheapest trip with the loads of two, or None when they do not go together."""
        load = one.load + other.load
        if load > 1.0 + _SMALL or len(one.lanes) + len(other.lanes) > self.problem.most_stops:
            return None
        best, least = None, np.inf
        for lanes in (one.lanes + other.lanes, other.lanes + one.lanes):
            for drops in (one.drops + other.drops, other.drops + one.drops):
                trip = self._trip(lanes, drops, load, 1)
                if trip.early_h > trip.late_h + _SMALL:
                    continue
                tour = self._single(trip)
                if tour.hours <= self.problem.shift_h + _SMALL and tour.eur < least - _SMALL:
                    best, least = trip, tour.eur
        return best

    def _paired(self, trips: list[Trip]) -> tuple[Tour, ...]:
        """Let trucks do two trips, those pairs first that save most."""
        single = [self._single(trip) for trip in trips]
        offers = []
        for i, one in enumerate(trips):
            for j, other in enumerate(trips):
                if i == j:
                    continue
                tour = self._in_turn(one, other)
                if tour is not None:
                    saving = single[i].eur + single[j].eur - tour.eur
                    if saving > _SMALL:
                        offers.append((-saving, i, j))
        offers.sort()
        left = [trip.count for trip in trips]
        found = []
        for _, i, j in offers:
            count = min(left[i], left[j])
            if count:
                left[i] -= count
                left[j] -= count
                tour = self._in_turn(trips[i], trips[j])
                if tour is not None:
                    found.append(replace(tour, count=count))
        found += [
            replace(tour, count=count) for count, tour in zip(left, single, strict=True) if count
        ]
        return tuple(found)

    def _in_turn(self, one: Trip, other: Trip) -> Tour | None:
        """One truck does both trips; None when windows or shift do not allow it."""
        key = (one.lanes, one.drops, one.load, other.lanes, other.drops, other.load)
        if key not in self._chained:
            self._chained[key] = self._chain(one, other)
        return self._chained[key]

    def _chain(self, one: Trip, other: Trip) -> Tour | None:
        km_over, h_over = self._back(one, other)
        km_home, h_home = self._back(other, one)
        # From leaving the first address of one to leaving that of the other, without waiting.
        between = one.hours + h_over
        if one.early_h + between > other.late_h + _SMALL:
            return None
        wait = max(0.0, other.early_h - (one.late_h + between))
        hours = one.hours + h_over + wait + other.hours + h_home
        if hours > self.problem.shift_h + _SMALL:
            return None
        empty = km_over + km_home
        if empty > self._single(one).empty_km + self._single(other).empty_km - 1e-6:
            return None  # one trip after another is no loaded return: it saves no way
        km = one.km + km_over + other.km + km_home
        return self._tour(one, other, 1, km, empty, hours)


def _total(tours: Sequence[Tour]) -> float:
    return float(sum(tour.count * tour.eur for tour in tours))
