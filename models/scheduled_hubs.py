r"""Freight over a day of departures: hubs, lanes by mode, sailings and whole vehicles.

Scheduled service network design with hubs, on the full grid of places and slots: every shipment
may be at every place in every slot and on every departure. Small problems only; the library's
search and its own model leave out what cannot be used.

Sets
----
- ``N`` shipments, ``L`` places, ``H`` hubs (``l(h)`` their places), ``T`` slots of the day,
  ``S = 0 .. most`` hubs a shipment has been handled at, ``R`` resources, ``G`` groups,
  ``V`` vehicle types; ``K`` lanes, ``Q`` sailings. ``D`` departures: every lane in every slot of
  its hours, every sailing in its slot; from place ``a(d)`` in slot ``t(d)`` to place ``b(d)`` in
  slot ``u(d)``.

Parameters
----------
- ``w[i,r]`` load in units of each resource; ``o[i]``, ``e[i]`` origin and destination;
  ``rel[i]``, ``due[i]`` slots; ``g[i]`` group.
- ``cap[d,r]`` units one vehicle or vessel takes; ``c[d]`` EUR one loaded vehicle or one vessel,
  with the price of its CO2e, NOx, km and trip into the zone; ``ce[k]`` EUR one empty vehicle,
  likewise; ``p[q,r]`` EUR a unit on board; ``lim[q]`` vessels.
- ``f[h]`` EUR a day; ``m[h,r]`` EUR a unit handled; ``B[h,r]`` units handled a day, ``B'[h,r]`` in
  an hour of the clock, ``F[h,r]`` on the floor at once; ``dw[h]`` slots of handling; hub hours,
  within which freight arrives and leaves; who may use a hub. ``co[d]`` kg CO2e, ``cap`` of the day.

Variables
---------
- ``x[i,d,s]`` in {0, 1} shipment ``i`` travels on departure ``d`` after ``s`` hubs.
- ``z[i,h,t,s] >= 0`` shipment ``i`` stands handled at hub ``h`` from slot ``t`` to ``t + 1``, the
  ``s``-th hub of its way.
- ``n[d,g]`` whole vehicles of a lane's departure for a group; ``n[q]`` vessels of a sailing.
- ``y[h]`` in {0, 1} freight is handled at hub ``h``.
- ``em[k]`` whole empty vehicles of lane ``k`` (of a type that returns, where one may go).

Equations
---------
(1) cost::              min sum c n + sum ce em + sum_h f[h] y[h]
                        + sum_{i,q,s} p[q].w[i] x[i,q,s] + sum_{i,d,s into h} m[h].w[i] x[i,d,s]
(2) leaves, i::         sum_{d from o[i]} x[i,d,0] = 1
(3) arrives, i::        sum_{d into e[i], s} x[i,d,s] = 1, with u(d) <= due[i]
(4) hub, i,h,t,s::      z[i,h,t-1,s] + sum_{d into l(h), u(d) + dw[h] = t} x[i,d,s-1]
                        = z[i,h,t,s] + sum_{d from l(h), t(d) = t} x[i,d,s]
(5) room, d,g,r::       sum_{i in g, s} w[i,r] x[i,d,s] <= cap[d,r] n[d,g]
(6) room, q,r::         sum_{i,s} w[i,r] x[i,q,s] <= cap[q,r] n[q]
(7) freight, d,g::      n[d,g] <= M sum_{i in g, s} x[i,d,s]    (a loaded vehicle has a load)
(8) open, i,h::         sum_{d into l(h), s} x[i,d,s] <= y[h], other than into e[i]
(9) hub capacity, h,r:: sum_{i,d,s into h} w[i,r] x[i,d,s] <= B[h,r]
(10) return, v,l::      vehicles, loaded and empty, into l = out of l, where the type returns
(11) hour, h,r,c::      sum_{i,d,s into h, u(d) in hour c} w[i,r] x[i,d,s] <= B'[h,r]
(12) floor, h,r,t::     sum_{i,d,s into h, u(d) <= t} w[i,r] x[i,d,s]
                        - sum_{i,d,s>=1 from l(h), t(d) <= t} w[i,r] x[i,d,s] <= F[h,r]
(13) emission cap::     sum_{d,g} co[d] n[d,g] + sum_k co[k] em[k] <= cap

``x[i,d,s]`` is there for ``s = 0`` from the origin only, for ``s >= 1`` from a hub only; never back
into the origin; into the destination it ends the way; elsewhere it must lead to a hub that is open
at ``u(d)`` and serves the shipper, and ``s`` is at most ``most - 1``. From a hub it leaves within
the hub's hours. Direct (``s = 0`` into the destination) only where the shipment may.

References
----------
- T. G. Crainic, "Service network design in freight transportation", European Journal of
  Operational Research 122(2), 2000, pp. 272-288.
- N. Boland, M. Hewitt, L. Marshall, M. Savelsbergh, "The continuous-time service network design
  problem", Operations Research 65(5), 2017, pp. 1303-1321.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.hubs.scheduled import ScheduledProblem, ScheduledSolution
from bundling.models.scheduled_hubs_limits import cap, into_hub, stays


def build(problem: ScheduledProblem) -> Any:
    """Return the model of `problem`; equations are numbered as above."""
    m = pyo.ConcreteModel("scheduled_hubs")
    m.departures = departures = _departures(problem)
    m.X = pyo.Set(initialize=_may_travel(problem, departures), dimen=3)
    m.x = pyo.Var(m.X, domain=pyo.Binary)
    m.z = pyo.Var(
        range(problem.num_shipments), range(problem.num_hubs), range(problem.num_slots),
        range(1, problem.max_hubs + 1), domain=pyo.NonNegativeReals,
    )  # fmt: skip
    m.y = pyo.Var(range(problem.num_hubs), domain=pyo.Binary)
    m.n = pyo.Var(
        [(d, g) for d, (lane, *_) in enumerate(departures) for g in _groups(problem, lane)],
        domain=pyo.NonNegativeIntegers,
    )
    m.em = pyo.Var(_may_go_empty(problem), domain=pyo.NonNegativeIntegers)
    for d, (lane, sailing, *_) in enumerate(departures):
        if lane < 0:
            m.n[d, 0].setub(int(problem.sailing_limit[sailing]))
    _cost(m, problem)
    _ways(m, problem)
    _vehicles(m, problem)
    _hubs(m, problem)
    stays(m, problem)
    cap(m, problem)
    return m


def read(model: Any, problem: ScheduledProblem) -> ScheduledSolution:
    """Read the solution of a solved model."""
    chosen = sorted((i, s, d) for i, d, s in model.X if (model.x[i, d, s].value or 0) > 0.5)
    moves = [(i, *model.departures[d][:3]) for i, _, d in chosen]
    trips, vessels = [], np.zeros(problem.num_sailings, dtype=np.int64)
    for d, g in model.n:
        lane, sailing, slot, *_ = model.departures[d]
        count = round(model.n[d, g].value or 0)
        if lane < 0:
            vessels[sailing] = count
        elif count:
            trips.append((lane, slot, g, count))
    empty = [(k, round(model.em[k].value or 0)) for k in model.em]
    move = np.array(moves, dtype=np.int64).reshape(-1, 4).T
    trip = np.array(trips, dtype=np.int64).reshape(-1, 4).T
    back = np.array([row for row in empty if row[1]], dtype=np.int64).reshape(-1, 2).T
    return ScheduledSolution(
        move_shipment=move[0], move_lane=move[1], move_sailing=move[2], move_slot=move[3],
        trip_lane=trip[0], trip_slot=trip[1], trip_group=trip[2], trip_count=trip[3],
        sailing_count=vessels, empty_lane=back[0], empty_count=back[1],
    )  # fmt: skip


def _departures(problem: ScheduledProblem) -> list[tuple[int, int, int, int, int, int]]:
    """Lane, sailing, slot, place, place and slot there of each departure."""
    lanes = [
        (k, -1, t, int(problem.lane_from[k]), int(problem.lane_to[k]), t + int(under_way))
        for k, under_way in enumerate(problem.lane_slots)
        for t in range(problem.num_slots)
        if problem.lane_first_slot[k] <= t <= problem.lane_last_slot[k]
    ]
    sailings = [
        (
            -1, q, int(problem.sailing_depart_slot[q]), int(problem.sailing_from[q]),
            int(problem.sailing_to[q]), int(problem.sailing_arrive_slot[q]),
        )
        for q in range(problem.num_sailings)
    ]  # fmt: skip
    return [*lanes, *sailings]


def _may_travel(problem: ScheduledProblem, departures: list[Any]) -> list[tuple[int, int, int]]:
    """Index of ``x``: shipment, departure, hubs before."""
    hub_at, most = problem.hub_at, problem.max_hubs
    first, last = problem.hub_first_slot, problem.hub_last_slot
    found = []
    for i in range(problem.num_shipments):
        origin, to = problem.shipment_origin[i], problem.shipment_destination[i]
        for d, (_, _, t, a, b, u) in enumerate(departures):
            if t < problem.shipment_release_slot[i] or u > problem.shipment_due_slot[i]:
                continue
            if b == origin:
                continue
            for s in range(most + 1):
                if s == 0 and (a != origin or (b == to and not problem.shipment_direct[i])):
                    continue
                if s > 0 and (hub_at[a] < 0 or not first[hub_at[a]] <= t <= last[hub_at[a]]):
                    continue
                hub, shipper = int(hub_at[b]), problem.shipment_shipper[i]
                if b != to and (
                    s == most or hub < 0 or not first[hub] <= u <= last[hub]
                    or not problem.hub_shippers[hub, shipper]
                ):  # fmt: skip
                    continue
                found.append((i, d, s))
    return found


def _groups(problem: ScheduledProblem, lane: int) -> range:
    return range(problem.num_groups if lane >= 0 else 1)


def _may_go_empty(problem: ScheduledProblem) -> list[int]:
    returns = problem.vehicle_returns[problem.lane_vehicle]
    return np.flatnonzero(returns & np.isfinite(problem.lane_empty_eur)).tolist()


def _cost(m: Any, problem: ScheduledProblem) -> None:
    load, terms = problem.shipment_load, []
    for d, g in m.n:
        lane, sailing, *_ = m.departures[d]
        price = problem.lane_price_eur[lane] if lane >= 0 else problem.sailing_price_eur[sailing]
        terms.append(float(price) * m.n[d, g])
    terms += [float(problem.lane_empty_price_eur[k]) * m.em[k] for k in m.em]
    terms += [float(problem.hub_fixed_eur[h]) * m.y[h] for h in m.y]
    for i, d, s in m.X:
        sailing, hub, eur = m.departures[d][1], into_hub(m, problem, i, d), 0.0
        if sailing >= 0:
            eur += float(problem.sailing_slot_eur[sailing] @ load[i])
        if hub >= 0:
            eur += float(problem.hub_handling_eur[hub] @ load[i])
        terms.append(eur * m.x[i, d, s])
    m.cost = pyo.Objective(expr=pyo.quicksum(terms))  # (1)


def _ways(m: Any, problem: ScheduledProblem) -> None:
    leaves, arrives = defaultdict(list), defaultdict(list)
    into, out = defaultdict(list), defaultdict(list)
    for i, d, s in m.X:
        _, _, t, a, b, u = m.departures[d]
        var = m.x[i, d, s]
        if s == 0:
            leaves[i].append(var)
        else:
            out[i, int(problem.hub_at[a]), t, s].append(var)
        if b == problem.shipment_destination[i]:
            arrives[i].append(var)
        else:
            hub = int(problem.hub_at[b])
            into[i, hub, u + int(problem.hub_dwell_slots[hub]), s + 1].append(var)
    m.nothing = pyo.Var(bounds=(0, 0))  # so that a shipment without departures makes a row, too
    m.leaves, m.arrives = pyo.ConstraintList(), pyo.ConstraintList()
    for i in range(problem.num_shipments):
        for rows, found in ((m.leaves, leaves[i]), (m.arrives, arrives[i])):  # (2), (3)
            rows.add(pyo.quicksum(found) + m.nothing == 1)
    m.hub = pyo.ConstraintList()  # (4)
    for i, h, t, s in m.z:
        before = m.z[i, h, t - 1, s] if t > 0 else 0.0
        there, gone = pyo.quicksum(into[i, h, t, s]), pyo.quicksum(out[i, h, t, s])
        m.hub.add(before + there == m.z[i, h, t, s] + gone)
    for (_, _, t, _), late in into.items():
        if t >= problem.num_slots:
            for var in late:
                var.fix(0)
    for i in range(problem.num_shipments):
        for h in range(problem.num_hubs):
            for s in range(1, problem.max_hubs + 1):
                m.z[i, h, problem.num_slots - 1, s].fix(0)


def _vehicles(m: Any, problem: ScheduledProblem) -> None:
    on = defaultdict(list)
    for i, d, s in m.X:
        group = int(problem.shipment_group[i]) if m.departures[d][0] >= 0 else 0
        on[d, group].append((i, m.x[i, d, s]))
    m.room, m.freight, m.back = pyo.ConstraintList(), pyo.ConstraintList(), pyo.ConstraintList()
    net: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for d, g in m.n:
        lane, sailing, _, a, b, _ = m.departures[d]
        vehicle = int(problem.lane_vehicle[lane])
        capacity = (
            problem.vehicle_capacity[vehicle] if lane >= 0 else problem.sailing_capacity[sailing]
        )
        if not on[d, g]:
            m.n[d, g].fix(0)
            continue
        for r, room in enumerate(capacity):
            load = pyo.quicksum(float(problem.shipment_load[i, r]) * x for i, x in on[d, g])
            if math.isfinite(room):
                m.room.add(load <= float(room) * m.n[d, g])  # (5), (6)
        for _, x in on[d, g]:
            m.room.add(x <= m.n[d, g])
        if lane >= 0:
            most = _most_vehicles(problem)
            m.freight.add(m.n[d, g] <= most * pyo.quicksum(x for _, x in on[d, g]))  # (7)
            if problem.vehicle_returns[vehicle]:
                net[vehicle, b].append(m.n[d, g])
                net[vehicle, a].append(-m.n[d, g])
    for k in m.em:
        vehicle = int(problem.lane_vehicle[k])
        net[vehicle, int(problem.lane_to[k])].append(m.em[k])
        net[vehicle, int(problem.lane_from[k])].append(-m.em[k])
    for terms in net.values():
        m.back.add(pyo.quicksum(terms) == 0)  # (10)


def _most_vehicles(problem: ScheduledProblem) -> int:
    """Vehicles of one departure that are always enough."""
    capacity = np.where(problem.vehicle_capacity > 0, problem.vehicle_capacity, np.inf)
    most = problem.shipment_load.sum(axis=0) / capacity
    return int(np.ceil(most).max(initial=1.0)) * problem.num_shipments * (problem.max_hubs + 1)


def _hubs(m: Any, problem: ScheduledProblem) -> None:
    at = defaultdict(list)
    for i, d, s in m.X:
        hub = into_hub(m, problem, i, d)
        if hub >= 0:
            at[hub].append((i, m.x[i, d, s]))
    m.open, m.capacity = pyo.ConstraintList(), pyo.ConstraintList()
    for h, rows in at.items():
        for _, x in rows:
            m.open.add(x <= m.y[h])  # (8)
        for r, most in enumerate(problem.hub_capacity[h]):
            if math.isfinite(most):
                load = pyo.quicksum(float(problem.shipment_load[i, r]) * x for i, x in rows)
                m.capacity.add(load <= float(most))  # (9)
