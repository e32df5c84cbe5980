"""How many kWh a vehicle lacks for a stop, whatever else it does and wherever it charges.

A proof, so every figure is the best that could be: ways are the shortest, stations are free and
open, and only the freight of the stop itself is on board. With the stations R that can be reached
from the depot (each from one before on a full battery), and those T from which the end can be, the
vehicle arrives at the stop with at most

    A = max(start - r d(depot, stop), max_{k in R} usable - r d(k, stop))

and needs at least ``B = min(q d(stop, end), min_{k in T} q d(stop, k))`` to go on, where r and q
are the consumptions with its delivery and with its pickup on board. ``B - A`` is lacking.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import csgraph_from_dense, dijkstra

from bundling.rounds.problem import RoundsProblem
from bundling.units import METRES_PER_KM

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_KG_PER_T = 1000.0
_SLACK = 1.0 + 1e-6


def lacking_kwh(problem: RoundsProblem) -> FloatArray:
    """Energy lacking for each pair of fleet entry and stop ``[V, S]``; negative when there is room.

    Minus infinity for vehicles that use no electricity.
    """
    lacking = np.full((problem.num_vehicles, problem.num_stops), -np.inf)
    ways: dict[int, tuple[FloatArray, FloatArray]] = {}
    for v in range(problem.num_vehicles):
        if problem.kwh_per_km[v] > 0 or problem.kwh_per_km_per_t[v] > 0:
            number = int(problem.matrix_of[v])
            if number not in ways:
                ways[number] = _shortest_km(problem, v)
            lacking[v] = _lacking(problem, v, *ways[number])
    return lacking


def _shortest_km(problem: RoundsProblem, vehicle: int) -> tuple[FloatArray, FloatArray]:
    """Shortest ways from depots and stations to all nodes, and from all nodes to them, km."""
    graph = csgraph_from_dense(problem.distance_of(vehicle), null_value=np.inf)
    first, nodes = problem.num_depots + problem.num_stops, len(problem.node_ids)
    hubs = np.r_[np.arange(problem.num_depots), np.arange(first, nodes)]
    out, back = dijkstra(graph, indices=hubs), dijkstra(graph.T.tocsr(), indices=hubs)
    return out / METRES_PER_KM, back / METRES_PER_KM


def _lacking(problem: RoundsProblem, v: int, out_km: FloatArray, back_km: FloatArray) -> FloatArray:
    depots, first = problem.num_depots, problem.num_depots + problem.num_stops
    start, end = int(problem.vehicle_depot[v]), int(problem.end_depot[v])
    stations = np.flatnonzero(problem.curve_of[v] >= 0)
    rows, nodes = depots + stations, first + stations
    stops = slice(depots, first)
    empty, per_t = float(problem.kwh_per_km[v]), float(problem.kwh_per_km_per_t[v]) / _KG_PER_T
    full, leaves = float(problem.usable_kwh[v]), float(problem.start_kwh[v])
    # A paired delivery comes from another stop, and a paired pickup goes to one.
    carried = np.where(problem.pair_of < 0, problem.delivery_kg, 0.0)
    fetched = problem.pickup_kg.copy()
    fetched[problem.pair_of[problem.pair_of >= 0]] = 0.0
    out_rate, back_rate = empty + per_t * carried, empty + per_t * fetched

    between = out_km[np.ix_(rows, nodes)] <= _range_km(full, empty)
    reached = _closure(between, out_km[start, nodes] <= _range_km(leaves, empty))
    homeward = _closure(between.T, back_km[end, nodes] <= _range_km(full, empty))
    if problem.max_trips[v] > 1:  # it may come back to the depot with more than it left with
        levels = full - empty * back_km[start, nodes][reached]
        leaves = max(leaves, float(levels.max(initial=-np.inf)))
    arrives = leaves - _kwh(out_rate, out_km[start, stops])
    if reached.any():
        nearest = out_km[rows[reached]][:, stops].min(axis=0)
        arrives = np.maximum(arrives, full - _kwh(out_rate, nearest))
    needs = _kwh(back_rate, back_km[end, stops])
    if problem.max_trips[v] > 1:
        onward = empty * min(out_km[start, end], out_km[start, nodes[homeward]].min(initial=np.inf))
        needs = np.minimum(needs, _kwh(back_rate, back_km[start, stops]) + onward)
    if homeward.any():
        nearest = back_km[rows[homeward]][:, stops].min(axis=0)
        needs = np.minimum(needs, _kwh(back_rate, nearest))
    closed = np.isinf(needs) | np.isinf(arrives)
    return np.where(closed, np.inf, needs - np.where(closed, 0.0, arrives))


def _kwh(rate: FloatArray, km: FloatArray) -> FloatArray:
    """Energy of ways; infinite where there is none, whatever the consumption."""
    closed = np.isinf(km)
    return np.where(closed, np.inf, rate * np.where(closed, 0.0, km))


def _range_km(kwh: float, per_km: float) -> float:
    """Longest way on a level of the battery, with some slack for rounding."""
    return kwh * _SLACK / per_km if per_km > 0 else float(np.finfo(np.float64).max)


def _closure(near: BoolArray, first: BoolArray) -> BoolArray:
    """Stations that can be reached over others: `first`, and what is near to one of those."""
    found = first.copy()
    while True:
        grown = found | (near & found[:, None]).any(axis=0)
        if (grown == found).all():
            return found
        found = grown
