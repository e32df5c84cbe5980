"""The saving of bundling at values that are tried, each solved once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bundling.certify import Clock
from bundling.errors import Fault, raise_if
from bundling.hubs.problem import HubsProblem
from bundling.hubs.solve import solve
from bundling.hubs.varied import without_hubs
from bundling.result import Limit, Status

Change = Callable[[HubsProblem, float], HubsProblem]
PAYS, NOT, OPEN = "pays", "does not pay", "open"


@dataclass(frozen=True)
class Trial:
    """The saving of bundling at one value.

    Attributes
    ----------
    value
        Of what is varied.
    low_eur, saving_eur, high_eur
        Cost without hubs less cost with hubs: of the best plans known in the middle; that of
        optimal plans lies between the ends.
    verdict
        Whether the saving is more than the least that counts: ``pays``, ``does not pay``, or
        ``open`` when the gaps leave it undecided.
    hub_m3
        Volume a day through the hubs in the best plan known.
    """

    value: float
    low_eur: float
    saving_eur: float
    high_eur: float
    verdict: str
    hub_m3: float


class TrialSearch:
    """Solves with and without hubs at values, each once."""

    def __init__(
        self,
        problem: HubsProblem,
        change: Change,
        same_without: bool,
        clock: Clock,
        gap: float,
        seed: int,
        least_eur: float | None,
    ) -> None:
        self.problem, self.change, self.same = problem, change, same_without
        self.clock, self.gap, self.seed, self.least_eur = clock, gap, seed, least_eur
        self.trials: dict[float, Trial] = {}
        self._without: tuple[float, float] | None = None
        self._interrupted = False

    @property
    def goes_on(self) -> bool:
        """Whether there is time left, and nobody pressed Ctrl-C."""
        return self.clock.left > 0 and not self._interrupted

    def verdict(self, value: float) -> str:
        """Solve at `value` unless that was done."""
        if value not in self.trials:
            self.trials[value] = self._try(value)
        return self.trials[value].verdict

    def edge(self, known: float, other: float, verdict: str, width: float) -> float:
        """Move from `known`, where `verdict` holds, towards `other` as far as it holds."""
        # What was tried before on this side counts, as far as the verdict holds without a break.
        between = sorted(self.trials, reverse=other < known)
        for value in between[between.index(known) :]:
            if self.trials[value].verdict != verdict:
                other = value
                break
            known = value
        while abs(other - known) > width and self.goes_on:
            middle = (known + other) / 2.0
            if self.verdict(middle) == verdict:
                known = middle
            else:
                other = middle
        return known

    def _try(self, value: float) -> Trial:
        problem = self.change(self.problem, value)
        if self._without is None or not self.same:
            self._without = self._bracket(without_hubs(problem))[:2]
        cost, bound, hub_m3 = self._bracket(problem)
        if not math.isfinite(cost):
            rule = f"have no plan known at {value:g}"
            remedy = "Correct the data, or give more time."
            raise_if([Fault("shipments", "", (), rule, remedy)])
        direct, direct_bound = self._without
        if self.least_eur is None:
            self.least_eur = 1e-3 * (direct if math.isfinite(direct) else cost)
        low, high = direct_bound - cost, direct - bound
        low = max(low, 0.0)  # hubs need not be used
        verdict = PAYS if low > self.least_eur else NOT if high <= self.least_eur else OPEN
        # A plan without hubs is a plan with them, so that saving nothing is always possible.
        return Trial(value, low, max(0.0, direct - cost), high, verdict, hub_m3)

    def _bracket(self, problem: HubsProblem) -> tuple[float, float, float]:
        """Cost of the best plan, bound, m3 through hubs; ``inf`` when there is no plan."""
        limit = max(0.05, self.clock.left / 4.0)
        result = solve(problem, time_limit=limit, gap=self.gap, seed=self.seed)
        self._interrupted |= result.limit is Limit.INTERRUPT
        if result.status is Status.INFEASIBLE:
            return math.inf, math.inf, 0.0
        m3 = 0.0
        if result.solution is not None:
            m3 = float(problem.shipment_m3[result.solution.route >= 0].sum())
        return float(result.objective), float(result.bound), m3
