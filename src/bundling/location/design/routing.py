"""Route all goods at given prices and room: commodities of one origin as one flow.

The flows of `origins` are taken apart again along paths. Slope scaling, and the flows of a plan
whose facilities are known, need no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.model import Built
from bundling.location.design.origins import add_streams
from bundling.location.design.problem import DesignProblem
from bundling.mip import GrowingLp, LinearModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_DUST = 1e-9


@dataclass(frozen=True, eq=False)
class Routed:
    """Flows of each pair of the whole model ``[P]``, and what they cost at the prices given.

    The cost is `inf` where the room does not do.
    """

    flow: FloatArray
    cost: float


def route(
    problem: DesignProblem, whole: Built, price: FloatArray, room: FloatArray, time_limit: float
) -> Routed | None:
    """Carry all goods at the least cost.

    Parameters
    ----------
    problem, whole
        The problem and its whole model, which says where flows are kept.
    price, room
        Of a unit, and units at most, on each arc ``[A]``.
    time_limit
        Seconds.

    Returns
    -------
    Routed or None
        None when the time does not do.
    """
    model = LinearModel()
    streams = add_streams(problem, model, np.flatnonzero(room > 0), price)
    own, source, arc, columns = streams.own, streams.stream, streams.arc, streams.column
    total = float(problem.quantity.sum())
    bound = np.flatnonzero(room < total)
    rows = np.full(problem.num_arcs, -1, dtype=np.int64)
    rows[bound] = np.arange(len(bound))
    mine = rows[arc] >= 0
    model.add_rows("room", len(bound), (rows[arc[mine]], columns[mine], 1.0), upper=room[bound])
    lp = GrowingLp(model)
    answer = lp.solve(max(time_limit, 0.05))
    flow = np.zeros(len(whole.arc))
    if answer is None:
        return Routed(flow, np.inf) if lp.is_infeasible else None
    keys = whole.commodity * problem.num_arcs + whole.arc
    for r in range(len(streams.units)):
        here = (source == r) & (answer.values > _DUST)
        amount = dict(zip(arc[here].tolist(), answer.values[here].tolist(), strict=True))
        for k in np.flatnonzero(own == r):
            for a, units in _along_paths(problem, int(k), amount):
                flow[np.searchsorted(keys, k * problem.num_arcs + a)] += units
    return Routed(flow, answer.objective)


def pieces_of(
    problem: DesignProblem, commodity: IntArray, arc: IntArray, flow: FloatArray
) -> tuple[IntArray, FloatArray, IntArray]:
    """Take the flows of all commodities apart along paths.

    Returns
    -------
    tuple
        Commodity ``[S]``, units ``[S]`` and arcs ``[S, N]`` of each piece, -1 after the last arc.
    """
    by_commodity: dict[int, dict[int, float]] = {}
    for k, a, units in zip(commodity.tolist(), arc.tolist(), flow.tolist(), strict=True):
        if units > _DUST:
            by_commodity.setdefault(k, {})[a] = units
    numbers, amounts, ways = [], [], []
    for k, amount in by_commodity.items():
        for path, units in _paths(problem, k, amount):
            numbers.append(k)
            amounts.append(units)
            ways.append(path + [-1] * (problem.num_nodes - len(path)))
    shape = (-1, problem.num_nodes)
    return (
        np.array(numbers, dtype=np.int64),
        np.array(amounts, dtype=np.float64),
        np.array(ways, dtype=np.int64).reshape(shape),
    )


def _along_paths(
    problem: DesignProblem, k: int, amount: dict[int, float]
) -> list[tuple[int, float]]:
    """Take a commodity's units out of the flows of its origin, arc by arc."""
    return [(a, units) for path, units in _paths(problem, k, amount) for a in path]


def _paths(
    problem: DesignProblem, k: int, amount: dict[int, float]
) -> list[tuple[list[int], float]]:
    """Take a commodity's units out of the flows of its origin, path by path."""
    taken: list[tuple[list[int], float]] = []
    left = float(problem.quantity[k])
    small = 1e-7 * max(1.0, left)
    while left > 0:
        path = _path(problem, int(problem.origin[k]), int(problem.destination[k]), amount)
        if not path:
            break
        units = min(left, *(amount[a] for a in path))
        if left - units <= small:
            units = left
        taken.append((path, units))
        for a in path:
            amount[a] -= units
            if amount[a] <= _DUST:
                del amount[a]
        left -= units
    return taken


def _path(problem: DesignProblem, start: int, end: int, amount: dict[int, float]) -> list[int]:
    """Find a shortest path over arcs that still carry something; empty when there is none."""
    leaving: dict[int, list[int]] = {}
    for a in amount:
        leaving.setdefault(int(problem.tail[a]), []).append(a)
    came: dict[int, int] = {}
    seen, border = {start}, [start]
    while border and end not in seen:
        following = []
        for node in border:
            for a in leaving.get(node, ()):
                head = int(problem.head[a])
                if head not in seen:
                    seen.add(head)
                    came[head] = a
                    following.append(head)
        border = following
    path: list[int] = []
    node = end
    while node != start:
        if node not in came:
            return []
        path.append(came[node])
        node = int(problem.tail[came[node]])
    return path[::-1]
