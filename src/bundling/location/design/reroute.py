"""Make a plan better by taking goods off an arc and sending them another way, many times a second.

Ruin and recreate: G. Schrimpf, J. Schneider, H. Stamm-Wilbrandt, G. Dueck, "Record breaking
optimization results using the ruin and recreate principle", Journal of Computational Physics 159
(2000) 139-171. What is taken off goes back piece by piece, each on the way that costs least with
the facilities that it makes necessary; a worse plan is taken with the chance of simulated annealing
(S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, Science 220 (1983) 671-680).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.annealing import anneal
from bundling.location.design.lagrange import arcs_of
from bundling.location.design.model import Built
from bundling.location.design.pieces import Pieces, slots_of
from bundling.location.design.plan import Plan, plan_of, settle
from bundling.location.design.problem import DesignProblem
from bundling.location.design.routing import pieces_of
from bundling.location.design.ruins import MOST_TAKEN
from bundling.location.design.ways import Net

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_HOT, _COLD = 1e-2, 5e-5
"""First and last temperature, as a share of the plan's cost."""
_STEPS_EACH = 6000
"""Steps for each commodity at most."""
_PARTS = 40
"""Parts of the steps, between which it is asked whether to stop."""


class Rerouting:
    """A plan that is made better step by step.

    Parameters
    ----------
    problem
        The network and its goods.
    pieces
        A plan that keeps the capacities.
    pool
        Arcs ``[A]`` that may be used, besides those that the pieces use.
    seed
        Of all that is left to chance.
    """

    def __init__(self, problem: DesignProblem, pieces: Pieces, pool: BoolArray, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        kept = pool.copy()
        kept[pieces.way[pieces.way >= 0]] = True
        order = np.argsort(problem.tail, kind="stable")
        self._order = order[kept[order]]
        new = np.full(problem.num_arcs + 1, -1)
        new[self._order] = np.arange(len(self._order))
        self._net = net_of(problem, self._order)
        spare = max(len(pieces.commodity), problem.num_commodities) + 8 * MOST_TAKEN + 100
        ways = Pieces(pieces.commodity, pieces.units, new[pieces.way])
        self._now = slots_of(ways, spare, len(self._order), problem.num_commodities)
        self._best = tuple(part.copy() for part in self._now[:3])

    def anneal(self, steps: int, first: float, last: float, cost: float) -> float:
        """Take steps while it cools from `first` to `last`, shares of it; return the best cost."""
        hot = cost * _HOT * (_COLD / _HOT) ** first
        cold = cost * _HOT * (_COLD / _HOT) ** last
        best = anneal(self._net, self._now, *self._best, cost, steps, hot, cold, self._rng)
        return float(best)

    def flows(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Return commodity, arc and units of every part of every way."""
        commodity, units, way = self._best
        piece, place = np.nonzero((way >= 0) & (commodity >= 0)[:, None])
        return commodity[piece], self._order[way[piece, place]], units[piece]


def reroute(
    problem: DesignProblem,
    whole: Built,
    plan: Plan,
    *,
    steps: int,
    left: Callable[[], float],
    halt: threading.Event,
    tell: Callable[[Plan], object],
    seed: int,
    pool: BoolArray | None = None,
) -> Plan:
    """Return a plan that costs no more.

    Parameters
    ----------
    problem, whole
        The problem and its whole model.
    plan
        To begin with.
    steps
        How many to take while it cools down.
    left
        Seconds left.
    halt
        Set when the search should end.
    tell
        Called with each better plan.
    seed
        Of all that is left to chance.
    pool
        Arcs ``[A]`` that may be used, besides those that the plan uses; all by default.
    """
    pieces = Pieces(*pieces_of(problem, whole.commodity, whole.arc, plan.flow))
    if pool is None:
        pool = np.ones(problem.num_arcs, dtype=bool)
    search, best, cost = Rerouting(problem, pieces, pool, seed), plan, plan.cost
    each = max(1, steps // _PARTS)
    for part in range(_PARTS):
        if left() <= 0 or halt.is_set():
            break
        begins, ends = ((part + end) / _PARTS for end in (0, 1))
        found = search.anneal(each, begins, ends, cost)
        if found < cost * (1 - 1e-9):
            cost = found
            best = plan_of(problem, whole, _as_flow(problem, whole, search))
            tell(best)
    if best is plan or left() <= 0:
        return best
    settled = settle(problem, whole, best.facilities, left())
    return settled if settled is not None and settled.cost < best.cost else best


def _as_flow(problem: DesignProblem, whole: Built, search: Rerouting) -> FloatArray:
    """Return the best plan's flows on the pairs of the whole model ``[P]``."""
    commodity, arc, units = search.flows()
    keys = whole.commodity * problem.num_arcs + whole.arc
    flow = np.zeros(len(keys))
    np.add.at(flow, np.searchsorted(keys, commodity * problem.num_arcs + arc), units)
    return flow


def steps_for(problem: DesignProblem, seconds: float) -> int:
    """Return how many steps take some seconds on a machine of 2026; the same on every machine."""
    rate = 1e6 / (20.0 + 0.12 * problem.num_commodities + 0.4 * problem.num_nodes)
    return int(min(rate * seconds, _STEPS_EACH * problem.num_commodities))


def net_of(problem: DesignProblem, order: IntArray) -> Net:
    """Return a network of some arcs, given in the order of their tails."""
    arcs = arcs_of(problem)
    first = np.bincount(arcs.tail[order] + 1, minlength=problem.num_nodes + 1)
    most = np.where(arcs.room > 0, arcs.most, 0.0)
    return Net(
        np.cumsum(first), arcs.tail[order], arcs.head[order], arcs.cost[order], arcs.fixed[order],
        np.maximum(arcs.room, 1e-12)[order], most[order], arcs.origin, arcs.destination,
        least_unit_costs(problem),
    )  # fmt: skip


def least_unit_costs(problem: DesignProblem) -> FloatArray:
    """Return the least unit cost of a way to node ``j`` from node ``i`` ``[j, i]``."""
    rest = np.full((problem.num_nodes, problem.num_nodes), np.inf)
    there = problem.total_capacity > 0
    np.minimum.at(rest, (problem.head[there], problem.tail[there]), problem.unit_cost[there])
    np.fill_diagonal(rest, 0.0)
    # R. W. Floyd, "Algorithm 97: shortest path", Communications of the ACM 5 (1962) 345. Not by
    # SciPy: its graphs take a length of 0, of which there are here, for no arc.
    for i in range(problem.num_nodes):
        np.minimum(rest, rest[:, i, None] + rest[None, i, :], out=rest)
    return rest
