"""Ways of truck flows through a road network, and the charging sites along them.

A flow takes the fastest way. A site lies on it where the way passes its node, or near it: a truck
then leaves the way at the node with the shortest round trip to the site, and comes back there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_LEAST = 1e-9
"""Stands for a length of 0, which a sparse matrix takes for no edge."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Ways of F flows.

    Attributes
    ----------
    km, hours
        Length and driving time of each way [F]; ``inf`` where none leads there.
    step_flow, step_node, step_km
        Every node of every way: its flow, the node, and the distance from the origin.
    """

    km: FloatArray
    hours: FloatArray
    step_flow: IntArray
    step_node: IntArray
    step_km: FloatArray


@dataclass(frozen=True, eq=False)
class Stops:
    """Sites within the detour of a way, by flow and then by distance from the origin.

    Attributes
    ----------
    flow, site
        Indices.
    km
        Distance from the origin at which a truck leaves the way.
    detour_km
        From the way to the site and back to it.
    """

    flow: IntArray
    site: IntArray
    km: FloatArray
    detour_km: FloatArray


def ways(
    nodes: int,
    source: IntArray,
    target: IntArray,
    km: FloatArray,
    kmh: FloatArray,
    origin: IntArray,
    destination: IntArray,
) -> Ways:
    """Fastest way of each flow, all flows traced back together, one edge a step."""
    hours = km / kmh
    first = np.lexsort((hours, target, source))
    ends = np.stack([source[first], target[first]])
    one = np.r_[True, (np.diff(ends) != 0).any(axis=0)] if len(first) else np.zeros(0, bool)
    kept = first[one]  # the fastest of parallel edges
    shape = (nodes, nodes)
    arcs = (source[kept], target[kept])
    graph = sparse.csr_array((np.maximum(hours[kept], _LEAST), arcs), shape=shape)
    lengths = sparse.csr_array((np.maximum(km[kept], _LEAST), arcs), shape=shape)
    starts, row = np.unique(origin, return_inverse=True)
    time, before = csgraph.dijkstra(graph, indices=starts, return_predecessors=True)
    total_hours = time[row, destination]
    there = np.isfinite(total_hours)
    flow, here = np.flatnonzero(there), destination[there].astype(np.int64)
    gone = np.zeros(len(flow))
    found = [(flow, here, gone)]
    while len(flow):
        earlier = before[row[flow], here].astype(np.int64)
        going = earlier >= 0
        flow, here, earlier, gone = flow[going], here[going], earlier[going], gone[going]
        if not len(flow):
            break
        gone = gone + np.asarray(lengths[earlier, here]).ravel()
        here = earlier
        found.append((flow, here, gone))
    step_flow, step_node, to_go = (np.concatenate(part) for part in zip(*found, strict=True))
    total = np.full(len(origin), np.inf)
    total[there] = 0.0
    np.maximum.at(total, step_flow, to_go)
    return Ways(total, total_hours, step_flow, step_node, total[step_flow] - to_go)


def stops(
    found: Ways,
    nodes: int,
    source: IntArray,
    target: IntArray,
    km: FloatArray,
    site_node: IntArray,
    site_access_km: FloatArray,
    detour_km: float,
) -> Stops:
    """Sites within `detour_km` of each way, there and back; the nearest node of the way counts."""
    if not len(site_node):
        none = np.zeros(0, dtype=np.int64)
        return Stops(none, none, np.zeros(0), np.zeros(0))
    order = np.lexsort((km, target, source))
    ends = np.stack([source[order], target[order]])
    kept = order[np.r_[True, (np.diff(ends) != 0).any(axis=0)]] if len(order) else order
    length = np.maximum(km[kept], _LEAST)
    shape = (nodes, nodes)
    graph = sparse.csr_array((length, (source[kept], target[kept])), shape=shape)
    places, place = np.unique(site_node, return_inverse=True)
    back = csgraph.dijkstra(graph, indices=places, limit=detour_km)
    there = csgraph.dijkstra(graph.T.tocsr(), indices=places, limit=detour_km)
    around = (there + back)[place] + 2.0 * site_access_km[:, None]  # [S, N]
    around = np.where(around < 1e-6, 0.0, around)
    near_site, near_node = np.nonzero(around <= detour_km + 1e-9)
    by_node = np.argsort(near_node, kind="stable")
    near_site, near_node = near_site[by_node], near_node[by_node]
    begin = np.searchsorted(near_node, np.arange(nodes + 1))
    sizes = np.diff(begin)[found.step_node]
    step = np.repeat(np.arange(len(found.step_node)), sizes)
    inside = np.arange(len(step)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    site = near_site[begin[found.step_node[step]] + inside]
    flow, at = found.step_flow[step], found.step_km[step]
    away = around[site, found.step_node[step]]
    best = np.lexsort((at, away, site, flow))
    flow, site, at, away = flow[best], site[best], at[best], away[best]
    first = np.r_[True, (np.diff(flow) != 0) | (np.diff(site) != 0)] if len(flow) else []
    keep = np.flatnonzero(first)
    keep = keep[np.lexsort((site[keep], at[keep], flow[keep]))]
    return Stops(flow[keep], site[keep], at[keep], away[keep])
