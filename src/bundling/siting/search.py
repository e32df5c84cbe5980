"""Find a siting plan: from the last year back, neighbourhoods, then the whole model by HiGHS.

HiGHS alone is a gamble: on two invented regions of 150 sites, 150 demand points and 31 substations
its gap after 60 s was 0.9 % and 1.9 % for one year, 1.6 % and 38 % for four; with a plan to start
from it rarely improves that plan, but on Overijssel with batteries it did (54.2 to 53.1 M EUR). So
a large problem is planned by `backward` (several years) or `slopes` (one), made better a few sites
at a time, and given to HiGHS at last, while a bound grows on the second core (`year_bounds`).
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.mip import MipOutcome, solve_model
from bundling.result import Event, Limit, OnEvent, Status
from bundling.siting.backward import plan_back
from bundling.siting.milp import EUR_PER_UNIT, Built, build, read
from bundling.siting.neighbourhoods import improve
from bundling.siting.problem import SitingProblem
from bundling.siting.settle import settle
from bundling.siting.slopes import first_plan
from bundling.siting.solution import SitingSolution
from bundling.siting.start import better_start, columns_of, columns_of_plan
from bundling.siting.year_bounds import Prover

FloatArray = NDArray[np.float64]

METHOD = "from the last year back, neighbourhoods, then MIP by HiGHS"
_START_SHARE = 0.4
"""Largest part of the time for the first plan."""
_PLAIN_SHARE = 0.15
"""The same for a plan without the batteries and panels of a problem that has them."""
_BETTER_SHARE = 0.6
"""Largest part of what is left then for making it better nearby."""
_SOLVABLE = 100_000
"""Columns from which HiGHS does not even solve the linear relaxation in minutes."""
_END_SHARE = 0.97
"""Part of what is left that a solver gets last, so that the limit is kept."""
_LARGE = 600
"""Whole numbers from which HiGHS alone is a gamble, and neighbourhoods come first."""


@dataclass(frozen=True, eq=False)
class Answer:
    """The plan found and what is known about it.

    Attributes
    ----------
    solution
        None when nothing was found.
    status
        The solver's; `INFEASIBLE` when no plan keeps all limits.
    objective_eur, bound_eur
        As the model has them.
    limit, message
        What ended the search, in the solver's words.
    improvements
        ``(seconds, objective, bound)`` of better plans, EUR.
    """

    solution: SitingSolution | None
    status: Status
    objective_eur: float
    bound_eur: float
    limit: Limit
    message: str
    improvements: tuple[tuple[float, float, float], ...]


def minimise(
    problem: SitingProblem,
    *,
    time_limit: float,
    gap: float,
    seed: int,
    on_event: OnEvent | None = None,
    plan: SitingSolution | None = None,
) -> Answer:
    """Search for the plan of least net present cost; `plan` is one to start from."""
    clock = Clock(time_limit)
    built = build(problem)
    watch = _Watch(clock, gap, on_event)
    search = _Search(clock, seed, watch)
    if built.model.integer.sum() <= _LARGE:
        start = better_start(built, plan, search.first(problem, built), seed, clock.left)
        outcome = _whole(built, start, watch, seed)
    else:
        limit = Clock(_END_SHARE * time_limit)
        with Prover(problem, built.model, limit, seed, watch.prove) as prover:
            if not math.isfinite(time_limit) and not prover.wait():
                watch.halt.set()
            start = search.start(problem, built, plan)
            outcome = _whole(built, start, watch, seed)
    values, objective = start, math.inf if start is None else float(built.model.cost @ start)
    if outcome.values is not None and outcome.objective < objective:
        settled, cost = settle(built.model, outcome.values, seed)
        if settled is not None and cost < objective:
            values, objective = settled, cost
    return Answer(
        solution=None if values is None else read(problem, built, values),
        status=outcome.status,
        objective_eur=objective * EUR_PER_UNIT,
        bound_eur=max(outcome.bound * EUR_PER_UNIT, watch.bound_eur),
        limit=Limit.GAP if watch.enough else outcome.limit,
        message=outcome.message,
        improvements=tuple(watch.seen),
    )


def _whole(built: Built, start: FloatArray | None, watch: _Watch, seed: int) -> MipOutcome:
    """Give the whole model to HiGHS, unless the search should end or has no time for that."""
    watch.began = watch.clock.elapsed
    late = watch.clock.left < (1.0 - _END_SHARE) * watch.clock.time_limit
    if start is not None and (watch.halt.is_set() or late):
        return MipOutcome(
            status=Status.FEASIBLE,
            limit=Limit.TIME if late else Limit.INTERRUPT,
            objective=math.inf,
            bound=-math.inf,
            values=None,
            row_duals=None,
            seconds=0.0,
            message="the whole model was not given to HiGHS",
        )
    return solve_model(
        built.model,
        time_limit=max(0.05, _END_SHARE * watch.clock.left),
        gap=watch.gap,
        seed=seed,
        start=start,
        step="siting",
        on_event=watch,
        cancelled=watch.halt.is_set,
    )


class _Watch:
    """Turns events into EUR and seconds of the whole search, and says when it should end.

    Attributes
    ----------
    halt
        Set when the search should end: by the caller, by Ctrl-C, or because the gap is reached.
    enough
        Whether it was the gap.
    bound_eur
        Best bound proved beside the solver.
    """

    def __init__(self, clock: Clock, gap: float, on_event: OnEvent | None) -> None:
        self.clock = clock
        self.gap = gap
        self.on_event = on_event
        self.began = 0.0
        self.seen: list[tuple[float, float, float]] = []
        self.halt = threading.Event()
        self.enough = False
        self.bound_eur = -math.inf

    def __call__(self, event: Event) -> bool:
        return self.tell(
            self.began + event.seconds, event.objective * EUR_PER_UNIT, event.bound * EUR_PER_UNIT
        )

    def better(self, cost: float) -> None:
        """Tell of a better plan, its cost in the model's unit."""
        self.tell(self.clock.elapsed, cost * EUR_PER_UNIT, self.bound_eur)

    def tell(self, seconds: float, objective: float, bound: float) -> bool:
        """Pass an event on; remember a better plan. False when the search should end."""
        bound = max(bound, self.bound_eur)
        if math.isfinite(objective):
            self.seen.append((seconds, objective, bound))
        if self.on_event is not None:
            goes_on = self.on_event(Event("siting", seconds, objective, bound)) is not False
            if not goes_on:
                self.halt.set()
        self._weigh()
        return not self.halt.is_set()

    def prove(self, bound_eur: float) -> None:
        """Take a better bound, told from another thread."""
        self.bound_eur = max(self.bound_eur, bound_eur)
        self._weigh()

    def _weigh(self) -> None:
        best = min((objective for _, objective, _ in self.seen), default=math.inf)
        if self.bound_eur >= best - self.gap * abs(best) and not self.halt.is_set():
            self.enough = True
            self.halt.set()


@dataclass(frozen=True, eq=False)
class _Search:
    """How a first plan comes about, and gets better."""

    clock: Clock
    seed: int
    watch: _Watch

    def start(
        self, problem: SitingProblem, built: Built, given: SitingSolution | None
    ) -> FloatArray | None:
        """Values of all columns of the best plan found for a large problem; None without any."""
        if problem.storage is None:
            values = self._plain(problem, built, _START_SHARE)
        else:
            values = self._stored(problem, built)
        values = better_start(built, given, values, self.seed, self.clock.left)
        if values is None:
            return None
        self.watch.better(float(built.model.cost @ values))
        # With storage, and on large problems, HiGHS on the whole finds nothing better in time.
        alone = problem.storage is not None or built.model.num_columns > _SOLVABLE
        share = 2.0 * _END_SHARE - 1.0 if alone else _BETTER_SHARE
        return improve(
            problem,
            built,
            values,
            Clock(max(0.05, share * self.clock.left)),
            self.seed,
            self.watch.better,
            self.watch.halt,
        )

    def first(self, problem: SitingProblem, built: Built) -> FloatArray | None:
        """Values of all columns of a plan by slope scaling; None without any."""
        plan = first_plan(
            problem,
            Clock(max(0.05, _START_SHARE * self.clock.left)),
            self.seed,
            lambda cost: self.watch.tell(self.clock.elapsed, cost, -math.inf),
            self.watch.halt,
        )
        if plan is None:
            return None
        return settle(built.model, columns_of(built, *plan), self.seed)[0]

    def _plain(self, problem: SitingProblem, built: Built, share: float) -> FloatArray | None:
        values = None
        if problem.num_years > 1:
            limit = Clock(max(0.05, share * self.clock.left))
            values = self._settled(built, plan_back(problem, limit, self.seed, self.watch.halt))
        return self.first(problem, built) if values is None else values

    def _stored(self, problem: SitingProblem, built: Built) -> FloatArray | None:
        """Plan without batteries and panels first: with them each step is ten times as slow.

        The plan without is one of the whole problem too, and its last year a start for another
        round from the last year back.
        """
        plain = problem.replace(storage=None)
        without = build(plain)
        values = self._plain(plain, without, _PLAIN_SHARE)
        if values is None:
            return None
        plan = read(plain, without, values)
        values = self._settled(built, plan)
        if values is None:
            return None
        cost = float(built.model.cost @ values)
        self.watch.better(cost)
        limit = Clock(max(0.05, _START_SHARE * self.clock.left))
        again = self._settled(built, plan_back(problem, limit, self.seed, self.watch.halt, plan))
        if again is not None and float(built.model.cost @ again) < cost:
            return again
        return values

    def _settled(self, built: Built, plan: SitingSolution | None) -> FloatArray | None:
        if plan is None:
            return None
        values = columns_of_plan(built, plan)
        return settle(built.model, values, self.seed, max(0.05, self.clock.left))[0]
