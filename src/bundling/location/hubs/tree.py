"""Branch and bound on hubs: linear bounds, then every set of hubs that they leave.

A relaxation gives ``base + sum of rest[k]`` over the hubs of a set, which no plan with these hubs
goes below. Hubs that no good set can have are closed; when few sets are left all are priced, the
most promising first; else a hub is opened in one branch and closed in the other.
"""

from __future__ import annotations

import heapq
import itertools
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bundling.location.hubs.choice import choose_roomy
from bundling.location.hubs.subsets import left_sets
from bundling.location.sites.found import Found
from bundling.result import Limit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_POLL_S = 0.01


@dataclass(frozen=True)
class Linear:
    """No plan with the hubs ``H`` costs less than ``base + rest[H].sum()``.

    Attributes
    ----------
    base, rest
        Constant, and what each hub adds ``[N]``.
    bound
        Least value over all sets that may be chosen.
    """

    base: float
    rest: FloatArray
    bound: float


class Relaxation(Protocol):
    """What the search asks of a problem."""

    least: int
    most: int
    room: FloatArray
    """Capacity of each hub, 0 where capacities do not count ``[N]``."""
    needed: float
    """Capacity that the hubs must have together."""
    cap: int
    """Price all sets when there are at most so many."""

    def bound(self, status: IntArray, found: Found, cutoff: float, stop: BoolArray) -> Linear:
        """Return a bound, and perhaps find plans."""
        ...

    def price(
        self, sets: IntArray, sizes: IntArray, found: Found, cutoff: float, stop: BoolArray
    ) -> int:
        """Price sets of hubs in turn and keep the best; return how many were done."""
        ...


def search(
    relaxation: Relaxation, status: IntArray, found: Found, *, gap: float, stop: BoolArray
) -> Found:
    """Search all sets of hubs; `found` has the best so far, and ends with the proved bound.

    Parameters
    ----------
    relaxation
        Bounds and prices.
    status
        1 where a hub must be open, -1 where it is closed, 0 elsewhere ``[N]``.
    found
        With a first plan, or without.
    gap
        Relative gap that is good enough.
    stop
        Ends the search when ``stop[0]`` is set.
    """
    order = itertools.count()
    heap: list[tuple[float, int, IntArray]] = [(found.bound, next(order), status)]
    while heap:
        cutoff = cutoff_of(found, gap)
        found.bound = max(found.bound, min(heap[0][0], cutoff))
        if stop[0]:
            return found
        least, _, status = heapq.heappop(heap)
        if least >= cutoff:
            break
        found.nodes += 1
        linear = relaxation.bound(status, found, cutoff, stop)
        cutoff = cutoff_of(found, gap)
        lower = max(least, linear.bound)
        status = close_hubs(
            linear,
            status,
            relaxation.least,
            relaxation.most,
            cutoff,
            relaxation.room,
            relaxation.needed,
        )
        if lower >= cutoff or (status == 0).sum() + (status == 1).sum() < relaxation.least:
            continue
        sets = left_sets(
            linear.rest, status, relaxation.room, relaxation.needed, relaxation.least,
            relaxation.most, cutoff - linear.base, relaxation.cap,
        )  # fmt: skip
        if sets is not None:
            done = relaxation.price(sets[0], sets[1], found, cutoff, stop)
            if done < len(sets[0]):
                here = max(lower, linear.base + float(sets[2][done]))
                waiting = min((here, *(node[0] for node in heap)))
                found.bound = max(found.bound, min(waiting, cutoff_of(found, gap)))
                return found
            continue
        if stop[0]:
            heapq.heappush(heap, (lower, next(order), status))
            continue
        free = np.flatnonzero(status == 0)
        pick = free[np.argmin(linear.rest[free])]
        for value in (1, -1):
            branch = status.copy()
            branch[pick] = value
            if (branch == 1).sum() <= relaxation.most and (branch >= 0).any():
                heapq.heappush(heap, (lower, next(order), branch))
    if math.isfinite(found.cost):
        found.bound = max(found.bound, cutoff_of(found, gap))
        found.limit = Limit.NONE if found.bound >= found.cost * (1 - 1e-6) else Limit.GAP
    return found


def cutoff_of(found: Found, gap: float) -> float:
    """Cost from which on a plan is no use."""
    if math.isinf(found.cost):
        return math.inf
    return found.cost - max(gap, 1e-9) * abs(found.cost)


def close_hubs(
    linear: Linear, status: IntArray, least: int, most: int, cutoff: float,
    room: FloatArray | None = None, needed: float = 0.0,
) -> IntArray:  # fmt: skip
    """Close the hubs that no set below the cutoff has; `room` and `needed` as in `Relaxation`."""
    if math.isinf(cutoff):
        return status
    status = status.copy()
    rest = np.where(status == -1, 0.0, linear.rest)
    room = np.zeros(len(status)) if room is None else room
    part = np.zeros(len(status))
    for k in np.flatnonzero(status == 0):
        status[k] = 1
        sum_with = choose_roomy(rest, status, room, needed, least, most, part)
        status[k] = -1 if linear.base + sum_with >= cutoff else 0
    return status


@contextmanager
def stop_flag(stopped: Callable[[Found], Limit], found: Found) -> Iterator[tuple[BoolArray, Any]]:
    """Give an array whose first value is set when time is up, and a list with the limit.

    Kernels run without the GIL and cannot ask; this does, from a thread beside them.
    """
    stop, why, ended = np.zeros(1, dtype=np.bool_), [Limit.NONE], threading.Event()

    def watch() -> None:
        while not ended.wait(_POLL_S):
            limit = stopped(found)
            if limit is not Limit.NONE:
                why[0] = limit
                stop[0] = True
                return

    thread = threading.Thread(target=watch, name="hub location clock", daemon=True)
    thread.start()
    try:
        yield stop, why
    finally:
        ended.set()
        thread.join()
