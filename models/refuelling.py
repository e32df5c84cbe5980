r"""Flow refuelling by stretches: which sites open, and which flows run dry.

Another formulation than the windows of the library: it follows the fuel itself.

Sets
----
- ``J`` sites; ``Q`` flows; ``K(q)`` places that flow ``q`` passes, in order. A round trip passes
  its path there and back, and then again, so that it begins as it ends.

Parameters
----------
- ``v[q]`` cost of a flow that is not served; ``f[j]`` cost of opening site ``j``; ``R[q]`` range;
  ``l[q,k]`` length from place ``k`` to the next; ``a[q]``, ``e[q]`` fuel at the start and needed
  at the end of a one-way trip. ``least``, ``most`` number of open sites.

Variables
---------
- ``y[j]`` in {0, 1} site ``j`` is open; fixed where it must be or is forbidden.
- ``z[q]`` in {0, 1} flow ``q`` is served.
- ``s[q,k]`` in [0, R] fuel on arriving at place ``k``; ``g[q,k]`` in [0, R] taken in there.

Equations
---------
(1) cost::                    min sum_j f[j] y[j] + sum_q v[q] (1 - z[q])
(2) at a station, q, k::      g[q,k] <= R[q] y[j(q,k)];  g = 0 where no site is
(3) tank, q, k::              s[q,k] + g[q,k] <= R[q]
(4) way, q, k::               s[q,k+1] <= s[q,k] + g[q,k] - l[q,k] + M (1 - z[q])
(5) one way, q::              s[q,0] <= a[q];  s[q,last] + g[q,last] >= e[q] z[q]
(6) round, q::                s[q,0] <= s[q,last];  some station: z[q] <= sum_k y[j(q,k)]
(7) number::                  least <= sum_j y[j] <= most

References
----------
- M. Kuby, S. Lim, "The flow-refueling location problem for alternative-fuel vehicles",
  Socio-Economic Planning Sciences 39 (2005) 125-145.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bundling.location.refuelling import RefuellingProblem, RefuellingSolution


def build(problem: RefuellingProblem) -> Any:
    """Return the model of `problem`; equations are numbered as above."""
    m = pyo.ConcreteModel("refuelling")
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
    number = {int(node): j for j, node in enumerate(problem.site_node)}
    around = problem.trip == "round"
    m.rules = pyo.ConstraintList()
    m.fuel = pyo.VarList(domain=pyo.NonNegativeReals)
    for q in m.Q:
        begin, end = int(problem.path_start[q]), int(problem.path_start[q + 1])
        places = problem.path_node[begin:end].tolist()
        ways = problem.path_length[begin + 1 : end].tolist()
        if around:
            places, ways = [*places, *places[-2::-1]], [*ways, *reversed(ways)]
        reach = float(problem.reach[q])
        stock = [m.fuel.add() for _ in places]
        taken = [m.fuel.add() for _ in places]
        sites = [number.get(place, -1) for place in places]
        for k, site in enumerate(sites):
            m.rules.add(taken[k] <= (reach * m.y[site] if site >= 0 else 0))  # (2)
            m.rules.add(stock[k] + taken[k] <= reach)  # (3)
        for k, way in enumerate(ways):
            free = (reach + way) * (1 - m.z[q])
            m.rules.add(stock[k + 1] <= stock[k] + taken[k] - way + free)  # (4)
        if around:
            m.rules.add(stock[0] <= stock[-1])  # (6)
            stations = [m.y[site] for site in set(sites) if site >= 0]
            m.rules.add(m.z[q] <= sum(stations) if stations else m.z[q] <= 0)
        else:
            m.rules.add(stock[0] <= problem.start_share * reach)  # (5)
            m.rules.add(stock[-1] + taken[-1] >= problem.end_share * reach * m.z[q])
    count = sum(m.y[j] for j in m.J)
    m.number = pyo.Constraint(  # (7)
        expr=pyo.inequality(problem.least_open, count, problem.most_open)
    )
    return m


def read(model: Any, problem: RefuellingProblem) -> RefuellingSolution:
    """Read the solution of a solved model."""
    return RefuellingSolution(
        np.array([pyo.value(model.y[j]) > 0.5 for j in range(problem.num_sites)])
    )
