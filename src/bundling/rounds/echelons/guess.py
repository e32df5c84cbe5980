"""Which plans of the trucks are worth a search: an estimate of what each leads to.

The estimate of the rounds is the radial one: a stop that fills a part of a vehicle pays that part
of the way from the nearest hub and back. Hubs whose freight comes too late for a stop do not count.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator

import numpy as np

from bundling.rounds.echelons.freight import penalty_eur
from bundling.rounds.echelons.plans import Plan, Tour, hubs_eur, make_tour
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.units import METRES_PER_KM

Calls = tuple[tuple[int, ...], ...]
_BEAM, _NEAR = 4, 40
"""Plans that are kept in the search for good ones, and around one."""
_FEW = 400
"""Plans around one that are looked at each time."""
_MOST = 24
"""Plans that are given back."""
_ROUNDS = 6
_RADIAL_SHARE = 0.8
"""Rounds drive less than the radial ways, since their stops lie together."""


class Guess:
    """Estimates for one problem; `stops_a_round` is what a round serves."""

    def __init__(self, problem: TwoEchelonProblem, stops_a_round: float) -> None:
        self.problem, second = problem, problem.second
        hubs, stops = problem.num_hubs, problem.num_stops
        last = np.max(np.c_[second.tw_late_s, second.other_tw_late_s], axis=1)
        if second.clock is not None:  # how long a way takes depends on when
            last = np.full(stops, np.inf)
        self.eur = np.full((hubs, stops), np.inf)
        self.latest = np.full((hubs, stops), -np.inf)
        for v, h in enumerate(second.vehicle_depot.tolist()):
            metres, seconds, _ = second.ways_of(v)
            there = slice(hubs, hubs + stops)
            km = (metres[h, there] + metres[there, h]) / METRES_PER_KM
            price = float(second.eur_per_km[v])
            price += float(second.kwh_per_km[v]) * float(second.eur_per_kwh[v])
            may = second.allowed[v]
            eur = (km * price * _RADIAL_SHARE + float(second.fixed_eur[v])) / stops_a_round
            leave = last - seconds[h, there] / float(second.speed_factor[v])
            self.eur[h] = np.where(may, np.minimum(self.eur[h], eur), self.eur[h])
            self.latest[h] = np.where(may, np.maximum(self.latest[h], leave), self.latest[h])
        self.rng = np.random.default_rng(1)
        self.tours: dict[tuple[int, ...], Tour | None] = {}
        self.known: dict[Calls, tuple[float, Plan | None]] = {}
        self.kg, self.prize = second.delivery_kg, second.prize_eur
        kg = float(self.kg.sum())
        self.least = max(1, math.ceil(kg / problem.truck_capacity_kg - 1e-9)) if kg > 0 else 1

    def of(self, calls: Calls) -> tuple[float, Plan | None]:
        """Return the estimate and the plan; infinite when a stop cannot be served in time."""
        if calls not in self.known:
            plan = self._plan(calls)
            eur = math.inf
            if plan is not None and plan.tours:
                hubs, ready = list(plan.hubs), plan.ready_s
                opens = np.array([ready[h] for h in hubs])[:, None]
                late = opens > self.latest[hubs] + 1e-9
                ways = np.where(late, np.inf, self.eur[hubs])
                rounds = float(np.minimum(ways.min(axis=0), self.prize).sum())
                eur = plan.eur + hubs_eur(self.problem, plan.hubs) + rounds
                if math.isfinite(rounds):
                    weights = np.where(late.all(axis=0), 0.0, self.kg)
                    loads = np.bincount(ways.argmin(axis=0), weights, minlength=len(hubs))
                    kg = {h: float(w) for h, w in zip(hubs, loads, strict=True) if w > 0.0}
                    eur += penalty_eur(self.problem, plan.calls, kg, rounds)
            self.known[calls] = (eur, plan)
        return self.known[calls]

    def _plan(self, calls: Calls) -> Plan | None:
        for hubs in calls:
            if hubs not in self.tours:
                self.tours[hubs] = make_tour(self.problem, hubs)
        tours = [self.tours[hubs] for hubs in calls]
        made = tuple(tour for tour in tours if tour is not None)
        return Plan(made) if len(made) == len(tours) else None

    def neighbours(self, calls: Calls) -> Iterator[Calls]:
        """Yield plans with a call more, less, elsewhere, or in another order."""
        hubs = range(self.problem.num_hubs)
        for t, tour in enumerate(calls):
            others = [*calls[:t], *calls[t + 1 :]]
            changed = [(*tour[:i], *tour[i + 1 :]) for i in range(len(tour))]
            for h in hubs:
                if h not in tour:
                    changed += [(*tour[:i], h, *tour[i:]) for i in range(len(tour) + 1)]
                    changed += [(*tour[:i], h, *tour[i + 1 :]) for i in range(len(tour))]
            changed += [
                (*tour[:i], *tour[i:j][::-1], *tour[j:])
                for i in range(len(tour))
                for j in range(i + 2, len(tour) + 1)
            ]
            yield from (_sorted([*others, new]) for new in changed if new)
            if len(others) >= self.least:
                yield _sorted(others)
        if len(calls) < self.problem.truck_count:
            yield from (_sorted([*calls, (h,)]) for h in hubs)

    def few(self, several: Iterable[Calls]) -> list[Calls]:
        """Return all plans where they are few, else some of them, other ones each time."""
        every = sorted(set(several))
        if len(every) <= _FEW:
            return every
        return [every[i] for i in sorted(self.rng.choice(len(every), _FEW, replace=False))]

    def exchanged(self, calls: Calls) -> Iterator[Calls]:
        """Yield plans in which another truck calls at a hub, or two trucks exchange hubs."""
        for t, u in itertools.permutations(range(len(calls)), 2):
            other, rest = calls[u], [tour for w, tour in enumerate(calls) if w not in (t, u)]
            for i, h in enumerate(calls[t]):
                if h in other:
                    continue
                left = (*calls[t][:i], *calls[t][i + 1 :])
                if not left and len(calls) <= self.least:
                    continue
                gone = [left] if left else []
                for j in range(len(other) + 1):
                    yield _sorted([*rest, *gone, (*other[:j], h, *other[j:])])
                for j, k in enumerate(other):
                    if k not in calls[t]:
                        one = (*calls[t][:i], k, *calls[t][i + 1 :])
                        yield _sorted([*rest, one, (*other[:j], h, *other[j + 1 :])])

    def best(self) -> list[Plan]:
        """Return the plans with the best estimates that a beam search has seen, best first."""
        starts: list[Calls] = [((h,),) * self.least for h in range(self.problem.num_hubs)]
        beam = self._rank(starts)
        for _ in range(_ROUNDS):
            around = (new for calls in beam for new in self.few(self.neighbours(calls)))
            more = self._rank([*beam, *around])
            if more == beam:
                break
            beam = more
        plans = [self.of(calls) for calls in self._rank(list(self.known), _MOST)]
        return [plan for eur, plan in plans if plan is not None and math.isfinite(eur)]

    def near(self, plan: Plan) -> list[Plan]:
        """Return the neighbours of a plan, best estimate first."""
        plans = [self.of(calls) for calls in self._rank(list(self.neighbours(plan.calls)), _NEAR)]
        return [plan for eur, plan in plans if plan is not None and math.isfinite(eur)]

    def _rank(self, several: list[Calls], most: int = _BEAM) -> list[Calls]:
        unique = sorted(set(several), key=lambda calls: (self.of(calls)[0], calls))
        return unique[:most]


def _sorted(several: list[tuple[int, ...]]) -> Calls:
    return tuple(sorted(several))
