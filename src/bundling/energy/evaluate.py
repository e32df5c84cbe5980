"""What a charge schedule costs and does: the only definition of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution
from bundling.result import Evaluation

FloatArray = NDArray[np.float64]


def grid_kw(problem: EnergyProblem, solution: EnergySolution) -> FloatArray:
    """Power the vehicles draw from the grid in each slot, kW; shape (T,), without base load."""
    total: FloatArray = solution.power_kw.sum(axis=0) / problem.efficiency
    return total


def evaluate(problem: EnergyProblem, solution: EnergySolution) -> Evaluation:
    """Recompute costs and indicators of `solution`.

    Costs, EUR: ``energy`` (grid kWh at the price of their slot), ``transport`` (grid kWh),
    ``peak`` (highest draw with base load, above what is paid anyway) and ``shortfall`` (missing
    kWh, 0 when they have no price). The energy of the base load is not part of it.

    Indicators: ``kwh_grid`` and ``kwh_battery`` (the vehicles' energy before and after losses),
    ``peak_kw`` (highest draw with base load), ``charging_peak_kw`` (highest draw of the vehicles
    alone), ``co2e_kg``, ``shortfall_kwh``, ``vehicles``, ``vehicles_short``.
    """
    draw_kw = grid_kw(problem, solution)
    slot_kwh = draw_kw * problem.slot_h
    grid_kwh = float(slot_kwh.sum())
    peak_kw = float((draw_kw + problem.base_load_kw).max())
    missing_kwh = float(solution.shortfall_kwh.sum())
    costs = {
        "energy": float(slot_kwh @ problem.price_eur_per_kwh),
        "transport": grid_kwh * problem.transport_eur_per_kwh,
        "peak": max(0.0, peak_kw - problem.paid_peak_kw) * problem.peak_eur_per_kw,
        "shortfall": missing_kwh * (problem.shortfall_eur_per_kwh or 0.0),
    }
    indicators = {
        "kwh_grid": grid_kwh,
        "kwh_battery": float(solution.power_kw.sum()) * problem.slot_h,
        "peak_kw": peak_kw,
        "charging_peak_kw": float(draw_kw.max()),
        "co2e_kg": grid_kwh * problem.co2e_kg_per_kwh,
        "shortfall_kwh": missing_kwh,
        "vehicles": float(problem.num_vehicles),
        "vehicles_short": float((solution.shortfall_kwh > 1e-6).sum()),
    }
    return Evaluation(costs, indicators)
