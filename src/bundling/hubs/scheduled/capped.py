"""Search under a cap on CO2e: the price of CO2e is raised until the plan keeps the cap.

Lagrangian relaxation of the cap, its multiplier found by bisection: at each price the search works
without the cap, and of the plans that keep it the cheapest at the problem's own prices stays. A
price finds plans on the convex hull of cost and CO2e only; where the whole model is small enough
for HiGHS, it starts from that plan and finds the rest.

M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems",
Management Science 27 (1981) 1-18.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bundling.certify import Clock
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.search import Found, Search
from bundling.hubs.scheduled.solution import ScheduledSolution

_PRICES = 7
"""Prices that are tried after the problem's own."""
_RISE = 8.0
_SAFE = 1e-9


class CappedSearch:
    """Like `search.Search`, for a problem with a cap on CO2e.

    Attributes
    ----------
    problem, day
        As in `Search`.
    least
        Plan of least CO2e seen, and that CO2e in kg; None and ``inf`` at first.
    """

    def __init__(self, problem: ScheduledProblem, seed: int) -> None:
        self.problem, self.seed = problem, seed
        self.day = Search(problem.replace(co2e_cap_kg=math.inf), seed).day
        self.least: tuple[ScheduledSolution | None, float] = (None, math.inf)

    def run(self, clock: Clock, tell: Callable[[float], bool], *, by_steps: bool = False) -> Found:
        """Search until the clock ends; see `Search.run`."""
        problem = self.problem
        best: Found | None = None
        steps, low, high, extra = 0, 0.0, math.inf, 0.0
        for number in range(_PRICES + 1):
            cost = math.inf if best is None else best.cost_eur
            at_price = problem.replace(
                co2e_eur_per_kg=problem.co2e_eur_per_kg + extra, co2e_cap_kg=math.inf
            )
            part = Clock(max(0.05, clock.left / (_PRICES + 1 - number)))
            found = Search(at_price, self.seed).run(
                part, lambda _, cost=cost: tell(cost), by_steps=by_steps
            )
            steps += found.steps
            if found.solution is None:
                return found if best is None else _with(best, steps, found.interrupted)
            kg, eur = self._true(found.solution)
            keeps = kg <= problem.co2e_cap_kg * (1 + _SAFE) + _SAFE
            if kg < self.least[1]:
                self.least = (found.solution, kg)
            if keeps and (best is None or eur < best.cost_eur - 1e-9):
                best = Found(found.solution, eur, found.without_way, steps)
            if (
                found.interrupted
                or (keeps and extra == 0.0)
                or not tell(math.inf if best is None else best.cost_eur)
            ):
                break
            low, high = (low, extra) if keeps else (extra, high)
            if math.isinf(high):
                extra = extra * _RISE if extra else _first_price(found.cost_eur, kg)
            else:
                extra = 0.5 * (low + high)
            if clock.left <= 0.05:
                break
        interrupted = found.interrupted
        if best is None:
            return Found(None, math.inf, np.zeros(0, dtype=np.int64), steps, interrupted)
        return _with(best, steps, interrupted)

    def _true(self, plan: ScheduledSolution) -> tuple[float, float]:
        """CO2e of a plan, kg, and its cost at the problem's own prices, EUR."""
        found = evaluate(self.problem, plan)
        return found.indicators["co2e_kg"], found.objective


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


def _first_price(cost_eur: float, kg: float) -> float:
    """Return a price at which the CO2e costs a quarter of what the plan does, EUR/kg."""
    return 0.25 * max(cost_eur, 1.0) / max(kg, 1e-6)


def _with(found: Found, steps: int, interrupted: bool) -> Found:
    return Found(found.solution, found.cost_eur, found.without_way, steps, interrupted)
