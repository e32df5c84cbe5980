"""Google OR-Tools' routing solver on a rounds problem, as a peer.

Guided local search from the best of its usual first solutions, one part of the problem after the
other (a part shares no vehicle with another), time in proportion to stops. What it cannot state is
left out and judged afterwards: the battery is a distance limit at mean load. Each fleet entry has
its own matrices; a way that is closed to it takes two days. Costs are scaled to whole tenths of a
cent, times to seconds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from peer_ortools import add_loads, search_parameters

from bundling.rounds import RoundsProblem, RoundsSolution, Route
from bundling.rounds.parts import Part, independent_parts
from bundling.rounds.reach import find_reach
from bundling.rounds.schedule import sequence_timing

MONEY = 1000.0
MOST_VEHICLES = 25
"""Vehicles offered per fleet entry and part: more only slow the peer down."""
DAY_S = 86_400
CLOSED_S = 2 * DAY_S
"""Driving time on a closed way, which no vehicle has."""


def solve(problem: RoundsProblem, time_limit: float) -> RoundsSolution | None:
    """Return OR-Tools' routes, or None when a part stays without a solution."""
    parts = independent_parts(find_reach(problem).possible(problem))
    stops = sum(len(part.stops) for part in parts)
    routes: list[Route] = []
    for part in parts:
        found = _solve_part(problem, part, max(0.2, time_limit * len(part.stops) / stops))
        if found is None:
            return None
        routes += found
    return RoundsSolution(tuple(routes))


def _solve_part(problem: RoundsProblem, part: Part, time_limit: float) -> list[Route] | None:
    from ortools.constraint_solver import pywrapcp

    stops = np.array(part.stops)
    fleet = [
        v
        for v in part.vehicles
        for _ in range(min(int(problem.count[v]), MOST_VEHICLES, len(stops)))
    ]
    depots = sorted({int(problem.vehicle_depot[v]) for v in fleet})
    node_of = np.array([*depots, *(problem.num_depots + stops)])
    home = [depots.index(int(problem.vehicle_depot[v])) for v in fleet]
    manager = pywrapcp.RoutingIndexManager(len(node_of), len(fleet), home, home)
    model = pywrapcp.RoutingModel(manager)
    block = np.ix_(node_of, node_of)
    service_s = np.concatenate([np.zeros(len(depots)), problem.service_s[stops]])

    time_callbacks, hour_costs = [], []
    for v in part.vehicles:
        there = np.isfinite(problem.distance_of(v)[block])
        # Only the time of a closed way keeps vehicles off it: its other figures may be anything.
        km, levied, drive_s = (
            np.where(there, matrix[block], 0.0)
            for matrix in (
                problem.distance_of(v) / 1000.0,
                problem.levied_of(v) / 1000.0,
                problem.time_of(v) / problem.speed_factor[v],
            )
        )
        drive_s[~there] = CLOSED_S
        travel_s = np.rint(drive_s + service_s[:, None]).astype(np.int64)
        mean_t = 0.5 * problem.capacity_kg[v] / 1000.0
        kwh_per_km = problem.kwh_per_km[v] + problem.kwh_per_km_per_t[v] * mean_t
        per_km = problem.eur_per_km[v] + kwh_per_km * problem.eur_per_kwh[v]
        cost = np.rint(MONEY * (km * per_km + levied * problem.levy_eur_per_km[v]))
        cost_at = _callback(model, manager, cost.astype(np.int64))
        time_at = _callback(model, manager, travel_s)
        metres_at = _callback(model, manager, np.rint(1000.0 * km).astype(np.int64))
        for k in (k for k, entry in enumerate(fleet) if entry == v):
            model.SetArcCostEvaluatorOfVehicle(cost_at, k)
            model.SetFixedCostOfVehicle(round(MONEY * float(problem.fixed_eur[v])), k)
        time_callbacks += [(v, time_at, metres_at)]
        hour_costs += [MONEY * float(problem.eur_per_h[v]) / 3600.0]

    by_entry = {v: (time_at, metres_at) for v, time_at, metres_at in time_callbacks}
    transits = [by_entry[v][0] for v in fleet]
    model.AddDimensionWithVehicleTransits(transits, DAY_S, DAY_S, False, "time")
    time_of = model.GetDimensionOrDie("time")
    rate = dict(zip(part.vehicles, hour_costs, strict=True))
    for k, v in enumerate(fleet):
        time_of.SetSpanCostCoefficientForVehicle(max(1, round(rate[v])), k)
        time_of.SetSpanUpperBoundForVehicle(int(problem.shift_s[v]), k)
        depot = int(problem.vehicle_depot[v])
        opens, closes = int(problem.depot_open_s[depot]), int(problem.depot_close_s[depot])
        time_of.CumulVar(model.Start(k)).SetRange(opens, closes)
        time_of.CumulVar(model.End(k)).SetRange(opens, closes)
        model.AddVariableMinimizedByFinalizer(time_of.CumulVar(model.End(k)))
        model.AddVariableMaximizedByFinalizer(time_of.CumulVar(model.Start(k)))
    reach_m = [
        int(1000.0 * problem.usable_kwh[v] / _mean_kwh_per_km(problem, v))
        if problem.usable_kwh[v] > 0
        else 10_000_000
        for v in fleet
    ]
    model.AddDimensionWithVehicleTransitAndCapacity(
        [by_entry[v][1] for v in fleet], 0, reach_m, True, "metres"
    )
    add_loads(problem, model, fleet, len(node_of), len(depots), stops)
    for i, s in enumerate(part.stops):
        index = manager.NodeToIndex(len(depots) + i)
        early, late = int(problem.tw_early_s[s]), int(problem.tw_late_s[s])
        time_of.CumulVar(index).SetRange(early, late)
        may = [k for k, v in enumerate(fleet) if part.possible[part.vehicles.index(v), i]]
        model.VehicleVar(index).SetValues([-1, *may])

    answer = model.SolveWithParameters(search_parameters(time_limit))
    if answer is None:
        return None
    return [
        route
        for k, v in enumerate(fleet)
        if (route := _route(problem, part, model, manager, answer, k, v, len(depots))) is not None
    ]


def _callback(model: Any, manager: Any, matrix: np.ndarray) -> int:
    table = matrix.tolist()
    return int(
        model.RegisterTransitCallback(
            lambda i, j: table[manager.IndexToNode(i)][manager.IndexToNode(j)]
        )
    )


def _mean_kwh_per_km(problem: RoundsProblem, v: int) -> float:
    mean_t = 0.5 * float(problem.capacity_kg[v]) / 1000.0
    return float(problem.kwh_per_km[v] + problem.kwh_per_km_per_t[v] * mean_t)


def _route(
    problem: RoundsProblem,
    part: Part,
    model: Any,
    manager: Any,
    answer: Any,
    k: int,
    v: int,
    depots: int,
) -> Route | None:
    index = answer.Value(model.NextVar(model.Start(k)))
    sequence: list[int] = []
    while not model.IsEnd(index):
        sequence.append(part.stops[manager.IndexToNode(index) - depots])
        index = answer.Value(model.NextVar(index))
    if not sequence:
        return None
    timing = sequence_timing(problem, v, sequence)
    stops = tuple(problem.stop_ids[s] for s in sequence)
    return Route(problem.vehicle_ids[v], stops, timing.departure_s)
