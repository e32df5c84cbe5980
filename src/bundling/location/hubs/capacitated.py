"""Multiple allocation with capacities: prices on routes and tolls, then the exact split.

References
----------
J. Ebery, M. Krishnamoorthy, A. Ernst, N. Boland, "The capacitated multiple allocation hub location
problem: formulations and algorithms", European Journal of Operational Research 120 (2000) 614-631.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bundling.location.hubs.arrays import Arrays, rooms
from bundling.location.hubs.exchange import exchange
from bundling.location.hubs.multiple import Multiple, RoutePrices
from bundling.location.hubs.shared_room import onward, split, toll_bound
from bundling.location.hubs.solution import HubLocationSolution
from bundling.location.hubs.tree import BoolArray, IntArray, Linear, close_hubs
from bundling.location.sites.found import Found

_STEPS, _LATER_STEPS, _STARTS = 400, 120, 3
_QUICK, _LONG = 12, 60
"""Steps on tolls: to compare hubs, and before a set is split exactly."""
_WORK = 1.5e10


class Capacitated:
    """The search's view of the problem; see `tree.Relaxation`.

    Parameters
    ----------
    data
        Flows and costs.
    least, most
        Number of hubs.
    left
        Seconds left.
    cancelled
        Whether to give up.
    """

    def __init__(
        self, data: Arrays, least: int, most: int, left: Callable[[], float],
        cancelled: Callable[[], bool],
    ) -> None:  # fmt: skip
        n = len(data.sent)
        self.data, self.least, self.most = data, max(1, least), most
        self.left, self.cancelled = left, cancelled
        self.room, self.needed = rooms(data)
        self.cap = max(100, int(min(1e5, _WORK / (n * n * min(most, 6) * _LONG))))
        self.prices = RoutePrices(data, self.least, most)
        self.total = float(data.sent.sum()) * (1 - 1e-9)
        self.plan: HubLocationSolution | None = None
        self._tolls = np.zeros(n)
        self._first = True

    def start(self, status: IntArray, found: Found, stop: BoolArray) -> None:
        """Begin with hubs that are good without capacities, and the largest till all flow fits."""
        data = self.data
        guess = Found(np.zeros(len(status), dtype=bool), math.inf)
        Multiple(data, self.least, self.most).start(status, guess, stop)
        room = np.where(status == 1, np.inf, np.where(status >= 0, data.capacity, -1.0))
        largest = np.argsort(-room, kind="stable")
        is_open = guess.is_open.copy()
        for k in largest:
            if data.capacity[is_open].sum() >= self.total:
                break
            is_open[k] = status[k] >= 0
        if is_open.sum() > self.most:
            is_open[:] = False
            is_open[largest[: self.most]] = True
        self.prices.begin(np.flatnonzero(is_open))
        found.is_open = is_open  # not priced yet, so the cost stays infinite
        self._improve(status, found, stop)

    def _improve(self, status: IntArray, found: Found, stop: BoolArray) -> None:
        """Exchange hubs by what tolls say; split the flow over the best ones."""
        is_open = found.is_open.copy()
        exchange(
            lambda hubs, below: self._bound(hubs, below, _QUICK), self.data.fixed, status,
            self.least, self.most, is_open, stop,
        )  # fmt: skip
        self._split(np.flatnonzero(is_open), found)

    def _bound(self, hubs: IntArray, below: float, steps: int) -> float:
        """Return what these hubs cost at least without fixed costs; infinite when not `below`."""
        data = self.data
        if data.capacity[hubs].sum() < self.total:
            return math.inf
        via, _ = onward(data, hubs)
        tolls = self._tolls[hubs]
        bound = toll_bound(
            data.flow, np.ascontiguousarray(data.collect[:, hubs]), via, data.capacity[hubs],
            tolls, below, steps,
        )  # fmt: skip
        self._tolls[hubs] = tolls
        return float(bound) if bound < below else math.inf

    def _split(self, hubs: IntArray, found: Found) -> bool:
        """Split the flow over these hubs at least cost; tell whether there was time for it."""
        data = self.data
        if data.capacity[hubs].sum() < self.total:
            return True
        plan = split(data, hubs, self.left(), self.cancelled)
        if plan is None:
            return False
        amount = data.flow[plan.origin, plan.destination] * plan.share
        ways = data.collect[plan.origin, plan.first] + data.transfer[plan.first, plan.last]
        ways = ways + data.distribute[plan.last, plan.destination]
        cost = float(amount @ ways) + float(data.fixed[hubs].sum())
        if cost < found.cost:
            found.cost, found.is_open, self.plan = cost, plan.is_open, plan
        return True

    def bound(self, status: IntArray, found: Found, cutoff: float, stop: BoolArray) -> Linear:
        """Raise the prices; begin again when a much better plan comes up."""
        if not self._first:
            return self.prices.bound(status, cutoff, _LATER_STEPS, stop)
        self._first = False
        for _ in range(_STARTS):
            linear = self.prices.bound(status, cutoff, _STEPS, stop)
            status = close_hubs(
                linear, status, self.least, self.most, cutoff, self.room, self.needed
            )
            before = found.cost
            self._improve(status, found, stop)
            if not found.cost < 0.99 * before or stop[0]:
                break
            cutoff = min(cutoff, found.cost)  # steps were too long: the cost was far above
        return linear

    def price(
        self, sets: IntArray, sizes: IntArray, found: Found, cutoff: float, stop: BoolArray
    ) -> int:
        """Bound the sets in turn by tolls; split those that may be better."""
        for s in range(len(sets)):
            if stop[0]:
                return s
            hubs = sets[s, : sizes[s]]
            below = min(cutoff, found.cost) * (1 - 1e-10) - float(self.data.fixed[hubs].sum())
            if below > 0 and self._bound(hubs, below, _LONG) < math.inf:
                found.nodes += 1
                if not self._split(hubs, found):
                    return s
        return len(sets)
