"""The search over plans of the trucks: many short searches for rounds, then few long ones.

The rounds' own search decides which of the open hubs serves which stop, so what is left is which
hubs the trucks go to, in which order. Plans with the best estimates (`guess`) get a short search
each; the best of them and what lies around them get longer ones, as in successive halving.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bundling.result import Event, Limit, OnEvent
from bundling.rounds.echelons.guess import Calls, Guess
from bundling.rounds.echelons.outcome import Outcome, attempt
from bundling.rounds.echelons.plans import Plan
from bundling.rounds.echelons.problem import TwoEchelonProblem

_STOPS_A_ROUND = 8.0
"""First guess, before a search has told."""
_LEAST_S = 0.7
"""No search for rounds is shorter."""
_SHORT, _MIDDLE = 0.02, 0.06
"""Parts of the time for one search of the first and of the second kind."""
_RUNGS = ((0.35, _SHORT, 0), (0.5, _SHORT, 1), (0.78, _MIDDLE, 2))
"""Until which part of the time, how long each, and what is tried: guesses, neighbours, the best."""
_MOST = (12, 8, 4)
"""Searches of each rung at most."""
_COMPILES_S = 3.0
"""A first search that takes this much longer than asked has compiled its kernels."""
_RETRIES = 3
"""How often a plan is tried again with fewer vehicles at a hub, where trucks are short."""


@dataclass
class Search:
    """What the search over plans has so far.

    Attributes
    ----------
    best
        The best outcome; None while there is none.
    limit
        What ended it.
    improvements
        Seconds, cost and bound of each improvement.
    tried
        Searches for rounds.
    cost
        Cheapest answer with each plan, its own or what came of another plan.
    searched, counts
        Plans that were searched, and limits on vehicles with which there was an answer.
    """

    problem: TwoEchelonProblem
    seed: int
    time_limit: float
    elapsed: Callable[[], float]
    max_iterations: int | None
    on_event: OnEvent | None
    best: Outcome | None = None
    limit: Limit = Limit.TIME
    improvements: list[tuple[float, float, float]] = field(default_factory=list)
    tried: int = 0
    cost: dict[Calls, float] = field(default_factory=dict)
    searched: set[Calls] = field(default_factory=set)
    counts: dict[Calls, dict[int, int]] = field(default_factory=dict)
    begun: float = 0.0

    @property
    def eur(self) -> float:
        """Cost of the best outcome."""
        return self.best.eur if self.best is not None else math.inf

    @property
    def stopped(self) -> bool:
        """Whether the caller, or Ctrl-C, ended it."""
        return self.limit is Limit.INTERRUPT

    def run(self) -> None:
        """Search until the time or the searches end, or Ctrl-C once there is an answer."""
        try:
            self._run()
        except KeyboardInterrupt:
            if self.best is None:
                raise
            self.limit = Limit.INTERRUPT

    def _run(self) -> None:
        self.begun = self.elapsed()
        guess = Guess(self.problem, _STOPS_A_ROUND)
        plans = guess.best()
        for (ends, share, kind), most in zip(_RUNGS, _MOST, strict=True):
            done: set[Calls] = set()
            while len(done) < most and not self._over(ends):
                if kind == 0 and len(done) == 1 and self.best is not None:
                    mean = self.problem.num_stops / max(1, self.best.vehicles)
                    guess = Guess(self.problem, mean)
                    plans = guess.best()
                plan = self._next(kind, guess, plans, done)
                if plan is None:
                    break
                done.add(plan.calls)
                self._try(plan, share)
        while self.best is not None and self.best.trucks is not None and not self._over(0.97):
            left = 1.0 - self._gone
            ranked = self._ranked()
            second = guess.of(ranked[1])[1] if len(ranked) > 1 and left > 0.2 else None
            self._try(self.best.trucks, 0.55 * left if second else left)
            if second is not None and not self._over(0.97):
                self._try(second, 1.0 - self._gone)
            if self.max_iterations is not None:
                break
        if not self.stopped:
            over = self.elapsed() >= self.time_limit - _LEAST_S
            self.limit = Limit.TIME if over else Limit.ITERATIONS

    def _next(self, kind: int, guess: Guess, plans: list[Plan], done: set[Calls]) -> Plan | None:
        """Choose what to try next on a rung."""
        if kind == 0:
            return next((plan for plan in plans if plan.calls not in self.searched), None)
        if self.best is None or self.best.trucks is None:
            return next((plan for plan in plans if plan.calls not in done), None)
        if kind == 1:
            # Plans that would have carried what the rounds of another one needed come first.
            for calls in self._ranked():
                if calls not in self.searched and len(done) < _MOST[1] - 2:
                    return guess.of(calls)[1]
            near = guess.near(self.best.trucks)
            return next((plan for plan in near if plan.calls not in self.searched), None)
        fresh = [calls for calls in self._ranked() if calls not in done]
        return guess.of(fresh[0])[1] if fresh else None

    def _ranked(self) -> list[Calls]:
        """Plans from which there is an answer, the cheapest first."""
        there = [calls for calls, eur in self.cost.items() if math.isfinite(eur)]
        return sorted(there, key=lambda calls: (self.cost[calls], calls))

    @property
    def _gone(self) -> float:
        span = max(1e-9, self.time_limit - self.begun)
        return (self.elapsed() - self.begun) / span

    def _over(self, ends: float) -> bool:
        if self.stopped:
            return True
        if self.time_limit - self.elapsed() < _LEAST_S:
            return True
        return self.max_iterations is None and self._gone >= ends

    def _try(self, plan: Plan, share: float) -> None:
        """Search the rounds of a plan, again with fewer vehicles at a hub where that is needed."""
        counts = self.counts.get(plan.calls, {})
        self.searched.add(plan.calls)
        for _ in range(_RETRIES + 1):
            left = self.time_limit - self.elapsed()
            seconds = min(left, max(_LEAST_S, share * (self.time_limit - self.begun)))
            iterations = self.max_iterations
            if iterations is not None:
                iterations = max(1, round(iterations * min(1.0, share / 0.2)))
                seconds = left
            began = self.elapsed()
            outcome = attempt(
                self.problem,
                plan,
                counts=counts,
                time_limit=max(0.3, seconds),
                seed=self.seed + self.tried,
                max_iterations=iterations,
                on_event=self._pass_on,
            )
            self.tried += 1
            if self.tried == 1:  # the first one may have compiled, which is not the search's time
                excess = self.elapsed() - began - max(0.3, seconds)
                self.time_limit += excess if excess > _COMPILES_S else 0.0
            if outcome.limit is Limit.INTERRUPT:
                self.limit = Limit.INTERRUPT
            self._note(plan, outcome)
            if outcome.trucks is not None:
                self.counts[plan.calls] = counts
            if not outcome.too_many or self._over(1.0):
                return
            counts = _fewer(self.problem, counts, outcome)

    def _note(self, plan: Plan, outcome: Outcome) -> None:
        known = self.cost.get(plan.calls, math.inf)
        self.cost[plan.calls] = min(known, outcome.eur)
        if outcome.trucks is not None:
            calls = outcome.trucks.calls
            self.cost[calls] = min(self.cost.get(calls, math.inf), outcome.eur)
        if outcome.eur < self.eur:
            self.best = outcome
            self.improvements.append((self.elapsed(), outcome.eur, -math.inf))

    def _pass_on(self, _: Event) -> bool | None:
        """Tell the caller about the best of both echelons, not about one search for rounds."""
        if self.on_event is None:
            return None
        return self.on_event(Event("rounds", self.elapsed(), self.eur))


def _fewer(
    problem: TwoEchelonProblem, counts: Mapping[int, int], outcome: Outcome
) -> dict[int, int]:
    """Limit the vehicles of hubs that had too many for the trucks, the hub or the fleet."""
    second, used = problem.second, dict[int, int]()
    for route in outcome.routes:
        h = int(second.vehicle_depot[second.vehicle_index[route.vehicle]])
        used[h] = used.get(h, 0) + 1
    fewer = dict(counts)
    for h, over in outcome.too_many.items():
        fewer[h] = max(0, used.get(h, 0) - over)
    return fewer
