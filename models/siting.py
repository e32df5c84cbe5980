r"""Charging sites under the grid's headroom, as a Pyomo model: the specification of the family.

Sets
----
- ``Y`` planning years, ``H`` the 24 hours of a representative day.
- ``S`` sites, ``C`` charger types, ``K`` connection steps by ascending power, ``G`` grid nodes.
- ``D`` demand points, ``P`` pairs ``p = (d, s)`` of a demand point and a site within its reach.
- ``S(g)`` sites fed by node ``g`` or by a node below it.
- ``L`` the different smallest powers that demand points ask for, kW.

Parameters
----------
- ``E[d,y]`` energy asked for on a day, kWh in the vehicle; ``f[d,h]`` its share by hour, sum 1.
- ``eta`` energy in the vehicle per energy from the grid; ``l[d]`` smallest useful charger, kW.
- ``pow[c]`` power of a charger, kW; ``u`` share of the installed power in use at once.
- ``room[s]`` chargers; zero at forbidden sites. ``old[s]`` power of existing chargers, kW.
- ``max[k]`` largest new power of a step, kW.
- ``free[g,y,h]`` headroom less the base load of everything below ``g``, at least 0, kW.
- Prices a year: ``site[s]``, ``charger[c]``, ``once[k]`` (annuity of the one-off cost),
  ``yearly[k]``, ``kw[k]`` per kW of the day's peak; prices per kWh from the grid: ``energy[h]``,
  ``move[k]``, ``move0`` without a new connection; per kWh in the vehicle: ``detour[p]``,
  ``lost`` for energy not served.
- ``n`` days a year; ``w[y]`` present value of 1 EUR a year over the years that ``y`` stands for.

Variables
---------
- ``x[p,y]`` in [0, 1] share of ``d`` served at ``s``; ``v[d,y] >= 0`` share not served.
- ``z[s,k,y]`` in {0, 1} step ``k`` is in force; ``b[s,k,y]`` in [0, 1] it has been bought.
- ``N[s,c,y]`` new chargers standing, whole and >= 0.
- ``g[s,y,h] >= 0`` and ``new[s,y,h] >= 0`` kW at the grid, the latter above existing chargers.
- ``q[s,k,y] >= 0`` peak of the new load paid for under step ``k``, kW.
- ``e[s,k,y]``, ``e0[s,y] >= 0`` kWh a day transported at the price of step ``k`` or without one.

Equations
---------
(1) net present cost, EUR::

        min sum_y w[y] ( sum_{s,k} (site[s] + yearly[k]) z[s,k,y]
             + sum_{s,k} (once[k] b[s,k,y] + kw[k] q[s,k,y])
             + sum_{s,c} charger[c] N[s,c,y] + n sum_s (move0 e0[s,y] + sum_k move[k] e[s,k,y])
             + n sum_p (sum_h energy[h] f[d,h] / eta + detour[p]) E[d,y] x[p,y]
             + n lost sum_d E[d,y] v[d,y] )

(2) demand, d, y::                 sum_{p of d} x[p,y] + v[d,y] = 1
(3) load, s, y, h::                g[s,y,h] = sum_{p at s} E[d,y] f[d,h] x[p,y] / eta
(4) new load, s, y, h::            new[s,y,h] >= g[s,y,h] - old[s]
(5) one step, s, y::               sum_k z[s,k,y] <= 1;  z = 0 at forbidden sites
(6) chargers at open sites, s, y:: sum_c N[s,c,y] <= room[s] sum_k z[s,k,y]
(7) charger power, s, y, h, l in L::
                                   sum_{p at s, l[d] >= l} E[d,y] f[d,h] x[p,y] / eta
                                       <= u sum_{c: pow[c] >= l} pow[c] N[s,c,y] + old[s]
(8) peak, s, y, h::                new[s,y,h] <= sum_k q[s,k,y]
(9) connection power, s, k, y::    q[s,k,y] <= max[k] z[s,k,y]
(10) transport, s, y::             sum_h g[s,y,h] = e0[s,y] + sum_k e[s,k,y]
(11) transport by step, s, k, y::  e[s,k,y] <= A[s,y] z[s,k,y]
(12) without a step, s, y::        e0[s,y] <= A[s,y] (1 - sum_k z[s,k,y])
     with A[s,y] all the energy of the demand points that reach s
(13) grid, g, y, h::               sum_{s in S(g)} new[s,y,h] <= free[g,y,h]
(14) bought, s, k, y::             b[s,k,y] >= z[s,k,y],  b[s,k,y] >= b[s,k,y-1]
(15) never smaller, s, k, y::      sum_{j >= k} z[s,j,y] >= sum_{j >= k} z[s,j,y-1]
(16) chargers stay, s, c, y::      N[s,c,y] >= N[s,c,y-1]

In (7) the classes are nested: demand that asks for 350 kW also counts where 50 kW will do, so by
Hall's condition the rows for all ``l`` together say that a fitting charger exists for all load.

References
----------
- Capacitated facility location over several periods with modular capacities: S. D. Jena,
  J.-F. Cordeau, B. Gendron, "Dynamic facility location with generalized modular capacities",
  Transportation Science 49 (2015) 484-499.
- Contract forms and tariffs of connections: tariff sheets of the Dutch grid operators (see
  `bundling.rules`); here the firm contract.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.siting import SitingProblem, SitingSolution
from bundling.siting.grid import ancestry


def build(problem: SitingProblem) -> Any:
    """Return a ``pyomo.environ.ConcreteModel`` of `problem`."""
    m = pyo.ConcreteModel(name="siting")
    m.Y = pyo.RangeSet(0, problem.num_years - 1)
    m.H = pyo.RangeSet(0, 23)
    m.S = pyo.RangeSet(0, problem.num_sites - 1)
    m.C = pyo.RangeSet(0, problem.num_chargers - 1)
    m.K = pyo.RangeSet(0, problem.num_steps - 1)
    m.G = pyo.RangeSet(0, problem.num_nodes - 1)
    m.D = pyo.RangeSet(0, problem.num_demands - 1)
    m.P = pyo.RangeSet(0, problem.num_pairs - 1)
    m.x = pyo.Var(m.P, m.Y, bounds=(0, 1))
    m.v = pyo.Var(m.D, m.Y, bounds=(0, 1))
    m.z = pyo.Var(m.S, m.K, m.Y, within=pyo.Binary)
    m.b = pyo.Var(m.S, m.K, m.Y, bounds=(0, 1))
    m.N = pyo.Var(m.S, m.C, m.Y, within=pyo.NonNegativeIntegers)
    m.g = pyo.Var(m.S, m.Y, m.H, within=pyo.NonNegativeReals)
    m.new = pyo.Var(m.S, m.Y, m.H, within=pyo.NonNegativeReals)
    m.q = pyo.Var(m.S, m.K, m.Y, within=pyo.NonNegativeReals)
    m.e = pyo.Var(m.S, m.K, m.Y, within=pyo.NonNegativeReals)
    m.e0 = pyo.Var(m.S, m.Y, within=pyo.NonNegativeReals)
    _cost(m, problem)
    _sites(m, problem)
    _power(m, problem)
    _years(m)
    return m


def _pairs_of(problem: SitingProblem, demand: int) -> list[int]:
    return [int(p) for p in np.flatnonzero(problem.pair_demand == demand)]


def _pairs_at(problem: SitingProblem, site: int) -> list[int]:
    return [int(p) for p in np.flatnonzero(problem.pair_site == site)]


def _drawn(problem: SitingProblem, p: int, y: int) -> float:
    """Grid energy of a whole demand point, kWh a day."""
    return float(problem.demand_kwh[problem.pair_demand[p], y]) / problem.charger_efficiency


def _cost(m: Any, problem: SitingProblem) -> None:
    weights = problem.year_weights
    n = problem.days_per_year
    in_hours = problem.demand_profile @ problem.price_eur_per_kwh / problem.charger_efficiency

    def year(y: int) -> Any:
        steps = sum(
            float(problem.fixed_eur_per_year[s] + problem.step_fixed_eur_per_year[k]) * m.z[s, k, y]
            + float(problem.step_one_off_eur_per_year[k]) * m.b[s, k, y]
            + float(problem.step_eur_per_kw_year[k]) * m.q[s, k, y]
            + n * float(problem.step_transport_eur_per_kwh[k]) * m.e[s, k, y]
            for s in m.S
            for k in m.K
        )
        chargers = sum(
            float(problem.charger_eur_per_year[c]) * m.N[s, c, y] for s in m.S for c in m.C
        )
        old = n * problem.existing_transport_eur_per_kwh * sum(m.e0[s, y] for s in m.S)
        served = sum(
            n
            * float(in_hours[problem.pair_demand[p]] + problem.pair_eur_per_kwh[p])
            * float(problem.demand_kwh[problem.pair_demand[p], y])
            * m.x[p, y]
            for p in m.P
        )
        lost = n * problem.unserved_eur_per_kwh
        missed = sum(lost * float(problem.demand_kwh[d, y]) * m.v[d, y] for d in m.D)
        return steps + chargers + old + served + missed

    @m.Objective(sense=pyo.minimize)
    def cost(m: Any) -> Any:  # (1)
        return sum(float(weights[y]) * year(y) for y in m.Y)

    @m.Constraint(m.D, m.Y)
    def demand(m: Any, d: int, y: int) -> Any:  # (2)
        return sum(m.x[p, y] for p in _pairs_of(problem, d)) + m.v[d, y] == 1


def _sites(m: Any, problem: SitingProblem) -> None:
    for s in np.flatnonzero(problem.forbidden):
        for k in m.K:
            for y in m.Y:
                m.z[int(s), k, y].fix(0)

    @m.Constraint(m.S, m.Y)
    def one_step(m: Any, s: int, y: int) -> Any:  # (5)
        return sum(m.z[s, k, y] for k in m.K) <= 1

    @m.Constraint(m.S, m.Y)
    def chargers_at_open_sites(m: Any, s: int, y: int) -> Any:  # (6)
        is_open = sum(m.z[s, k, y] for k in m.K)
        return sum(m.N[s, c, y] for c in m.C) <= int(problem.max_chargers[s]) * is_open

    @m.Constraint(m.S, m.K, m.Y)
    def connection_power(m: Any, s: int, k: int, y: int) -> Any:  # (9)
        return m.q[s, k, y] <= float(problem.step_max_kw[k]) * m.z[s, k, y]

    @m.Constraint(m.S, m.Y)
    def transport(m: Any, s: int, y: int) -> Any:  # (10)
        moved = m.e0[s, y] + sum(m.e[s, k, y] for k in m.K)
        return sum(m.g[s, y, h] for h in m.H) == moved

    def reachable(s: int, y: int) -> float:
        return sum(_drawn(problem, p, y) for p in _pairs_at(problem, s))

    @m.Constraint(m.S, m.K, m.Y)
    def transport_by_step(m: Any, s: int, k: int, y: int) -> Any:  # (11)
        return m.e[s, k, y] <= reachable(s, y) * m.z[s, k, y]

    @m.Constraint(m.S, m.Y)
    def transport_without_step(m: Any, s: int, y: int) -> Any:  # (12)
        return m.e0[s, y] <= reachable(s, y) * (1 - sum(m.z[s, k, y] for k in m.K))


def _power(m: Any, problem: SitingProblem) -> None:
    m.L = pyo.Set(initialize=sorted({float(kw) for kw in problem.demand_min_kw}))
    above = ancestry(problem.node_parent)
    free = problem.room_kw

    def asked(s: int, y: int, h: int, level: float) -> Any:
        return sum(
            _drawn(problem, p, y)
            * float(problem.demand_profile[problem.pair_demand[p], h])
            * m.x[p, y]
            for p in _pairs_at(problem, s)
            if problem.demand_min_kw[problem.pair_demand[p]] >= level
        )

    @m.Constraint(m.S, m.Y, m.H)
    def load_of_site(m: Any, s: int, y: int, h: int) -> Any:  # (3)
        return m.g[s, y, h] == asked(s, y, h, 0.0)

    @m.Constraint(m.S, m.Y, m.H)
    def new_load(m: Any, s: int, y: int, h: int) -> Any:  # (4)
        return m.new[s, y, h] >= m.g[s, y, h] - float(problem.existing_kw[s])

    @m.Constraint(m.S, m.Y, m.H, m.L)
    def charger_power(m: Any, s: int, y: int, h: int, level: float) -> Any:  # (7)
        installed = sum(
            float(problem.charger_kw[c]) * m.N[s, c, y]
            for c in m.C
            if problem.charger_kw[c] >= level
        )
        limit = problem.utilisation_limit * installed + float(problem.existing_kw[s])
        return (None, asked(s, y, h, level) - limit, 0.0)

    @m.Constraint(m.S, m.Y, m.H)
    def peak(m: Any, s: int, y: int, h: int) -> Any:  # (8)
        return m.new[s, y, h] <= sum(m.q[s, k, y] for k in m.K)

    @m.Constraint(m.G, m.Y, m.H)
    def grid(m: Any, g: int, y: int, h: int) -> Any:  # (13)
        below = [s for s in m.S if above[g, int(problem.site_node[s])]]
        if not below or np.isinf(free[g, y, h]):
            return pyo.Constraint.Skip
        return sum(m.new[s, y, h] for s in below) <= float(free[g, y, h])


def _years(m: Any) -> None:
    @m.Constraint(m.S, m.K, m.Y)
    def in_force_is_bought(m: Any, s: int, k: int, y: int) -> Any:  # (14)
        return m.b[s, k, y] >= m.z[s, k, y]

    @m.Constraint(m.S, m.K, m.Y)
    def bought_stays(m: Any, s: int, k: int, y: int) -> Any:  # (14)
        return m.b[s, k, y] >= m.b[s, k, y - 1] if y else pyo.Constraint.Skip

    @m.Constraint(m.S, m.K, m.Y)
    def never_smaller(m: Any, s: int, k: int, y: int) -> Any:  # (15)
        if not y:
            return pyo.Constraint.Skip
        larger = [j for j in m.K if j >= k]
        return sum(m.z[s, j, y] for j in larger) >= sum(m.z[s, j, y - 1] for j in larger)

    @m.Constraint(m.S, m.C, m.Y)
    def chargers_stay(m: Any, s: int, c: int, y: int) -> Any:  # (16)
        return m.N[s, c, y] >= m.N[s, c, y - 1] if y else pyo.Constraint.Skip


def read(model: Any, problem: SitingProblem) -> SitingSolution:
    """Return the plan in a solved `model`."""
    steps = np.array(
        [[[round(pyo.value(model.z[s, k, y])) for k in model.K] for y in model.Y] for s in model.S]
    ).reshape(problem.num_sites, problem.num_years, problem.num_steps)
    chargers = np.array(
        [[[round(pyo.value(model.N[s, c, y])) for y in model.Y] for c in model.C] for s in model.S]
    ).reshape(problem.num_sites, problem.num_chargers, problem.num_years)
    served = np.array([[pyo.value(model.x[p, y]) for y in model.Y] for p in model.P]).reshape(
        problem.num_pairs, problem.num_years
    )
    step = np.where(steps.any(axis=2), steps.argmax(axis=2), -1)
    return SitingSolution(step, chargers, np.clip(served, 0.0, 1.0))
