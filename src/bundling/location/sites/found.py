"""What a search for sites knows, and how it takes in new sites."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bundling.result import Limit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class Priced(Protocol):
    """A problem that tells what open sites cost."""

    num_sites: int
    grain: float
    """Costs of solutions are whole multiples of it; 0 when nothing is known."""

    def price(self, is_open: BoolArray) -> float:
        """Return what it costs when these sites are open; infinite when they do not do."""
        ...


@dataclass
class Found:
    """What the search knows.

    Attributes
    ----------
    is_open, cost
        Best sites ``[J]`` and what they cost; infinite while there are none.
    bound
        No solution costs less.
    limit
        What ended the search.
    nodes
        How many nodes were looked at.
    """

    is_open: BoolArray
    cost: float
    bound: float = -math.inf
    limit: Limit = Limit.NONE
    nodes: int = 0
    seen: dict[bytes, float] = field(default_factory=dict)


def consider(problem: Priced, found: Found, is_open: BoolArray) -> None:
    """Keep the sites if they are better than the best so far."""
    key = np.packbits(is_open).tobytes()
    if key in found.seen:
        return
    cost = found.seen[key] = problem.price(is_open)
    if cost < found.cost:
        found.cost, found.is_open = cost, is_open.copy()


def cutoff_of(problem: Priced, found: Found, gap: float) -> float:
    """Cost from which on a solution is no use."""
    if math.isinf(found.cost):
        return math.inf
    least = max(gap, 1e-9) * abs(found.cost)
    return found.cost - max(least, 0.999 * problem.grain)


def proved(problem: Priced, found: Found, gap: float, *, least: float = math.inf) -> Found:
    """Nothing waits: no solution costs less than what was no use, or than `least`."""
    found.bound = max(found.bound, min(cutoff_of(problem, found, gap), least))
    if found.cost - found.bound <= problem.grain:
        found.bound = found.cost  # costs between the two do not exist
    found.limit = Limit.NONE if found.bound >= found.cost * (1 - 1e-6) else Limit.GAP
    return found
