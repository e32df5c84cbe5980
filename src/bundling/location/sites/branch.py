"""Branch and bound over which sites are open, with bounds from Lagrangian prices.

Every node goes on from its parent's prices, decides what its bound lets it decide, and branches on
the site that the relaxation is least sure of. Depth first: the bound of all that is left is the
least of the nodes that wait.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bundling.location.sites.found import (
    BoolArray,
    FloatArray,
    Found,
    IntArray,
    Priced,
    consider,
    cutoff_of,
    proved,
)
from bundling.location.sites.relax import CLOSED, FREE, OPEN
from bundling.result import Limit

_ROOT_ITERATIONS, _ROOT_ROUNDS = 200, 8
_NODE_ITERATIONS, _FIRST_ITERATIONS = 100, 10
_LEAST_RISE = 1e-4
"""Part of the gap that a round at the root must close for another one to follow."""


class Relaxation(Priced, Protocol):
    """A problem as the search sees it."""

    least: int
    most: int

    def first_prices(self, is_open: BoolArray) -> FloatArray:
        """Return prices to begin from, given a good solution."""
        ...

    def ascend(
        self, status: IntArray, prices: FloatArray, usage: FloatArray, cutoff: float,
        target: float, iterations: int, step: float,
    ) -> tuple[float, BoolArray]:  # fmt: skip
        """Raise the bound; see `relax.ascend`. Return it, and the sites its prices choose."""
        ...

    def improve(self, status: IntArray, is_open: BoolArray) -> BoolArray:
        """Return sites like these, or better ones near them."""
        ...

    def forget(self, status: IntArray) -> None:
        """Hear which sites are closed for good."""
        ...


@dataclass(frozen=True)
class _Node:
    status: IntArray
    prices: FloatArray
    bound: float


class _Pace:
    """How many iterations fit in the time that is left."""

    def __init__(self, left: Callable[[], float]) -> None:
        self.left, self.seconds = left, 0.0

    @contextmanager
    def of(self, most: int) -> Iterator[int]:
        """Give a number of iterations, `most` at most, and time them."""
        fit = most if self.seconds == 0.0 else int(min(most, 0.5 * self.left() / self.seconds))
        iterations = max(1, fit if self.seconds > 0.0 else min(most, _FIRST_ITERATIONS))
        begun = time.perf_counter()
        yield iterations
        self.seconds = max(1e-7, (time.perf_counter() - begun) / iterations)


def search(
    relaxation: Relaxation,
    status: IntArray,
    starts: list[BoolArray],
    *,
    gap: float,
    stopped: Callable[[Found], Limit],
    left: Callable[[], float],
) -> Found:
    """Find the best sites, and prove how good they are.

    Parameters
    ----------
    relaxation
        The problem.
    status
        What is decided of each site ``[J]``: `FREE`, `OPEN`, `CLOSED`.
    starts
        Sites to begin from.
    gap
        Relative gap at which to stop.
    stopped
        Asked at every node: the limit that has been reached, `Limit.NONE` to go on.
    left
        Seconds left.
    """
    found = Found(np.zeros(relaxation.num_sites, dtype=bool), math.inf)
    pace = _Pace(left)
    for is_open in starts:
        consider(relaxation, found, is_open)
    guess = starts[0] if starts else found.is_open
    prices, usage = relaxation.first_prices(guess), np.full(relaxation.num_sites, 0.5)
    status = status.copy()
    _root(relaxation, status, prices, usage, found, gap, stopped, pace)
    if found.bound >= cutoff_of(relaxation, found, gap):
        return proved(relaxation, found, gap)
    relaxation.forget(status)
    waiting = [_Node(status, prices, found.bound)]
    while waiting:
        found.bound = max(found.bound, min(node.bound for node in waiting))
        found.limit = stopped(found)
        if found.limit is not Limit.NONE:
            return found
        node = waiting.pop()
        if node.bound >= cutoff_of(relaxation, found, gap):
            continue
        found.nodes += 1
        waiting.extend(_children(relaxation, node, usage, found, gap, pace))
    return proved(relaxation, found, gap)


def _root(
    relaxation: Relaxation,
    status: IntArray,
    prices: FloatArray,
    usage: FloatArray,
    found: Found,
    gap: float,
    stopped: Callable[[Found], Limit],
    pace: _Pace,
) -> None:
    """Raise the bound before anything is branched on; looks for better sites on the way."""
    for turn in range(_ROOT_ROUNDS):
        cutoff = cutoff_of(relaxation, found, gap)
        target = found.cost if math.isfinite(found.cost) else 1.05 * max(prices.sum(), 1e-6)
        before = found.bound
        with pace.of(_ROOT_ITERATIONS) as iterations:
            bound, chosen = relaxation.ascend(
                status, prices, usage, cutoff, target, iterations, 1.0
            )
        found.bound = max(before, bound)
        cost = found.cost
        consider(relaxation, found, relaxation.improve(status, chosen))
        if found.bound >= cutoff_of(relaxation, found, gap) or stopped(found) is not Limit.NONE:
            return
        rise = found.bound - before
        if turn and found.cost == cost and rise < _LEAST_RISE * (found.cost - found.bound):
            return


def _children(
    relaxation: Relaxation, node: _Node, usage: FloatArray, found: Found, gap: float, pace: _Pace
) -> list[_Node]:
    """Look at a node; return what is left of it, the more promising part last."""
    status, prices = node.status.copy(), node.prices.copy()
    cutoff = cutoff_of(relaxation, found, gap)
    target = found.cost if math.isfinite(found.cost) else 1.05 * max(prices.sum(), 1e-6)
    with pace.of(_NODE_ITERATIONS) as iterations:
        bound, chosen = relaxation.ascend(status, prices, usage, cutoff, target, iterations, 0.5)
    bound = max(bound, node.bound)
    if bound >= cutoff:
        return []
    consider(relaxation, found, chosen)
    if bound >= cutoff_of(relaxation, found, gap):
        return []
    free = np.flatnonzero(status == FREE)
    opened = int((status == OPEN).sum())
    if opened + len(free) == relaxation.least:
        status[free] = OPEN
        free = free[:0]
    if len(free) == 0 or opened == relaxation.most:
        consider(relaxation, found, status == OPEN)
        return []
    j = free[np.argmin(np.abs(usage[free] - 0.5))]
    made = []
    for state in (CLOSED, OPEN):
        child = status.copy()
        child[j] = state
        made.append(_Node(child, prices, bound))
    return made
