"""Multiple allocation without capacities: prices on routes, then exact prices of hub sets."""

from __future__ import annotations

import math

import numpy as np

from bundling.location.hubs.arrays import Arrays, rooms
from bundling.location.hubs.exchange import exchange
from bundling.location.hubs.route_prices import ascend_routes
from bundling.location.hubs.routes import carry, carry_all, ways
from bundling.location.hubs.tree import BoolArray, FloatArray, IntArray, Linear, close_hubs
from bundling.location.sites.found import Found

_STEPS = 400
_LATER_STEPS = 120
_PIECE = 40
"""Steps after which hubs are closed; and the end, when they close almost none of the gap."""
_WORK = 4e9
"""Steps in sets that are priced at once."""


class RoutePrices:
    """Prices of routes and tolls, which go on from where they stood."""

    def __init__(self, data: Arrays, least: int, most: int) -> None:
        self.data, self.least, self.most = data, least, most
        n = len(data.sent)
        self.room, self.needed = rooms(data)
        self.b, self.u, self.t = np.zeros((n, n)), np.zeros((n, n)), np.zeros(n)

    def begin(self, hubs: IntArray) -> None:
        """Set the prices to what routes through these hubs cost."""
        data, n = self.data, len(self.data.sent)
        first = np.zeros((n, n), dtype=np.int64)
        last = np.zeros((n, n), dtype=np.int64)
        ways(data.flow, data.collect, data.transfer, data.distribute, hubs, first, last)
        node = np.arange(n)
        self.b = (
            data.collect[node[:, None], first]
            + data.transfer[first, last]
            + data.distribute[last, node[None, :]]
        )

    def bound(self, status: IntArray, cutoff: float, steps: int, stop: BoolArray) -> Linear:
        """Raise the bound in at most `steps` steps and return it; close hubs on the way."""
        data = self.data
        cutoff = min(cutoff, data.ceiling)
        best = Linear(-math.inf, np.zeros(len(status)), -math.inf)
        for done in range(0, steps, _PIECE):
            labels = np.flatnonzero(status >= 0)
            u, t = np.ascontiguousarray(self.u[:, labels]), self.t[labels]
            bound, base, value = ascend_routes(
                data, labels, status[labels], self.needed, self.least, self.most, self.b, u, t,
                cutoff, min(_PIECE, steps - done), stop,
            )  # fmt: skip
            self.u[:, labels], self.t[labels] = u, t
            before = best.bound
            if bound > best.bound:
                rest = np.full(len(status), math.inf)
                rest[labels] = data.fixed[labels] - value
                best = Linear(base, rest, bound)
                status = close_hubs(
                    best, status, self.least, self.most, cutoff, self.room, self.needed
                )
            few = bound - before < 0.02 * (cutoff - bound)
            if best.bound >= cutoff or few or stop[0] or (status >= 0).sum() < self.least:
                break
        return best

    def messages(self, labels: IntArray) -> FloatArray:
        """Return what these prices are as messages between pairs of nodes ``[N, N, K]``.

        With ``c[i, m]`` of `route_prices` the pair ``i, j`` gives ``-W[i, j] (chi d[i, k] + u[i, k]
        + t[k])`` to ``i`` and ``W[i, j] c[i, m]`` to ``j``: together never more than the transfer.
        Then a hub is worth no more to the nodes than to the routes, so the bound is no lower.
        """
        data = self.data
        near = data.collect[:, labels] + self.u[:, labels] + self.t[labels]
        between = data.transfer[np.ix_(labels, labels)]
        least = np.array([(row[:, None] + between).min(axis=0) for row in near])
        given: FloatArray = data.back[:, :, None] * least - data.flow[:, :, None] * near[:, None, :]
        return given

    def node_prices(self) -> FloatArray:
        """Return the prices of nodes that go with `messages` ``[N]``."""
        total: FloatArray = (self.data.flow * self.b).sum(axis=0)
        return total


class Multiple:
    """The search's view of a problem with multiple allocation; see `tree.Relaxation`."""

    def __init__(self, data: Arrays, least: int, most: int) -> None:
        n = len(data.sent)
        self.data, self.least, self.most = data, max(1, least), most
        self.room, self.needed = np.zeros(n), 0.0
        self.cap = int(min(3e5, _WORK / (n * n * min(most, 6))))
        self.prices = RoutePrices(data, self.least, most)
        self._first = True

    def start(self, status: IntArray, found: Found, stop: BoolArray) -> None:
        """Find a first plan: the best hub alone, then more while fewer do not do, improved.

        When time is up the hubs that are still missing are those that come first.
        """
        data = self.data
        is_open = status == 1
        while not is_open.any() or is_open.sum() < self.least:
            left = np.flatnonzero((status == 0) & ~is_open)
            if stop[0]:
                is_open[left[: max(1, self.least - int(is_open.sum()))]] = True
                break
            hubs = np.flatnonzero(is_open)
            sets = np.column_stack([np.tile(hubs, (len(left), 1)), left]).astype(np.int64)
            sizes = np.full(len(left), sets.shape[1])
            best, _ = carry_all(
                data.flow, data.collect, data.transfer, data.distribute, sets, sizes, data.fixed,
                math.inf,
            )  # fmt: skip
            is_open[left[max(best, 0)]] = True
        found.cost = exchange(self._carry, data.fixed, status, self.least, self.most, is_open, stop)
        found.is_open = is_open
        self.prices.begin(np.flatnonzero(is_open))

    def _carry(self, hubs: IntArray, below: float) -> float:
        data = self.data
        return float(carry(data.flow, data.collect, data.transfer, data.distribute, hubs, below))

    def bound(self, status: IntArray, found: Found, cutoff: float, stop: BoolArray) -> Linear:  # noqa: ARG002
        """Raise the prices."""
        linear = self.prices.bound(status, cutoff, _STEPS if self._first else _LATER_STEPS, stop)
        self._first = False
        return linear

    def price(
        self, sets: IntArray, sizes: IntArray, found: Found, cutoff: float, stop: BoolArray
    ) -> int:
        """Price the sets in pieces."""
        data = self.data
        piece = max(1, int(2e7 / len(data.sent) ** 2))
        for start in range(0, len(sets), piece):
            if stop[0]:
                return start
            part = slice(start, start + piece)
            best, cost = carry_all(
                data.flow, data.collect, data.transfer, data.distribute, sets[part], sizes[part],
                data.fixed, min(cutoff, found.cost),
            )  # fmt: skip
            if best >= 0:
                is_open = np.zeros(len(data.sent), dtype=bool)
                is_open[sets[start + best, : sizes[start + best]]] = True
                found.cost, found.is_open = cost, is_open
        return len(sets)


def cheapest_ways(data: Arrays, is_open: BoolArray) -> tuple[IntArray, IntArray]:
    """Return the first and last hub of each pair ``[N, N]``."""
    n = len(data.sent)
    first, last = np.zeros((n, n), dtype=np.int64), np.zeros((n, n), dtype=np.int64)
    hubs = np.flatnonzero(is_open)
    ways(data.flow, data.collect, data.transfer, data.distribute, hubs, first, last)
    return first, last
