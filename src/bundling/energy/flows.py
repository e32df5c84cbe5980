"""Powers and energies that follow from a schedule, slot by slot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution, SitePlan

FloatArray = NDArray[np.float64]


def charging_kw(problem: EnergyProblem, solution: EnergySolution) -> FloatArray:
    """Power the vehicles take behind the meter, losses included, kW; shape (T,)."""
    total: FloatArray = solution.power_kw.sum(axis=0) / problem.efficiency
    return total


def net_kw(problem: EnergyProblem, solution: EnergySolution) -> FloatArray:
    """Power at the meter, kW; negative where the site feeds in; shape (T,)."""
    net = problem.base_load_kw + charging_kw(problem, solution)
    plan = solution.site
    if plan is not None:
        net = net + plan.charge_kw - plan.discharge_kw - plan.pv_kw
    return net


def import_kw(problem: EnergyProblem, solution: EnergySolution) -> FloatArray:
    """Power drawn from the grid, kW, base load included; shape (T,)."""
    drawn: FloatArray = np.maximum(0.0, net_kw(problem, solution))
    return drawn


def export_kw(problem: EnergyProblem, solution: EnergySolution) -> FloatArray:
    """Power fed into the grid, kW; shape (T,)."""
    fed: FloatArray = np.maximum(0.0, -net_kw(problem, solution))
    return fed


def season_peak_kw(problem: EnergyProblem, solution: EnergySolution) -> FloatArray:
    """Highest draw from the grid in each season, kW."""
    drawn, season = import_kw(problem, solution), problem.slot_season
    return np.array([drawn[season == number].max() for number in range(season.max() + 1)])


def stored_kwh(problem: EnergyProblem, plan: SitePlan) -> FloatArray:
    """Energy in the battery at the start of each slot and at the end; shape (D, T / D + 1)."""
    battery, days = problem.battery, problem.num_days
    stored = np.zeros((days, problem.slots_per_day + 1))
    if battery is None:
        return stored
    keep, hours = battery.kept(problem.slot_h), problem.slot_h
    into = hours * battery.charge_efficiency * plan.charge_kw
    out = hours / battery.discharge_efficiency * plan.discharge_kw
    change = (into - out).reshape(days, -1)
    stored[:, 0] = plan.start_kwh
    for slot in range(problem.slots_per_day):
        stored[:, slot + 1] = keep * stored[:, slot] + change[:, slot]
    return stored


def pv_available_kw(problem: EnergyProblem, plan: SitePlan) -> FloatArray:
    """Power PV could give in each slot, kW; shape (T,)."""
    pv = problem.pv
    if pv is None:
        return np.zeros(problem.num_slots)
    available: FloatArray = pv.profile_kw_per_kwp * (pv.kwp + plan.more_kwp)
    return available
