"""What a board may ask: equations (26) to (31) of `bundling.models.siting_parts`.

Sets, parameters, variables and the equations themselves stand there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.siting import SitingProblem


def add_limits(m: Any, problem: SitingProblem) -> None:
    """Add carriers at hubs and the limits that `problem` has."""
    if problem.carriers is not None:
        _hubs(m, problem)
    if problem.budget is not None:
        _budget(m, problem)
    if problem.coverage is not None:
        _coverage(m, problem)
    if problem.power_rules is not None:
        _power_rules(m, problem)
    if problem.impacts is not None:
        _ceilings(m, problem)


def _is_open(m: Any, s: int, y: int) -> Any:
    return sum(m.z[s, k, y] for k in m.K)


def _hubs(m: Any, problem: SitingProblem) -> None:
    carriers = problem.carriers
    assert carriers is not None

    @m.Constraint(m.S, m.A, m.Y)
    def sold_by_a_dispenser(m: Any, s: int, a: int, y: int) -> Any:  # (26)
        stands = sum(m.N[s, c, y] for c in m.C if carriers.charger[c] == a)
        return m.sold[s, a, y] <= stands + int(a == 0 and problem.existing_kw[s] > 0)

    @m.Constraint(m.S, m.Y)
    def carriers_at_a_hub(m: Any, s: int, y: int) -> Any:  # (26)
        least = int(carriers.site_min[s])
        return sum(m.sold[s, a, y] for a in m.A) >= least * _is_open(m, s, y)


def _built(m: Any, problem: SitingProblem, y: int) -> Any:
    """Return what building all that stands has cost (27), EUR."""
    price = problem.budget
    assert price is not None
    forms = {i: int(np.flatnonzero(problem.step_max_kw == i)[0]) for i in list(m.I)}
    total = sum(
        float(price.site_eur[s]) * _is_open(m, s, y)
        + sum(float(price.charger_eur[c]) * m.N[s, c, y] for c in m.C)
        + sum(float(price.step_eur[forms[i]]) * m.b[s, i, y] for i in m.I)
        for s in m.S
    )
    if problem.storage is not None:
        total += sum(
            price.battery_eur_per_kwh * m.kwh[s, y]
            + price.battery_eur_per_kw * m.bkw[s, y]
            + price.pv_eur_per_kwp * m.kwp[s, y]
            for s in m.S
        )
    if problem.upgrades is not None:
        total += sum(float(price.upgrade_eur[u]) * m.up[u, y] for u in m.U)
    return total


def _budget(m: Any, problem: SitingProblem) -> None:
    assert problem.budget is not None
    money = problem.budget.eur

    @m.Constraint(m.Y)
    def budget(m: Any, y: int) -> Any:  # (28)
        if np.isinf(money[y]):
            return pyo.Constraint.Skip
        before = _built(m, problem, y - 1) if y else 0.0
        return _built(m, problem, y) - before <= float(money[y])


def _coverage(m: Any, problem: SitingProblem) -> None:
    rule = problem.coverage
    assert rule is not None

    @m.Constraint(range(len(rule.area_ids)), m.Y)
    def coverage(m: Any, b: int, y: int) -> Any:  # (29)
        mine = [int(d) for d in np.flatnonzero(rule.demand_area == b)]
        if not mine:
            return pyo.Constraint.Skip
        asked = float(problem.demand_kwh[mine, y].sum())
        missed = sum(float(problem.demand_kwh[d, y]) * m.v[d, y] for d in mine)
        return missed <= (1.0 - float(rule.min_share[b, y])) * asked


def _power_rules(m: Any, problem: SitingProblem) -> None:
    rules = problem.power_rules
    assert rules is not None

    @m.Constraint(range(len(rules.ids)), m.Y)
    def power_rule(m: Any, r: int, y: int) -> Any:  # (30)
        counts = [
            c
            for c in m.C
            if problem.charger_kw[c] >= rules.min_charger_kw[r]
            and (problem.carriers is None or problem.carriers.charger[c] == 0)
        ]
        members = [int(s) for s in np.flatnonzero(rules.member[r])]
        old = float(problem.existing_kw[members].sum())
        new = sum(float(problem.charger_kw[c]) * m.N[s, c, y] for s in members for c in counts)
        if isinstance(new, int):
            holds = old >= rules.min_kw[r, y]
            return pyo.Constraint.Feasible if holds else pyo.Constraint.Infeasible
        return old + new >= float(rules.min_kw[r, y])


def _ceilings(m: Any, problem: SitingProblem) -> None:
    impact = problem.impacts
    assert impact is not None
    days = problem.days_per_year * problem.calendar_years
    hours = problem.hour_weights
    missed_mwh = sum(
        float(days[y] * problem.demand_kwh[d, y]) / 1000 * m.v[d, y] for d in m.D for y in m.Y
    )
    bought_mwh = sum(
        float(days[y] * hours[h]) / 1000 * m.draw[s, y, h] for s in m.S for y in m.Y for h in m.H
    )
    m.ceilings = pyo.ConstraintList()  # (31)
    if np.isfinite(impact.max_unserved_mwh):
        m.ceilings.add(missed_mwh <= impact.max_unserved_mwh)
    if np.isfinite(impact.max_nox_kg):  # g per kWh are kg per MWh
        m.ceilings.add(impact.diesel_nox_g_per_kwh * missed_mwh <= impact.max_nox_kg)
    if np.isfinite(impact.max_co2e_t):  # kg per kWh are t per MWh
        co2e_t = impact.diesel_co2e_kg_per_kwh * missed_mwh
        co2e_t += impact.grid_co2e_kg_per_kwh * bought_mwh
        m.ceilings.add(co2e_t <= impact.max_co2e_t)
    if np.isfinite(impact.max_capital_eur):
        m.ceilings.add(_built(m, problem, problem.num_years - 1) <= impact.max_capital_eur)
