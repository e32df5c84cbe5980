r"""Hub location: which nodes become hubs, and how the flow between all pairs travels.

p-hub median, hub location with fixed costs and with capacities, and hub covering are cases of it,
each with single or multiple allocation.

Sets
----
- ``N`` nodes; ``P`` pairs of nodes with flow; ``R`` ways: a pair ``i, j`` with its first hub ``k``
  and last hub ``m``, in hub covering only those within reach.

Parameters
----------
- ``W[i,j]`` flow; ``d[i,j]`` distance; ``chi``, ``alpha``, ``delta`` factors for collection,
  transfer and distribution. ``c[i,j,k,m] = chi d[i,k] + alpha d[k,m] + delta d[m,j]``.
- ``f[k]`` fixed cost, ``g[k]`` capacity of hub ``k``. ``least``, ``most`` number of hubs.

Variables
---------
- ``y[k]`` in {0, 1} node ``k`` is a hub; fixed where it must be or is forbidden.
- ``x[i,j,k,m]`` in [0, 1] share of the flow from ``i`` to ``j`` that goes through ``k`` and ``m``.
- ``z[i,k]`` in {0, 1} node ``i`` is allocated to hub ``k`` (single allocation only).

Equations
---------
(1) cost::                 min sum_k f[k] y[k] + sum_{ijkm in R} W[i,j] c[i,j,k,m] x[i,j,k,m];
                           in hub covering without the second sum
(2) carried, ij in P::     sum_{km} x[i,j,k,m] = 1
(3) open, ij in P, k::     sum_m x[i,j,k,m] + sum_{m not k} x[i,j,m,k] <= y[k]
(4) first, ij in P, k::    sum_m x[i,j,k,m] = z[i,k]           (single allocation)
(5) last, ij in P, m::     sum_k x[i,j,k,m] = z[j,m]           (single allocation)
(6) one hub, i::           sum_k z[i,k] = 1;  z[i,k] <= y[k];  z[k,k] = y[k]
(7) capacity, k::          sum_{ijm} W[i,j] x[i,j,k,m] <= g[k] y[k]
(8) number::               least <= sum_k y[k] <= most

References
----------
- D. Skorin-Kapov, J. Skorin-Kapov, M. O'Kelly, "Tight linear programming relaxations of
  uncapacitated p-hub median problems", European Journal of Operational Research 94 (1996) 582-593.
- J. F. Campbell, "Integer programming formulations of discrete hub location problems", European
  Journal of Operational Research 72 (1994) 387-405.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.location.hubs import HubLocationProblem, HubLocationSolution

Way = tuple[int, int, int, int]


def build(problem: HubLocationProblem) -> Any:
    """Return the model of `problem`; equations are numbered as above."""
    m = pyo.ConcreteModel("hub_location")
    n = problem.num_nodes
    pairs = [(int(i), int(j)) for i, j in np.argwhere(problem.flow > 0)]
    hubs = range(n)
    ways = [
        (i, j, k, h)
        for i, j in pairs
        for k in hubs
        for h in hubs
        if not problem.covering or _cost(problem, i, j, k, h) <= problem.reach + 1e-9
    ]
    m.N = pyo.RangeSet(0, n - 1)
    m.R = pyo.Set(initialize=ways, dimen=4)
    m.y = pyo.Var(m.N, domain=pyo.Binary)
    m.nothing = pyo.Var(bounds=(0, 0))  # a sum of no ways
    m.x = pyo.Var(m.R, domain=pyo.PercentFraction)
    for k in hubs:
        if problem.must_open[k]:
            m.y[k].fix(1)
        if problem.forbidden[k]:
            m.y[k].fix(0)
    travel = sum(
        float(problem.flow[way[0], way[1]]) * _cost(problem, *way) * m.x[way] for way in ways
    )
    opening = sum(float(problem.fixed_cost[k]) * m.y[k] for k in hubs)
    m.cost = pyo.Objective(expr=opening if problem.covering else opening + travel)  # (1)
    first: dict[tuple[int, int, int], list[Way]] = defaultdict(list)
    last: dict[tuple[int, int, int], list[Way]] = defaultdict(list)
    for i, j, k, h in ways:
        first[i, j, k].append((i, j, k, h))
        last[i, j, h].append((i, j, k, h))
    m.carried, m.is_open = pyo.ConstraintList(), pyo.ConstraintList()
    for i, j in pairs:
        all_ways = [way for k in hubs for way in first[i, j, k]]
        m.carried.add(_sum(m, all_ways) == 1)  # (2)
        for k in hubs:
            either = {*first[i, j, k], *last[i, j, k]}
            m.is_open.add(_sum(m, sorted(either)) - m.y[k] <= 0)  # (3)
    if problem.single:
        _single(problem, m, pairs, first, last)
    m.capacity = pyo.ConstraintList()  # (7)
    for k in hubs:
        if np.isfinite(problem.capacity[k]):
            load = sum(float(problem.flow[i, j]) * _sum(m, first[i, j, k]) for i, j in pairs)
            m.capacity.add(load - float(problem.capacity[k]) * m.y[k] <= 0)
    count = sum(m.y[k] for k in hubs)
    m.number = pyo.Constraint(  # (8)
        expr=pyo.inequality(problem.least_open, count, problem.most_open)
    )
    return m


def _single(
    problem: HubLocationProblem, m: Any, pairs: list[tuple[int, int]], first: Any, last: Any
) -> None:
    """Add single allocation."""
    hubs = range(problem.num_nodes)
    m.z = pyo.Var(m.N, m.N, domain=pyo.Binary)
    m.ends = pyo.ConstraintList()
    for i, j in pairs:
        for k in hubs:
            m.ends.add(_sum(m, first[i, j, k]) - m.z[i, k] == 0)  # (4)
            m.ends.add(_sum(m, last[i, j, k]) - m.z[j, k] == 0)  # (5)
    m.one_hub = pyo.ConstraintList()  # (6)
    for i in hubs:
        m.one_hub.add(sum(m.z[i, k] for k in hubs) == 1)
        m.one_hub.add(m.z[i, i] - m.y[i] == 0)
        for k in hubs:
            m.one_hub.add(m.z[i, k] - m.y[k] <= 0)


def _sum(m: Any, ways: list[Way]) -> Any:
    return sum((m.x[way] for way in ways), start=m.nothing)


def _cost(problem: HubLocationProblem, i: int, j: int, k: int, h: int) -> float:
    d = problem.distance
    return float(problem.chi * d[i, k] + problem.alpha * d[k, h] + problem.delta * d[h, j])


def read(model: Any, problem: HubLocationProblem) -> HubLocationSolution:
    """Read the solution of a solved model."""
    is_open = np.array([(model.y[k].value or 0) > 0.5 for k in range(problem.num_nodes)])
    rows = [(*way, model.x[way].value) for way in model.R if (model.x[way].value or 0) > 1e-7]
    ways = np.array(rows, dtype=np.float64).reshape(-1, 5)
    ends = ways[:, :4].astype(np.int64)
    return HubLocationSolution(is_open, ends[:, 0], ends[:, 1], ends[:, 2], ends[:, 3], ways[:, 4])
