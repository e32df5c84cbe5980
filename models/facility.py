r"""Facility location: which sites open, and which share of each client they serve.

p-median, p-center and facility location with and without capacities are cases of it.

Sets
----
- ``I`` clients, ``J`` sites; ``P`` pairs of a client and a site that may serve it.

Parameters
----------
- ``c[i,j]`` cost of serving all of client ``i`` from ``j``; ``f[j]`` of opening site ``j``, in the
  problem's unit; ``d[i]`` demand; ``k[j]`` capacity.
- ``least``, ``most`` how many sites must and may be open.

Variables
---------
- ``y[j]`` in {0, 1} site ``j`` is open; fixed where it must be or is forbidden.
- ``x[i,j]`` in [0, 1] share of client ``i`` served from ``j``. In the p-center problem in {0, 1}.
- ``r >= 0`` cost of the dearest pair (p-center only).

Equations
---------
(1) cost::                min sum_j f[j] y[j] + sum_{ij in P} c[i,j] x[i,j];   or  min r
(2) served once, i::      sum_j x[i,j] = 1
(3) open, ij in P::       x[i,j] <= y[j]
(4) capacity, j::         sum_i d[i] x[i,j] <= k[j] y[j]
(5) number::              least <= sum_j y[j] <= most
(6) dearest, ij in P::    r >= c[i,j] x[i,j]

References
----------
- M. S. Daskin, "Network and Discrete Location", 2nd edition, Wiley 2013, chapters 5 to 7.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.location.facility import FacilityProblem, FacilitySolution


def build(problem: FacilityProblem) -> Any:
    """Return the model of `problem`; equations are numbered as above."""
    m = pyo.ConcreteModel("facility")
    pairs = [(int(i), int(j)) for i, j in np.argwhere(np.isfinite(problem.cost))]
    m.I, m.J = pyo.RangeSet(0, problem.num_clients - 1), pyo.RangeSet(0, problem.num_sites - 1)
    m.P = pyo.Set(initialize=pairs, dimen=2)
    m.y = pyo.Var(m.J, domain=pyo.Binary)
    m.x = pyo.Var(m.P, domain=pyo.Binary if problem.worst else pyo.PercentFraction)
    for j in m.J:
        if problem.must_open[j]:
            m.y[j].fix(1)
        if problem.forbidden[j]:
            m.y[j].fix(0)
    if problem.worst:
        m.r = pyo.Var(domain=pyo.NonNegativeReals)
        m.cost = pyo.Objective(expr=m.r)  # (1)
        m.dearest = pyo.Constraint(  # (6)
            m.P, rule=lambda m, i, j: m.r >= float(problem.cost[i, j]) * m.x[i, j]
        )
    else:
        m.cost = pyo.Objective(  # (1)
            expr=sum(float(problem.fixed_cost[j]) * m.y[j] for j in m.J)
            + sum(float(problem.cost[i, j]) * m.x[i, j] for i, j in pairs)
        )
    m.served_once = pyo.ConstraintList()  # (2)
    for i in m.I:
        m.served_once.add(sum(m.x[i, j] for j in m.J if (i, j) in m.P) == 1)
    m.is_open = pyo.Constraint(m.P, rule=lambda m, i, j: m.x[i, j] <= m.y[j])  # (3)
    m.capacity = pyo.ConstraintList()  # (4)
    for j in m.J:
        mine = [i for i in m.I if (i, j) in m.P]
        if np.isfinite(problem.capacity[j]) and mine:
            load = sum(float(problem.demand[i]) * m.x[i, j] for i in mine)
            m.capacity.add(load - float(problem.capacity[j]) * m.y[j] <= 0)
    count = sum(m.y[j] for j in m.J)
    m.number = pyo.Constraint(  # (5)
        expr=pyo.inequality(problem.least_open, count, problem.most_open)
    )
    return m


def read(model: Any, problem: FacilityProblem) -> FacilitySolution:
    """Read the solution of a solved model."""
    is_open = np.array([pyo.value(model.y[j]) > 0.5 for j in range(problem.num_sites)])
    rows = [(i, j, model.x[i, j].value) for i, j in model.P if (model.x[i, j].value or 0) > 1e-7]
    served = np.array(rows, dtype=np.float64).reshape(-1, 3)
    pairs = served[:, :2].astype(np.int64)
    return FacilitySolution(is_open, pairs[:, 0], pairs[:, 1], served[:, 2])
