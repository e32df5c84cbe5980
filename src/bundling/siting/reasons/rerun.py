"""Solving once more with something changed, and what may then be said of the difference.

A search that was cut short knows its plan and a bound, not the least cost. So a difference of two
least costs is known only within an interval: from the bound of the one to the plan of the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bundling.certify import Clock
from bundling.result import OPTIMAL_GAP, Result, Status
from bundling.siting.check import check
from bundling.siting.evaluate import evaluate
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution
from bundling.siting.solve import solve

_LEAST_S = 0.05
_CENT = 0.01


class Shares:
    """One time limit for several runs: each gets an even part of what the ones before left.

    Parameters
    ----------
    time_limit
        Wall seconds for all runs together.
    runs
        How many runs are expected.

    Raises
    ------
    ValueError
        When the time limit is not positive.
    """

    def __init__(self, time_limit: float, runs: int) -> None:
        self.clock = Clock(time_limit)
        self.runs = runs

    def next(self) -> float:
        """Seconds for the next run; a moment at least, so that it ends as cut short, not never."""
        seconds = self.clock.left / max(self.runs, 1)
        self.runs -= 1
        return max(seconds, _LEAST_S)


@dataclass(frozen=True, eq=False)
class Rerun:
    """The best plan known for a problem, and what is proved.

    Attributes
    ----------
    problem
        What was asked.
    solution
        The cheapest plan known; None for none.
    objective, bound
        Its cost, and a cost that no plan is below, EUR.
    infeasible
        Whether it is proved that there is no plan.
    reasons
        Words of the solve.
    """

    problem: SitingProblem
    solution: SitingSolution | None
    objective: float
    bound: float
    infeasible: bool = False
    reasons: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether the plan is proved best, or proved not to exist."""
        slack = _CENT + OPTIMAL_GAP * abs(self.objective)
        return self.infeasible or (
            self.solution is not None and self.objective - self.bound <= slack
        )


@dataclass(frozen=True)
class Change:
    """By how much the least cost of one problem is above that of another, EUR.

    Attributes
    ----------
    eur
        Difference of the two best plans known; ``inf`` when there is proved to be no plan any
        more, ``nan`` when none was found.
    low, high
        The difference of the true least costs lies between these.
    exact
        Whether the two are one number, up to the tolerance within which a plan is called optimal.
    """

    eur: float
    low: float
    high: float
    exact: bool

    def columns(self, name: str = "eur") -> dict[str, float | bool]:
        """Columns of a data frame: ``{name}``, ``low_{name}``, ``high_{name}``, ``approximate``."""
        return {
            name: self.eur,
            f"low_{name}": self.low,
            f"high_{name}": self.high,
            "approximate": not self.exact,
        }

    @property
    def words(self) -> str:
        """The amount, or the interval where only that is known; for changes of at least 0."""
        if self.exact:
            return f"{self.eur:,.0f} EUR"
        if math.isinf(self.high):
            return f"at least {self.low:,.0f} EUR" if self.low > 0 else "an amount not known"
        between = f"{max(self.low, 0.0):,.0f} to {self.high:,.0f} EUR"
        return between if math.isnan(self.eur) else f"{between} (plans found: {self.eur:,.0f})"


def known(result: Result) -> Rerun:
    """Take over the answer that is to be explained.

    Raises
    ------
    ValueError
        When it is no siting result or has no plan.
    """
    if not isinstance(result.problem, SitingProblem):
        raise ValueError(f"this explains siting results, not those of {result.family}")
    if result.solution is None:
        raise ValueError(f"nothing to explain: {result.status}. " + " ".join(result.reasons))
    return Rerun(result.problem, result.solution, result.objective, result.bound)


def rerun(
    problem: SitingProblem,
    *,
    seconds: float,
    gap: float,
    seed: int,
    plans: Iterable[SitingSolution] = (),
    bound: float = -math.inf,
) -> Rerun:
    """Solve a changed problem; a plan known from elsewhere counts when it keeps all its rules.

    Parameters
    ----------
    problem
        The changed problem.
    seconds, gap, seed
        As in `solve`.
    plans
        Plans to hold against the one found.
    bound
        A lower bound known from elsewhere, EUR.
    """
    result = solve(problem, time_limit=seconds, gap=gap, seed=seed)
    best, objective = result.solution, result.objective
    if result.status is Status.INFEASIBLE:
        return Rerun(problem, None, math.inf, math.inf, infeasible=True, reasons=result.reasons)
    for plan in plans:
        cost = evaluate(problem, plan).objective
        if cost < objective and not check(problem, plan):
            best, objective = plan, cost
    bound = min(max(bound, result.bound), objective)
    return Rerun(problem, best, objective, bound, reasons=result.reasons)


def dearer(
    base: Rerun, other: Rerun, *, least: float = -math.inf, most: float = math.inf
) -> Change:
    """Return how much dearer `other` is than `base`.

    Parameters
    ----------
    base, other
        Two problems solved; `base` has a plan.
    least, most
        What is known of the difference beforehand: 0 and more where `other` allows less.
    """
    if other.infeasible:
        return Change(math.inf, math.inf, math.inf, exact=True)
    low = max(other.bound - base.objective, least)
    high = max(min(other.objective - base.bound, most), low)
    eur = math.nan
    if other.solution is not None:
        # Not `inf - inf` or a saving that the rule excludes: plans found are not the best ones.
        eur = min(max(other.objective - base.objective, low), high)
    size = max((abs(x.objective) for x in (base, other) if math.isfinite(x.objective)), default=0.0)
    return Change(eur, low, high, exact=high - low <= _CENT + 2 * OPTIMAL_GAP * size)


def cheaper(base: Rerun, other: Rerun) -> Change:
    """Return how much `other` saves, where it allows all that `base` allows."""
    change = dearer(base, other, most=0.0)
    return Change(0.0 - change.eur, 0.0 - change.high, 0.0 - change.low, change.exact)
