"""What a plan can be asked to have little of, as a number, as a ceiling and as the only aim.

A problem in which one amount is the only thing with a price is solved by the same search, and
checked by the same evaluation, as any other: no second objective is needed in the model.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bundling.mip import solve_model
from bundling.result import Status
from bundling.siting.evaluate import evaluate, totals
from bundling.siting.limit_rows import CEILING
from bundling.siting.limits import Impacts
from bundling.siting.milp import build, read
from bundling.siting.problem import SitingProblem
from bundling.siting.reasons.rerun import Rerun, rerun
from bundling.siting.settle import settle
from bundling.siting.solution import SitingSolution

COST, UNSERVED, CO2E, NOX, CAPITAL = "cost_eur", "unserved_mwh", "co2e_t", "nox_kg", "capital_eur"
AIMS = (COST, UNSERVED, CO2E, NOX, CAPITAL)
"""Net present cost; and totals over all years, undiscounted, as in `Impacts`."""

_PER_UNIT = 1000.0
"""kWh a MWh, kg a tonne, g a kg: what is priced counts in the smaller unit."""
_FAR = 1e12
"""A ceiling in EUR that no plan reaches; only its row is wanted."""
_SLACK = 1e-6


def need(problem: SitingProblem, aim: str) -> None:
    """Refuse an aim that the problem has no numbers for.

    Raises
    ------
    ValueError
        For an unknown aim, for emissions without factors, for capital without prices of building.
    """
    if aim not in AIMS:
        raise ValueError(f"{aim!r} is none of {', '.join(AIMS)}")
    impacts = problem.impacts or Impacts()
    if aim == CAPITAL and problem.budget is None:
        raise ValueError("capital_eur needs the prices of building: give the problem a Budget")
    if aim == CO2E and not impacts.grid_co2e_kg_per_kwh + impacts.diesel_co2e_kg_per_kwh:
        raise ValueError("co2e_t needs emission factors: give the problem Impacts")
    if aim == NOX and not impacts.diesel_nox_g_per_kwh:
        raise ValueError("nox_kg needs an emission factor: give the problem Impacts")


def amounts(problem: SitingProblem, plan: SitingSolution) -> dict[str, float]:
    """Return the amount of each aim that the problem has numbers for."""
    counted = problem.replace(impacts=problem.impacts or Impacts())
    found = {COST: evaluate(problem, plan).objective, **totals(counted, plan)}
    return {aim: found[aim] for aim in AIMS if aim in found}


def ceiling(problem: SitingProblem, aim: str, most: float) -> SitingProblem:
    """Return the problem with at most this much, and a hair more, lest rounding forbids it."""
    impacts = problem.impacts or Impacts()
    limit = most + _SLACK * max(1.0, abs(most))
    limit = min(limit, getattr(impacts, f"max_{aim}"))
    return problem.replace(impacts=replace(impacts, **{f"max_{aim}": limit}))


def least(
    problem: SitingProblem,
    aim: str,
    *,
    seconds: float,
    gap: float,
    seed: int,
    plans: tuple[SitingSolution, ...] = (),
) -> Rerun:
    """Find the plan with the least of one aim; `objective` and `bound` are in the aim's unit."""
    if aim == COST:
        return rerun(problem, seconds=seconds, gap=gap, seed=seed, plans=plans)
    if aim == CAPITAL:
        return _least_capital(problem, seconds, gap, seed, plans)
    # Chargers that cost nothing meet numbers without end in the first plan's rounding, which
    # discards them by itself.
    with np.errstate(invalid="ignore"):
        found = rerun(_only(problem, aim), seconds=seconds, gap=gap, seed=seed, plans=plans)
    return replace(
        found,
        problem=problem,
        objective=found.objective / _PER_UNIT,
        bound=found.bound / _PER_UNIT,
    )


def _only(problem: SitingProblem, aim: str) -> SitingProblem:
    """Return the problem in which nothing but an amount has a price, 1 EUR a kWh, kg or g."""
    impacts = problem.impacts or Impacts()
    missed = {
        UNSERVED: 1.0,
        CO2E: impacts.diesel_co2e_kg_per_kwh,
        NOX: impacts.diesel_nox_g_per_kwh,
    }[aim]
    moved = impacts.grid_co2e_kg_per_kwh if aim == CO2E else 0.0
    names = (
        "fixed_eur_per_year", "charger_eur_per_year", "step_one_off_eur_per_year",
        "step_fixed_eur_per_year", "step_eur_per_kw_year", "pair_eur_per_kwh", "price_eur_per_kwh",
    )  # fmt: skip
    changes: dict[str, Any] = {name: np.zeros_like(getattr(problem, name)) for name in names}
    if problem.storage is not None:
        free = np.zeros(problem.num_years)
        changes["storage"] = replace(
            problem.storage,
            battery_eur_per_kwh_year=free,
            battery_eur_per_kw_year=free,
            pv_eur_per_kwp_year=free,
            battery_eur_per_kwh_cycled=0.0,
        )
    if problem.upgrades is not None:
        changes["upgrades"] = replace(
            problem.upgrades, eur_per_year=np.zeros(problem.upgrades.size)
        )
    if problem.carriers is not None:
        changes["carriers"] = replace(problem.carriers, eur_per_kwh=np.zeros(problem.carriers.size))
    return problem.replace(
        **changes,
        step_transport_eur_per_kwh=np.full(problem.num_steps, moved),
        existing_transport_eur_per_kwh=moved,
        unserved_eur_per_kwh=missed,
        discount_rate=0.0,  # so that a planning year counts for its calendar years
    )


def _least_capital(
    problem: SitingProblem, seconds: float, gap: float, seed: int, plans: tuple[SitingSolution, ...]
) -> Rerun:
    """Minimise what building costs: the row of its ceiling as the objective.

    It counts what stands in the last year, which no price of a year can say.
    """
    built = build(ceiling(problem, CAPITAL, _FAR))
    model = built.model
    [row] = [b.start for b in model.row_blocks if b.name == f"{CEILING} on {CAPITAL}"]
    cost = model.matrix()[[row]].toarray().ravel()
    unit = _FAR * (1.0 + _SLACK) / float(model.row_upper[row])
    aimed = model.with_bounds(model.lower, model.upper, cost=cost)
    outcome = solve_model(aimed, time_limit=seconds, gap=gap, seed=seed)
    if outcome.status is Status.INFEASIBLE:
        return Rerun(problem, None, np.inf, np.inf, infeasible=True)
    values, _ = settle(aimed, outcome.values, seed)
    found = [*plans] if values is None else [read(problem, built, values), *plans]
    best = min(found, key=lambda plan: amounts(problem, plan)[CAPITAL], default=None)
    objective = np.inf if best is None else amounts(problem, best)[CAPITAL]
    return Rerun(problem, best, objective, min(max(outcome.bound * unit, 0.0), objective))
