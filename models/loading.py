r"""Loading: the fewest vehicles of one type for units with weight, volume, floor, and kinds apart.

Sets
----
- ``U`` units; ``K`` vehicles, as many as units; ``R`` resources (kg, m3, parts of the floor);
  ``G`` kinds of goods; ``A`` pairs of kinds that may not share a vehicle.

Parameters
----------
- ``a[u, r]`` need of unit ``u``; ``b[r]`` room of one vehicle (kg, m3, parts).
- ``g(u)`` kind of unit ``u``.

Variables
---------
- ``x[u, k]`` in {0, 1} unit ``u`` is in vehicle ``k``; ``y[k]`` in {0, 1} vehicle ``k`` is used;
  ``w[g, k]`` in {0, 1} vehicle ``k`` may hold kind ``g``.

Equations
---------
(1) vehicles::            min sum_k y[k]
(2) loaded, u::           sum_k x[u, k] = 1
(3) room, k, r::          sum_u a[u, r] x[u, k] <= b[r] y[k]
(4) kind, u, k::          x[u, k] <= w[g(u), k]
(5) apart, (g, h), k::    w[g, k] + w[h, k] <= 1                g != h
(6) alone, g, k::         sum_{u of g} x[u, k] <= 1             (g, g) in A
(7) order, k::            y[k] <= y[k - 1]

References
----------
- S. Martello, P. Toth, "Knapsack Problems" (1990), chapter 8: bin packing.
- M. Gendreau, G. Laporte, F. Semet, "Heuristics and lower bounds for the bin packing problem with
  conflicts", Computers & Operations Research 31(3) 347-358 (2004).
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from bundling.hubs.loading import LoadingProblem


def build(problem: LoadingProblem) -> Any:
    """Return the model of `problem`; equations are numbered as above."""
    need, room = problem.need, problem.room
    m = pyo.ConcreteModel("loading")
    m.U = pyo.RangeSet(0, len(problem.unit_ids) - 1)
    m.K = pyo.RangeSet(0, len(problem.unit_ids) - 1)
    m.R = pyo.RangeSet(0, need.shape[1] - 1)
    m.G = pyo.Set(initialize=sorted(set(problem.goods)))
    pairs = [tuple(sorted(pair)) for pair in problem.apart if pair <= set(problem.goods)]
    m.two = pyo.Set(dimen=2, initialize=sorted(pair for pair in pairs if len(pair) == 2))
    m.self = pyo.Set(initialize=sorted(pair[0] for pair in pairs if len(pair) == 1))
    m.x = pyo.Var(m.U, m.K, domain=pyo.Binary)
    m.y = pyo.Var(m.K, domain=pyo.Binary)
    m.w = pyo.Var(m.G, m.K, domain=pyo.Binary)
    m.vehicles = pyo.Objective(expr=sum(m.y[k] for k in m.K))  # (1)
    m.loaded = pyo.Constraint(m.U, rule=lambda m, u: sum(m.x[u, k] for k in m.K) == 1)  # (2)
    m.room = pyo.Constraint(  # (3)
        m.K,
        m.R,
        rule=lambda m, k, r: (
            sum(float(need[u, r]) * m.x[u, k] for u in m.U) <= float(room[r]) * m.y[k]
        ),
    )
    m.kind = pyo.Constraint(  # (4)
        m.U, m.K, rule=lambda m, u, k: m.x[u, k] <= m.w[problem.goods[u], k]
    )
    m.apart = pyo.Constraint(  # (5)
        m.two, m.K, rule=lambda m, g, h, k: m.w[g, k] + m.w[h, k] <= 1
    )
    m.alone = pyo.Constraint(  # (6)
        m.self,
        m.K,
        rule=lambda m, g, k: sum(m.x[u, k] for u in m.U if problem.goods[u] == g) <= 1,
    )
    m.order = pyo.Constraint(  # (7)
        m.K, rule=lambda m, k: pyo.Constraint.Skip if k == 0 else m.y[k] <= m.y[k - 1]
    )
    return m


def read(model: Any, problem: LoadingProblem) -> tuple[int, ...]:
    """Read the vehicle of each unit of a solved model."""
    return tuple(
        next(k for k in model.K if pyo.value(model.x[u, k]) > 0.5)
        for u in range(len(problem.unit_ids))
    )
