"""Most energy served within a budget, and then at the least cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bundling.siting.aims import CAPITAL, COST, UNSERVED, amounts, ceiling, least, need
from bundling.siting.problem import SitingProblem
from bundling.siting.reasons.rerun import Shares
from bundling.siting.solution import SitingSolution
from bundling.units import KWH_PER_MWH


@dataclass(frozen=True, eq=False)
class MostServed:
    """The plan that leaves least energy unserved within a budget and, of those, the cheapest.

    Attributes
    ----------
    problem, plan
        The problem with its budget, and the plan; None when there is none.
    unserved_mwh, low_unserved_mwh
        Energy not served over all years, undiscounted, and what no plan is below.
    cost_eur, low_cost_eur
        Net present cost of the plan, and what no plan that serves as much is below.
    approximate
        Whether either is not proved.
    words
        The same in sentences.
    """

    problem: SitingProblem
    plan: SitingSolution | None
    unserved_mwh: float
    low_unserved_mwh: float
    cost_eur: float
    low_cost_eur: float
    approximate: bool
    words: tuple[str, ...]


def most_served(
    problem: SitingProblem,
    *,
    eur_by_year: Sequence[float] | None = None,
    capital_eur: float | None = None,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> MostServed:
    """Serve the most energy within a budget, at the least cost.

    First the energy left unserved is the only thing with a price, then it has a ceiling and cost
    counts. A price of unserved energy far above all costs would say the same in one solve, but
    makes the model's numbers so uneven that the second aim drowns in the solver's tolerances.

    Parameters
    ----------
    problem
        With the prices of building in its `Budget`.
    eur_by_year
        Money for what is new in each planning year; that of the problem's `Budget` when None.
    capital_eur
        Money for all years together; the problem's own ceiling when None.
    time_limit
        Wall seconds for both solves.
    gap, seed
        As in `solve`.

    Raises
    ------
    ValueError
        When the problem has no prices of building.
    """
    need(problem, CAPITAL)
    assert problem.budget is not None
    if eur_by_year is not None:
        budget = replace(problem.budget, eur=np.asarray(eur_by_year, dtype=np.float64))
        problem = problem.replace(budget=budget)
    if capital_eur is not None:
        problem = ceiling(problem, CAPITAL, capital_eur)
    shares = Shares(time_limit, 2)
    first = least(problem, UNSERVED, seconds=shares.next(), gap=gap, seed=seed)
    if first.solution is None:
        why = first.reasons or ("No plan was found within the time limit.",)
        return MostServed(
            problem, None, np.inf, first.bound, np.inf, -np.inf, not first.infeasible, why
        )
    second = least(
        ceiling(problem, UNSERVED, first.objective),
        COST,
        seconds=shares.next(),
        gap=gap,
        seed=seed,
        plans=(first.solution,),
    )
    plan = first.solution if second.solution is None else second.solution
    found = amounts(problem, plan)
    days = problem.days_per_year * problem.calendar_years
    asked = float(problem.demand_kwh.sum(axis=0) @ days) / KWH_PER_MWH
    served = asked - found[UNSERVED]
    words = [
        f"{served:,.6g} of {asked:,.6g} MWh served at a net present cost of {found[COST]:,.0f} EUR."
    ]
    approximate = not (first.proved and second.proved)
    if approximate:
        words.append(
            f"Not proved: up to {asked - first.bound:,.6g} MWh may be possible, and a plan that "
            f"serves as much may cost as little as {second.bound:,.0f} EUR."
        )
    return MostServed(
        problem,
        plan,
        found[UNSERVED],
        min(first.bound, found[UNSERVED]),
        found[COST],
        min(second.bound, found[COST]),
        approximate,
        tuple(words),
    )
