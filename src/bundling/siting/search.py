"""Find a siting plan: slope scaling, neighbourhoods, then the whole model by HiGHS.

A large problem gets a bound first, from the years one by one (`year_bounds`).

HiGHS alone is a gamble: on two invented regions of 150 sites, 150 demand points and 31 substations
its gap after 60 s was 0.9 % and 1.9 % for one year, 1.6 % and 38 % for four. Slope scaling has a
plan in 2 s (one year) or 6 s (four), and with it the gaps are 0.9 % and 1.6 %, 1.6 % and 2.9 %;
HiGHS rarely improves that plan, but on Overijssel with batteries it did (54.2 to 53.1 M EUR).
Planning the years one by one, first or last year first, was tried: it depends on the time limit of
each year, and was 10 % to 40 % dearer at its worst.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.mip import MipOutcome, solve_model
from bundling.result import Event, Limit, OnEvent, Status
from bundling.siting.milp import EUR_PER_UNIT, Built, build, read
from bundling.siting.neighbourhoods import improve
from bundling.siting.problem import SitingProblem
from bundling.siting.slopes import first_plan
from bundling.siting.solution import SitingSolution
from bundling.siting.year_bounds import years_bound

FloatArray = NDArray[np.float64]

METHOD = "slope scaling, neighbourhoods, then MIP by HiGHS"
_START_SHARE = 0.3
"""Largest part of the time for the first plan."""
_BETTER_SHARE = 0.3
"""Largest part of what is left then for making it better."""
_BOUND_SHARE = 0.25
"""Largest part of the time for a bound before any plan."""
_SOLVABLE = 100_000
"""Columns up to which the linear relaxation of the whole is tried first."""
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
) -> Answer:
    """Search for the plan of least net present cost."""
    clock = Clock(time_limit)
    built = build(problem)
    watch = _Watch(clock, on_event)
    large = bool(built.model.integer.sum() > _LARGE)
    relaxed = _first_bound(problem, built, clock, seed, watch) if large else -math.inf
    search = _Search(clock, gap, seed, watch, relaxed)
    start = search.start(problem, built, large=large)
    if watch.stopped and start is not None:
        values, objective = _settle(built, start, seed)
        return Answer(
            solution=None if values is None else read(problem, built, values),
            status=Status.UNKNOWN,
            objective_eur=objective * EUR_PER_UNIT,
            bound_eur=relaxed * EUR_PER_UNIT,
            limit=Limit.INTERRUPT,
            message="stopped before the whole model was given to HiGHS",
            improvements=tuple(watch.seen),
        )
    watch.began = clock.elapsed
    outcome = solve_model(
        built.model,
        time_limit=max(0.05, 0.97 * clock.left),
        gap=gap,
        seed=seed,
        start=start,
        step="siting",
        on_event=watch,
    )
    found = outcome.values if outcome.values is not None else start
    values, objective = _settle(built, found, seed)
    if start is not None and outcome.objective > float(built.model.cost @ start):
        values, objective = _settle(built, start, seed)
    return Answer(
        solution=None if values is None else read(problem, built, values),
        status=outcome.status,
        objective_eur=objective * EUR_PER_UNIT,
        bound_eur=max(outcome.bound, relaxed) * EUR_PER_UNIT,
        limit=outcome.limit,
        message=outcome.message,
        improvements=tuple(watch.seen),
    )


def _first_bound(
    problem: SitingProblem, built: Built, clock: Clock, seed: int, watch: _Watch
) -> float:
    """Bound that is there however soon the time ends, in the model's unit; -inf when none is.

    The better of the linear relaxation and of the years one by one. A linear relaxation that is
    too large for its part of the time is left out.
    """
    limit = Clock(max(0.05, _BOUND_SHARE * clock.left))
    found = -math.inf
    if built.model.num_columns <= _SOLVABLE or problem.num_years == 1:
        model = built.model
        fraction = model.with_bounds(model.lower, model.upper, integer=np.zeros_like(model.integer))
        outcome = solve_model(fraction, time_limit=max(0.05, limit.left), seed=seed)
        if outcome.limit is Limit.INTERRUPT:
            watch.stop()
        if outcome.status is Status.OPTIMAL:
            found = outcome.bound
    if problem.num_years > 1 and limit.left > 1.0 and not watch.stopped:
        alone = years_bound(problem, limit, seed, stopped=watch.stop)
        found = max(found, alone / EUR_PER_UNIT)
    return found


class _Watch:
    """Turns the solver's events into EUR and seconds of the whole search."""

    def __init__(self, clock: Clock, on_event: OnEvent | None) -> None:
        self.clock = clock
        self.on_event = on_event
        self.began = 0.0
        self.seen: list[tuple[float, float, float]] = []
        self.stopped = False

    def __call__(self, event: Event) -> bool:
        return self.tell(
            self.began + event.seconds, event.objective * EUR_PER_UNIT, event.bound * EUR_PER_UNIT
        )

    def tell(self, seconds: float, objective: float, bound: float, message: str = "") -> bool:
        """Pass an event on; remember a better plan. False when the caller wants to stop."""
        if math.isfinite(objective):
            self.seen.append((seconds, objective, bound))
        if self.on_event is not None:
            self.stopped |= (
                self.on_event(Event("siting", seconds, objective, bound, message)) is False
            )
        return not self.stopped

    def stop(self) -> None:
        """Remember that the user interrupts: nothing new is begun."""
        self.stopped = True


@dataclass(frozen=True, eq=False)
class _Search:
    """How a first plan comes about, and gets better."""

    clock: Clock
    gap: float
    seed: int
    watch: _Watch
    bound: float

    def start(self, problem: SitingProblem, built: Built, *, large: bool) -> FloatArray | None:
        """Values of all columns of the best plan found; None when there is none.

        Batteries and panels make each step some ten times as slow. So a large problem is planned
        without them first, which is a plan of the whole problem too, and then with them.
        """
        if large and problem.storage is not None:
            plain = problem.replace(storage=None)
            without = build(plain)
            values = self.start(plain, without, large=True)
            if values is not None:
                plan = read(plain, without, values)
                values = columns_of(built, plan.step, plan.chargers)
                values[built.upgraded] = plan.upgraded
                values = _settle(built, values, self.seed, self.clock.left)[0]
        else:
            values = self._first(problem, built)
        if values is None or not large or self.watch.stopped:
            return values
        if not self._tell(float(built.model.cost @ values)):
            return values
        better = improve(
            problem,
            built,
            values,
            Clock(max(0.05, _BETTER_SHARE * self.clock.left)),
            self.seed,
            self._tell,
            self.watch.stop,
        )
        settled = _settle(built, better, self.seed, self.clock.left)[0]
        return values if settled is None else settled

    def _first(self, problem: SitingProblem, built: Built) -> FloatArray | None:
        limit = Clock(max(0.05, _START_SHARE * self.clock.left))
        plan = first_plan(
            problem,
            limit,
            self.seed,
            lambda cost: self.watch.tell(self.clock.elapsed, cost, -math.inf),
            self.watch.stop,
        )
        if plan is None:
            return None
        return _settle(built, columns_of(built, *plan), self.seed)[0]

    def _tell(self, cost: float) -> bool:
        """Pass a better plan on. False when it is near enough the bound, or the caller stops."""
        wanted = self.watch.tell(self.clock.elapsed, cost * EUR_PER_UNIT, self.bound * EUR_PER_UNIT)
        return wanted and cost - self.bound > self.gap * abs(cost)


def columns_of(built: Built, step: NDArray[np.int64], chargers: NDArray[np.int64]) -> FloatArray:
    """Values of all columns with these whole numbers, the others 0; see `_settle`."""
    values = np.zeros(built.model.num_columns)
    numbers = np.arange(built.step.shape[1])[None, :, None]
    values[built.step] = step[built.build][:, None, :] == numbers
    values[built.chargers] = chargers[built.build]
    return values


def _settle(
    built: Built, values: FloatArray | None, seed: int, time_limit: float = math.inf
) -> tuple[FloatArray | None, float]:
    """Best values of the continuous columns for the whole numbers in `values`.

    A step of 0.9999997 is whole to the solver, and 3 kW of a 10 MW connection to the checker.
    """
    if values is None:
        return None, math.inf
    model = built.model
    lower, upper = model.lower, model.upper
    fixed = model.integer
    lower[fixed] = upper[fixed] = np.round(values[fixed])
    exact = model.with_bounds(lower, upper, integer=np.zeros_like(fixed))
    outcome: MipOutcome = solve_model(exact, seed=seed, time_limit=max(0.05, time_limit))
    if outcome.status is not Status.OPTIMAL or outcome.values is None:
        return None, math.inf
    return outcome.values, outcome.objective
