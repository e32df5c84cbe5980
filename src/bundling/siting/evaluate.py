"""What a siting plan costs and does: the only definition of its cost.

Yearly amounts, summed with the year weights of `SitingProblem.year_weights`:

- sites: `fixed_eur_per_year` of every open site;
- chargers: annuity and operation of every new charger that stands;
- connections: yearly cost of the step in force, and the annuity of every connection ever bought
  there;
- grid power: price of the step in force x the contracted power, which is the highest load above
  `existing_kw` over the share of the contract that is available in that hour;
- grid transport: price of the step in force x all electricity of the site (the price of existing
  connections while there is no step), times `days_per_year`;
- batteries, solar panels, reinforcements: yearly cost of what stands, and wear of batteries;
- energy, detours, unserved: per kWh, times `days_per_year`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.result import Evaluation
from bundling.siting.flows import (
    Flows,
    bought,
    capital_eur,
    energy_price,
    flows,
    upgrade_capital_eur,
)
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution
from bundling.units import KG_PER_T, KWH_PER_MWH

FloatArray = NDArray[np.float64]
_G_PER_KG = 1000.0


def yearly_costs(
    problem: SitingProblem, solution: SitingSolution, flow: Flows | None = None
) -> dict[str, FloatArray]:
    """EUR a year by component: [S, Y] per site, [D, Y] for what is not served, [U, Y] the grid's.

    Components of parts that the problem leaves out are left out.
    """
    flow = flows(problem, solution) if flow is None else flow
    days = problem.days_per_year
    is_open = solution.step >= 0
    step = np.where(is_open, solution.step, 0)
    # Per kWh in the vehicle, for the hours in which each demand point charges.
    price = energy_price(problem)[problem.pair_demand]
    energy, detour = np.zeros_like(flow.site_kwh), np.zeros_like(flow.site_kwh)
    np.add.at(energy, problem.pair_site, flow.pair_kwh * price[:, None])
    np.add.at(detour, problem.pair_site, flow.pair_kwh * problem.pair_eur_per_kwh[:, None])
    transport = np.where(
        is_open, problem.step_transport_eur_per_kwh[step], problem.existing_transport_eur_per_kwh
    )
    first = np.searchsorted(problem.step_size, np.arange(problem.step_size.max() + 1))
    once = problem.step_one_off_eur_per_year[first]
    costs = {
        "sites": problem.fixed_eur_per_year[:, None] * is_open,
        "chargers": np.einsum("c,scy->sy", problem.charger_eur_per_year, solution.chargers),
        "connections": problem.step_fixed_eur_per_year[step] * is_open
        + np.einsum("k,sky->sy", once, bought(problem, solution)),
        "grid power": problem.step_eur_per_kw_year[step] * is_open * flow.contract_kw,
        "grid transport": transport * flow.site_kwh * days,
    }
    if problem.storage is not None and solution.dispatch is not None:
        own, store = solution.dispatch, problem.storage
        weights = problem.hour_weights
        wear = store.battery_eur_per_kwh_cycled / store.one_way
        costs["batteries"] = (
            store.battery_eur_per_kwh_year * own.battery_kwh
            + store.battery_eur_per_kw_year * own.battery_kw
            + days * wear * (own.discharge_kw @ weights)
        )
        costs["solar panels"] = store.pv_eur_per_kwp_year * own.pv_kwp
        net = own.charge_kw - own.discharge_kw - own.pv_kw
        energy = energy + net @ (weights * problem.price_eur_per_kwh)
    if problem.upgrades is not None:
        costs["reinforcements"] = problem.upgrades.eur_per_year[:, None] * solution.upgraded
    costs["energy"] = energy * days
    costs["detours"] = detour * days
    costs["unserved"] = problem.unserved_eur_per_kwh * flow.unserved_kwh * days
    return costs


def evaluate(problem: SitingProblem, solution: SitingSolution) -> Evaluation:
    """Recompute the net present cost and the figures of the last planning year.

    Returns
    -------
    Evaluation
        `costs_eur` by component, discounted to the first planning year; indicators of the first
        and last planning year with the year in their name, kWh and km a day; emissions and
        capital over all years where the problem has them.
    """
    flow = flows(problem, solution)
    yearly = yearly_costs(problem, solution, flow)
    weights = problem.year_weights
    costs = {name: float(amount.sum(axis=0) @ weights) for name, amount in yearly.items()}
    installed = np.einsum("c,scy->sy", problem.charger_kw, solution.chargers)
    sessions_km = flow.pair_kwh * problem.pair_km[:, None]
    indicators: dict[str, float] = {}
    for y in sorted({0, problem.num_years - 1}):
        year = problem.years[y]
        asked = float(problem.demand_kwh[:, y].sum())
        served = float(flow.pair_kwh[:, y].sum())
        indicators |= {
            f"sites_opened_{year}": float((solution.step[:, y] >= 0).sum()),
            f"chargers_{year}": float(solution.chargers[:, :, y].sum()),
            f"installed_kw_{year}": float(installed[:, y].sum()),
            f"peak_new_load_kw_{year}": float(flow.new_kw[:, y].sum(axis=0).max(initial=0.0)),
            f"asked_kwh_per_day_{year}": asked,
            f"served_kwh_per_day_{year}": served,
            f"grid_kwh_per_day_{year}": float(flow.site_kwh[:, y].sum()),
            f"unserved_kwh_per_day_{year}": float(flow.unserved_kwh[:, y].sum()),
            f"mean_distance_km_{year}": float(sessions_km[:, y].sum() / served) if served else 0.0,
        }
        if solution.dispatch is not None:
            indicators[f"battery_kwh_{year}"] = float(solution.dispatch.battery_kwh[:, y].sum())
            indicators[f"pv_kwp_{year}"] = float(solution.dispatch.pv_kwp[:, y].sum())
    return Evaluation(costs_eur=costs, indicators=indicators | totals(problem, solution, flow))


def totals(
    problem: SitingProblem, solution: SitingSolution, flow: Flows | None = None
) -> dict[str, float]:
    """Amounts over all years, undiscounted, that `Impacts` may set a ceiling to.

    Returns
    -------
    dict
        ``co2e_t``, ``nox_kg``, ``unserved_mwh`` with `Impacts`; ``capital_eur`` with a `Budget`.
    """
    found: dict[str, float] = {}
    if problem.budget is not None:
        spent = capital_eur(problem, solution).sum()
        spent += upgrade_capital_eur(problem, solution).sum()
        found["capital_eur"] = float(spent)
    if problem.impacts is not None:
        flow = flows(problem, solution) if flow is None else flow
        days = problem.days_per_year * problem.calendar_years
        bought_kwh = float(flow.site_kwh.sum(axis=0) @ days)
        missed_kwh = float(flow.unserved_kwh.sum(axis=0) @ days)
        impact = problem.impacts
        co2e_kg = impact.grid_co2e_kg_per_kwh * bought_kwh
        co2e_kg += impact.diesel_co2e_kg_per_kwh * missed_kwh
        found["co2e_t"] = co2e_kg / KG_PER_T
        found["nox_kg"] = impact.diesel_nox_g_per_kwh * missed_kwh / _G_PER_KG
        found["unserved_mwh"] = missed_kwh / KWH_PER_MWH
    return found
