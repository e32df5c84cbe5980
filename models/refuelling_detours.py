r"""Flow refuelling with detours: which sites open, and by which stations each flow goes.

Sets
----
- ``J`` sites; ``Q`` flows from ``o`` to ``t``; ``A(q)`` legs that a vehicle of flow ``q`` can
  drive: ``(o, j)`` no longer than ``a[q]``, ``(j, k)`` no longer than ``R[q]``, ``(j, t)`` no
  longer than ``e[q]``, and ``(o, t)`` where a one-way trip needs no station.

Parameters
----------
- ``v[q]`` cost of a flow that is not served; ``f[j]`` cost of opening site ``j``; ``l[i,k]``
  shortest distances; ``R[q]`` range; ``a[q]`` and ``e[q]`` how far the first station may be from
  the origin and the last one from the destination: half a range on a round trip; ``B[q]`` how far
  the flow may go. ``least``, ``most`` number of open sites.

Variables
---------
- ``y[j]`` in {0, 1} site ``j`` is open; fixed where it must be or is forbidden.
- ``z[q]`` in {0, 1} flow ``q`` is served; ``x[q,i,k]`` in {0, 1} it drives leg ``(i, k)``.

Equations
---------
(1) cost::              min sum_j f[j] y[j] + sum_q v[q] (1 - z[q])
(2) from o, q::         sum_k x[q,o,k] = z[q];   to t:  sum_i x[q,i,t] = z[q]
(3) through j, q::      sum_i x[q,i,j] = sum_k x[q,j,k] <= y[j]
(4) not too far, q::    sum_{(i,k) in A(q)} l[i,k] x[q,i,k] <= B[q]
(5) number::            least <= sum_j y[j] <= most

References
----------
- J.-G. Kim, M. Kuby, "The deviation-flow refueling location model for optimizing a network of
  refueling stations", International Journal of Hydrogen Energy 37 (2012) 5406-5420.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.location.refuelling import RefuellingProblem, RefuellingSolution


def build(problem: RefuellingProblem) -> Any:
    """Return the model of `problem`; equations are numbered as above."""
    m = pyo.ConcreteModel("refuelling with detours")
    m.J, m.Q = pyo.RangeSet(0, problem.num_sites - 1), pyo.RangeSet(0, problem.num_flows - 1)
    m.y = pyo.Var(m.J, domain=pyo.Binary)
    m.z = pyo.Var(m.Q, domain=pyo.Binary)
    for j in m.J:
        if problem.must_open[j]:
            m.y[j].fix(1)
        if problem.forbidden[j]:
            m.y[j].fix(0)
    m.cost = pyo.Objective(  # (1)
        expr=sum(float(problem.fixed_cost[j]) * m.y[j] for j in m.J)
        + sum(float(problem.volume[q]) * (1 - m.z[q]) for q in m.Q)
    )
    m.x = pyo.VarList(domain=pyo.Binary)
    m.rules = pyo.ConstraintList()
    for q in m.Q:
        legs = {leg: m.x.add() for leg in _legs(problem, q)}
        ways = [float(_length(problem, q, leg)) * x for leg, x in legs.items()]
        leaves = sum(x for (i, _), x in legs.items() if i == "o")
        arrives = sum(x for (_, k), x in legs.items() if k == "t")
        m.rules.add(leaves - m.z[q] == 0)  # (2)
        m.rules.add(arrives - m.z[q] == 0)
        for j in m.J:  # (3)
            into = sum(x for (_, k), x in legs.items() if k == j)
            out = sum(x for (i, _), x in legs.items() if i == j)
            m.rules.add(into - out + 0 * m.y[j] == 0)
            m.rules.add(into - m.y[j] <= 0)
        origin, goal = _ends(problem, q)
        budget = float(problem.distance[origin, goal]) * (1.0 + problem.detour_share)
        m.rules.add(sum(ways) + 0 * m.z[q] <= budget * (1.0 + 1e-9))  # (4)
    count = sum(m.y[j] for j in m.J)
    m.number = pyo.Constraint(  # (5)
        expr=pyo.inequality(problem.least_open, count, problem.most_open)
    )
    return m


def read(model: Any, problem: RefuellingProblem) -> RefuellingSolution:
    """Read the solution of a solved model."""
    return RefuellingSolution(
        np.array([pyo.value(model.y[j]) > 0.5 for j in range(problem.num_sites)])
    )


def _ends(problem: RefuellingProblem, q: int) -> tuple[int, int]:
    begin, end = problem.path_start[q], problem.path_start[q + 1]
    return int(problem.path_node[begin]), int(problem.path_node[end - 1])


def _length(problem: RefuellingProblem, q: int, leg: tuple[Any, Any]) -> float:
    origin, goal = _ends(problem, q)
    i = origin if leg[0] == "o" else int(problem.site_node[leg[0]])
    k = goal if leg[1] == "t" else int(problem.site_node[leg[1]])
    return float(problem.distance[i, k])


def _legs(problem: RefuellingProblem, q: int) -> list[tuple[Any, Any]]:
    """Legs that a vehicle of flow `q` can drive."""
    reach, around = float(problem.reach[q]), problem.trip == "round"
    first = reach * (0.5 if around else problem.start_share)
    last = reach * (0.5 if around else 1.0 - problem.end_share)
    slack = 1.0 + 1e-9
    sites = range(problem.num_sites)
    legs: list[tuple[Any, Any]] = [
        ("o", j) for j in sites if _length(problem, q, ("o", j)) <= first * slack
    ]
    legs += [(j, "t") for j in sites if _length(problem, q, (j, "t")) <= last * slack]
    legs += [
        (j, k) for j in sites for k in sites
        if j != k and _length(problem, q, (j, k)) <= reach * slack
    ]  # fmt: skip
    without = reach * (problem.start_share - problem.end_share)
    if not around and _length(problem, q, ("o", "t")) <= without * slack:
        legs.append(("o", "t"))
    return legs
