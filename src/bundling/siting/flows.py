"""Energy and power that follow from the decisions of a siting plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.siting.grid import subtree_sums
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Flows:
    """Energy and power that follow from the decisions.

    Attributes
    ----------
    pair_kwh
        Energy of each pair on the mean day, in the vehicles [P, Y].
    site_kwh
        Electricity each site takes from the grid on the mean day [S, Y].
    load_kw
        Electricity its vehicles ask for by hour, at the grid [S, Y, T].
    draw_kw
        What it takes from the grid: the load, and the battery's, less what PV gives [S, Y, T].
    new_kw
        The part of it above `existing_kw`, which the grid sees as new [S, Y, T].
    contract_kw
        Power contracted: the least that allows `new_kw` in every hour that the contract is
        available [S, Y].
    reserved_kw
        What the site takes of the room of its grid nodes: `new_kw`, or what its contract makes
        the grid keep free if that is more [S, Y, T].
    peak_kw
        Highest new load [S, Y].
    unserved_kwh
        Energy not served on the mean day [D, Y].
    """

    pair_kwh: FloatArray
    site_kwh: FloatArray
    load_kw: FloatArray
    draw_kw: FloatArray
    new_kw: FloatArray
    contract_kw: FloatArray
    reserved_kw: FloatArray
    peak_kw: FloatArray
    unserved_kwh: FloatArray


def flows(problem: SitingProblem, solution: SitingSolution) -> Flows:
    """Derive energies and powers from the decisions."""
    pair_kwh = solution.served * problem.demand_kwh[problem.pair_demand]
    load_kw = site_loads(problem, pair_kwh, problem.electric)
    draw_kw = load_kw
    if solution.dispatch is not None:
        own = solution.dispatch
        draw_kw = np.maximum(load_kw + own.charge_kw - own.discharge_kw - own.pv_kw, 0.0)
    new_kw = np.maximum(draw_kw - problem.existing_kw[:, None, None], 0.0)
    is_open = solution.step >= 0
    available = problem.step_available[np.where(is_open, solution.step, 0)]
    contract_kw = np.divide(new_kw, available, out=np.zeros_like(new_kw), where=available > 0).max(
        axis=2
    )
    contract_kw = np.where(is_open, contract_kw, 0.0)
    kept = problem.step_reserved[np.where(is_open, solution.step, 0)] * contract_kw
    met = np.zeros_like(problem.demand_kwh)
    np.add.at(met, problem.pair_demand, solution.served)
    return Flows(
        pair_kwh=pair_kwh,
        site_kwh=draw_kw @ problem.hour_weights,
        load_kw=load_kw,
        draw_kw=draw_kw,
        new_kw=new_kw,
        contract_kw=contract_kw,
        reserved_kw=np.maximum(new_kw, kept[:, :, None] * available),
        peak_kw=new_kw.max(axis=2),
        unserved_kwh=np.maximum(1.0 - met, 0.0) * problem.demand_kwh,
    )


def site_loads(problem: SitingProblem, pair_kwh: FloatArray, demands: BoolArray) -> FloatArray:
    """Hourly power at the grid of the pairs whose demand point is marked [S, Y, T]."""
    load = np.zeros((problem.num_sites, problem.num_years, problem.num_hours))
    drawn = pair_kwh / efficiency(problem)[problem.pair_demand][:, None]
    pairs = np.flatnonzero(demands[problem.pair_demand] & drawn.any(axis=1))
    shares = problem.demand_profile[problem.pair_demand[pairs]]
    np.add.at(load, problem.pair_site[pairs], drawn[pairs][:, :, None] * shares[:, None, :])
    return load


def efficiency(problem: SitingProblem) -> FloatArray:
    """Energy in the vehicle over energy through the charger or dispenser [D]."""
    return np.where(problem.electric, problem.charger_efficiency, 1.0)


def energy_price(problem: SitingProblem) -> FloatArray:
    """Price of a demand point's energy in the hours it charges, EUR per kWh in the vehicle [D]."""
    hours = problem.hour_weights * problem.price_eur_per_kwh
    price: FloatArray = problem.demand_profile @ hours / problem.charger_efficiency
    if problem.carriers is None:
        return price
    other = problem.carriers.eur_per_kwh[problem.carriers.demand]
    return np.where(problem.electric, price, other)


def bought(problem: SitingProblem, solution: SitingSolution) -> BoolArray:
    """Which connections have been bought at each site by each year [S, Z, Y].

    A connection is a power; the steps of one power are contract forms of it.
    """
    size = np.append(problem.step_size, -1)[solution.step]
    now = size[:, None, :] == np.arange(problem.step_size.max() + 1)[None, :, None]
    return np.logical_or.accumulate(now, axis=2)


def room_kw(problem: SitingProblem, solution: SitingSolution) -> FloatArray:
    """Return what base loads leave of the headroom, with reinforcements chosen [G, Y, T]."""
    room = problem.room_kw
    if problem.upgrades is None:
        return room
    room = room.copy()
    more = problem.upgrade_kw * solution.upgraded[:, :, None]
    np.add.at(room, problem.upgrades.node, more)
    return room


def node_loads(problem: SitingProblem, site_kw: FloatArray) -> FloatArray:
    """Sum a power of the sites [S, Y, T] over each grid node and all below it [G, Y, T]."""
    own = np.zeros((problem.num_nodes, *site_kw.shape[1:]))
    np.add.at(own, problem.site_node, site_kw)
    return subtree_sums(problem.node_parent, own)


def capital_eur(problem: SitingProblem, solution: SitingSolution) -> FloatArray:
    """Return what building costs in each planning year [S, Y]; zeros without a budget."""
    budget = problem.budget
    if budget is None:
        return np.zeros(solution.step.shape)
    is_open = (solution.step >= 0).astype(np.float64)
    first = np.searchsorted(problem.step_size, np.arange(problem.step_size.max() + 1))
    stands = (
        budget.site_eur[:, None] * np.maximum.accumulate(is_open, axis=1)
        + np.einsum("c,scy->sy", budget.charger_eur, solution.chargers)
        + np.einsum("z,szy->sy", budget.step_eur[first], bought(problem, solution))
    )
    if solution.dispatch is not None:
        own = solution.dispatch
        stands = (
            stands
            + budget.battery_eur_per_kwh * own.battery_kwh
            + budget.battery_eur_per_kw * own.battery_kw
            + budget.pv_eur_per_kwp * own.pv_kwp
        )
    return np.diff(stands, axis=1, prepend=0.0)


def upgrade_capital_eur(problem: SitingProblem, solution: SitingSolution) -> FloatArray:
    """Return what reinforcing costs in each planning year [U, Y]; zeros without a budget."""
    if problem.budget is None or problem.upgrades is None:
        return np.zeros(solution.upgraded.shape)
    there = problem.budget.upgrade_eur[:, None] * solution.upgraded
    return np.diff(there, axis=1, prepend=0.0)


def rule_power_kw(problem: SitingProblem, solution: SitingSolution) -> FloatArray:
    """Power that counts for each power rule [R, Y], kW: existing, and new chargers that fit."""
    rules = problem.power_rules
    assert rules is not None
    electric = np.ones(problem.num_chargers, dtype=bool)
    if problem.carriers is not None:
        electric = problem.carriers.charger == 0
    fit = (problem.charger_kw >= rules.min_charger_kw[:, None]) & electric
    kw = np.where(fit, problem.charger_kw, 0.0)
    new = np.einsum("rs,rc,scy->ry", rules.member.astype(np.float64), kw, solution.chargers)
    found: FloatArray = new + (rules.member @ problem.existing_kw)[:, None]
    return found
