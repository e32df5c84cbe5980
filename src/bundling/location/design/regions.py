"""Make a plan better a region of arcs at a time, with all goods routed anew.

Large neighbourhood search (P. Shaw, "Using constraint programming and local search methods to solve
vehicle routing problems", CP 1998) on the numbers of facilities: those of some arcs are free, the
others stay as they are, and HiGHS decides with all commodities of one origin as one stream
(`origins`), so that a region with 40 free arcs of a network with 20 origins and 200 commodities is
a small model. Local branching on arcs: M. Fischetti, A. Lodi, "Local branching", Mathematical
Programming 98 (2003) 23-47; N. Katayama, "A combined capacity scaling and local branching approach
for capacitated multi-commodity network design problem", Far East Journal of Applied Mathematics 92
(2015) 1-30. The region in which two good plans differ is looked at like any other (relinking: F.
Glover, M. Laguna, R. Marti, "Fundamentals of scatter search and path relinking", Control and
Cybernetics 29 (2000) 653-684).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.model import Built
from bundling.location.design.origins import Streams, add_streams
from bundling.location.design.plan import Plan, settle
from bundling.location.design.problem import DesignProblem
from bundling.mip import LinearModel, solve_model
from bundling.result import Limit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_ARCS = 40
"""Free arcs at first: what HiGHS settles in some seconds."""
_LEAST_ARCS = 8
_STEP_S, _CROSS_S = 6.0, 20.0
"""Seconds for a region, and for that in which plans differ."""
_EASY_S = 2.0
"""Seconds below which the next region of the kind is much larger."""
_NODES = 1000
_KINDS = 3
_SCATTERED, _NEAR = 0, 1
"""Kinds of region: any arcs, those about a node and its neighbours; else those about any nodes."""


class Regions:
    """Looks at regions of a plan.

    Parameters
    ----------
    problem, whole
        The problem and its whole model.
    pool
        Arcs ``[A]`` worth looking at; those that a plan uses are looked at always.
    seed
        Of the choice of regions, and of HiGHS.
    left
        Seconds left.
    halt
        Set when the search should end; set here on Ctrl-C.
    """

    def __init__(
        self,
        problem: DesignProblem,
        whole: Built,
        pool: BoolArray,
        *,
        seed: int,
        left: Callable[[], float],
        halt: threading.Event,
    ) -> None:
        self._problem, self._whole, self._pool = problem, whole, pool
        self._rng, self._seed = np.random.default_rng(seed), seed
        self._left, self._halt = left, halt
        self._sizes, self._turn = np.full(_KINDS, float(_ARCS)), 0
        self._paid = problem.fixed_cost > 0

    def step(self, plan: Plan) -> Plan:
        """Look at one region; return a plan that costs no more."""
        kind = self._turn % _KINDS
        self._turn += 1
        began = time.perf_counter()
        better, is_hard = self.decide(plan, self._region(plan, kind), _STEP_S)
        is_easy = time.perf_counter() - began < _EASY_S
        factor = 0.85 if is_hard else 1.3 if is_easy else 1.1
        size = float(np.clip(self._sizes[kind] * factor, _LEAST_ARCS, self._problem.num_arcs))
        self._sizes[kind] = size
        return better

    def cross(self, plan: Plan, other: Plan) -> Plan:
        """Look at the arcs in which two plans differ; return a plan that costs no more."""
        free = (plan.facilities != other.facilities) & self._paid
        return self.decide(plan, free, _CROSS_S)[0] if free.any() else plan

    def decide(self, plan: Plan, free: BoolArray, seconds: float) -> tuple[Plan, bool]:
        """Decide on the facilities of some arcs ``[A]``; return the plan and whether time ended it.

        The plan costs no more than the one given.
        """
        problem = self._problem
        model, streams, count = state(problem, plan.facilities, free)
        start = np.zeros(model.num_columns)
        start[streams.column] = _flows(problem, self._whole, streams, plan)
        start[count[count >= 0]] = plan.facilities[count >= 0]
        outcome = solve_model(
            model,
            time_limit=max(0.05, min(self._left(), seconds)),
            gap=1e-4,
            seed=self._seed,
            max_nodes=_NODES,
            start=start,
            cancelled=self._halt.is_set,
        )
        if outcome.limit is Limit.INTERRUPT:
            self._halt.set()
        is_hard = outcome.limit in (Limit.TIME, Limit.ITERATIONS)
        if outcome.values is None or outcome.objective >= plan.cost * (1 - 1e-7):
            return plan, is_hard
        facilities = plan.facilities.copy()
        facilities[count >= 0] = np.round(outcome.values[count[count >= 0]]).astype(np.int64)
        settled = settle(problem, self._whole, facilities, max(self._left(), 0.3))
        if settled is None or settled.cost >= plan.cost * (1 - 1e-9):
            return plan, is_hard
        return settled, is_hard

    def _region(self, plan: Plan, kind: int) -> BoolArray:
        """Choose arcs that cost something, among those worth looking at."""
        problem, rng = self._problem, self._rng
        worth = (self._pool | (plan.facilities > 0)) & self._paid
        free = np.zeros(problem.num_arcs, dtype=bool)
        if kind == _SCATTERED:
            free[rng.permutation(np.flatnonzero(worth))[: int(self._sizes[kind])]] = True
            return free
        order = rng.permutation(problem.num_nodes)
        inside = np.zeros(problem.num_nodes, dtype=bool)
        for _ in range(problem.num_nodes):
            outside = order[~inside[order]]
            if kind == _NEAR and free.any():
                # A node that the arcs so far lead to, if there is one.
                reached = np.zeros(problem.num_nodes, dtype=bool)
                reached[problem.head[free]] = reached[problem.tail[free]] = True
                near = outside[reached[outside]]
                outside = near if len(near) else outside
            node = outside[0]
            inside[node] = True
            free |= worth & ((problem.tail == node) | (problem.head == node))
            if free.sum() >= self._sizes[kind]:
                break
        return free


def state(
    problem: DesignProblem, facilities: IntArray, free: BoolArray
) -> tuple[LinearModel, Streams, IntArray]:
    """State the model of some free arcs ``[A]``, the others with the facilities they have.

    Returns
    -------
    tuple
        Model, the streams in it, and the column of each free arc's facilities ``[A]``, else -1.
    """
    paid = problem.fixed_cost > 0
    held = np.where(paid, facilities, problem.most_facilities)
    free = free & paid & (problem.total_capacity > 0)
    arcs = np.flatnonzero(free | ((held > 0) & (problem.total_capacity > 0)))
    total = float(problem.quantity.sum())
    room = np.minimum(problem.capacity, total)
    model = LinearModel()
    streams = add_streams(problem, model, arcs, problem.unit_cost)
    count = np.full(problem.num_arcs, -1, dtype=np.int64)
    opened = np.flatnonzero(free)
    most = problem.most_facilities[opened].astype(np.float64)
    count[opened] = model.add_columns(
        "count", len(opened), upper=most, cost=problem.fixed_cost[opened], integer=True
    )
    rows = np.full(problem.num_arcs, -1, dtype=np.int64)
    rows[arcs] = np.arange(len(arcs))
    model.add_rows(
        "capacity",
        len(arcs),
        (rows[streams.arc], streams.column, 1.0),
        (rows[opened], count[opened], -room[opened]),
        upper=np.where(free, 0.0, room * held)[arcs],
    )
    force = np.minimum(streams.units[streams.stream], room[streams.arc])
    # Where a stream can fill a facility the capacity row says as much.
    strong = np.flatnonzero(free[streams.arc] & (force < room[streams.arc]))
    local = np.arange(len(strong))
    model.add_rows(
        "forcing",
        len(strong),
        (local, streams.column[strong], 1.0),
        (local, count[streams.arc[strong]], -force[strong]),
        upper=0.0,
    )
    return model, streams, count


def _flows(problem: DesignProblem, whole: Built, streams: Streams, plan: Plan) -> FloatArray:
    """Return a plan's flows on the pairs of streams and arcs ``[Q]``."""
    keys = streams.stream * problem.num_arcs + streams.arc
    order = np.argsort(keys)
    used = np.flatnonzero(plan.flow > 0)
    wanted = streams.own[whole.commodity[used]] * problem.num_arcs + whole.arc[used]
    flow = np.zeros(len(keys))
    np.add.at(flow, order[np.searchsorted(keys[order], wanted)], plan.flow[used])
    return flow
