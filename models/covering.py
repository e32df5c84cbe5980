r"""Covering: which sites open, and which clients none of them covers.

Sets
----
- ``I`` clients, ``J`` sites; ``J(i)`` sites that cover client ``i``.

Parameters
----------
- ``w[i]`` cost of leaving client ``i`` uncovered, infinite where it must be covered; ``f[j]`` cost
  of opening site ``j``, in the problem's unit. ``least``, ``most`` number of open sites.

Variables
---------
- ``y[j]`` in {0, 1} site ``j`` is open; fixed where it must be or is forbidden.
- ``z[i]`` in [0, 1] client ``i`` is missed; 0 where it must be covered.

Equations
---------
(1) cost::          min sum_j f[j] y[j] + sum_i w[i] z[i]
(2) covered, i::    sum_{j in J(i)} y[j] + z[i] >= 1
(3) number::        least <= sum_j y[j] <= most

References
----------
- R. Church, C. ReVelle, "The maximal covering location problem", Papers of the Regional Science
  Association 32 (1974) 101-118.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.location.covering import CoveringProblem, CoveringSolution


def build(problem: CoveringProblem) -> Any:
    """Return the model of `problem`; equations are numbered as above."""
    m = pyo.ConcreteModel("covering")
    m.I, m.J = pyo.RangeSet(0, problem.num_clients - 1), pyo.RangeSet(0, problem.num_sites - 1)
    m.y = pyo.Var(m.J, domain=pyo.Binary)
    m.z = pyo.Var(m.I, domain=pyo.PercentFraction)
    for j in m.J:
        if problem.must_open[j]:
            m.y[j].fix(1)
        if problem.forbidden[j]:
            m.y[j].fix(0)
    may_miss = np.isfinite(problem.weight)
    for i in m.I:
        if not may_miss[i]:
            m.z[i].fix(0)
    m.cost = pyo.Objective(  # (1)
        expr=sum(float(problem.fixed_cost[j]) * m.y[j] for j in m.J)
        + sum(float(problem.weight[i]) * m.z[i] for i in m.I if may_miss[i])
    )
    m.covered = pyo.ConstraintList()  # (2)
    for i in m.I:
        sites = problem.site[problem.start[i] : problem.start[i + 1]]
        m.covered.add(sum(m.y[int(j)] for j in sites) + m.z[i] >= 1)
    count = sum(m.y[j] for j in m.J)
    m.number = pyo.Constraint(  # (3)
        expr=pyo.inequality(problem.least_open, count, problem.most_open)
    )
    return m


def read(model: Any, problem: CoveringProblem) -> CoveringSolution:
    """Read the solution of a solved model."""
    return CoveringSolution(
        np.array([pyo.value(model.y[j]) > 0.5 for j in range(problem.num_sites)])
    )
