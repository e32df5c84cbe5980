"""Search under a cap on CO2e: the price of CO2e goes up and down until plans just keep the cap.

Lagrangian relaxation of the cap. In each round of the search the multiplier grows while the plan
is above the cap and falls while it is below; of the plans that keep it the cheapest at the
problem's own prices stays. To search anew at each price of a bisection was tried: with 50 hubs and
5,000 shipments each search was too short to be good. A price finds plans on the convex hull of
cost and CO2e only; where the whole model is small enough for HiGHS, it finds the rest.

M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems",
Management Science 27 (1981) 1-18.
"""

from __future__ import annotations

import math

import numpy as np

from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.problem import FloatArray, IntArray, ScheduledProblem
from bundling.hubs.scheduled.search import Search
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.hubs.scheduled.state import Account

_FIRST_SHARE = 0.05
"""The first price makes the CO2e of the plan cost this part of the plan."""
_POWER = 8.0
"""The price changes by the CO2e over the cap, to this power, within the limits below."""
_RISE = (1.15, 2.5)
_FALL = (0.5, 0.95)
_SAFE = 1e-9


class CappedSearch(Search):
    """`Search` for a problem with a cap on CO2e.

    Attributes
    ----------
    extra_eur_per_kg
        Price of CO2e on top of the problem's own.
    least_kg
        Least CO2e of a plan seen.
    """

    rounds = 20
    begins_anew = False  # a price of CO2e found late in one search is worth more than another

    def __init__(self, problem: ScheduledProblem, seed: int) -> None:
        super().__init__(problem, seed)
        self.extra_eur_per_kg = 0.0
        self.least_kg = math.inf

    def _true(
        self, moves: IntArray, slots: IntArray, account: Account
    ) -> tuple[ScheduledSolution | None, float, float]:
        """As in `Search`, with cost ``inf`` for a plan above the cap; sets the next price."""
        own, cap = self.problem, self.problem.co2e_cap_kg
        eur_per_kg = own.co2e_eur_per_kg + self.extra_eur_per_kg
        self.problem = own.replace(co2e_eur_per_kg=eur_per_kg)
        try:
            plan, _, factor = super()._true(moves, slots, account)
        finally:
            self.problem = own
        if plan is None:
            return None, math.inf, factor
        found = evaluate(own, plan)
        kg = found.indicators["co2e_kg"]
        self.least_kg = min(self.least_kg, kg)
        keeps = kg <= cap * (1 + _SAFE) + _SAFE
        self._set_price(kg, found.objective)
        return (plan, found.objective, factor) if keeps else (None, math.inf, factor)

    def _set_price(self, kg: float, cost_eur: float) -> None:
        cap, over = self.problem.co2e_cap_kg, 0.0
        if kg > 0:
            over = kg / cap if cap > 0 else math.inf
        if self.extra_eur_per_kg == 0.0:
            if over > 1 + _SAFE:
                self.extra_eur_per_kg = _FIRST_SHARE * max(cost_eur, 1.0) / kg
        else:
            low, high = _RISE if over > 1 + _SAFE else _FALL
            self.extra_eur_per_kg *= min(high, max(low, min(over, 1e9) ** _POWER))
        problem = self.problem
        price: FloatArray = np.concatenate([problem.lane_price_eur, problem.sailing_price_eur])
        co2e_kg = np.concatenate([problem.lane_co2e_kg, problem.sailing_co2e_kg])
        self.price[:] = price + self.extra_eur_per_kg * co2e_kg


def emissions_only(problem: ScheduledProblem) -> ScheduledProblem:
    """Return the problem whose cost is the CO2e of the day, EUR 1 a kilogram, without a cap."""
    nothing = {
        name: np.zeros_like(getattr(problem, name))
        for name in (
            "hub_fixed_eur", "hub_handling_eur", "lane_eur", "sailing_slot_eur", "sailing_eur",
        )
    }  # fmt: skip
    return problem.replace(
        **nothing,
        lane_empty_eur=np.where(np.isfinite(problem.lane_empty_eur), 0.0, np.inf),
        co2e_eur_per_kg=1.0,
        nox_eur_per_kg=0.0,
        driven_eur_per_km=0.0,
        zone_eur_per_trip=0.0,
        co2e_cap_kg=math.inf,
    )
