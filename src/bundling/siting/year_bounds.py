"""A bound from the years one by one.

Years touch each other only through what must stay (chargers, connections, batteries,
reinforcements), budgets and ceilings. Without those rows each year is a problem of its own, far
smaller than the whole, and the sum of their bounds, each with the year's weight, is a bound of the
whole: every plan of all years is a plan of each. Demand grows in most questions, so what a year
would choose alone stays by itself, and little is lost: with 500 sites and ten years, where the
linear relaxation of the whole is not solved in 200 s, this is what proves anything.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Self

import numpy as np

from bundling.certify import Clock
from bundling.mip import LinearModel, solve_model
from bundling.result import Limit, Status
from bundling.siting.milp import EUR_PER_UNIT, build
from bundling.siting.problem import SitingProblem
from bundling.siting.slopes import only_year

_GAP = 1e-3
_NODES = 2000
_SOLVABLE = 100_000
"""Columns up to which the linear relaxation of the whole is of use."""
_STOP_S = 1.5
"""How long the end of a search waits for the bound to hear of it."""


def years_bound(
    problem: SitingProblem,
    clock: Clock,
    seed: int,
    *,
    tell: Callable[[float], object] | None = None,
    halt: threading.Event | None = None,
) -> float:
    """Return a lower bound on the net present cost, EUR; -inf when a year has none in time.

    Parameters
    ----------
    problem
        The problem.
    clock
        Time for all years. Each first gets its linear relaxation, so that all have a bound; what
        is left is shared by their integer programs.
    seed
        For HiGHS.
    tell
        Called with each better bound.
    halt
        Set when it should end, and set here on Ctrl-C; what is proved until then comes back.
    """
    halt = halt or threading.Event()

    def proved() -> float:
        bound = float(bounds @ weights) * EUR_PER_UNIT
        if tell is not None:
            tell(bound)
        return bound

    alone = [build(only_year(problem, y)).model for y in range(problem.num_years)]
    weights = problem.year_weights
    bounds = np.full(len(alone), -math.inf)
    for y, model in enumerate(alone):
        fraction = model.with_bounds(model.lower, model.upper, integer=np.zeros_like(model.integer))
        outcome = solve_model(
            fraction, time_limit=max(clock.left, 0.05), seed=seed, cancelled=halt.is_set
        )
        if outcome.limit is Limit.INTERRUPT:
            halt.set()
        if outcome.status is not Status.OPTIMAL:
            return -math.inf
        bounds[y] = outcome.bound
    bound = proved()
    for rank, y in enumerate(np.argsort(-bounds * weights)):
        left = clock.left / (len(alone) - rank)
        if left < 1.0:
            break
        outcome = solve_model(
            alone[y],
            time_limit=left,
            gap=_GAP,
            seed=seed,
            max_nodes=_NODES,
            cancelled=halt.is_set,
        )
        bounds[y] = max(bounds[y], outcome.bound)
        bound = proved()
        if outcome.limit is Limit.INTERRUPT:
            halt.set()
            break
    return bound


class Prover:
    """A bound that grows on a core of its own while a plan is sought.

    Without a time limit the search should `wait` for it, so that the answer does not depend on
    which of the two is quicker.

    Parameters
    ----------
    problem, model
        The problem, and its whole model.
    clock
        Of the whole search.
    seed
        For HiGHS.
    tell
        Called from the other thread with each bound, EUR.
    """

    def __init__(
        self,
        problem: SitingProblem,
        model: LinearModel,
        clock: Clock,
        seed: int,
        tell: Callable[[float], object],
    ) -> None:
        self._tell = tell
        self._given = (problem, model, clock, seed)
        self._failures: list[BaseException] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="bound", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it; what failed in it is raised here."""
        self._stop.set()
        self._thread.join(_STOP_S)
        if self._failures:
            raise self._failures[0]

    def wait(self) -> bool:
        """Wait until all is proved that can be; False when the user interrupts (Ctrl-C)."""
        try:
            while self._thread.is_alive():
                self._thread.join(0.1)
        except KeyboardInterrupt:
            self._stop.set()
            return False
        return True

    def _work(self) -> None:
        problem, _, clock, seed = self._given
        stopped = self._stop.is_set
        try:
            if problem.num_years == 1 or _tied(problem):
                self._relax()
            if problem.num_years > 1 and not stopped():
                years_bound(problem, clock, seed, tell=self._tell, halt=self._stop)
        except BaseException as error:
            self._failures.append(error)

    def _relax(self) -> None:
        _, model, clock, seed = self._given
        if model.num_columns > _SOLVABLE:
            return
        fraction = model.with_bounds(model.lower, model.upper, integer=np.zeros_like(model.integer))
        outcome = solve_model(
            fraction, time_limit=max(0.05, clock.left), seed=seed, cancelled=self._stop.is_set
        )
        if outcome.status is Status.OPTIMAL:
            self._tell(outcome.bound * EUR_PER_UNIT)


def _tied(problem: SitingProblem) -> bool:
    """Tell whether more than what stays ties the years, or the places, together."""
    parts = (problem.budget, problem.coverage, problem.power_rules, problem.impacts)
    return any(part is not None for part in parts)
