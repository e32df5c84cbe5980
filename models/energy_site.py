"""Contracts, battery and PV of the energy model: equations (8) to (13) of `bundling.models.energy`.

Sets, parameters, variables and the equations themselves stand there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.energy import EnergyProblem
from bundling.energy.solution import SitePlan


def large_kw(problem: EnergyProblem) -> float:
    """Return a power that nothing at the site can exceed, kW."""
    battery, pv = problem.battery, problem.pv
    load = problem.base_load_kw + problem.limit_kw.sum(axis=0) / problem.efficiency
    battery_kw = battery.kw + battery.max_more_kw if battery else 0.0
    sun = pv.profile_kw_per_kwp.max() * (pv.kwp + pv.max_more_kwp) if pv else 0.0
    return float(load.max() + battery_kw + sun + problem.paid_peak_kw)


def one_way(model: Any, name: str, one: Any, other: Any, large: float) -> None:
    """Let only one of two powers be above 0 in a slot (8); neither exceeds `large` kW."""
    way = pyo.Var(model.T, within=pyo.Binary)
    model.add_component(name, way)
    model.add_component(
        f"{name}_one", pyo.Constraint(model.T, rule=lambda _m, t: one[t] <= large * way[t])
    )
    model.add_component(
        f"{name}_other",
        pyo.Constraint(model.T, rule=lambda _m, t: other[t] <= large * (1 - way[t])),
    )


def add_offers(model: Any, problem: EnergyProblem) -> None:
    """Take one offer and contract power under it (9)."""
    offers = problem.offers
    model.O = pyo.RangeSet(0, len(offers) - 1)
    model.y = pyo.Var(model.O, within=pyo.Binary)
    model.k = pyo.Var(model.O, within=pyo.NonNegativeReals)
    model.X = pyo.Var(model.G, model.O, within=pyo.NonNegativeReals)
    model.i_of = pyo.Var(model.O, model.T, within=pyo.NonNegativeReals)
    if not offers:
        return
    large = large_kw(problem)
    model.one_offer = pyo.Constraint(expr=sum(model.y[o] for o in model.O) == 1)

    def size(m: Any, o: int) -> Any:
        share = offers[o].availability
        useful = large / float(share[share > 0].min()) if share.any() else large
        most = max(useful, offers[o].min_kw) if np.isinf(offers[o].max_kw) else offers[o].max_kw
        return m.k[o] <= most * m.y[o]

    def at_least(m: Any, o: int) -> Any:
        return m.k[o] >= offers[o].min_kw * m.y[o]

    def by_offer(m: Any, t: int) -> Any:
        return m.i[t] == sum(m.i_of[o, t] for o in m.O)

    def within_contract(m: Any, o: int, t: int) -> Any:
        return m.i_of[o, t] <= float(offers[o].availability[t]) * m.k[o]

    def charged_peak(m: Any, g: int, o: int) -> Any:
        return m.X[g, o] >= m.P[g] - problem.paid_peak_kw - large * (1 - m.y[o])

    model.size_of_offer = pyo.Constraint(model.O, rule=size)
    model.least_of_offer = pyo.Constraint(model.O, rule=at_least)
    model.by_offer = pyo.Constraint(model.T, rule=by_offer)
    model.within_contract = pyo.Constraint(model.O, model.T, rule=within_contract)
    model.charged_peak = pyo.Constraint(model.G, model.O, rule=charged_peak)
    model.other_cost.expr += sum(
        offers[o].fixed_eur * model.y[o]
        + offers[o].eur_per_kw * model.k[o]
        + offers[o].peak_eur_per_kw
        * sum(float(problem.season_share[g]) * model.X[g, o] for g in model.G)
        + offers[o].transport_eur_per_kwh
        * problem.slot_h
        * sum(
            float(problem.slot_weight[t])
            * (model.i_of[o, t] - float(problem.base_load_kw[t]) * model.y[o])
            for t in model.T
        )
        for o in model.O
    )


def add_battery(model: Any, problem: EnergyProblem) -> None:
    """Charge and discharge a battery, and add to it: (8), (10) to (12)."""
    battery, h, a_day = problem.battery, problem.slot_h, problem.slots_per_day
    if battery is None:
        return
    model.D = pyo.RangeSet(0, problem.num_days - 1)
    model.N = pyo.RangeSet(0, a_day)
    model.c = pyo.Var(model.T, within=pyo.NonNegativeReals)
    model.q = pyo.Var(model.T, within=pyo.NonNegativeReals)
    model.E = pyo.Var(model.D, model.N, within=pyo.NonNegativeReals)
    model.a_kwh = pyo.Var(bounds=(0, battery.max_more_kwh))
    model.a_kw = pyo.Var(bounds=(0, battery.max_more_kw))
    one_way(model, "battery_way", model.c, model.q, battery.kw + battery.max_more_kw)
    kept = battery.kept(h)

    def stored(m: Any, d: int, n: int) -> Any:
        if n == a_day:
            return pyo.Constraint.Skip
        t = d * a_day + n
        change = h * battery.charge_efficiency * m.c[t] - h / battery.discharge_efficiency * m.q[t]
        return m.E[d, n + 1] == kept * m.E[d, n] + change

    def closes(m: Any, d: int) -> Any:
        end = m.E[d, 0] if battery.end_kwh is None else battery.end_kwh
        return m.E[d, a_day] >= end

    model.charge_power = pyo.Constraint(model.T, rule=lambda m, t: m.c[t] <= battery.kw + m.a_kw)
    model.discharge_power = pyo.Constraint(model.T, rule=lambda m, t: m.q[t] <= battery.kw + m.a_kw)
    model.energy = pyo.Constraint(
        model.D, model.N, rule=lambda m, d, n: m.E[d, n] <= battery.kwh + m.a_kwh
    )
    model.stored = pyo.Constraint(model.D, model.N, rule=stored)
    model.closes = pyo.Constraint(model.D, rule=closes)
    if battery.start_kwh is not None:
        model.start = pyo.Constraint(model.D, rule=lambda m, d: m.E[d, 0] == battery.start_kwh)
    for t in model.T:
        model.behind[t].expr += model.c[t] - model.q[t]
    wear = sum(h * float(problem.slot_weight[t]) * model.q[t] for t in model.T)
    model.other_cost.expr += (
        battery.cycle_eur_per_kwh * wear
        + battery.eur_per_kwh * model.a_kwh
        + battery.eur_per_kw * model.a_kw
    )


def add_pv(model: Any, problem: EnergyProblem) -> None:
    """Use panels, and add to them (13)."""
    pv = problem.pv
    if pv is None:
        return
    model.v = pyo.Var(model.T, within=pyo.NonNegativeReals)
    model.a_kwp = pyo.Var(bounds=(0, pv.max_more_kwp))
    model.sun = pyo.Constraint(
        model.T,
        rule=lambda m, t: m.v[t] <= float(pv.profile_kw_per_kwp[t]) * (pv.kwp + m.a_kwp),
    )
    for t in model.T:
        model.behind[t].expr -= model.v[t]
    model.other_cost.expr += pv.eur_per_kwp * model.a_kwp


def read_site(model: Any, problem: EnergyProblem) -> SitePlan:
    """Return contract, battery and PV of a solved `model`."""

    def over_slots(name: str) -> Any:
        column = getattr(model, name, None)
        if column is None:
            return np.zeros(problem.num_slots)
        return np.array([max(0.0, pyo.value(column[t])) for t in model.T])

    def number(name: str) -> float:
        column = getattr(model, name, None)
        return 0.0 if column is None else max(0.0, float(pyo.value(column)))

    taken = [o for o in model.O if pyo.value(model.y[o]) > 0.5]
    start = np.zeros(problem.num_days)
    if problem.battery is not None:
        start = np.array([max(0.0, pyo.value(model.E[d, 0])) for d in model.D])
    return SitePlan(
        charge_kw=over_slots("c"),
        discharge_kw=over_slots("q"),
        start_kwh=start,
        pv_kw=over_slots("v"),
        offer=taken[0] if taken else -1,
        contract_kw=max(0.0, pyo.value(model.k[taken[0]])) if taken else 0.0,
        more_kwh=number("a_kwh"),
        more_kw=number("a_kw"),
        more_kwp=number("a_kwp"),
    )
