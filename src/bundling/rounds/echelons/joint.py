"""The search over trucks and rounds together: rounds are kept while plans of the trucks change.

A first search for rounds under a few guessed plans; then many short ones, each under a plan that
differs by one call of a truck (more, less, elsewhere, by another truck) and begun with the rounds
there are, each of them from its cheapest hub; then long ones under the best plans. Between them
rounds of all searches are put together anew (`pool`). Two threads look at two plans at a time.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from bundling.result import Event, Limit, OnEvent
from bundling.rounds.echelons.guess import Calls, Guess
from bundling.rounds.echelons.known import Known, dearer, judge, outcome_of
from bundling.rounds.echelons.outcome import Outcome
from bundling.rounds.echelons.plans import Plan
from bundling.rounds.echelons.pool import Batch, Pool
from bundling.rounds.echelons.problem import FloatArray, TwoEchelonProblem
from bundling.rounds.echelons.rehub import Rehub
from bundling.rounds.echelons.session import Session, build_data, may_price
from bundling.rounds.electric.arrays import IntArray
from bundling.rounds.electric.searcher import Budget

_WORKERS = 2
_STOPS_A_ROUND = 8.0
"""First guess, before a search has told."""
_STARTS, _START = 4, 0.03
"""Plans that are searched from nothing, and the part of the time for each."""
_EXPLORES = 0.6
"""Part of the time after which plans do not change any more."""
_TRIAL, _TRIAL_LEAST_S = 0.01, 0.15
"""Part of the time, and least seconds, for a search under another plan."""
_TRIALS = 6
"""Pairs of them where iterations count, not seconds."""
_WARM = 0.3
"""How hot it begins, next to a search from nothing."""
_TIRED = 0.004
"""What a plan's estimate is worth less, as a part, for every time it has been tried."""
_WORSE = 0.004
"""How much dearer, as a part, an answer may be to go on from, at the beginning."""
_CYCLES = ((0.5, 1.0), (0.75, 0.5), (0.9, 0.25), (1.0, 0.1))
"""Parts of the time left where each long search ends, and how hot it begins."""
_COLD = 0.01
"""Last temperature, as a part of the variable cost of an average stop."""
_SLICES = 4
"""How often a search is stopped to look at what the trucks would have to bring."""
_CHOICE = 0.01
"""Part of the time that each step of a choice among rounds seen may take."""
_POLL_S = 0.05


@dataclass
class _Found:
    """What one search under a plan found: its best answer, last prices, and rounds seen."""

    calls: Calls
    price: FloatArray
    best: Known | None = None
    batches: list[Batch] = field(default_factory=list)
    iterations: int = 0


@dataclass
class JointSearch:
    """What the search has so far.

    Attributes
    ----------
    best
        The best outcome, once `run` has ended; None when there is none.
    limit
        What ended it.
    improvements
        Seconds, cost and bound of each improvement.
    tried
        Searches for rounds.
    iterations
        Iterations of all of them.
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
    iterations: int = 0

    def __post_init__(self) -> None:
        self._halt = threading.Event()
        self._known: dict[Calls, Known] = {}
        self._tries: dict[Calls, int] = {}
        self._prices: dict[Calls, FloatArray] = {}
        self._best: Known | None = None
        self._current: Known | None = None  # perhaps beyond the room of trucks and hubs

    @property
    def eur(self) -> float:
        """Cost of the best answer."""
        return self._best.eur if self._best is not None else math.inf

    @property
    def stopped(self) -> bool:
        """Whether the caller, or Ctrl-C, ended it."""
        return self.limit is Limit.INTERRUPT

    def run(self) -> None:
        """Search until the time or the iterations end, or Ctrl-C once there is an answer."""
        self._begun = self.elapsed()
        problem = self.problem
        data = build_data(problem)
        states = np.random.SeedSequence(self.seed % 2**32).generate_state(_WORKERS)
        self._sessions = [Session(problem, data, int(state)) for state in states]
        self._rehub, self._pool = Rehub(problem, data), Pool(problem, data)
        guess = self._start()
        if self._current is not None:
            self._explore(guess, self._current)
            self._finish()
        if self._best is not None:
            self.best = outcome_of(problem, data, self._best, self.limit)
        if not self.stopped:
            over = self.elapsed() >= self.time_limit - 2.0 * _POLL_S
            self.limit = Limit.TIME if over else Limit.ITERATIONS

    # -- stages ------------------------------------------------------------------------------

    def _start(self) -> Guess:
        """Search from nothing under the plans with the best guesses, until all stops are served."""
        guess = Guess(self.problem, _STOPS_A_ROUND)
        guesses, done = guess.best(), 0
        while not self._over(1.0) and (done < _STARTS or self._current is None):
            plans = guesses[done : done + _WORKERS]
            if not plans:
                break
            done += len(plans)
            share = _START * (1.0 if done <= 2 * _STARTS else 2.0)
            found = self._search([(plan, None) for plan in plans], share, 1.0)
            there = [one for one in (self._current, *found) if one is not None]
            if there:
                self._current = min(there, key=lambda one: one.eur)
        return guess

    def _explore(self, guess: Guess, current: Known) -> None:
        """Change the plan by one call at a time, and keep what is better or little worse."""
        trials = 0
        share = max(_TRIAL, _TRIAL_LEAST_S / max(1e-9, self.time_limit - self._begun))
        while not self._over(_EXPLORES):
            if self.max_iterations is not None and trials == _TRIALS:
                break
            trials += 1
            plans = self._promising(guess, current)
            if not plans:
                break
            found = self._search([(plan, current.rows) for plan in plans], share, _WARM)
            part = trials / _TRIALS if self.max_iterations is not None else self._gone / _EXPLORES
            bearable = current.eur * (1.0 + _WORSE * (1.0 - part))
            better = [one for one in found if one is not None and one.eur <= bearable]
            if better:
                current = min(better, key=lambda one: one.eur)
            if self._best is not None and self.eur < current.eur * (1.0 - 2.0 * _WORSE):
                current = self._best

    def _promising(self, guess: Guess, current: Known) -> list[Plan]:
        """Choose the plans around the present one with the best estimates, and that one itself."""
        ranked = []
        for calls in sorted({current.plan.calls, *guess.neighbours(current.plan.calls)}):
            rough, plan = guess.of(calls)
            if plan is None or not math.isfinite(rough):
                continue
            eur = self._rehub.estimate(current.rows, plan)
            ranked.append((eur * (1.0 + _TIRED * self._tries.get(calls, 0)), calls, plan))
        return [plan for _, _, plan in sorted(ranked, key=lambda one: one[:2])[:_WORKERS]]

    def _finish(self) -> None:
        """Search long under the two best plans, then under the best one."""
        begun = self._gone
        for number, (ends, heat) in enumerate(_CYCLES):
            if self._over(1.0):
                return
            self._choose()
            ranked = sorted(self._known.values(), key=lambda one: (one.eur, one.plan.calls))
            ways = ranked[:_WORKERS] if number == 0 else ranked[:1]
            if not ways:
                return
            starts = [ways[w % len(ways)] for w in range(_WORKERS)]
            share = begun + (1.0 - begun) * ends - self._gone
            if self.max_iterations is not None:
                share = 0.25
            self._search([(one.plan, one.rows) for one in starts], share, heat)
        self._choose()

    def _choose(self) -> None:
        """Put rounds of all searches together under the best plans there are."""
        for one in sorted(self._known.values(), key=lambda one: (one.eur, one.plan.calls))[:2]:
            left = self.time_limit - self.elapsed() - _POLL_S
            seconds = min(left, _CHOICE * (self.time_limit - self._begun))
            if seconds <= 0.0 or self.stopped:
                return
            chosen = self._pool.choose(
                one.plan, one.rows, one.rounds_eur, time_limit=seconds, seed=self.seed
            )
            if chosen is not None:
                rows, eur = chosen
                self._note(judge(self.problem, one.plan, rows, eur))

    # -- one search on each thread -----------------------------------------------------------

    def _search(
        self, tasks: Sequence[tuple[Plan, IntArray | None]], share: float, heat: float
    ) -> list[Known | None]:
        """Search under a plan on each thread for a part of the time; return what was found."""
        for plan, _ in tasks:
            self._tries[plan.calls] = self._tries.get(plan.calls, 0) + 1
        self.tried += len(tasks)
        span = max(1e-9, self.time_limit - self._begun)
        begun = self.elapsed()
        ends = min(begun + share * span, self.time_limit)
        iterations = None
        if self.max_iterations is not None:
            iterations, ends = max(1, round(self.max_iterations * share / 0.25)), self.time_limit

        moved = [
            (plan, None if rows is None else self._rehub.assign(rows, plan, self._price(plan)))
            for plan, rows in tasks
        ]
        with ThreadPoolExecutor(_WORKERS, "echelons") as pool:
            futures = [
                pool.submit(self._job, session, plan, rows, (begun, ends, iterations), heat)
                for session, (plan, rows) in zip(self._sessions, moved, strict=False)
            ]
            while not all(future.done() for future in futures):
                try:
                    time.sleep(_POLL_S / 5.0)
                    self._tell()
                except KeyboardInterrupt:
                    if self._best is None or self._halt.is_set():
                        self._halt.set()
                        raise
                    self.limit = Limit.INTERRUPT
                    self._halt.set()
                except BaseException:
                    self._halt.set()
                    raise
            done = [future.result() for future in futures]
        for found in done:
            self.iterations += found.iterations
            self._pool.add(found.batches)
            self._prices[found.calls] = found.price
            self._note(found.best)
        return [found.best for found in done]

    def _job(
        self,
        session: Session,
        plan: Plan,
        rows: IntArray | None,
        when: tuple[float, float, int | None],
        heat: float,
    ) -> _Found:
        """Search under one plan; freight becomes dearer where the trucks cannot bring it."""
        begun, ends, iterations = when
        found = _Found(plan.calls, self._price(plan))
        session.switch(plan, found.price)
        if rows is None:
            session.begin()
        else:
            session.take(rows)
        slices = _SLICES if may_price(self.problem) else 1
        hot = heat * session.eur_per_stop
        ratio = min(_COLD / heat, 0.1)
        for number in range(slices):
            until, part = begun + (ends - begun) * (number + 1) / slices, None
            if iterations is not None:
                until, part = ends, max(1, iterations // slices)
            budget = Budget(self.elapsed(), until, self.elapsed, self._halt, part)
            now, later = (hot * ratio ** (at / slices) for at in (number, number + 1))
            session.anneal(budget, now, later)
            found.iterations += session.searcher.iterations
            rows, eur = session.rows, session.eur
            one = judge(self.problem, plan, rows, eur)
            if one is not None and (found.best is None or one.eur < found.best.eur):
                found.best = one
            price = dearer(self.problem, plan, rows, eur, session.price)
            if price is None or number + 1 == slices:
                continue
            found.batches.append(self._pool.batch(session))
            found.price = price
            session.switch(plan, price)
            session.take(rows)
        found.batches.append(self._pool.batch(session))
        return found

    def _price(self, plan: Plan) -> FloatArray:
        """Price of freight through the hubs that was last needed under a plan."""
        return self._prices.get(plan.calls, np.zeros(self.problem.num_hubs))

    # -- what is known -------------------------------------------------------------------------

    def _note(self, one: Known | None) -> None:
        if one is None or not one.fits:
            return
        before = self._known.get(one.plan.calls)
        if before is None or one.eur < before.eur:
            self._known[one.plan.calls] = one
        if one.eur < self.eur - 1e-9:
            self._best = one
            self.improvements.append((self.elapsed(), one.eur, -math.inf))

    def _tell(self) -> None:
        if self.on_event is None or self._halt.is_set():
            return
        if self.on_event(Event("rounds", self.elapsed(), self.eur)) is False:
            self.limit = Limit.INTERRUPT
            self._halt.set()

    @property
    def _gone(self) -> float:
        span = max(1e-9, self.time_limit - self._begun)
        return (self.elapsed() - self._begun) / span

    def _over(self, ends: float) -> bool:
        if self.stopped or self.time_limit - self.elapsed() < 2.0 * _POLL_S:
            return True
        return self.max_iterations is None and self._gone >= ends
