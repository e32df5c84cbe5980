"""Cost against CO2e: the plans that a price of CO2e from nothing upwards brings about.

The weighted sum finds the supported points of the front, those on its convex hull; a cap on CO2e
between two of them may have a plan that no price finds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bundling.certify import Clock
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solve import solve
from bundling.result import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class CarbonFront:
    """Plans for prices of CO2e, none of them worse than another in both cost and CO2e.

    Attributes
    ----------
    prices_eur_per_kg
        Price at which each plan was found.
    results
        The plans; their objective contains the price of CO2e.
    """

    prices_eur_per_kg: tuple[float, ...]
    results: tuple[Result, ...]

    def table(self) -> pd.DataFrame:
        """One row a plan, the cheapest first.

        Columns: ``co2e_eur_per_kg, cost_eur`` (without the price of CO2e), ``co2e_kg, vehicle_km,
        gap`` of the plan at its price, and ``eur_per_kg_saved`` against the row before.
        """
        import pandas as pd

        rows: list[dict[str, float]] = []
        for price, result in zip(self.prices_eur_per_kg, self.results, strict=True):
            cost, kg = _cost_and_kg(result)
            assert result.evaluation is not None  # only plans are kept
            saved = rows[-1]["co2e_kg"] - kg if rows else math.nan
            more = cost - rows[-1]["cost_eur"] if rows else math.nan
            rows.append(
                {
                    "co2e_eur_per_kg": price,
                    "cost_eur": cost,
                    "co2e_kg": kg,
                    "vehicle_km": result.evaluation.indicators["vehicle_km"],
                    "gap": result.gap,
                    "eur_per_kg_saved": more / saved if saved else math.nan,
                }
            )
        return pd.DataFrame(rows)


def carbon_front(
    problem: ScheduledProblem,
    prices_eur_per_kg: Sequence[float] = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0),
    *,
    time_limit: float = 120.0,
    gap: float = 1e-3,
    seed: int = 0,
) -> CarbonFront:
    """Solve for each price of CO2e and keep the plans that no other one beats in both aims.

    Parameters
    ----------
    problem
        The day; its own price of CO2e is replaced.
    prices_eur_per_kg
        Prices of CO2e to try, EUR/kg (0.1 is 100 EUR a tonne).
    time_limit
        Wall seconds for all of them together.
    gap, seed
        As in `solve`.

    Returns
    -------
    CarbonFront
        Empty when nothing was found in time.
    """
    clock = Clock(time_limit)
    found: list[tuple[float, Result]] = []
    for number, price in enumerate(sorted(prices_eur_per_kg)):
        left = max(0.05, clock.left / (len(prices_eur_per_kg) - number))
        at_price = problem.replace(co2e_eur_per_kg=price)
        result = solve(at_price, time_limit=left, gap=gap, seed=seed)
        if result.solution is not None:
            found.append((price, result))
    kept: list[tuple[float, Result]] = []
    for price, result in sorted(found, key=lambda pair: _cost_and_kg(pair[1])):
        if not kept or _cost_and_kg(result)[1] < _cost_and_kg(kept[-1][1])[1] - 1e-6:
            kept.append((price, result))
    return CarbonFront(tuple(p for p, _ in kept), tuple(r for _, r in kept))


def _cost_and_kg(result: Result) -> tuple[float, float]:
    """Cost without the price of CO2e, and kilograms of CO2e."""
    evaluation = evaluate(result.problem, result.solution)
    cost = sum(eur for name, eur in evaluation.costs_eur.items() if name != "co2e")
    return cost, evaluation.indicators["co2e_kg"]
