r"""Charging behind one grid connection, as a Pyomo model: the specification of the family.

Sets
----
- ``J`` vehicles, ``T`` slots, ``D`` typical days of equal length, ``G`` seasons.
- ``O`` contract offers, ``K`` plugs.

Parameters
----------
- ``h`` length of a slot, h (`slot_s` / 3600).
- ``w[t]``, ``w[j]`` how often the typical day of a slot or vehicle occurs; ``share[g]`` share of
  all days that lie in season ``g``.
- ``need[j]`` energy into the battery before departure, kWh.
- ``cap[j, t]`` highest mean power into the battery, kW: the smaller of vehicle and charger times
  the share of slot ``t`` during which ``j`` is parked; ``cap[j, k, t]`` the same on plug ``k``.
- ``conn[t]`` and ``base[t]`` connection and base load, kW at the grid.
- ``eta`` energy into the battery per energy from the grid, 0 < eta <= 1.
- ``price[t]`` and ``transport`` EUR per kWh from the grid; ``feed[t]`` EUR per kWh fed in, at
  most ``feed_kw[t]``.
- ``peak_price`` EUR per kW of the highest draw above ``paid`` kW; ``peak_price[o]`` on top of it
  under offer ``o``.
- ``short_price`` EUR per kWh missing; without it, shortfall is not allowed.
- ``least[o]``, ``most[o]`` kW, ``kw_price[o]`` EUR/kW, ``fixed[o]`` EUR, ``kwh_price[o]`` EUR/kWh
  on top and ``avail[o, t]`` of the offers.
- battery: ``kwh``, ``kw`` there already, ``in``, ``out`` efficiencies, ``kept`` share of the
  energy left after a slot, ``cycle`` EUR per kWh discharged, prices and limits of what is added.
- PV: ``kwp`` there already, ``sun[t]`` kW per kWp, price and limit of what is added.

Variables
---------
- ``p[j, t] >= 0`` mean power into the vehicle, kW; ``s[j] >= 0`` missing energy, kWh.
- ``i[t], e[t] >= 0`` drawn from and fed into the grid, kW; ``P[g] >= paid`` peaks, kW.
- ``c[t], q[t] >= 0`` battery charging and discharging at the grid side, kW; ``E[d, n]`` stored at
  the start of the n-th slot of day d, kWh; ``v[t] >= 0`` PV in use, kW.
- ``y[o]`` 1 when the offer is taken; ``k[o]`` kW contracted; ``X[g, o]`` kW of peak above ``paid``
  that offer ``o`` charges for; ``i[o, t]`` kW drawn under it.
- ``a_kwh, a_kw, a_kwp`` what is added. ``m[t], n[t]`` which way meter and battery run, 0 or 1.
- ``z[j, k, t]`` 1 when on the plug, ``b[j, k, t]`` 1 when a session begins (rule "session");
  ``x[j, k]`` 1 when the plug is kept (rule "stay").

Equations
---------
(1) cost, EUR::

        min  sum_t w[t] h ((i[t] - base[t]) (price[t] + transport) - e[t] feed[t] + cycle q[t])
             + sum_g share[g] (peak_price (P[g] - paid) + sum_o peak_price[o] X[g,o])
             + short_price sum_j w[j] s[j] + sum_o (fixed[o] y[o] + kw_price[o] k[o])
             + sum_{o,t} w[t] h kwh_price[o] (i[o,t] - base[t] y[o])
             + prices of a_kwh, a_kw, a_kwp

(2) need, for every j::            h sum_t p[j,t] + s[j] = need[j]
(3) limit while parked, j and t::  p[j,t] <= cap[j,t]
(4) meter, for every t::           i[t] - e[t] = base[t] + sum_j p[j,t] / eta + c[t] - q[t] - v[t]
(5) peak, for every t::            i[t] <= P[season of t]
(6) shortfall not allowed::        s[j] = 0, when there is no short_price
(7) connection and feeding in::    i[t] <= conn[t],  e[t] <= feed_kw[t]
(8) one way, with large M::        i[t] <= M m[t], e[t] <= M (1 - m[t]); c and q likewise with n
(9) offers::                       sum_o y[o] = 1,  least[o] y[o] <= k[o] <= most[o] y[o],
                                   i[t] = sum_o i[o,t],  i[o,t] <= avail[o,t] k[o],
                                   X[g,o] >= P[g] - paid - M (1 - y[o])
(10) battery::                     c[t], q[t] <= kw + a_kw,  0 <= E[d,n] <= kwh + a_kwh
(11) stored, for every slot::      E[d,n+1] = kept E[d,n] + h in c[t] - h q[t] / out
(12) days close::                  E[d,end] >= E[d,0], or start and end as given
(13) PV::                          v[t] <= sun[t] (kwp + a_kwp)
(14) plugs, "stay"::               sum_k x[j,k] <= 1, p[j,t] <= sum_k cap[j,k,t] x[j,k],
                                   x[j,k] + x[l,k] <= 1 for stays j, l that overlap
(15) plugs, "session"::            b[j,k,t] >= z[j,k,t] - z[j,k,t-1], sum_{k,t} b[j,k,t] <= 1,
                                   p[j,t] <= sum_k cap[j,k,t] z[j,k,t], sum_j z[j,k,t] <= 1

All needs are met exactly, so a negative price is no reason to take more than needed.

References
----------
- Depot charging under a grid limit and a demand charge: S. Pelletier, O. Jabali, G. Laporte,
  "Charge scheduling for electric freight vehicles", Transportation Research Part B 115 (2018)
  246-269. There with battery ageing and non-linear charging; here the linear core.
- The quarter-hour mean as the metered quantity, and tariffs per kW contract, kW monthly peak and
  kWh: tariff sheets of the Dutch grid operators (see `bundling.rules`).
- Contract forms: decision of the regulator ACM of 16 July 2024 (Stcrt. 2024, 23594).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.energy import EnergyProblem, EnergySolution
from bundling.energy.solution import Seats
from bundling.models import energy_site


def build(problem: EnergyProblem) -> Any:
    """Return a ``pyomo.environ.ConcreteModel`` of `problem`."""
    model = pyo.ConcreteModel(name="energy")
    model.J = pyo.RangeSet(0, problem.num_vehicles - 1)
    model.T = pyo.RangeSet(0, problem.num_slots - 1)
    model.G = pyo.RangeSet(0, problem.season_share.size - 1)
    h, eta, paid = problem.slot_h, problem.efficiency, problem.paid_peak_kw
    cap, season = problem.limit_kw, problem.slot_season
    short_price = problem.shortfall_eur_per_kwh
    positive = pyo.NonNegativeReals

    model.p = pyo.Var(model.J, model.T, within=positive)
    model.P = pyo.Var(model.G, bounds=(paid, None))
    model.s = pyo.Var(model.J, within=positive)
    model.i = pyo.Var(model.T, within=positive)
    model.e = pyo.Var(model.T, within=positive)
    # What has no battery, PV or offers is 0 in (1) and (4), and these replace it.
    model.other_cost = pyo.Expression(expr=0.0)
    model.behind = pyo.Expression(model.T, initialize=lambda _m, _t: 0.0)

    def cost(m: Any) -> Any:  # (1)
        energy = sum(
            float(problem.slot_weight[t]) * h
            * ((m.i[t] - float(problem.base_load_kw[t]))
               * float(problem.price_eur_per_kwh[t] + problem.transport_eur_per_kwh)
               - m.e[t] * float(problem.feed_in_eur_per_kwh[t]))
            for t in m.T
        )  # fmt: skip
        peak = problem.peak_eur_per_kw * sum(
            float(problem.season_share[g]) * (m.P[g] - paid) for g in m.G
        )
        missing = sum(float(problem.vehicle_weight[j]) * m.s[j] for j in m.J)
        return energy + peak + (short_price or 0.0) * missing + m.other_cost

    def need(m: Any, j: int) -> Any:  # (2)
        return h * sum(m.p[j, t] for t in m.T) + m.s[j] == float(problem.need_kwh[j])

    def limit_while_parked(m: Any, j: int, t: int) -> Any:  # (3)
        return m.p[j, t] <= float(cap[j, t])

    def meter(m: Any, t: int) -> Any:  # (4)
        load = float(problem.base_load_kw[t]) + sum(m.p[j, t] for j in m.J) / eta
        return m.i[t] - m.e[t] == load + m.behind[t]

    def peak(m: Any, t: int) -> Any:  # (5)
        return m.i[t] <= m.P[int(season[t])]

    def connection(m: Any, t: int) -> Any:  # (7)
        limit = float(problem.connection_kw[t])
        return pyo.Constraint.Skip if np.isinf(limit) else m.i[t] <= limit

    def feed_in(m: Any, t: int) -> Any:  # (7)
        limit = float(problem.feed_in_kw[t]) if problem.is_site else 0.0
        return pyo.Constraint.Skip if np.isinf(limit) else m.e[t] <= limit

    model.cost = pyo.Objective(rule=cost, sense=pyo.minimize)
    model.need = pyo.Constraint(model.J, rule=need)
    model.limit_while_parked = pyo.Constraint(model.J, model.T, rule=limit_while_parked)
    model.meter = pyo.Constraint(model.T, rule=meter)
    model.peak = pyo.Constraint(model.T, rule=peak)
    model.connection = pyo.Constraint(model.T, rule=connection)
    model.feed_in = pyo.Constraint(model.T, rule=feed_in)
    if short_price is None:
        for j in model.J:  # (6)
            model.s[j].fix(0.0)
    if problem.is_site:
        large = energy_site.large_kw(problem)
        energy_site.one_way(model, "meter_way", model.i, model.e, large)  # (8)
    energy_site.add_offers(model, problem)
    energy_site.add_battery(model, problem)
    energy_site.add_pv(model, problem)
    _add_plugs(model, problem)
    return model


def _add_plugs(model: Any, problem: EnergyProblem) -> None:
    plugs = problem.plugs
    if plugs is None:
        return
    model.K = pyo.RangeSet(0, plugs.num_plugs - 1)
    present = problem.limit_kw > 0
    own = np.minimum(problem.charge_kw, problem.charger_kw)
    full = np.minimum(own, plugs.kw.max(initial=0.0))

    def cap(j: int, k: int, t: int) -> float:
        share = problem.limit_kw[j, t] / full[j] if full[j] > 0 else 0.0
        return float(min(own[j], plugs.kw[k]) * share)

    if plugs.rule == "stay":  # (14)
        model.x = pyo.Var(model.J, model.K, within=pyo.Binary)
        pairs = [
            (j, other)
            for j in model.J
            for other in model.J
            if j < other
            and present[j].any()
            and present[other].any()
            and max(problem.arrival_s[j], problem.arrival_s[other])
            < min(problem.departure_s[j], problem.departure_s[other])
        ]
        model.one_plug = pyo.Constraint(
            model.J, rule=lambda m, j: pyo.quicksum(m.x[j, k] for k in m.K) <= 1
        )
        model.apart = pyo.Constraint(
            pairs, model.K, rule=lambda m, j, other, k: m.x[j, k] + m.x[other, k] <= 1
        )
        model.on_plug = pyo.Constraint(
            model.J,
            model.T,
            rule=lambda m, j, t: m.p[j, t] <= sum(cap(j, k, t) * m.x[j, k] for k in m.K),
        )
        return
    model.z = pyo.Var(model.J, model.K, model.T, within=pyo.Binary)  # (15)
    model.b = pyo.Var(model.J, model.K, model.T, bounds=(0, 1))
    for j, k, t in model.z:
        if not present[j, t]:
            model.z[j, k, t].fix(0)
    model.begins = pyo.Constraint(
        model.J,
        model.K,
        model.T,
        rule=lambda m, j, k, t: m.b[j, k, t] >= m.z[j, k, t] - (m.z[j, k, t - 1] if t else 0),
    )
    model.one_session = pyo.Constraint(
        model.J,
        rule=lambda m, j: pyo.quicksum(m.b[j, k, t] for k in m.K for t in m.T) <= 1,
    )
    model.one_vehicle = pyo.Constraint(
        model.K,
        model.T,
        rule=lambda m, k, t: pyo.quicksum(m.z[j, k, t] for j in m.J) <= 1,
    )
    model.on_plug = pyo.Constraint(
        model.J,
        model.T,
        rule=lambda m, j, t: m.p[j, t] <= sum(cap(j, k, t) * m.z[j, k, t] for k in m.K),
    )


def read(model: Any, problem: EnergyProblem) -> EnergySolution:
    """Return the schedule in a solved `model`."""
    power = np.array([[pyo.value(model.p[j, t]) for t in model.T] for j in model.J])
    power = power.reshape(problem.num_vehicles, problem.num_slots)
    missing = np.array([pyo.value(model.s[j]) for j in model.J])
    seats = None if problem.plugs is None else _read_seats(model, problem)
    site = energy_site.read_site(model, problem) if problem.is_site else None
    return EnergySolution(np.maximum(0.0, power), np.maximum(0.0, missing), site, seats)


def _read_seats(model: Any, problem: EnergyProblem) -> Seats:
    assert problem.plugs is not None
    count = problem.num_vehicles
    plug, first, end = np.full(count, -1), np.zeros(count, int), np.zeros(count, int)
    for j in model.J:
        for k in model.K:
            if problem.plugs.rule == "stay":
                slots = np.flatnonzero(problem.limit_kw[j] > 0)
                on = slots if pyo.value(model.x[j, k]) > 0.5 else slots[:0]
            else:
                on = np.array([t for t in model.T if pyo.value(model.z[j, k, t]) > 0.5])
            if on.size:
                plug[j], first[j], end[j] = k, on[0], on[-1] + 1
    return Seats(plug, first, end)
