"""What a charge schedule costs and does: the only definition of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.energy.flows import (
    charging_kw,
    export_kw,
    import_kw,
    pv_available_kw,
    season_peak_kw,
)
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution, SitePlan
from bundling.result import Evaluation

FloatArray = NDArray[np.float64]


def grid_kw(problem: EnergyProblem, solution: EnergySolution) -> FloatArray:
    """Power drawn from the grid above the base load in each slot, kW; shape (T,).

    Without battery and PV it is what the vehicles draw. It is negative where PV or battery serve
    part of the base load.
    """
    if solution.site is None:
        return charging_kw(problem, solution)
    return import_kw(problem, solution) - problem.base_load_kw


def evaluate(problem: EnergyProblem, solution: EnergySolution) -> Evaluation:
    """Recompute costs and indicators of `solution`.

    Costs, EUR: ``energy`` (grid kWh at the price of their slot), ``transport`` (grid kWh),
    ``peak`` (highest draw with base load, above what is paid anyway, per season) and
    ``shortfall`` (missing kWh, 0 when they have no price). Grid kWh are those above the base
    load, whose energy is no part of the problem. Where the problem has them: ``feed_in`` (what is
    fed in, negative), ``contract``, ``battery`` and ``pv`` (what is added), ``cycles`` (wear).

    Indicators: ``kwh_grid`` and ``kwh_battery`` (grid energy above the base load, and the energy
    into vehicles), ``peak_kw`` (highest draw with base load), ``charging_peak_kw`` (highest draw
    of the vehicles alone), ``co2e_kg``, ``shortfall_kwh``, ``vehicles``, ``vehicles_short``; with
    contract, battery or PV also ``contract_kw``, ``battery_kwh``, ``battery_kw``, ``pv_kwp``,
    ``kwh_fed_in``, ``kwh_pv``, ``kwh_curtailed`` and ``kwh_discharged``. Energies and emissions
    count every typical day as often as it occurs.
    """
    weight_h = problem.slot_weight * problem.slot_h
    draw_kw = grid_kw(problem, solution)
    weighted_kwh = draw_kw * weight_h
    grid_kwh = float(weighted_kwh.sum())
    peaks_kw = season_peak_kw(problem, solution)
    missing_kwh = float(problem.vehicle_weight @ solution.shortfall_kwh)
    peak_price, transport_price = problem.peak_eur_per_kw, problem.transport_eur_per_kwh
    if solution.site is not None and solution.site.offer >= 0:
        offer = problem.offers[solution.site.offer]
        peak_price += offer.peak_eur_per_kw
        transport_price += offer.transport_eur_per_kwh
    paid_for_kw = np.maximum(0.0, peaks_kw - problem.paid_peak_kw)
    costs = {
        "energy": float(weighted_kwh @ problem.price_eur_per_kwh),
        "transport": grid_kwh * transport_price,
        "peak": float(problem.season_share @ paid_for_kw) * peak_price,
        "shortfall": missing_kwh * (problem.shortfall_eur_per_kwh or 0.0),
    }
    vehicle_kwh = problem.vehicle_weight @ solution.power_kw.sum(axis=1) * problem.slot_h
    indicators = {
        "kwh_grid": grid_kwh,
        "kwh_battery": float(vehicle_kwh),
        "peak_kw": float(peaks_kw.max()),
        "charging_peak_kw": float(charging_kw(problem, solution).max()),
        "co2e_kg": grid_kwh * problem.co2e_kg_per_kwh,
        "shortfall_kwh": missing_kwh,
        "vehicles": float(problem.num_vehicles),
        "vehicles_short": float((solution.shortfall_kwh > 1e-6).sum()),
    }
    if solution.site is not None:
        costs |= _site_costs(problem, solution, solution.site, weight_h)
        indicators |= _site_indicators(problem, solution, solution.site, weight_h)
    return Evaluation(costs, indicators)


def _site_costs(
    problem: EnergyProblem, solution: EnergySolution, plan: SitePlan, weight_h: FloatArray
) -> dict[str, float]:
    """Return the costs of contract, feeding in, battery and PV, as far as the problem has them."""
    fed_in = export_kw(problem, solution) * weight_h
    costs = {"feed_in": -float(fed_in @ problem.feed_in_eur_per_kwh)}
    if problem.offers:
        offer = problem.offers[plan.offer]
        costs["contract"] = offer.fixed_eur + offer.eur_per_kw * plan.contract_kw
    if problem.battery is not None:
        battery = problem.battery
        costs["battery"] = battery.eur_per_kwh * plan.more_kwh + battery.eur_per_kw * plan.more_kw
        costs["cycles"] = battery.cycle_eur_per_kwh * float(plan.discharge_kw @ weight_h)
    if problem.pv is not None:
        costs["pv"] = problem.pv.eur_per_kwp * plan.more_kwp
    return costs


def _site_indicators(
    problem: EnergyProblem, solution: EnergySolution, plan: SitePlan, weight_h: FloatArray
) -> dict[str, float]:
    battery, pv = problem.battery, problem.pv
    curtailed = np.maximum(0.0, pv_available_kw(problem, plan) - plan.pv_kw)
    return {
        "contract_kw": plan.contract_kw,
        "battery_kwh": 0.0 if battery is None else battery.kwh + plan.more_kwh,
        "battery_kw": 0.0 if battery is None else battery.kw + plan.more_kw,
        "pv_kwp": 0.0 if pv is None else pv.kwp + plan.more_kwp,
        "kwh_fed_in": float(export_kw(problem, solution) @ weight_h),
        "kwh_pv": float(plan.pv_kw @ weight_h),
        "kwh_curtailed": float(curtailed @ weight_h),
        "kwh_discharged": float(plan.discharge_kw @ weight_h),
    }
