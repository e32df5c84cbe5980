"""Any two aims of a day as one problem: the first its cost, the second its CO2e.

A day's cost, CO2e, NOx, vehicle-km and trips into the zone all are sums over vehicles, vessels and
freight. So the plan that is best in one aim with a price or a cap on another is that of a problem
whose EUR are the first and whose CO2e is the second; plans of the two problems are the same.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from bundling.errors import Fault, raise_if
from bundling.hubs.scheduled.amounts import PRICES, amounts
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.problem import FloatArray, ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution

COST: Final = "cost_eur"
AIMS: Final = (COST, *PRICES)
"""What a plan can aim for: cost without prices of the others, and those others."""
_BESIDE = 1e-6
"""Weight of the cost where neither aim is the cost, so that of equal plans the cheaper one wins."""


def posed(
    problem: ScheduledProblem,
    first: str,
    second: str,
    *,
    price: float = 0.0,
    cap: float = np.inf,
) -> ScheduledProblem:
    """Return the problem that minimises `first` plus `price` times `second`, at most `cap` of it.

    Parameters
    ----------
    problem
        The day; its prices of CO2e, NOx, km and zone trips are left out, and its cap on CO2e too.
    first, second
        Two of `AIMS`, in their units (EUR, kg, kg, km, trips).
    price
        Units of `first` for one of `second`.
    cap
        In units of `second`, which is then not the cost.

    Raises
    ------
    bundling.InputError
        When an aim is unknown, both are the same, or the cost is to be capped.
    """
    refuse(first, second)
    if second == COST:
        if np.isfinite(cap):
            raise_if([Fault("aims", "cap", (), "is one of cost", "Put the cost first.")])
        # Cost has parts at hubs and on board: it is priced through the scale of the first.
        return _scaled(problem, first, price)
    changes = _costs(problem, 1.0 if first == COST else _BESIDE)
    if first != COST:
        lane, sailing = amounts(problem, first)
        changes["lane_eur"] = changes["lane_eur"] + lane
        changes["lane_empty_eur"] = changes["lane_empty_eur"] + lane
        changes["sailing_eur"] = changes["sailing_eur"] + sailing
    lane, sailing = amounts(problem, second)
    return problem.replace(
        **changes, **_no_prices(price), lane_co2e_kg=lane, sailing_co2e_kg=sailing, co2e_cap_kg=cap
    )


def refuse(first: str, second: str) -> None:
    """Raise where two aims are no pair of `AIMS`."""
    faults = [
        Fault("aims", "aim", (aim,), "is no aim", f"Use two of {', '.join(AIMS)}.")
        for aim in (first, second)
        if aim not in AIMS
    ]
    if first == second and not faults:
        faults = [Fault("aims", "aim", (first,), "is there twice", "Name two different aims.")]
    raise_if(faults)


def reached(problem: ScheduledProblem, plan: ScheduledSolution, aim: str) -> float:
    """Return what a plan reaches in an aim, in its unit."""
    found = evaluate(problem.replace(**_no_prices(0.0)), plan)
    return found.objective if aim == COST else found.indicators[aim]


def _scaled(problem: ScheduledProblem, first: str, price: float) -> ScheduledProblem:
    lane, sailing = amounts(problem, first)
    return problem.replace(
        **_costs(problem, price),
        **_no_prices(1.0),
        lane_co2e_kg=lane,
        sailing_co2e_kg=sailing,
        co2e_cap_kg=np.inf,
    )


def _costs(problem: ScheduledProblem, scale: float) -> dict[str, FloatArray]:
    names = (
        "hub_fixed_eur", "hub_handling_eur", "lane_eur", "sailing_slot_eur", "sailing_eur",
    )  # fmt: skip
    costs: dict[str, FloatArray] = {name: scale * getattr(problem, name) for name in names}
    empty = problem.lane_empty_eur
    costs["lane_empty_eur"] = np.where(np.isfinite(empty), scale * empty, np.inf)
    return costs


def _no_prices(co2e: float) -> dict[str, Any]:
    return {**dict.fromkeys(PRICES.values(), 0.0), "co2e_eur_per_kg": co2e}
