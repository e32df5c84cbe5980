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
from collections.abc import Callable

import numpy as np

from bundling.certify import Clock
from bundling.mip import solve_model
from bundling.result import Limit, Status
from bundling.siting.milp import EUR_PER_UNIT, build
from bundling.siting.problem import SitingProblem
from bundling.siting.slopes import only_year

_GAP = 1e-3
_NODES = 2000


def years_bound(
    problem: SitingProblem, clock: Clock, seed: int, *, stopped: Callable[[], None] | None = None
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
    stopped
        Called when the user interrupts (Ctrl-C); what is proved until then comes back.
    """

    def interrupted(limit: Limit) -> bool:
        if limit is Limit.INTERRUPT and stopped is not None:
            stopped()
        return limit is Limit.INTERRUPT

    alone = [build(only_year(problem, y)).model for y in range(problem.num_years)]
    weights = problem.year_weights
    bounds = np.full(len(alone), -math.inf)
    for y, model in enumerate(alone):
        fraction = model.with_bounds(model.lower, model.upper, integer=np.zeros_like(model.integer))
        outcome = solve_model(fraction, time_limit=max(clock.left, 0.05), seed=seed)
        if interrupted(outcome.limit) or outcome.status is not Status.OPTIMAL:
            return -math.inf
        bounds[y] = outcome.bound
    for rank, y in enumerate(np.argsort(-bounds * weights)):
        left = clock.left / (len(alone) - rank)
        if left < 1.0:
            break
        outcome = solve_model(alone[y], time_limit=left, gap=_GAP, seed=seed, max_nodes=_NODES)
        bounds[y] = max(bounds[y], outcome.bound)
        if interrupted(outcome.limit):
            break
    return float(bounds @ weights) * EUR_PER_UNIT
