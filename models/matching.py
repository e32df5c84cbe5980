r"""Matching: which groups of shippers work together, each group's cost being known.

The cost of a group is that of its plan (``bundling.hubs.matching.trips``), a number to this model.

Sets
----
- ``I`` shippers; ``G`` groups of at most ``k`` of them in which nobody must stay apart, those of
  one included.

Parameters
----------
- ``c[g]`` cost of group ``g`` over all days, what cooperating costs its members included, EUR.

Variables
---------
- ``z[g]`` in {0, 1} group ``g`` is formed.

Equations
---------
(1) cost::                min sum_g c[g] z[g]
(2) once, i::             sum_{g with i} z[g] = 1

References
----------
- E. Balas, M.W. Padberg, "Set partitioning: a survey", SIAM Review 18 (1976).
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pyomo.environ as pyo

from bundling.hubs.matching import MatchingProblem, MatchingSolution
from bundling.hubs.matching.trips import Planner


def build(problem: MatchingProblem) -> Any:
    """Return the model of `problem` with all its groups; equations are numbered as above."""
    planner, may = Planner(problem), problem.may_join()
    groups = {
        group: planner.cost_eur(group) + (size > 1) * size * problem.member_eur
        for size in range(1, problem.most_members + 1)
        for group in combinations(range(problem.num_shippers), size)
        if all(may[i, j] for i, j in combinations(group, 2))
    }
    m = pyo.ConcreteModel("matching")
    m.I = pyo.RangeSet(0, problem.num_shippers - 1)
    m.groups = list(groups)
    m.G = pyo.RangeSet(0, len(groups) - 1)
    m.z = pyo.Var(m.G, domain=pyo.Binary)
    m.cost = pyo.Objective(  # (1)
        expr=sum(groups[group] * m.z[g] for g, group in enumerate(m.groups))
    )
    m.once = pyo.Constraint(  # (2)
        m.I,
        rule=lambda m, i: sum(m.z[g] for g, group in enumerate(m.groups) if i in group) == 1,
    )
    return m


def read(model: Any, problem: MatchingProblem) -> MatchingSolution:
    """Read the partition of a solved model."""
    chosen = [group for g, group in enumerate(model.groups) if pyo.value(model.z[g]) > 0.5]
    return MatchingSolution.of(problem.num_shippers, chosen)
