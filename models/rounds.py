"""Rounds: compact mixed-integer formulation of the heterogeneous multi-depot VRP with time windows.

Every stop is visited once; routes of a fleet entry start and end at its depot. Since a stop has
one predecessor and one successor, quantities that belong to a route (time, load, energy used,
departure) can be carried along its arcs without naming the route, and no big-M is needed.

Sets
----
S           stops
V           fleet entries: a vehicle type at a depot
N = {0} + S nodes; 0 is the depot of the entry at hand
A_v         arcs (i, j) of N x N, i != j, between nodes entry v may visit, without (0, 0)

Parameters
----------
d_vij       distance, km                       l_vij   distance on levied roads, km
t_vij       driving time at the entry's speed, s
q+_s, q-_s  delivery and pickup, kg            u+_s, u-_s  delivery and pickup, m3
e_s, b_s    earliest and latest start of service, s       g_s  service time, s
o_v, c_v    opening and closing of the entry's depot, s   H_v  longest duration, s
Q_v, U_v    capacity, kg and m3                n_v     number of vehicles
B_v         usable energy of the battery, kWh
a_v, w_v    consumption, kWh/km empty and kWh/km per kg on board
F_v, K_v, T_v, E_v, L_v   costs: EUR per vehicle, km, s, kWh, levied km

Variables
---------
x_vij in {0,1}   arc (i, j) is driven by a vehicle of entry v
tau_vij >= 0     time of leaving i on the arc, s (0 when not driven)
dep_vij >= 0     departure of the route that drives the arc, s
D_vij, P_vij     kg of deliveries and pickups on board
Y_vij, Z_vij     m3 of deliveries and pickups on board
eps_vij >= 0     energy used by the route up to i, kWh

Energy of an arc: h_vij = d_vij (a_v x_vij + w_v (D_vij + P_vij)).                            (0)

Model
-----
min  sum_v [ F_v sum_j x_v0j + sum_ij (K_v d_vij + L_v l_vij) x_vij + E_v sum_ij h_vij
             + T_v ( sum_i (tau_vi0 + t_vi0 x_vi0) - sum_j tau_v0j ) ]                         (1)
s.t. sum_v sum_j x_vsj = 1                                              s in S                 (2)
     sum_i x_vis = sum_j x_vsj                                          v, s                   (3)
     sum_j x_v0j <= n_v                                                 v                      (4)
     sum_j tau_vsj >= sum_i (tau_vis + (t_vis + g_s) x_vis)             v, s                   (5)
     (e_s + g_s) x_vsj <= tau_vsj <= (b_s + g_s) x_vsj                  v, s, j                (6)
     o_v x_v0j <= tau_v0j <= c_v x_v0j                                  v, j                   (7)
     tau_vi0 + t_vi0 x_vi0 <= c_v x_vi0                                 v, i                   (8)
     dep_v0j = tau_v0j;  sum_j dep_vsj = sum_i dep_vis                  v, s                   (9)
     0 <= dep_vij <= c_v x_vij                                          v, i, j               (10)
     tau_vi0 + t_vi0 x_vi0 - dep_vi0 <= H_v x_vi0                       v, i                  (11)
     sum_i D_vis - sum_j D_vsj = q+_s sum_j x_vsj;  D_vi0 = 0           v, s                  (12)
     sum_j P_vsj - sum_i P_vis = q-_s sum_j x_vsj;  P_v0j = 0           v, s                  (13)
     D_vij + P_vij <= Q_v x_vij                                         v, i, j               (14)
     (12)-(14) for Y, Z with u+, u-, U_v                                                      (15)
     sum_j eps_vsj = sum_i (eps_vis + h_vis);  eps_v0j = 0              v, s                  (16)
     eps_vij <= B_v x_vij;  eps_vi0 + h_vi0 <= B_v x_vi0                electric v            (17)

A vehicle may stand still before serving a stop or after; the tau of (5)-(6) covers both.

References
----------
Flow of time along arcs: Maffioli and Sciomachen, "A mixed-integer model for solving ordering
problems with side constraints" (Annals of OR 69, 1997). Load-dependent energy: Bektas and Laporte,
"The pollution-routing problem" (Transportation Research B 45, 2011); Goeke and Schneider, "Routing
a mixed fleet of electric and conventional vehicles" (EJOR 245, 2015). Simultaneous pickup and
delivery by two commodities: Montane and Galvao (Computers & OR 33, 2006).
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from bundling.errors import SolverError
from bundling.rounds import RoundsProblem, RoundsSolution, Route
from bundling.rounds.supported import asked
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

_KNOWN = {"levied_m", "barred", "bar_rules"}
"""Optional fields that are in the formulation; of all others it knows the default only."""
_DEPOT = 0  # node of the entry's own depot; stop s is node s + 1


def build(problem: RoundsProblem) -> pyo.ConcreteModel:
    """Build the model; meant for a handful of stops, as a specification and a test oracle.

    Raises
    ------
    bundling.errors.SolverError
        When the problem has fields this formulation leaves out; it names them.
    """
    names = sorted(set(asked(problem)) - _KNOWN)
    if names:
        raise SolverError(
            "the Pyomo model of rounds does not know: "
            + "; ".join(names)
            + ". Use `bundling.solve`, or extend the model."
        )
    m = pyo.ConcreteModel(name="rounds")
    m.V = pyo.RangeSet(0, problem.num_vehicles - 1)
    m.S = pyo.RangeSet(1, problem.num_stops)
    nodes = {
        v: [_DEPOT, *(s + 1 for s in range(problem.num_stops) if problem.allowed[v, s])]
        for v in m.V
    }
    m.A = pyo.Set(
        dimen=3, initialize=[(v, i, j) for v in m.V for i in nodes[v] for j in nodes[v] if i != j]
    )
    m.VS = pyo.Set(dimen=2, initialize=[(v, s) for v in m.V for s in nodes[v] if s != _DEPOT])
    m.x = pyo.Var(m.A, domain=pyo.Binary)
    m.tau = pyo.Var(m.A, domain=pyo.NonNegativeReals)
    m.dep = pyo.Var(m.A, domain=pyo.NonNegativeReals)
    m.D = pyo.Var(m.A, domain=pyo.NonNegativeReals)
    m.P = pyo.Var(m.A, domain=pyo.NonNegativeReals)
    m.Y = pyo.Var(m.A, domain=pyo.NonNegativeReals)
    m.Z = pyo.Var(m.A, domain=pyo.NonNegativeReals)
    m.eps = pyo.Var(m.A, domain=pyo.NonNegativeReals)
    _routes(m, problem, nodes)
    _times(m, problem, nodes)
    _loads(m, problem, nodes)
    _energy(m, problem, nodes)
    return m


def _matrix(problem: RoundsProblem, name: str, v: int, i: int, j: int) -> float:
    """Value of a matrix for the arc (i, j) of entry v."""
    depot = int(problem.vehicle_depot[v])
    at = [depot if node == _DEPOT else problem.num_depots + node - 1 for node in (i, j)]
    return float(getattr(problem, name)[at[0], at[1]])


def _km(problem: RoundsProblem, v: int, i: int, j: int) -> float:
    return _matrix(problem, "distance_m", v, i, j) / METRES_PER_KM


def _seconds(problem: RoundsProblem, v: int, i: int, j: int) -> float:
    return _matrix(problem, "time_s", v, i, j) / float(problem.speed_factor[v])


def _arc_kwh(m: Any, problem: RoundsProblem, v: int, i: int, j: int) -> Any:
    """Equation (0)."""
    per_kg = float(problem.kwh_per_km_per_t[v]) / 1000.0
    rate = float(problem.kwh_per_km[v]) * m.x[v, i, j] + per_kg * (m.D[v, i, j] + m.P[v, i, j])
    return _km(problem, v, i, j) * rate


def _others(nodes: dict[int, list[int]], v: int, node: int) -> list[int]:
    return [other for other in nodes[v] if other != node]


def _routes(m: Any, problem: RoundsProblem, nodes: dict[int, list[int]]) -> None:
    def duration(v: int) -> Any:
        stops = _others(nodes, v, _DEPOT)
        back = sum(
            m.tau[v, i, _DEPOT] + _seconds(problem, v, i, _DEPOT) * m.x[v, i, _DEPOT] for i in stops
        )
        return back - sum(m.tau[v, _DEPOT, j] for j in stops)

    m.cost = pyo.Objective(  # (1)
        expr=sum(float(problem.fixed_eur[v]) * m.x[v, i, j] for v, i, j in m.A if i == _DEPOT)
        + sum(
            (
                float(problem.eur_per_km[v]) * _km(problem, v, i, j)
                + float(problem.levy_eur_per_km[v])
                * _matrix(problem, "levied_m", v, i, j)
                / METRES_PER_KM
            )
            * m.x[v, i, j]
            + float(problem.eur_per_kwh[v]) * _arc_kwh(m, problem, v, i, j)
            for v, i, j in m.A
        )
        + sum(float(problem.eur_per_h[v]) / SECONDS_PER_HOUR * duration(v) for v in m.V)
    )

    def serve(m: Any, s: int) -> Any:
        arcs = [m.x[v, s, j] for v in m.V if s in nodes[v] for j in _others(nodes, v, s)]
        return sum(arcs) == 1 if arcs else pyo.Constraint.Infeasible

    m.serve = pyo.Constraint(m.S, rule=serve)  # (2)
    m.balance = pyo.Constraint(  # (3)
        m.VS,
        rule=lambda m, v, s: (
            sum(m.x[v, i, s] for i in _others(nodes, v, s))
            == sum(m.x[v, s, j] for j in _others(nodes, v, s))
        ),
    )
    m.fleet = pyo.Constraint(  # (4)
        m.V,
        rule=lambda m, v: (
            sum(m.x[v, _DEPOT, j] for j in _others(nodes, v, _DEPOT)) <= int(problem.count[v])
            if len(nodes[v]) > 1
            else pyo.Constraint.Skip
        ),
    )


def _times(m: Any, problem: RoundsProblem, nodes: dict[int, list[int]]) -> None:
    opens = {v: float(problem.depot_open_s[problem.vehicle_depot[v]]) for v in m.V}
    closes = {v: float(problem.depot_close_s[problem.vehicle_depot[v]]) for v in m.V}

    def leave_later(m: Any, v: int, s: int) -> Any:
        service = float(problem.service_s[s - 1])
        return sum(m.tau[v, s, j] for j in _others(nodes, v, s)) >= sum(
            m.tau[v, i, s] + (_seconds(problem, v, i, s) + service) * m.x[v, i, s]
            for i in _others(nodes, v, s)
        )

    m.leave_later = pyo.Constraint(m.VS, rule=leave_later)  # (5)

    def earliest(m: Any, v: int, i: int, j: int) -> Any:
        if i == _DEPOT:
            return m.tau[v, i, j] >= opens[v] * m.x[v, i, j]
        at = float(problem.tw_early_s[i - 1] + problem.service_s[i - 1])
        return m.tau[v, i, j] >= at * m.x[v, i, j]

    def latest(m: Any, v: int, i: int, j: int) -> Any:
        if i == _DEPOT:
            return m.tau[v, i, j] <= closes[v] * m.x[v, i, j]
        at = float(problem.tw_late_s[i - 1] + problem.service_s[i - 1])
        return m.tau[v, i, j] <= at * m.x[v, i, j]

    m.earliest = pyo.Constraint(m.A, rule=earliest)  # (6), (7)
    m.latest = pyo.Constraint(m.A, rule=latest)

    def back(m: Any, v: int, i: int) -> Any:
        return m.tau[v, i, _DEPOT] + _seconds(problem, v, i, _DEPOT) * m.x[v, i, _DEPOT]

    m.home_in_time = pyo.Constraint(  # (8)
        m.VS, rule=lambda m, v, i: back(m, v, i) <= closes[v] * m.x[v, i, _DEPOT]
    )
    m.departure = pyo.Constraint(  # (9)
        m.VS, rule=lambda m, v, s: m.dep[v, _DEPOT, s] == m.tau[v, _DEPOT, s]
    )
    m.same_departure = pyo.Constraint(
        m.VS,
        rule=lambda m, v, s: (
            sum(m.dep[v, s, j] for j in _others(nodes, v, s))
            == sum(m.dep[v, i, s] for i in _others(nodes, v, s))
        ),
    )
    m.departure_on_arc = pyo.Constraint(  # (10)
        m.A, rule=lambda m, v, i, j: m.dep[v, i, j] <= closes[v] * m.x[v, i, j]
    )
    m.shift = pyo.Constraint(  # (11)
        m.VS,
        rule=lambda m, v, i: (
            back(m, v, i) - m.dep[v, i, _DEPOT] <= float(problem.shift_s[v]) * m.x[v, i, _DEPOT]
        ),
    )


def _loads(m: Any, problem: RoundsProblem, nodes: dict[int, list[int]]) -> None:
    def dropped(amount: Any, load: Any) -> Any:
        return lambda m, v, s: (
            sum(load[v, i, s] for i in _others(nodes, v, s))
            - sum(load[v, s, j] for j in _others(nodes, v, s))
            == float(amount[s - 1]) * sum(m.x[v, s, j] for j in _others(nodes, v, s))
        )

    def collected(amount: Any, load: Any) -> Any:
        return lambda m, v, s: (
            sum(load[v, s, j] for j in _others(nodes, v, s))
            - sum(load[v, i, s] for i in _others(nodes, v, s))
            == float(amount[s - 1]) * sum(m.x[v, s, j] for j in _others(nodes, v, s))
        )

    m.drop_kg = pyo.Constraint(m.VS, rule=dropped(problem.delivery_kg, m.D))  # (12)
    m.drop_m3 = pyo.Constraint(m.VS, rule=dropped(problem.delivery_m3, m.Y))
    m.collect_kg = pyo.Constraint(m.VS, rule=collected(problem.pickup_kg, m.P))  # (13)
    m.collect_m3 = pyo.Constraint(m.VS, rule=collected(problem.pickup_m3, m.Z))
    for v, s in m.VS:
        m.D[v, s, _DEPOT].fix(0.0)
        m.Y[v, s, _DEPOT].fix(0.0)
        m.P[v, _DEPOT, s].fix(0.0)
        m.Z[v, _DEPOT, s].fix(0.0)
    m.capacity_kg = pyo.Constraint(  # (14)
        m.A,
        rule=lambda m, v, i, j: (
            m.D[v, i, j] + m.P[v, i, j] <= float(problem.capacity_kg[v]) * m.x[v, i, j]
        ),
    )
    m.capacity_m3 = pyo.Constraint(  # (15)
        m.A,
        rule=lambda m, v, i, j: (
            m.Y[v, i, j] + m.Z[v, i, j] <= float(problem.capacity_m3[v]) * m.x[v, i, j]
        ),
    )


def _energy(m: Any, problem: RoundsProblem, nodes: dict[int, list[int]]) -> None:
    electric = [v for v in m.V if problem.usable_kwh[v] > 0]
    m.used = pyo.Constraint(  # (16)
        m.VS,
        rule=lambda m, v, s: (
            sum(m.eps[v, s, j] for j in _others(nodes, v, s))
            == sum(m.eps[v, i, s] + _arc_kwh(m, problem, v, i, s) for i in _others(nodes, v, s))
        ),
    )
    for v, s in m.VS:
        m.eps[v, _DEPOT, s].fix(0.0)
    m.battery = pyo.Constraint(  # (17)
        m.A,
        rule=lambda m, v, i, j: (
            m.eps[v, i, j] + (_arc_kwh(m, problem, v, i, j) if j == _DEPOT else 0.0)
            <= float(problem.usable_kwh[v]) * m.x[v, i, j]
            if v in electric and i != _DEPOT
            else pyo.Constraint.Skip
        ),
    )


def read(model: pyo.ConcreteModel, problem: RoundsProblem) -> RoundsSolution:
    """Read the routes from a solved model."""
    after = {(v, i): j for v, i, j in model.A if i != _DEPOT and pyo.value(model.x[v, i, j]) > 0.5}
    routes = []
    for v, i, j in model.A:
        if i != _DEPOT or pyo.value(model.x[v, i, j]) < 0.5:
            continue
        stops, node = [], j
        while node != _DEPOT:
            stops.append(problem.stop_ids[node - 1])
            node = after[v, node]
        departure = float(pyo.value(model.tau[v, _DEPOT, j]))
        routes.append(Route(problem.vehicle_ids[v], tuple(stops), departure))
    return RoundsSolution(tuple(routes))
