r"""Least core and equal profit method: how all share a cost so that no group gains by leaving.

Sets
----
- ``N`` players; ``S`` coalitions other than nobody and everybody.

Parameters
----------
- ``c[s]`` cost of coalition ``s``, EUR; ``c[N]`` of all together; ``c[i]`` of player ``i`` alone.

Variables
---------
- ``x[i]`` what player ``i`` pays, EUR.
- ``e`` what the worst-off coalition pays above its own cost, EUR.
- ``f >= 0`` largest difference between two players' ``x[i] / c[i]`` (equal profit only).

Equations
---------
Least core:

(1) excess::              min e
(2) efficiency::          sum_i x[i] = c[N]
(3) coalition s::         sum_{i in s} x[i] <= c[s] + e

Equal profit, with ``e`` fixed at the larger of 0 and the optimum of (1) to (3):

(4) spread::              min f
(5) profit, i, j::        x[i] / c[i] - x[j] / c[j] <= f

References
----------
- M. Maschler, B. Peleg, L.S. Shapley, Mathematics of Operations Research 4 (1979).
- M. Frisk, M. Göthe-Lundgren, K. Jörnsten, M. Rönnqvist, European Journal of Operational Research
  205 (2010).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def build(problem: FloatArray) -> Any:
    """Return the model of the least core of a game, ``[2 ** n]`` costs; bit `p` is player `p`."""
    m = _players(problem)
    m.e = pyo.Var()
    m.worst = pyo.Objective(expr=m.e)  # (1)
    m.coalition = pyo.Constraint(m.S, rule=lambda m, s: _paid(m, s) <= float(problem[s]) + m.e)
    return m


def build_equal_profit(problem: FloatArray, epsilon: float) -> Any:
    """Return the model of the equal profit method, in which coalitions may pay `epsilon` more."""
    m = _players(problem)
    m.f = pyo.Var(domain=pyo.NonNegativeReals)
    m.spread = pyo.Objective(expr=m.f)  # (4)
    m.coalition = pyo.Constraint(m.S, rule=lambda m, s: _paid(m, s) <= float(problem[s]) + epsilon)
    m.profit = pyo.ConstraintList()  # (5)
    for i in m.N:
        for j in m.N:
            if i != j:
                alone_i, alone_j = float(problem[1 << i]), float(problem[1 << j])
                m.profit.add(m.x[i] / alone_i - m.x[j] / alone_j <= m.f)
    return m


def read(model: Any, problem: FloatArray) -> FloatArray:
    """Read what each player pays in a solved model."""
    return np.array([pyo.value(model.x[i]) for i in range(int(problem.size).bit_length() - 1)])


def _players(problem: FloatArray) -> Any:
    m = pyo.ConcreteModel("sharing")
    m.N = pyo.RangeSet(0, int(problem.size).bit_length() - 2)
    m.S = pyo.RangeSet(1, problem.size - 2)
    m.x = pyo.Var(m.N)
    m.efficiency = pyo.Constraint(expr=sum(m.x.values()) == float(problem[-1]))  # (2)
    return m


def _paid(m: Any, s: int) -> Any:
    return sum(m.x[i] for i in m.N if s >> i & 1)  # (3)
