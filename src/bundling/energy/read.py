"""From column values to a schedule, with the solver's rounding cut off at the limits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.energy.lp import ChargingModel
from bundling.energy.problem import EnergyProblem
from bundling.energy.seats import seats_of
from bundling.energy.site_model import SiteColumns
from bundling.energy.solution import EnergySolution, SitePlan

FloatArray = NDArray[np.float64]

_SPECK = 1e-9


def read(problem: EnergyProblem, charging: ChargingModel, values: FloatArray) -> EnergySolution:
    """Turn column values into a schedule."""
    power = np.zeros((problem.num_vehicles, problem.num_slots))
    power[charging.vehicle, charging.slot] = values[charging.power]
    power = np.clip(power, 0.0, problem.limit_kw)
    seats = None
    if problem.plugs is not None:
        seats, power = seats_of(problem, charging.plugs, values, power)
    shortfall = np.zeros(problem.num_vehicles)
    if charging.shortfall.size:
        # From the balance, so that charged and missing add up exactly to the need.
        charged = power.sum(axis=1) * problem.slot_h
        shortfall = np.maximum(0.0, problem.need_kwh - charged)
        shortfall[shortfall < 1e-9 * np.maximum(1.0, problem.need_kwh)] = 0.0
    if charging.site is None:
        return EnergySolution(power, shortfall, seats=seats)
    plan = _plan(problem, charging.site, values)
    return EnergySolution(power, shortfall, _one_way(problem, plan, power), seats)


def _plan(problem: EnergyProblem, site: SiteColumns, values: FloatArray) -> SitePlan:
    """Read contract, battery and PV as they stand."""
    battery, pv, slots = problem.battery, problem.pv, problem.num_slots

    def size(columns: np.ndarray, most: float) -> float:
        value = float(values[columns[0]]) if columns.size else 0.0
        return 0.0 if value < _SPECK else min(value, most)

    return SitePlan(
        charge_kw=np.maximum(0.0, values[site.charge]) if battery else np.zeros(slots),
        discharge_kw=np.maximum(0.0, values[site.discharge]) if battery else np.zeros(slots),
        start_kwh=(
            np.maximum(0.0, values[site.stored[:, 0]]) if battery else np.zeros(problem.num_days)
        ),
        pv_kw=np.maximum(0.0, values[site.pv]) if pv else np.zeros(slots),
        offer=site.offer,
        contract_kw=size(site.contract, np.inf),
        more_kwh=size(site.more_kwh, battery.max_more_kwh if battery else 0.0),
        more_kw=size(site.more_kw, battery.max_more_kw if battery else 0.0),
        more_kwp=size(site.more_kwp, pv.max_more_kwp if pv else 0.0),
    )


def _one_way(problem: EnergyProblem, plan: SitePlan, power_kw: FloatArray) -> SitePlan:
    """Let the battery charge or discharge, never both; what that saves is drawn or curtailed less.

    Taking both down by the same amount leaves the meter alone and the battery fuller; where it
    would overflow it charges less, the meter falls, and PV is curtailed if feeding in has no room.
    `bundling.energy.site_model` says why this costs nothing where there is no integer to forbid
    both at once.
    """
    battery = problem.battery
    if battery is None:
        return plan
    way = plan.charge_kw - plan.discharge_kw
    hours, keep = problem.slot_h, battery.kept(problem.slot_h)
    largest_kwh, largest_kw = battery.kwh + plan.more_kwh, battery.kw + plan.more_kw
    charge, discharge = np.zeros(way.size), np.zeros(way.size)
    start = np.minimum(plan.start_kwh, largest_kwh)
    a_day = problem.slots_per_day
    for day in range(problem.num_days):
        stored = float(start[day])
        for slot in range(day * a_day, (day + 1) * a_day):
            stored *= keep
            if way[slot] >= 0:
                room = max(0.0, largest_kwh - stored) / (hours * battery.charge_efficiency)
                charge[slot] = min(way[slot], largest_kw, room)
                stored += hours * battery.charge_efficiency * charge[slot]
            else:
                most = stored * battery.discharge_efficiency / hours
                discharge[slot] = min(-way[slot], largest_kw, most)
                stored -= hours / battery.discharge_efficiency * discharge[slot]
    load = problem.base_load_kw + power_kw.sum(axis=0) / problem.efficiency + charge - discharge
    over = np.maximum(0.0, plan.pv_kw - load - problem.feed_in_kw)
    return SitePlan(
        charge_kw=charge,
        discharge_kw=discharge,
        start_kwh=start,
        pv_kw=np.maximum(0.0, plan.pv_kw - over),
        offer=plan.offer,
        contract_kw=plan.contract_kw,
        more_kwh=plan.more_kwh,
        more_kw=plan.more_kw,
        more_kwp=plan.more_kwp,
    )
