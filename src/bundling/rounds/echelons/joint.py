"""The search over trucks and rounds together: rounds are kept while plans of the trucks change.

A first search for rounds under a few guessed plans; then many short ones, each under a plan that
differs by one call of a truck (more, less, elsewhere, by another truck) and begun with the rounds
there are, each of them from its cheapest hub; now and then longer ones under the best plans, and at
the end under ever fewer of them, as in successive halving. Between those, rounds of all searches
are put together anew (`pool`). Two threads look at two plans at a time.
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
from bundling.rounds.echelons.job import Until, search_under
from bundling.rounds.echelons.known import Known, judge, outcome_of
from bundling.rounds.echelons.outcome import Outcome
from bundling.rounds.echelons.plans import Plan
from bundling.rounds.echelons.pool import Pool
from bundling.rounds.echelons.problem import FloatArray, TwoEchelonProblem
from bundling.rounds.echelons.rehub import Rehub
from bundling.rounds.echelons.scout import Scout
from bundling.rounds.echelons.session import Session, build_data
from bundling.rounds.electric.arrays import Data, IntArray

_WORKERS = 2
_STOPS_A_ROUND = 8.0
"""First guess, before a search has told."""
_STARTS, _START = 4, 0.03
"""Plans that are searched from nothing, and the part of the time for each."""
_TRIAL_S_A_STOP, _TRIAL_MOST = 0.002, 0.02
"""Seconds a stop for a search under another plan, and part of the time at most."""
_TRIALS = 6
"""Pairs of them where iterations count, not seconds."""
_WARM = 0.3
"""How hot it begins, next to a search from nothing."""
_STUCK, _LITTLE = 6, 1e-4
"""After so many pairs that better an answer by less than this part, two calls are changed."""
_STAGES = (
    (0, 0.35, _WARM), (8, 0.42, 1.0), (0, 0.65, _WARM), (8, 0.72, 1.0), (2, 0.84, 1.0),
    (1, 0.94, 0.5), (1, 1.0, 0.15),
)  # fmt: skip
"""Under how many plans is searched (0: under new ones), until which part of the time, how hot."""
_LONGEST = 0.25
"""Part of the time that stands for the most iterations of one search."""
_CHOICE = 0.01
"""Part of the time that each step of a choice among rounds seen may take."""
_POLL_S, _NAP_S = 0.05, 0.01
"""Time between two events, and between two looks at the threads: searches may be short."""


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
        self._tells = 0.0  # when the caller hears of it next
        self._known: dict[Calls, Known] = {}
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
        data = build_data(self.problem)
        try:
            self._stages(data)
        except KeyboardInterrupt:
            if self._best is None:
                raise
            self.limit = Limit.INTERRUPT
        if self._best is not None:
            self.best = outcome_of(self.problem, data, self._best, self.limit)
        if not self.stopped:
            over = self.elapsed() >= self.time_limit - 2.0 * _POLL_S
            self.limit = Limit.TIME if over else Limit.ITERATIONS

    # -- stages ------------------------------------------------------------------------------

    def _stages(self, data: Data) -> None:
        """Search from nothing, then in the stages of `_STAGES`."""
        problem = self.problem
        states = np.random.SeedSequence(self.seed % 2**32).generate_state(_WORKERS)
        self._sessions = [Session(problem, data, int(state)) for state in states]
        self._rehub, self._pool = Rehub(problem, data), Pool(problem, data)
        guess = Guess(problem, _STOPS_A_ROUND)
        scout = Scout(guess, self._rehub, self.seed)
        self._tries = scout.tries
        self._start(guess)
        for most, ends, heat in _STAGES if self._current is not None else ():
            if most:
                self._settle(most, ends, heat)
            else:
                self._explore(scout, ends)

    def _start(self, guess: Guess) -> None:
        """Search from nothing under the plans with the best guesses, until all stops are served."""
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

    def _explore(self, scout: Scout, ends: float) -> None:
        """Change the plan by one call at a time; where that helps no more, by two."""
        trials, stuck, before = 0, 0, self.eur
        span = max(1e-9, self.time_limit - self._begun)
        share = min(_TRIAL_MOST, _TRIAL_S_A_STOP * self.problem.num_stops / span)
        if self.max_iterations is not None:
            share = _TRIAL_MOST
        current = self._best or self._current
        while current is not None and not self._over(ends):
            if self.max_iterations is not None and trials == _TRIALS:
                return
            trials += 1
            kick = stuck >= _STUCK
            if kick:
                current, stuck = self._best or current, 0
            plans = (scout.beyond if kick else scout.around)(current, _WORKERS)
            if not plans:
                return
            found = self._search([(plan, current.rows) for plan in plans], share, _WARM)
            there = [one for one in found if one is not None]
            new = min(there, key=lambda one: one.eur, default=current)
            stuck = 0 if new.eur < current.eur * (1.0 - _LITTLE) else stuck + 1
            if self.eur < before * (1.0 - _LITTLE):
                before, scout.kicks = self.eur, 0
            if kick or new.eur <= current.eur:
                current = new

    def _settle(self, most: int, ends: float, heat: float) -> None:
        """Search longer, until a part of the time, under so many of the best plans."""
        assert self._current is not None
        ways = self._ranked[:most] or [self._current]
        pairs = [ways[at : at + _WORKERS] for at in range(0, len(ways), _WORKERS)]
        for number, pair in enumerate(pairs):
            if self._over(1.0):
                return
            share = (ends - self._gone) / (len(pairs) - number)
            if self.max_iterations is not None:
                share = _LONGEST / len(pairs)
            both = [(one.plan, one.rows) for one in pair * _WORKERS]
            self._search(both[:_WORKERS], share, heat)
        if most <= _WORKERS:
            self._choose()

    def _choose(self) -> None:
        """Put rounds of all searches together under the best plan."""
        one = self._best or self._current
        seconds = _CHOICE * (self.time_limit - self._begun)
        seconds = min(seconds, (self.time_limit - self.elapsed()) / 2.0 - _POLL_S)
        if one is None or seconds <= 0.0 or self.stopped:
            return
        eur = one.rounds_eur if one.fits else math.inf
        chosen = self._pool.choose(one.plan, one.rows, eur, time_limit=seconds, seed=self.seed)
        if chosen is not None:
            self._note(judge(self.problem, one.plan, *chosen))

    @property
    def _ranked(self) -> list[Known]:
        """Answers under different plans, the cheapest first."""
        return sorted(self._known.values(), key=lambda one: (one.eur, one.plan.calls))

    # -- one search on each thread -----------------------------------------------------------

    def _search(
        self, tasks: Sequence[tuple[Plan, IntArray | None]], share: float, heat: float
    ) -> list[Known | None]:
        """Search under a plan on each thread for a part of the time; return what was found."""
        for plan, _ in tasks:
            self._tries[plan.calls] = self._tries.get(plan.calls, 0) + 1
        self.tried += len(tasks)
        span, now = max(1e-9, self.time_limit - self._begun), self.elapsed()
        until = Until(now, min(now + share * span, self.time_limit), self.elapsed, self._halt)
        if self.max_iterations is not None:
            until.iterations = max(1, round(self.max_iterations * share / _LONGEST))
            until.ends = self.time_limit
        moved = [
            (plan, None if rows is None else self._rehub.assign(rows, plan, self._price(plan)))
            for plan, rows in tasks
        ]
        with ThreadPoolExecutor(_WORKERS, "echelons") as pool:
            futures = [
                pool.submit(search_under, session, plan, rows, self._price(plan), until, heat)
                for session, (plan, rows) in zip(self._sessions, moved, strict=False)
            ]
            while not all(future.done() for future in futures):
                try:
                    time.sleep(_NAP_S)
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
        if self.on_event is None or self._halt.is_set() or self.elapsed() < self._tells:
            return
        self._tells = self.elapsed() + _POLL_S
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
