"""Energy and power by the hour: (3), (4), (7), (8) and (10) to (13) of `bundling.models.siting`.

Sets, parameters, variables and the equations themselves stand there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.models import siting_parts
from bundling.siting import SitingProblem
from bundling.siting.grid import ancestry


def _pairs_at(problem: SitingProblem, site: int) -> list[int]:
    return [int(p) for p in np.flatnonzero(problem.pair_site == site)]


def carrier_of(problem: SitingProblem, demand: int) -> int:
    """Carrier that a demand point asks for; 0 is electricity."""
    return 0 if problem.carriers is None else int(problem.carriers.demand[demand])


def _drawn(problem: SitingProblem, p: int, y: int) -> float:
    """Energy through the charger of a whole demand point, kWh a day."""
    d = int(problem.pair_demand[p])
    losses = problem.charger_efficiency if carrier_of(problem, d) == 0 else 1.0
    return float(problem.demand_kwh[d, y]) / losses


def add_transport(m: Any, problem: SitingProblem) -> None:
    """Energy at the transport price of the step in force: (10) to (12)."""
    hours = problem.hour_weights

    @m.Constraint(m.S, m.Y)
    def transport(m: Any, s: int, y: int) -> Any:  # (10)
        moved = m.e0[s, y] + sum(m.e[s, k, y] for k in m.K)
        return sum(float(hours[h]) * m.draw[s, y, h] for h in m.H) == moved

    def most(s: int, y: int) -> float:
        reach = sum(_drawn(problem, p, y) for p in _pairs_at(problem, s))
        return reach + 24 * siting_parts.most_battery_kw(problem, s)

    @m.Constraint(m.S, m.K, m.Y)
    def transport_by_step(m: Any, s: int, k: int, y: int) -> Any:  # (11)
        return m.e[s, k, y] <= most(s, y) * m.z[s, k, y]

    @m.Constraint(m.S, m.Y)
    def transport_without_step(m: Any, s: int, y: int) -> Any:  # (12)
        return m.e0[s, y] <= most(s, y) * (1 - sum(m.z[s, k, y] for k in m.K))


def add_power(m: Any, problem: SitingProblem) -> None:
    """Keep loads within chargers, contracts and grid nodes: (3), (4), (7), (8), (13)."""
    levels = {(carrier_of(problem, d), float(problem.demand_min_kw[d])) for d in m.D}
    m.L = pyo.Set(dimen=2, initialize=sorted(levels))
    above = ancestry(problem.node_parent)
    free, added = problem.room_kw, problem.upgrade_kw

    def asked(s: int, y: int, h: int, carrier: int, level: float) -> Any:
        return sum(
            _drawn(problem, p, y)
            * float(problem.demand_profile[problem.pair_demand[p], h])
            * m.x[p, y]
            for p in _pairs_at(problem, s)
            if problem.demand_min_kw[problem.pair_demand[p]] >= level
            and carrier_of(problem, int(problem.pair_demand[p])) == carrier
        )

    @m.Constraint(m.S, m.Y, m.H)
    def load_of_site(m: Any, s: int, y: int, h: int) -> Any:  # (3)
        return m.g[s, y, h] == asked(s, y, h, 0, 0.0)

    @m.Constraint(m.S, m.Y, m.H)
    def drawn(m: Any, s: int, y: int, h: int) -> Any:  # (4)
        return m.draw[s, y, h] == m.g[s, y, h] + siting_parts.battery_and_sun(m, s, y, h)

    @m.Constraint(m.S, m.Y, m.H)
    def new_load(m: Any, s: int, y: int, h: int) -> Any:  # (4)
        return m.new[s, y, h] >= m.draw[s, y, h] - float(problem.existing_kw[s])

    @m.Constraint(m.S, m.Y, m.H, m.L)
    def charger_power(m: Any, s: int, y: int, h: int, a: int, level: float) -> Any:  # (7)
        installed = sum(
            float(problem.charger_kw[c]) * m.N[s, c, y]
            for c in m.C
            if problem.charger_kw[c] >= level
            and (problem.carriers is None or problem.carriers.charger[c] == a)
        )
        existing = float(problem.existing_kw[s]) if a == 0 else 0.0
        limit = problem.utilisation_limit * installed + existing
        excess = asked(s, y, h, a, level) - limit
        if isinstance(excess, int | float):  # nobody asks, and no charger fits
            return pyo.Constraint.Feasible
        return excess <= 0.0

    @m.Constraint(m.S, m.Y, m.H)
    def contract(m: Any, s: int, y: int, h: int) -> Any:  # (8)
        return m.new[s, y, h] <= sum(
            float(problem.step_available[k, h]) * m.q[s, k, y] for k in m.K
        )

    @m.Constraint(m.S, m.Y, m.H)
    def taken_new(m: Any, s: int, y: int, h: int) -> Any:  # (13)
        return m.taken[s, y, h] >= m.new[s, y, h]

    @m.Constraint(m.S, m.Y, m.H)
    def taken_kept(m: Any, s: int, y: int, h: int) -> Any:  # (13)
        return m.taken[s, y, h] >= sum(
            float(problem.step_reserved[k] * problem.step_available[k, h]) * m.q[s, k, y]
            for k in m.K
        )

    @m.Constraint(m.G, m.Y, m.H)
    def grid(m: Any, g: int, y: int, h: int) -> Any:  # (13)
        below = [s for s in m.S if above[g, int(problem.site_node[s])]]
        if not below or np.isinf(free[g, y, h]):
            return pyo.Constraint.Skip
        more = siting_parts.reinforced_kw(m, problem, added, g, y, h)
        return sum(m.taken[s, y, h] for s in below) <= float(free[g, y, h]) + more
