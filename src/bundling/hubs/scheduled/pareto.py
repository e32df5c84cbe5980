"""The front of two aims of a day: plans of which none is worse than another in both.

First by price: between two plans the price at which both are as good asks whether a third is
better (Y. P. Aneja, K. P. K. Nair, "Bicriteria transportation problem", Management Science 25
(1979) 73-78); that finds the plans on the convex hull. Then, where the whole model is small enough
for HiGHS, by caps: the best plan with a little less of the second aim than the one before (Y. Y.
Haimes, L. S. Lasdon, D. A. Wismer, IEEE Transactions on Systems, Man, and Cybernetics 1 (1971)
296-297), which finds those within the hull as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bundling.certify import Clock
from bundling.errors import Fault, raise_if
from bundling.hubs.scheduled.aims import COST, posed, reached, refuse
from bundling.hubs.scheduled.milp import is_small
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.hubs.scheduled.solve import solve
from bundling.hubs.scheduled.split import split_parts
from bundling.hubs.scheduled.state import day_of
from bundling.result import Status

if TYPE_CHECKING:
    import pandas as pd

_SAME = 1e-6
"""Two values are equal within this part of the span of the front."""
_FAR = 1000.0
"""Price of the second aim, in parts of what both are worth, at which only it counts."""

_FINE = 1e-7
"""Gap at that price, so that the first aim is not lost in it."""


@dataclass(frozen=True, eq=False)
class FrontPoint:
    """One plan of a front.

    Attributes
    ----------
    first, second
        What it reaches in the two aims.
    found_by
        ``"price"`` or ``"cap"``.
    is_proved
        Whether it is proved to be best at its price or cap.
    solution
        The plan.
    """

    first: float
    second: float
    found_by: str
    is_proved: bool
    solution: ScheduledSolution


@dataclass(frozen=True, eq=False)
class Front:
    """Plans of which none beats another in both aims.

    Attributes
    ----------
    problem
        The day, divided shipments in parts.
    aims
        Two of `aims.AIMS`.
    points
        The plans, least of the first aim first.
    is_complete
        Whether it is proved, within the gap, that there are no others.
    """

    problem: ScheduledProblem
    aims: tuple[str, str]
    points: tuple[FrontPoint, ...]
    is_complete: bool

    def table(self) -> pd.DataFrame:
        """One row a plan: both aims, how it was found, and what a unit less of the second costs.

        The last, ``per_unit_saved``, is against the row before.
        """
        import pandas as pd

        rate = [math.nan] + [
            (b.first - a.first) / (a.second - b.second)
            for a, b in zip(self.points[:-1], self.points[1:], strict=True)
        ]
        return pd.DataFrame(
            {
                self.aims[0]: [p.first for p in self.points],
                self.aims[1]: [p.second for p in self.points],
                "found_by": [p.found_by for p in self.points],
                "proved": [p.is_proved for p in self.points],
                "per_unit_saved": rate,
            }
        )


def pareto(
    problem: ScheduledProblem,
    x: str = COST,
    y: str = "co2e_kg",
    *,
    points: int = 20,
    time_limit: float = 120.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> Front:
    """Find the plans between the best one in one aim and the best one in another.

    Parameters
    ----------
    problem
        The day, without a cap on CO2e; its prices of CO2e, NOx, km and zone trips are left out.
    x, y
        Two of ``cost_eur, co2e_kg, nox_kg, vehicle_km, trips_into_zone``. A cost that stands second
        is put first.
    points
        Most plans.
    time_limit
        Wall seconds for all of them together.
    gap, seed
        As in `solve`.

    Returns
    -------
    Front
        Without points when nothing was found in time, or there is no plan at all.

    Raises
    ------
    bundling.InputError
        When an aim is unknown, both are the same, or there is a cap.
    """
    refuse(x, y)
    if math.isfinite(problem.co2e_cap_kg):
        rule = f"is {problem.co2e_cap_kg:g}"
        remedy = "Leave it out (inf): the front shows every level."
        raise_if([Fault("settings", "co2e_cap_kg", (), rule, remedy)])
    order = (y, x) if y == COST else (x, y)
    search = _Search(split_parts(problem), order, Clock(time_limit), gap, seed, points)
    is_complete = search.run()
    return Front(search.problem, order, tuple(search.points), is_complete)


class _Search:
    def __init__(
        self, problem: ScheduledProblem, aims: tuple[str, str], clock: Clock, gap: float, seed: int,
        most: int,
    ) -> None:  # fmt: skip
        self.problem, self.aims, self.clock = problem, aims, clock
        self.gap, self.seed, self.most = gap, seed, most
        self.points: list[FrontPoint] = []

    def run(self) -> bool:
        """Fill `points`; return whether no plan is missing."""
        worth = self._solve(price=0.0)
        if worth is None:
            return False
        unit = max(worth.first, 1e-6) / max(worth.second, 1e-6)
        # A little of the other aim lets the better of two equal plans win.
        self._keep(self._solve(price=_SAME * unit))
        self._keep(self._solve(price=_FAR * unit, gap=min(self.gap, _FINE)))
        self._keep(worth)
        asked: set[tuple[float, float]] = set()
        while len(self.points) < self.most and self._has_time():
            pair = self._widest(asked)
            if pair is None:
                break
            a, b = pair
            asked.add((a.second, b.second))
            self._keep(self._solve(price=(b.first - a.first) / (a.second - b.second)))
        return self._by_caps()

    def _by_caps(self) -> bool:
        """Walk down the second aim, plan by plan."""
        if not is_small(self.problem, day_of(self.problem)) or not self.points:
            return False
        below = self.points[0].second
        step = _SAME * max(self._span(), abs(below), 1.0)
        while self._has_time():
            last = min(p.second for p in self.points)
            if below <= last + step:
                return all(p.is_proved for p in self.points)
            if len(self.points) >= self.most:
                return False
            found = self._solve(cap=below - step)
            if found is None:
                return False
            self._keep(found)
            below = min(below - step, found.second)
        return False

    def _solve(
        self, *, price: float = 0.0, cap: float = math.inf, gap: float | None = None
    ) -> FrontPoint | None:
        at = posed(self.problem, *self.aims, price=price, cap=cap)
        left = max(0.05, self.clock.left / max(2, self.most - len(self.points)))
        result = solve(at, time_limit=left, gap=gap or self.gap, seed=self.seed)
        plan = result.solution
        if plan is None or result.violations:
            return None
        first, second = (reached(self.problem, plan, aim) for aim in self.aims)
        by = "price" if math.isinf(cap) else "cap"
        return FrontPoint(first, second, by, result.status is Status.OPTIMAL, plan)

    def _keep(self, new: FrontPoint | None) -> None:
        """Add a plan that no other one beats or equals, and drop those that it beats."""
        if new is None:
            return
        slack = _SAME * max(1.0, abs(new.first)), _SAME * max(1.0, abs(new.second))
        for p in self.points:
            if p.first <= new.first + slack[0] and p.second <= new.second + slack[1]:
                return
        rest = [
            p
            for p in self.points
            if p.first < new.first - slack[0] or p.second < new.second - slack[1]
        ]
        self.points = sorted([*rest, new], key=lambda p: (p.first, p.second))

    def _widest(self, asked: set[tuple[float, float]]) -> tuple[FrontPoint, FrontPoint] | None:
        """Return the neighbours with the largest box between them, not asked about yet."""
        pairs = [
            (a, b)
            for a, b in zip(self.points[:-1], self.points[1:], strict=True)
            if (a.second, b.second) not in asked
        ]
        return max(
            pairs, key=lambda p: (p[1].first - p[0].first) * (p[0].second - p[1].second),
            default=None,
        )  # fmt: skip

    def _span(self) -> float:
        return max(p.second for p in self.points) - min(p.second for p in self.points)

    def _has_time(self) -> bool:
        return self.clock.left > 0.05
