"""Lagrangian bounds of a network design: a price for a unit of each commodity in each node.

Without the balance rows the problem falls apart: each arc takes the commodities that gain most from
its two nodes' prices until its facilities are full, a continuous knapsack, and has the number of
facilities that makes the most of it. The best prices give the bound of the linear relaxation with
all strong rows, or more where arcs may have several facilities, and any prices give a bound. B.
Gendron, T. G. Crainic, "Relaxations for multicommodity capacitated network design problems",
CRT-965, Montreal 1994; T. G. Crainic, A. Frangioni, B. Gendron, "Bundle-based relaxation methods
for multicommodity capacitated fixed charge network design", Discrete Applied Mathematics 112 (2001)
73-99. Prices move by the volume algorithm, F. Barahona, R. Anbil, Mathematical Programming 87
(2000) 385-399, without its flows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from bundling.location.design.knapsacks import ascend_kernel, evaluate
from bundling.location.design.problem import DesignProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arcs:
    """A problem as the kernels take it.

    Attributes
    ----------
    tail, head, cost, fixed, room
        Of the arcs ``[A]``; `room` of one facility, no more than there are goods.
    origin, destination, quantity
        Of the commodities ``[K]``.
    least, most
        Facilities on each arc at least and at most ``[A]``.
    """

    tail: IntArray
    head: IntArray
    cost: FloatArray
    fixed: FloatArray
    room: FloatArray
    origin: IntArray
    destination: IntArray
    quantity: FloatArray
    least: FloatArray
    most: FloatArray


@dataclass(frozen=True, eq=False)
class Priced:
    """Prices and what they prove.

    Attributes
    ----------
    bound
        No plan costs less.
    price
        Of a unit of each commodity in each node ``[K, N]``.
    worth
        Cost of an arc with one facility or more, less what its flows gain ``[A]``; no plan with the
        arc costs less than the bound and this, where it is above 0, and none without it less than
        the bound less this, where it is below.
    share
        Facilities on each arc, by and large those of the linear relaxation ``[A]``.
    """

    bound: float
    price: FloatArray
    worth: FloatArray
    share: FloatArray


def arcs_of(problem: DesignProblem) -> Arcs:
    """Return a problem as the kernels take it."""
    return Arcs(
        problem.tail, problem.head, problem.unit_cost, problem.fixed_cost,
        np.minimum(problem.capacity, float(problem.quantity.sum())),
        problem.origin, problem.destination, problem.quantity,
        np.zeros(problem.num_arcs), problem.most_facilities.astype(np.float64),
    )  # fmt: skip


def first_prices(problem: DesignProblem) -> FloatArray:
    """Return the costs of shortest ways from each commodity's origin ``[K, N]``.

    An arc costs what a unit on it costs when its facilities are full: the prices of the weak
    relaxation without capacities.
    """
    arcs = arcs_of(problem)
    there = problem.total_capacity > 0
    length = arcs.cost[there] + arcs.fixed[there] / arcs.room[there]
    # Of arcs beside each other the cheapest; a matrix would add them up.
    order = np.lexsort((length, problem.head[there], problem.tail[there]))
    tail, head = problem.tail[there][order], problem.head[there][order]
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    # Lengths of 0 would be no arc.
    shown = np.maximum(length[order][first], 1e-12)
    shape = (problem.num_nodes, problem.num_nodes)
    graph = sparse.csr_array((shown, (tail[first], head[first])), shape)
    starts, start = np.unique(problem.origin, return_inverse=True)
    price = csgraph.dijkstra(graph, indices=starts)
    known = np.isfinite(price)
    price = np.where(known, price, price[known].max())
    chosen: FloatArray = price[start]
    return chosen


class Ascent:
    """Prices that move so that the bound rises.

    Parameters
    ----------
    arcs
        The problem.
    price
        To begin with ``[K, N]``; not changed.
    step
        Share of the way to the target that the first step takes.
    """

    def __init__(self, arcs: Arcs, price: FloatArray, step: float = 0.5) -> None:
        self._arcs = arcs
        count = len(arcs.tail)
        self._price, self._mean = price.copy(), np.zeros_like(price)
        self._worth, self._share = np.zeros(count), np.zeros(count)
        gain = np.empty(len(price))
        self.bound = float(
            evaluate(*_fields(arcs), self._price, self._worth, self._share, self._mean, gain,
                     np.empty(len(price), dtype=np.int64))
        )  # fmt: skip
        self._state = np.array([step, 0.1, 0.0, self.bound, 0.0])

    def rise(self, steps: int, target: float) -> float:
        """Take steps; return the bound.

        Parameters
        ----------
        steps
            How many.
        target
            Cost that the bound is hoped to come near, such as a plan's; it only sets the step.
        """
        self.bound = float(
            ascend_kernel(*_fields(self._arcs), self._price, self._mean, self._worth, self._share,
                    self.bound, target, steps, self._state)
        )  # fmt: skip
        return self.bound

    @property
    def is_tired(self) -> bool:
        """Whether the steps have become too short to change much."""
        return bool(self._state[0] < 1e-3)

    def priced(self) -> Priced:
        """Return the best prices."""
        return Priced(self.bound, self._price.copy(), self._worth.copy(), self._share.copy())


def _fields(arcs: Arcs) -> tuple[NDArray[Any], ...]:
    return (
        arcs.tail, arcs.head, arcs.cost, arcs.fixed, arcs.room, arcs.origin, arcs.destination,
        arcs.quantity, arcs.least, arcs.most,
    )  # fmt: skip
