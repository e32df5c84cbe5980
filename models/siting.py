r"""Charging sites under the grid's headroom, as a Pyomo model: the specification of the family.

Batteries and PV, reinforcements, and the limits a board may set stand in
`bundling.models.siting_parts`, equations (17) to (32); a problem without them has none of these.

Sets
----
- ``Y`` planning years, ``H`` the hours of all typical days (24 each), ``C`` charger types.
- ``S`` sites, ``G`` grid nodes, ``S(g)`` sites fed by node ``g`` or by a node below it.
- ``K`` connection steps, a power and a contract form each; ``I`` the different powers: the
  connections. ``K(i)`` the contract forms of connection ``i``.
- ``D`` demand points, ``P`` pairs ``p = (d, s)`` of a demand point and a site within its reach,
  ``F`` truck flows, ``D(f)`` the demand points where its trucks stop.
- ``A`` carriers, 0 is electricity; ``L(a)`` the different smallest powers that demand points of
  carrier ``a`` ask for, kW.

Parameters
----------
- ``E[d,y]`` energy asked for on the mean day, kWh in the vehicle; ``r[h]`` share of the days that
  are like the day of hour ``h``; ``f[d,h]`` energy of the hour as a share of the mean day's,
  ``sum_h r[h] f[d,h] = 1``. ``car[d]``, ``car[c]`` carriers; ``l[d]`` smallest useful charger, kW.
- ``eta[d]`` energy in the vehicle per energy from the charger; 1 for other carriers.
- ``pow[c]`` power of a charger, kW; ``u`` share of the installed power in use at once.
- ``room[s]`` chargers; zero at forbidden sites. ``old[s]`` power of existing chargers, kW.
- ``max[k]`` largest new power of a step, kW; ``av[k,h]`` share of the contracted power that may be
  drawn in an hour; ``keep[k]`` share of it that the grid keeps free in any case.
- ``free[g,y,h]`` headroom less the base load of everything below ``g``, at least 0, kW.
- Prices a year: ``site[s]``, ``charger[c]``, ``once[i]`` (annuity of the one-off cost),
  ``yearly[k]``, ``kw[k]`` per contracted kW; prices per kWh from the grid: ``energy[h]``,
  ``move[k]``, ``move0`` without a new connection; per kWh in the vehicle: ``sell[d]`` of carriers
  other than electricity, ``detour[p]``, ``lost`` for energy not served.
- ``n`` days a year; ``w[y]`` present value of 1 EUR a year over the years that ``y`` stands for.

Variables
---------
- ``x[p,y]`` in [0, 1] share of ``d`` served at ``s``; ``v[d,y]`` in [0, 1] share not served.
- ``z[s,k,y]`` in {0, 1} step ``k`` is in force; ``b[s,i,y]`` in [0, 1] connection ``i`` is bought.
- ``N[s,c,y]`` new chargers standing, whole and >= 0.
- ``g[s,y,h] >= 0`` electricity for vehicles, ``draw[s,y,h] >= 0`` from the grid, ``new[s,y,h] >=
  0`` of it above existing chargers, ``taken[s,y,h] >= 0`` of the grid's room, all kW at the grid.
- ``q[s,k,y] >= 0`` power contracted and paid for under step ``k``, kW.
- ``e[s,k,y]``, ``e0[s,y] >= 0`` kWh a day transported at the price of step ``k`` or without one.

Equations
---------
(1) net present cost, EUR; ``parts[y]`` is in (17)::

        min sum_y w[y] ( sum_{s,k} ((site[s] + yearly[k]) z[s,k,y] + kw[k] q[s,k,y])
             + sum_{s,i} once[i] b[s,i,y] + sum_{s,c} charger[c] N[s,c,y]
             + n sum_s (move0 e0[s,y] + sum_k move[k] e[s,k,y])
             + n sum_{s,h} r[h] energy[h] draw[s,y,h]
             + n sum_p (sell[d] + detour[p]) E[d,y] x[p,y]
             + n lost sum_d E[d,y] v[d,y] + parts[y] )

(2) demand, d, y::                 sum_{p of d} x[p,y] + v[d,y] = 1
(2f) flows, f, y, d, d' in D(f)::  v[d,y] = v[d',y]  where both ask for energy in y
(3) load, s, y, h::                g[s,y,h] = sum_{p at s, car[d] = 0} E[d,y] f[d,h] x[p,y] / eta[d]
(4) new load, s, y, h::            draw[s,y,h] = g[s,y,h] + (what (18) adds)
                                   new[s,y,h] >= draw[s,y,h] - old[s]
(5) one step, s, y::               sum_k z[s,k,y] <= 1;  z = 0 at forbidden sites
(6) chargers at open sites, s, y:: sum_c N[s,c,y] <= room[s] sum_k z[s,k,y]
(7) charger power, s, y, h, a, l in L(a)::
                                   sum_{p at s, car[d] = a, l[d] >= l} E[d,y] f[d,h] x[p,y] / eta[d]
                                       <= u sum_{c: car[c] = a, pow[c] >= l} pow[c] N[s,c,y]
                                          + (old[s] if a = 0)
(8) contract, s, y, h::            new[s,y,h] <= sum_k av[k,h] q[s,k,y]
(9) connection power, s, k, y::    q[s,k,y] <= max[k] z[s,k,y]
(10) transport, s, y::             sum_h r[h] draw[s,y,h] = e0[s,y] + sum_k e[s,k,y]
(11) transport by step, s, k, y::  e[s,k,y] <= M[s,y] z[s,k,y]
(12) without a step, s, y::        e0[s,y] <= M[s,y] (1 - sum_k z[s,k,y])
     with M[s,y] all the energy that can reach s, and go round in its battery
(13) grid, g, y, h::               taken[s,y,h] >= new[s,y,h]
                                   taken[s,y,h] >= sum_k keep[k] av[k,h] q[s,k,y]
                                   sum_{s in S(g)} taken[s,y,h] <= free[g,y,h] + (what (24) adds)
(14) bought, s, i, y::             b[s,i,y] >= sum_{k in K(i)} z[s,k,y],  b[s,i,y] >= b[s,i,y-1],
                                   b[s,i,y] <= sum_{k in K(i)} z[s,k,y] + b[s,i,y-1]
(15) never smaller, s, i, y::      sum_{j >= i, k in K(j)} z[s,k,y]
                                       >= sum_{j >= i, k in K(j)} z[s,k,y-1]
(16) chargers stay, s, c, y::      N[s,c,y] >= N[s,c,y-1]

In (7) the classes are nested: demand that asks for 350 kW also counts where 50 kW will do, so by
Hall's condition the rows for all ``l`` together say that a fitting charger exists for all load.

References
----------
- Capacitated facility location over several periods with modular capacities: S. D. Jena,
  J.-F. Cordeau, B. Gendron, "Dynamic facility location with generalized modular capacities",
  Transportation Science 49 (2015) 484-499.
- Contract forms and tariffs of connections: tariff sheets and contract conditions of the Dutch
  grid operators (see `bundling.rules`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.models import siting_parts
from bundling.models.siting_power import add_power, add_transport, carrier_of
from bundling.siting import SitingProblem, SitingSolution


def build(problem: SitingProblem) -> Any:
    """Return a ``pyomo.environ.ConcreteModel`` of `problem`."""
    m = pyo.ConcreteModel(name="siting")
    m.Y = pyo.RangeSet(0, problem.num_years - 1)
    m.H = pyo.RangeSet(0, problem.num_hours - 1)
    m.S = pyo.RangeSet(0, problem.num_sites - 1)
    m.C = pyo.RangeSet(0, problem.num_chargers - 1)
    m.K = pyo.RangeSet(0, problem.num_steps - 1)
    m.I = pyo.Set(initialize=sorted({float(kw) for kw in problem.step_max_kw}))
    m.G = pyo.RangeSet(0, problem.num_nodes - 1)
    m.D = pyo.RangeSet(0, problem.num_demands - 1)
    m.P = pyo.RangeSet(0, problem.num_pairs - 1)
    m.x = pyo.Var(m.P, m.Y, bounds=(0, 1))
    m.v = pyo.Var(m.D, m.Y, bounds=(0, 1))
    m.z = pyo.Var(m.S, m.K, m.Y, within=pyo.Binary)
    m.b = pyo.Var(m.S, m.I, m.Y, bounds=(0, 1))
    m.N = pyo.Var(m.S, m.C, m.Y, within=pyo.NonNegativeIntegers)
    for name in ("g", "draw", "new", "taken"):
        m.add_component(name, pyo.Var(m.S, m.Y, m.H, within=pyo.NonNegativeReals))
    m.q = pyo.Var(m.S, m.K, m.Y, within=pyo.NonNegativeReals)
    m.e = pyo.Var(m.S, m.K, m.Y, within=pyo.NonNegativeReals)
    m.e0 = pyo.Var(m.S, m.Y, within=pyo.NonNegativeReals)
    siting_parts.add_variables(m, problem)
    _cost(m, problem)
    _demand(m, problem)
    _sites(m, problem)
    add_transport(m, problem)
    add_power(m, problem)
    _years(m, problem)
    siting_parts.add_constraints(m, problem)
    return m


def _pairs_of(problem: SitingProblem, demand: int) -> list[int]:
    return [int(p) for p in np.flatnonzero(problem.pair_demand == demand)]


def _forms(problem: SitingProblem, kw: float) -> list[int]:
    """Contract forms of the connection of this power."""
    return [int(k) for k in np.flatnonzero(problem.step_max_kw == kw)]


def _cost(m: Any, problem: SitingProblem) -> None:
    weights, hours = problem.year_weights, problem.hour_weights
    n = problem.days_per_year
    once = {i: float(problem.step_one_off_eur_per_year[_forms(problem, i)[0]]) for i in list(m.I)}

    def sold(d: int) -> float:
        carrier = carrier_of(problem, d)
        if problem.carriers is None or carrier == 0:
            return 0.0
        return float(problem.carriers.eur_per_kwh[carrier])

    def year(y: int) -> Any:
        steps = sum(
            float(problem.fixed_eur_per_year[s] + problem.step_fixed_eur_per_year[k]) * m.z[s, k, y]
            + float(problem.step_eur_per_kw_year[k]) * m.q[s, k, y]
            + n * float(problem.step_transport_eur_per_kwh[k]) * m.e[s, k, y]
            for s in m.S
            for k in m.K
        )
        connections = sum(once[i] * m.b[s, i, y] for s in m.S for i in m.I)
        chargers = sum(
            float(problem.charger_eur_per_year[c]) * m.N[s, c, y] for s in m.S for c in m.C
        )
        old = n * problem.existing_transport_eur_per_kwh * sum(m.e0[s, y] for s in m.S)
        energy = n * sum(
            float(hours[h] * problem.price_eur_per_kwh[h]) * m.draw[s, y, h]
            for s in m.S
            for h in m.H
        )
        served = sum(
            n
            * (sold(int(problem.pair_demand[p])) + float(problem.pair_eur_per_kwh[p]))
            * float(problem.demand_kwh[problem.pair_demand[p], y])
            * m.x[p, y]
            for p in m.P
        )
        lost = n * problem.unserved_eur_per_kwh
        missed = sum(lost * float(problem.demand_kwh[d, y]) * m.v[d, y] for d in m.D)
        parts = siting_parts.yearly_cost(m, problem, y)
        return steps + connections + chargers + old + energy + served + missed + parts

    @m.Objective(sense=pyo.minimize)
    def cost(m: Any) -> Any:  # (1)
        return sum(float(weights[y]) * year(y) for y in m.Y)


def _demand(m: Any, problem: SitingProblem) -> None:
    @m.Constraint(m.D, m.Y)
    def demand(m: Any, d: int, y: int) -> Any:  # (2)
        return sum(m.x[p, y] for p in _pairs_of(problem, d)) + m.v[d, y] == 1

    @m.Constraint(m.D, m.D, m.Y)
    def flows(m: Any, d: int, other: int, y: int) -> Any:  # (2f)
        link = problem.demand_link
        if other <= d or link[d] < 0 or link[d] != link[other]:
            return pyo.Constraint.Skip
        if problem.demand_kwh[d, y] == 0 or problem.demand_kwh[other, y] == 0:
            return pyo.Constraint.Skip
        return m.v[d, y] == m.v[other, y]


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


def _years(m: Any, problem: SitingProblem) -> None:
    def in_force(s: int, i: float, y: int) -> Any:
        return sum(m.z[s, k, y] for k in _forms(problem, i))

    @m.Constraint(m.S, m.I, m.Y)
    def in_force_is_bought(m: Any, s: int, i: float, y: int) -> Any:  # (14)
        return m.b[s, i, y] >= in_force(s, i, y)

    @m.Constraint(m.S, m.I, m.Y)
    def bought_stays(m: Any, s: int, i: float, y: int) -> Any:  # (14)
        return m.b[s, i, y] >= m.b[s, i, y - 1] if y else pyo.Constraint.Skip

    @m.Constraint(m.S, m.I, m.Y)
    def bought_when_in_force(m: Any, s: int, i: float, y: int) -> Any:  # (14)
        return m.b[s, i, y] <= in_force(s, i, y) + (m.b[s, i, y - 1] if y else 0)

    @m.Constraint(m.S, m.I, m.Y)
    def never_smaller(m: Any, s: int, i: float, y: int) -> Any:  # (15)
        if not y:
            return pyo.Constraint.Skip
        larger = [j for j in m.I if j >= i]
        before = sum(in_force(s, j, y - 1) for j in larger)
        return sum(in_force(s, j, y) for j in larger) >= before

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
    return SitingSolution(
        step,
        chargers,
        np.clip(served, 0.0, 1.0),
        siting_parts.read_upgraded(model, problem),
        siting_parts.read_dispatch(model, problem),
    )
