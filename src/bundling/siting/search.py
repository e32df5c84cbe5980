"""Find a siting plan: a start made year by year from the last one back, then the whole model.

HiGHS alone finds no useful plan for several years within a minute (a gap of 38 % after 60 s on 150
sites, 150 demand points, 31 substations and 4 years), while one year is within 1 % in 10 s. The
last year has the most demand and the most room on the grid, so its plan is made first; each
earlier year may build only what the next one keeps. Earlier-first was tried and costs up to 10 %
more: small chargers put down early take the room that larger ones need later.
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
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution

FloatArray = NDArray[np.float64]

METHOD = "MIP by HiGHS"
_START_SHARE = 0.5
"""Largest part of the time for the start, when there are several years."""
_START_GAP = 2e-3
"""Gap at which a single year of the start is good enough."""


@dataclass(frozen=True, eq=False)
class Answer:
    """The plan found and what is known about it.

    Attributes
    ----------
    solution
        None when nothing was found.
    objective_eur, bound_eur
        As the model has them.
    limit, message
        What ended the search, in the solver's words.
    improvements
        ``(seconds, objective, bound)`` of better plans, EUR.
    """

    solution: SitingSolution | None
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
    start = None
    if problem.num_years > 1:
        start = _start(problem, built, clock, seed, watch)
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
        objective_eur=objective * EUR_PER_UNIT,
        bound_eur=outcome.bound * EUR_PER_UNIT,
        limit=outcome.limit,
        message=outcome.message,
        improvements=tuple(watch.seen),
    )


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


def _start(
    problem: SitingProblem, built: Built, clock: Clock, seed: int, watch: _Watch
) -> FloatArray | None:
    """Values of all columns of a plan made from the last year back; None when there is none."""
    years = problem.num_years
    each = _START_SHARE * clock.left / years
    step = np.full((problem.num_sites, years), problem.num_steps - 1, dtype=np.int64)
    most = np.repeat(problem.max_chargers[:, None], problem.num_chargers, axis=1)
    chargers = np.repeat(most[:, :, None], years, axis=2)
    for y in reversed(range(years)):
        alone = build(only_year(problem, y))
        model, here = alone.model, alone.build
        upper = model.upper
        later = min(y + 1, years - 1)
        columns = alone.chargers[:, :, 0]
        upper[columns] = np.minimum(upper[columns], chargers[here, :, later])
        columns = alone.step[:, :, 0]
        too_large = np.arange(problem.num_steps)[None, :] > step[here, later][:, None]
        upper[columns] = np.where(too_large, 0.0, upper[columns])
        outcome = solve_model(
            model.with_bounds(model.lower, upper),
            time_limit=max(0.05, each),
            gap=_START_GAP,
            seed=seed,
            step="siting",
            on_event=lambda _: watch.tell(clock.elapsed, math.inf, -math.inf, "first plan"),
        )
        if outcome.values is None:
            return None
        plan = read(problem=only_year(problem, y), built=alone, values=outcome.values)
        step[:, y], chargers[:, :, y] = plan.step[:, 0], plan.chargers[:, :, 0]
    return _settle(built, columns_of(built, step, chargers), seed)[0]


def only_year(problem: SitingProblem, y: int) -> SitingProblem:
    """Return the problem of planning year number `y` alone, in EUR of one year."""
    return problem.replace(
        years=problem.years[y : y + 1],
        headroom_kw=problem.headroom_kw[:, y : y + 1],
        base_load_kw=problem.base_load_kw[:, y : y + 1],
        demand_kwh=problem.demand_kwh[:, y : y + 1],
        tail_years=1,
        base_overload="reported",
    )


def columns_of(built: Built, step: NDArray[np.int64], chargers: NDArray[np.int64]) -> FloatArray:
    """Values of all columns with these whole numbers, the others 0; see `_settle`."""
    values = np.zeros(built.model.num_columns)
    numbers = np.arange(built.step.shape[1])[None, :, None]
    values[built.step] = step[built.build][:, None, :] == numbers
    values[built.chargers] = chargers[built.build]
    return values


def _settle(built: Built, values: FloatArray | None, seed: int) -> tuple[FloatArray | None, float]:
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
    outcome: MipOutcome = solve_model(exact, seed=seed)
    if outcome.status is not Status.OPTIMAL or outcome.values is None:
        return None, math.inf
    return outcome.values, outcome.objective
