r"""Network design: which arcs get how many facilities, and what flows over them.

Multicommodity fixed-charge network design; scheduled service network design is the same on a
network of places and slots (`bundling.location.service_network_design`).

Sets
----
- ``N`` nodes, ``A`` arcs, each from a tail to a head; ``K`` commodities.

Parameters
----------
- ``c[a]`` cost of a unit on arc ``a``; ``f[a]`` of one facility there, in the problem's unit;
  ``u[a]`` units a facility carries; ``most[a]`` facilities an arc may have.
- ``o[k]``, ``t[k]`` origin and destination of commodity ``k``; ``d[k]`` its units.

Variables
---------
- ``n[a]`` whole number from 0 to ``most[a]`` of facilities on arc ``a``.
- ``x[k,a] >= 0`` units of commodity ``k`` on arc ``a``.

Equations
---------
(1) cost::              min sum_a (f[a] n[a] + c[a] sum_k x[k,a])
(2) balance, k, i::     sum_{a from i} x[k,a] - sum_{a to i} x[k,a] = d[k], -d[k] or 0
                        in its origin, its destination, elsewhere
(3) capacity, a::       sum_k x[k,a] <= u[a] n[a]
(4) forcing, k, a::     x[k,a] <= min(d[k], u[a]) n[a]

(4) follows from (3) for whole numbers and makes the relaxation strong.

References
----------
- B. Gendron, T. G. Crainic, A. Frangioni, "Multicommodity capacitated network design", in:
  Telecommunications network planning, Kluwer 1999, 1-19.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.location.design import DesignProblem, DesignSolution


def build(problem: DesignProblem) -> Any:
    """Return the model of `problem`; equations are numbered as above."""
    m = pyo.ConcreteModel("design")
    total = float(problem.quantity.sum())
    m.N = pyo.RangeSet(0, problem.num_nodes - 1)
    m.A, m.K = pyo.RangeSet(0, problem.num_arcs - 1), pyo.RangeSet(0, problem.num_commodities - 1)
    m.n = pyo.Var(
        m.A,
        domain=pyo.NonNegativeIntegers,
        bounds=lambda _, a: (0, int(problem.most_facilities[a])),
    )
    m.x = pyo.Var(m.K, m.A, domain=pyo.NonNegativeReals)
    m.cost = pyo.Objective(  # (1)
        expr=sum(
            float(problem.fixed_cost[a]) * m.n[a]
            + float(problem.unit_cost[a]) * sum(m.x[k, a] for k in m.K)
            for a in m.A
        )
    )
    leaving: dict[int, list[int]] = {i: [] for i in m.N}
    coming: dict[int, list[int]] = {i: [] for i in m.N}
    for a in m.A:
        leaving[int(problem.tail[a])].append(a)
        coming[int(problem.head[a])].append(a)

    def balance(m: Any, k: int, i: int) -> Any:
        supply = float(problem.quantity[k]) * (
            int(problem.origin[k] == i) - int(problem.destination[k] == i)
        )
        if not leaving[i] and not coming[i]:
            return pyo.Constraint.Feasible if supply == 0 else pyo.Constraint.Infeasible
        out = sum(m.x[k, a] for a in leaving[i]) - sum(m.x[k, a] for a in coming[i])
        return out == supply

    m.balance = pyo.Constraint(m.K, m.N, rule=balance)  # (2)
    room = np.minimum(problem.capacity, total)
    m.capacity = pyo.Constraint(  # (3)
        m.A, rule=lambda m, a: sum(m.x[k, a] for k in m.K) <= float(room[a]) * m.n[a]
    )
    m.forcing = pyo.Constraint(  # (4)
        m.K,
        m.A,
        rule=lambda m, k, a: m.x[k, a] <= float(min(problem.quantity[k], room[a])) * m.n[a],
    )
    return m


def read(model: Any, problem: DesignProblem) -> DesignSolution:
    """Read the solution of a solved model."""
    facilities = [round(pyo.value(model.n[a])) for a in range(problem.num_arcs)]
    rows = [(k, a, x.value) for (k, a), x in model.x.items() if (x.value or 0) > 1e-7]
    flows = np.array(rows, dtype=np.float64).reshape(-1, 3)
    pairs = flows[:, :2].astype(np.int64)
    return DesignSolution(np.array(facilities), pairs[:, 0], pairs[:, 1], flows[:, 2])
