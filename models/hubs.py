r"""Freight bundling at hubs: which hubs open, how each shipment travels, vehicles per leg.

Sets
----
====================  ==========================================================================
:math:`I`             shipments; :math:`o_i`, :math:`d_i` their origin and destination
:math:`H`             candidate hubs, at place :math:`p_h`
:math:`V`             vehicle types
:math:`R_i`           ways of shipment *i*: ``-1`` (direct, where allowed) and the hubs that do
                      not lie at :math:`d_i`
:math:`L`             legs: (kind, start, end). Direct is (direct, :math:`o_i`, :math:`d_i`); via
                      *h* is (linehaul, :math:`o_i`, :math:`p_h`) unless :math:`o_i = p_h`, and
                      (last mile, :math:`p_h`, :math:`d_i`)
:math:`L_{ir}`        legs of shipment *i* on way *r*
:math:`V_l`           types that may drive leg *l* and be back within their shift
:math:`Q`             resources: kg out, m3 out, kg back, m3 back, hours
====================  ==========================================================================

Parameters
----------
====================  ==========================================================================
:math:`f_h`           rent of a hub, EUR/day
:math:`a_{ih}`        handling of shipment *i* at hub *h*, EUR
:math:`c_{lv}`        cost of a vehicle trip out and back, EUR: fixed, km, hours, energy, levy
:math:`w_{ilq}`       what shipment *i* takes of resource *q* on leg *l*, kg, m3 or h; deliveries
                      take it out, pickups back; hours only on legs that end at :math:`d_i`
:math:`k_{lvq}`       what one vehicle offers, kg, m3 or h (shift less trip)
:math:`K_h, M_h`      largest throughput of a hub, kg/day and m3/day
:math:`g_i, m_i`      weight and volume of a shipment, kg and m3
:math:`N_v`           vehicles of a type that exist
:math:`e`             cost of all service hours, EUR: a constant
====================  ==========================================================================

Variables
---------
:math:`y_h \in \{0,1\}` hub open; :math:`x_{ir} \in \{0,1\}` way of a shipment;
:math:`n_{lv} \in \mathbb{Z}_+` vehicles.

Model
-----
.. math::

    \min\ & e + \sum_h f_h y_h + \sum_{i,h} a_{ih} x_{ih} + \sum_{l,v} c_{lv} n_{lv} & (1) \\
    & \sum_{r \in R_i} x_{ir} = 1 & \forall i \quad (2) \\
    & x_{ih} \le y_h & \forall i, h \quad (3) \\
    & \sum_{v \in V_l} k_{lvq} n_{lv} \ge \sum_{i,r:\, l \in L_{ir}} w_{ilq} x_{ir}
      & \forall l, q \quad (4) \\
    & \sum_{v \in V_l} n_{lv} \ge x_{ir} & \forall i, r,\ l \in L_{ir} \quad (5) \\
    & \sum_i g_i x_{ih} \le K_h y_h,\ \sum_i m_i x_{ih} \le M_h y_h & \forall h \quad (6) \\
    & \sum_l n_{lv} \le N_v & \forall v \quad (7)

(4) lets freight be spread over the vehicles of a leg; (5) asks for a vehicle even under freight
without weight. `bundling.hubs` replaces :math:`n_{lv}` by a choice among efficient combinations.

References
----------
J.F. Campbell, "Integer programming formulations of discrete hub location problems", European
Journal of Operational Research 72 (1994), for (2)-(3). T.L. Magnanti, P. Mirchandani and
R. Vachani, "The convex hull of two core capacitated network design problems", Mathematical
Programming 60 (1993), for integer capacities on legs as in (4).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from bundling.hubs import HubsProblem, HubsSolution
from bundling.hubs.problem import DIRECT, LAST_MILE, LINEHAUL
from bundling.units import METRES_PER_KM

Leg = tuple[int, int, int]


def build(problem: HubsProblem) -> Any:
    """Return the model as a Pyomo ``ConcreteModel`` with components ``y``, ``x`` and ``n``."""
    import pyomo.environ as pyo

    ways = {
        (i, r): legs
        for i in range(problem.num_shipments)
        for r in range(-1, problem.num_hubs)
        if (legs := _legs(problem, i, r))
    }
    legs = sorted({leg for path in ways.values() for leg in path})
    may = {leg: _usable(problem, leg) for leg in legs}
    users: dict[Leg, list[tuple[int, int]]] = defaultdict(list)
    for way, path in ways.items():
        for leg in path:
            users[leg].append(way)

    m = pyo.ConcreteModel("hubs")
    m.H = pyo.RangeSet(0, problem.num_hubs - 1)
    m.W = pyo.Set(initialize=list(ways), dimen=2)
    m.LV = pyo.Set(initialize=[(*leg, v) for leg in legs for v in may[leg]], dimen=4)
    m.y = pyo.Var(m.H, domain=pyo.Binary)
    m.x = pyo.Var(m.W, domain=pyo.Binary)
    m.n = pyo.Var(m.LV, domain=pyo.NonNegativeIntegers)

    handling = problem.shipment_m3[:, None] * problem.hub_handling_eur_per_m3
    service = problem.service_eur_per_h * float(problem.shipment_service_h.sum())
    trip = {leg: _trip_cost(problem, leg) for leg in legs}
    m.cost = pyo.Objective(  # (1)
        expr=service
        + sum(float(problem.hub_rent_eur[h]) * m.y[h] for h in m.H)
        + sum(float(handling[i, h]) * m.x[i, h] for i, h in ways if h >= 0)
        + sum(float(trip[leg][v]) * m.n[*leg, v] for leg in legs for v in may[leg])
    )
    m.one_way = pyo.ConstraintList()  # (2)
    for i in range(problem.num_shipments):
        mine = [m.x[way] for way in ways if way[0] == i]
        m.one_way.add(sum(mine) == 1 if mine else pyo.Constraint.Infeasible)
    m.hub_is_open = pyo.ConstraintList()  # (3)
    for i, h in ways:
        if h >= 0:
            m.hub_is_open.add(m.x[i, h] <= m.y[h])
    m.leg_load = pyo.ConstraintList()  # (4)
    m.leg_vehicle = pyo.ConstraintList()  # (5)
    for leg in legs:
        for q in range(5):
            takes = {way: _takes(problem, way[0], leg[0])[q] for way in users[leg]}
            asked = sum(takes[way] * m.x[way] for way in users[leg])
            offer = sum(_offers(problem, leg, v)[q] * m.n[*leg, v] for v in may[leg])
            if any(amount > 0 for amount in takes.values()):
                m.leg_load.add(offer - asked >= 0)
        for way in users[leg]:
            m.leg_vehicle.add(sum(m.n[*leg, v] for v in may[leg]) - m.x[way] >= 0)
    m.hub_capacity = pyo.ConstraintList()  # (6)
    for h in m.H:
        for amount, limit in (
            (problem.shipment_kg, problem.hub_capacity_kg),
            (problem.shipment_m3, problem.hub_capacity_m3),
        ):
            through = sum(float(amount[i]) * m.x[i, r] for i, r in ways if r == h)
            if np.isfinite(limit[h]):
                m.hub_capacity.add(through - float(limit[h]) * m.y[h] <= 0)
    m.vehicles_exist = pyo.ConstraintList()  # (7)
    for v in np.flatnonzero(np.isfinite(problem.vehicle_limit)):
        used = [m.n[key] for key in m.LV if key[3] == v]
        if used:
            m.vehicles_exist.add(sum(used) <= float(problem.vehicle_limit[v]))
    return m


def read(model: Any, problem: HubsProblem) -> HubsSolution:
    """Read routes and vehicles from a solved model."""
    route = np.full(problem.num_shipments, -1)
    for (i, r), variable in model.x.items():
        if variable.value > 0.5:
            route[i] = r
    rows = [
        (*key, round(variable.value)) for key, variable in model.n.items() if variable.value > 0.5
    ]
    kind, start, end, vehicle, count = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return HubsSolution(route, kind, start, end, vehicle, count)


def _legs(problem: HubsProblem, i: int, r: int) -> list[Leg]:
    """Legs of shipment `i` on way `r`; empty when the way is closed to it."""
    origin, destination = int(problem.shipment_origin[i]), int(problem.shipment_destination[i])
    if r < 0:
        return [(DIRECT, origin, destination)] if problem.shipment_direct[i] else []
    place = int(problem.hub_location[r])
    if place == destination:
        return []
    last = (LAST_MILE, place, destination)
    return [last] if place == origin else [(LINEHAUL, origin, place), last]


def _usable(problem: HubsProblem, leg: Leg) -> list[int]:
    kind, start, end = leg
    hours = problem.trip_hours(np.array([start]), np.array([end]))[0]
    return [
        v
        for v in range(problem.num_vehicles)
        if problem.allowed[v, end]
        and (kind != LINEHAUL or problem.vehicle_linehaul[v])
        and hours[v] <= problem.vehicle_shift_h[v]
    ]


def _trip_cost(problem: HubsProblem, leg: Leg) -> Any:
    """EUR of one trip out and back per vehicle type."""
    _, a, b = leg
    km = 2.0 * problem.distance_m[a, b] / METRES_PER_KM
    levied_km = 2.0 * problem.levied_m[a, b] / METRES_PER_KM
    hours = problem.trip_hours(np.array([a]), np.array([b]))[0]
    return (
        problem.vehicle_fixed_eur
        + km * problem.vehicle_eur_per_km
        + hours * problem.vehicle_eur_per_h
        + km * problem.vehicle_kwh_per_km * problem.vehicle_eur_per_kwh
        + levied_km * problem.vehicle_levy_eur_per_km
    )


def _offers(problem: HubsProblem, leg: Leg, v: int) -> tuple[float, ...]:
    kg, m3 = float(problem.vehicle_capacity_kg[v]), float(problem.vehicle_capacity_m3[v])
    hours = problem.trip_hours(np.array([leg[1]]), np.array([leg[2]]))[0, v]
    return kg, m3, kg, m3, float(problem.vehicle_shift_h[v] - hours)


def _takes(problem: HubsProblem, i: int, kind: int) -> tuple[float, ...]:
    kg, m3 = float(problem.shipment_kg[i]), float(problem.shipment_m3[i])
    hours = 0.0 if kind == LINEHAUL else float(problem.shipment_service_h[i])
    return (0.0, 0.0, kg, m3, hours) if problem.shipment_pickup[i] else (kg, m3, 0.0, 0.0, hours)
