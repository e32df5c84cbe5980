"""What a siting plan costs and does: the only definition of its cost.

Yearly amounts, summed with the year weights of `SitingProblem.year_weights`:

- sites: `fixed_eur_per_year` of every open site;
- chargers: annuity and operation of every new charger that stands;
- connections: yearly cost of the step in force, and the annuity of every step ever bought there;
- grid power: price of the step in force x the day's highest load above `existing_kw`;
- grid transport: price of the step in force x all energy of the site (the price of existing
  connections while there is no step), times `days_per_year`;
- energy, detours, unserved: per kWh, times `days_per_year`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.result import Evaluation
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Flows:
    """Energy and power that follow from the decisions.

    Attributes
    ----------
    pair_kwh
        Energy of each pair on a day, in the vehicles [P, Y].
    site_kwh
        Energy each site takes from the grid on a day [S, Y].
    load_kw
        Load of each site by hour, at the grid [S, Y, 24].
    new_kw
        The part of it above `existing_kw`, which the grid sees as new [S, Y, 24].
    peak_kw
        Highest new load of the day [S, Y].
    unserved_kwh
        Energy not served on a day [D, Y].
    """

    pair_kwh: FloatArray
    site_kwh: FloatArray
    load_kw: FloatArray
    new_kw: FloatArray
    peak_kw: FloatArray
    unserved_kwh: FloatArray


def flows(problem: SitingProblem, solution: SitingSolution) -> Flows:
    """Derive energies and powers from the decisions."""
    pair_kwh = solution.served * problem.demand_kwh[problem.pair_demand]
    grid_kwh = pair_kwh / problem.charger_efficiency
    site_kwh = np.zeros((problem.num_sites, problem.num_years))
    np.add.at(site_kwh, problem.pair_site, grid_kwh)
    load_kw = np.zeros((*site_kwh.shape, problem.price_eur_per_kwh.size))
    shares = problem.demand_profile[problem.pair_demand]
    np.add.at(load_kw, problem.pair_site, grid_kwh[:, :, None] * shares[:, None, :])
    new_kw = np.maximum(load_kw - problem.existing_kw[:, None, None], 0.0)
    met = np.zeros_like(problem.demand_kwh)
    np.add.at(met, problem.pair_demand, solution.served)
    unserved_kwh = np.maximum(1.0 - met, 0.0) * problem.demand_kwh
    return Flows(pair_kwh, site_kwh, load_kw, new_kw, new_kw.max(axis=2), unserved_kwh)


def bought(problem: SitingProblem, solution: SitingSolution) -> BoolArray:
    """Which steps have been bought at each site by each year [S, K, Y]."""
    now = solution.step[:, None, :] == np.arange(problem.num_steps)[None, :, None]
    return np.logical_or.accumulate(now, axis=2)


def yearly_costs(problem: SitingProblem, solution: SitingSolution) -> dict[str, FloatArray]:
    """EUR a year by component: [S, Y] per site, and [D, Y] for what is not served."""
    flow = flows(problem, solution)
    days = problem.days_per_year
    is_open = solution.step >= 0
    step = np.where(is_open, solution.step, 0)
    # Per kWh in the vehicle, for the hours in which each demand point charges.
    energy_price = problem.demand_profile @ problem.price_eur_per_kwh / problem.charger_efficiency
    energy, detour = np.zeros_like(flow.site_kwh), np.zeros_like(flow.site_kwh)
    np.add.at(energy, problem.pair_site, flow.pair_kwh * energy_price[problem.pair_demand][:, None])
    np.add.at(detour, problem.pair_site, flow.pair_kwh * problem.pair_eur_per_kwh[:, None])
    transport = np.where(
        is_open, problem.step_transport_eur_per_kwh[step], problem.existing_transport_eur_per_kwh
    )
    return {
        "sites": problem.fixed_eur_per_year[:, None] * is_open,
        "chargers": np.einsum("c,scy->sy", problem.charger_eur_per_year, solution.chargers),
        "connections": problem.step_fixed_eur_per_year[step] * is_open
        + np.einsum("k,sky->sy", problem.step_one_off_eur_per_year, bought(problem, solution)),
        "grid power": problem.step_eur_per_kw_year[step] * is_open * flow.peak_kw,
        "grid transport": transport * flow.site_kwh * days,
        "energy": energy * days,
        "detours": detour * days,
        "unserved": problem.unserved_eur_per_kwh * flow.unserved_kwh * days,
    }


def evaluate(problem: SitingProblem, solution: SitingSolution) -> Evaluation:
    """Recompute the net present cost and the figures of the last planning year.

    Returns
    -------
    Evaluation
        `costs_eur` by component, discounted to the first planning year; indicators of the first
        and last planning year with the year in their name, kWh and km a day.
    """
    yearly = yearly_costs(problem, solution)
    weights = problem.year_weights
    costs = {name: float(amount.sum(axis=0) @ weights) for name, amount in yearly.items()}
    flow = flows(problem, solution)
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
    return Evaluation(costs_eur=costs, indicators=indicators)
