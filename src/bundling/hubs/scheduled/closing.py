"""Why each open hub is open: what the day costs without it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundling.certify import Clock
from bundling.hubs.scheduled.loads import handled
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.result import Limit, Result, Status

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Closing:
    """What closing one hub would cost a day.

    Attributes
    ----------
    hub_id
        The hub.
    extra_eur
        Cost of the plan found without it less that of the plan at hand; ``inf`` when there is none
        without it, ``nan`` when none was found in time. Negative: the plan at hand was not the
        best, and closing the hub shows a better one.
    least_eur, most_eur
        What is proved of the true difference between the two best plans.
    is_exact
        Whether both plans are proved to be the best, so that all three agree within the gap.
    """

    hub_id: str
    extra_eur: float
    least_eur: float
    most_eur: float
    is_exact: bool

    def __str__(self) -> str:
        if math.isinf(self.extra_eur):
            return f"{self.hub_id}: without it not all shipments arrive in time"
        if math.isnan(self.extra_eur):
            return f"{self.hub_id}: no plan without it was found in the time given"
        if self.is_exact:
            return f"{self.hub_id}: closing it costs EUR {self.extra_eur:,.2f} a day more"
        between = f"proved: between {_eur(self.least_eur)} and {_eur(self.most_eur)}"
        return f"{self.hub_id}: closing it costs about EUR {self.extra_eur:,.2f} a day ({between})"


def closing_costs(
    result: Result, *, time_limit: float = 60.0, gap: float = 1e-4, seed: int = 0
) -> list[Closing]:
    """Solve the day anew without each open hub, one at a time; those that cost most come first.

    Parameters
    ----------
    result
        A solved `ScheduledProblem`.
    time_limit
        Wall seconds for all hubs together. After an interrupt the hubs that are left are not in
        the answer.
    gap, seed
        As in `bundling.solve`.

    Raises
    ------
    ValueError
        When the result has no solution.
    """
    from bundling.hubs.scheduled.solve import solve

    if result.solution is None:
        raise ValueError(f"no plan to explain: {result.status}. " + " ".join(result.reasons))
    problem: ScheduledProblem = result.problem
    is_open = np.flatnonzero(handled(problem, result.solution).any(axis=1))
    clock, found = Clock(time_limit), []
    for number, hub in enumerate(is_open.tolist()):
        share = max(0.1, clock.left / (len(is_open) - number))
        closed = solve(without_hub(problem, hub), time_limit=share, gap=gap, seed=seed)
        found.append(closing_of(problem.hub_ids[hub], result, closed))
        if closed.limit is Limit.INTERRUPT:
            break
    return sorted(found, key=lambda c: (math.isnan(c.extra_eur), -c.extra_eur, c.hub_id))


def closing_table(closings: list[Closing]) -> pd.DataFrame:
    """Return the answers as a data frame: hub, EUR a day more, what is proved, in words."""
    import pandas as pd

    return pd.DataFrame(
        {
            "hub_id": [c.hub_id for c in closings],
            "extra_eur": [c.extra_eur for c in closings],
            "least_eur": [c.least_eur for c in closings],
            "most_eur": [c.most_eur for c in closings],
            "exact": [c.is_exact for c in closings],
            "why": [str(c) for c in closings],
        }
    )


def without_hub(problem: ScheduledProblem, hub: int) -> ScheduledProblem:
    """Return the problem in which nothing is handled at a hub; the place itself stays."""
    capacity = np.array(problem.hub_capacity)
    capacity[hub] = 0.0
    return problem.replace(hub_capacity=capacity)


def closing_of(hub_id: str, result: Result, closed: Result) -> Closing:
    """Compare two results: the true difference lies between what their bounds prove."""
    if closed.status is Status.INFEASIBLE:
        return Closing(hub_id, math.inf, math.inf, math.inf, is_exact=True)
    # A plan without the hub is a plan with it, too: the true difference is never negative.
    least = max(0.0, closed.bound - result.objective)
    most = closed.objective - result.bound if closed.solution is not None else math.inf
    extra = closed.objective - result.objective if closed.solution is not None else math.nan
    exact = result.status is Status.OPTIMAL and closed.status is Status.OPTIMAL
    return Closing(hub_id, extra, least, most, is_exact=exact)


def _eur(amount: float) -> str:
    return f"EUR {amount:,.2f}" if math.isfinite(amount) else "no limit"
