"""Branch and bound on arcs with Lagrangian prices, where a linear program takes too long.

The open problem with the least bound is split by an arc that the mean of the ascent's answers has
in part: it has fewer facilities, or more. Its children go on from its prices, which need few steps.
The arc is chosen among some that are in the middle by a short ascent of both children (strong
branching: D. Applegate, R. Bixby, V. Chvatal, W. Cook, "Finding cuts in the TSP", DIMACS 95-05,
1995). The bound of the whole is the least of the open problems' bounds, whenever the search ends.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.lagrange import Arcs, Ascent, Priced

FloatArray = NDArray[np.float64]

_TRIED = 6
"""Arcs that are tried at most."""
_SHORT, _LONG = 12, 60
"""Steps of a trial, and of a child that is kept."""
_MIDDLE = 0.02
"""How far from whole numbers an arc's mean must be to be split."""
_ROOM_BYTES = 4e8
"""What the prices of open problems may take; above, the search ends."""


@dataclass(frozen=True, eq=False)
class _Open:
    """An open problem: limits on facilities, the best prices so far (halved in precision)."""

    least: FloatArray
    most: FloatArray
    price: NDArray[np.float32]
    share: FloatArray


def raise_bound(
    arcs: Arcs,
    priced: Priced,
    target: Callable[[], float],
    goes_on: Callable[[float], bool],
    most_nodes: int,
) -> float:
    """Return a bound no lower than that of the prices.

    Parameters
    ----------
    arcs
        The problem.
    priced
        Its prices.
    target
        Cost of the best plan now; what cannot be cheaper is left out.
    goes_on
        Told the bound after each problem; False ends the search.
    most_nodes
        Problems to split at most.
    """
    bound, order, floor = priced.bound, 0, np.inf
    first = _Open(arcs.least, arcs.most, priced.price.astype(np.float32), priced.share)
    heap = [(bound, order, first)]
    for _ in range(most_nodes):
        least = min(floor, heap[0][0] if heap else target())
        bound = max(bound, min(least, target()))
        is_full = len(heap) * first.price.nbytes > _ROOM_BYTES
        if not heap or least >= min(floor, target()) or is_full or not goes_on(bound):
            break
        value, _, node = heapq.heappop(heap)
        children = _split(arcs, node, value, target())
        if children is None:  # nothing is left to decide, and its flows cost no more than this
            floor = min(floor, value)
            continue
        for child_bound, child in children:
            if child_bound < target():
                order += 1
                heapq.heappush(heap, (child_bound, order, child))
    return bound


def _split(
    arcs: Arcs, node: _Open, value: float, target: float
) -> list[tuple[float, _Open]] | None:
    """Return the two children of a problem, with their bounds; None when nothing is open."""
    part = np.abs(node.share - np.round(node.share))
    part[node.least >= node.most] = 0.0
    weight = part * arcs.fixed
    tried = np.argsort(-weight, kind="stable")[:_TRIED]
    tried = tried[weight[tried] > _MIDDLE * arcs.fixed[tried]]
    if not len(tried):
        open_to = np.flatnonzero(node.least < node.most)
        if not len(open_to):
            return None
        tried = open_to[np.argsort(-arcs.fixed[open_to], kind="stable")[:1]]
    price = node.price.astype(np.float64)
    best: tuple[float, list[tuple[Ascent, FloatArray, FloatArray]]] | None = None
    for a in tried.tolist():
        pair, gains = [], []
        cut = float(np.clip(np.floor(node.share[a]), node.least[a], node.most[a] - 1.0))
        for low, high in ((node.least[a], cut), (cut + 1.0, node.most[a])):
            least, most = node.least.copy(), node.most.copy()
            least[a], most[a] = low, high
            ascent = Ascent(replace(arcs, least=least, most=most), price, 0.1)
            ascent.rise(_SHORT, min(target, 1.02 * max(value, ascent.bound)))
            pair.append((ascent, least, most))
            gains.append(max(ascent.bound - value, 1e-6 * abs(value)))
        score = gains[0] * gains[1]
        if best is None or score > best[0]:
            best = (score, pair)
    assert best is not None
    children = []
    for ascent, least, most in best[1]:
        ascent.rise(_LONG, min(target, 1.02 * max(value, ascent.bound)))
        found = ascent.priced()
        children.append(
            (max(value, found.bound),
             _Open(least, most, found.price.astype(np.float32), found.share))
        )  # fmt: skip
    return children
