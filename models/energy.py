r"""Charging behind one grid connection, as a Pyomo model: the specification of the family.

Sets
----
- ``J`` vehicles, ``T`` slots.

Parameters
----------
- ``h`` length of a slot, h (`slot_s` / 3600).
- ``need[j]`` energy into the battery before departure, kWh.
- ``cap[j, t]`` highest mean power into the battery, kW: the smaller of vehicle and charger times
  the share of slot ``t`` during which ``j`` is parked.
- ``conn[t]`` and ``base[t]`` connection and base load, kW at the grid.
- ``eta`` energy into the battery per energy from the grid, 0 < eta <= 1.
- ``price[t]`` and ``transport`` EUR per kWh from the grid.
- ``peak_price`` EUR per kW of the highest draw above ``paid`` kW.
- ``short_price`` EUR per kWh missing; without it, shortfall is not allowed.

Variables
---------
- ``p[j, t] >= 0`` mean power into the battery, kW.
- ``P >= paid`` highest draw from the grid that is paid for, kW.
- ``s[j] >= 0`` missing energy, kWh.

Equations
---------
(1) cost, EUR::

        min  sum_{j,t} h p[j,t] / eta (price[t] + transport)
             + peak_price (P - paid) + short_price sum_j s[j]

(2) need, for every j::            h sum_t p[j,t] + s[j] = need[j]
(3) limit while parked, j and t::  p[j,t] <= cap[j,t]
(4) connection, for every t::      base[t] + sum_j p[j,t] / eta <= conn[t]
(5) peak, for every t::            base[t] + sum_j p[j,t] / eta <= P
(6) shortfall not allowed::        s[j] = 0, when there is no short_price

All needs are met exactly, so a negative price is no reason to take more than needed.

References
----------
- Depot charging under a grid limit and a demand charge: S. Pelletier, O. Jabali, G. Laporte,
  "Charge scheduling for electric freight vehicles", Transportation Research Part B 115 (2018)
  246-269. There with battery ageing and non-linear charging; here the linear core.
- The quarter-hour mean as the metered quantity, and tariffs per kW contract, kW monthly peak and
  kWh: tariff sheets of the Dutch grid operators (see `bundling.rules`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.energy import EnergyProblem, EnergySolution


def build(problem: EnergyProblem) -> Any:
    """Return a ``pyomo.environ.ConcreteModel`` of `problem`."""
    model = pyo.ConcreteModel(name="energy")
    model.J = pyo.RangeSet(0, problem.num_vehicles - 1)
    model.T = pyo.RangeSet(0, problem.num_slots - 1)
    h, eta, paid = problem.slot_h, problem.efficiency, problem.paid_peak_kw
    cap = problem.limit_kw
    energy_price = problem.price_eur_per_kwh + problem.transport_eur_per_kwh
    short_price = problem.shortfall_eur_per_kwh

    model.p = pyo.Var(model.J, model.T, within=pyo.NonNegativeReals)
    model.P = pyo.Var(bounds=(paid, None))
    model.s = pyo.Var(model.J, within=pyo.NonNegativeReals)

    def draw(m: Any, t: int) -> Any:
        return float(problem.base_load_kw[t]) + sum(m.p[j, t] for j in m.J) / eta

    def cost(m: Any) -> Any:  # (1)
        energy = sum(h / eta * float(energy_price[t]) * m.p[j, t] for j in m.J for t in m.T)
        peak = problem.peak_eur_per_kw * (m.P - paid)
        return energy + peak + (short_price or 0.0) * sum(m.s[j] for j in m.J)

    def need(m: Any, j: int) -> Any:  # (2)
        return h * sum(m.p[j, t] for t in m.T) + m.s[j] == float(problem.need_kwh[j])

    def limit_while_parked(m: Any, j: int, t: int) -> Any:  # (3)
        return m.p[j, t] <= float(cap[j, t])

    def connection(m: Any, t: int) -> Any:  # (4)
        limit = float(problem.connection_kw[t])
        return pyo.Constraint.Skip if np.isinf(limit) else (None, draw(m, t), limit)

    def peak(m: Any, t: int) -> Any:  # (5)
        return draw(m, t) <= m.P

    model.cost = pyo.Objective(rule=cost, sense=pyo.minimize)
    model.need = pyo.Constraint(model.J, rule=need)
    model.limit_while_parked = pyo.Constraint(model.J, model.T, rule=limit_while_parked)
    model.connection = pyo.Constraint(model.T, rule=connection)
    model.peak = pyo.Constraint(model.T, rule=peak)
    if short_price is None:
        for j in model.J:  # (6)
            model.s[j].fix(0.0)
    return model


def read(model: Any, problem: EnergyProblem) -> EnergySolution:
    """Return the schedule in a solved `model`."""
    power = np.array([[pyo.value(model.p[j, t]) for t in model.T] for j in model.J])
    power = power.reshape(problem.num_vehicles, problem.num_slots)
    missing = np.array([pyo.value(model.s[j]) for j in model.J])
    return EnergySolution(np.maximum(0.0, power), np.maximum(0.0, missing))
