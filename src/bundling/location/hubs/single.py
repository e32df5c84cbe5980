"""Single allocation: messages between nodes and prices of hubs, then allocation to hub sets."""

from __future__ import annotations

import math

import numpy as np

from bundling.location.hubs.allocate import improve_allocation
from bundling.location.hubs.arrays import Arrays
from bundling.location.hubs.hub_prices import ascend_prices
from bundling.location.hubs.label_tree import solve_sets
from bundling.location.hubs.messages import gathered, sweep
from bundling.location.hubs.multiple import RoutePrices
from bundling.location.hubs.tree import BoolArray, IntArray, Linear, close_hubs
from bundling.location.sites.found import Found

_ROUTE_STEPS = 200
_ROUNDS = 60
_LATER_ROUNDS = 12
_PRICE_STEPS = 30
_WORK = 2e9
"""Steps in one pass of messages from which on only the prices of routes give the bound."""


class Single:
    """The search's view of a problem with single allocation; see `tree.Relaxation`."""

    def __init__(self, data: Arrays, least: int, most: int) -> None:
        n = len(data.sent)
        self.data, self.least, self.most = data, max(1, least), most
        limited = bool(np.isfinite(data.capacity).all())
        self.room = data.capacity if limited else np.zeros(n)
        self.needed = float(data.sent.sum()) * (1 - 1e-9) if limited else 0.0
        self.cap = int(min(4e5, 6e8 / (n * n)))
        self.routes = RoutePrices(data, self.least, most)
        self.hub = np.zeros(n, dtype=np.int64)
        self.tolls = np.zeros(n)
        self.prices = np.sort(data.unary, axis=1)[:, min(3, n - 1)].copy()
        self._first = True
        self._routes_done = False
        self.messages = np.zeros((n, n, 0))
        self.labels = np.zeros(0, dtype=np.int64)
        self._weight = data.traffic / max(1e-12, float(data.traffic.mean()))

    def improve(self, status: IntArray, is_open: BoolArray, found: Found, stop: BoolArray) -> None:
        """Improve hubs and allocation from these hubs on, and keep the plan if it is the best."""
        data = self.data
        hub, is_open = np.zeros(len(data.sent), dtype=np.int64), is_open.copy()
        cost = improve_allocation(
            data.flow, data.back, data.sent, data.unary, data.transfer, data.fixed, data.capacity,
            status, self.least, self.most, is_open, hub, stop,
        )  # fmt: skip
        if cost < found.cost:
            found.cost, found.is_open, self.hub = cost, is_open, hub

    def bound(self, status: IntArray, found: Found, cutoff: float, stop: BoolArray) -> Linear:
        """Bound by routes first; then by messages, when they are not too many."""
        n = len(self.data.sent)
        first = None
        if not self._routes_done:
            self._routes_done = True
            if found.is_open.any():
                self.routes.begin(np.flatnonzero(found.is_open))
            first = self.routes.bound(status, cutoff, _ROUTE_STEPS, stop)
        labels = np.flatnonzero(status >= 0)
        if first is not None and math.isfinite(cutoff):
            labels = labels[_may_open(first, status, self.least, self.most, cutoff)[labels]]
        if len(labels) < self.least or not len(labels):
            return Linear(math.inf, np.zeros(n), math.inf)
        if float(n * n) * len(labels) ** 2 > _WORK:
            return first or self.routes.bound(status, cutoff, _ROUTE_STEPS, stop)
        linear = self._messages(status, labels, found, cutoff, stop)
        return first if first is not None and first.bound > linear.bound else linear

    def _messages(
        self, status: IntArray, labels: IntArray, found: Found, cutoff: float, stop: BoolArray
    ) -> Linear:
        data, n = self.data, len(self.data.sent)
        self._keep(labels)
        mine = np.flatnonzero(np.isin(self.labels, labels))
        messages = (
            self.messages
            if len(mine) == len(self.labels)
            else np.ascontiguousarray(self.messages[:, :, mine])
        )
        unary = np.ascontiguousarray(data.unary[:, labels])
        transfer = np.ascontiguousarray(data.transfer[np.ix_(labels, labels)])
        turned = np.ascontiguousarray(transfer.T)
        place = np.full(n, -1, dtype=np.int64)
        place[labels] = np.arange(len(labels))
        costs, node = np.empty_like(unary), np.empty(n)
        fixed, room, chosen = data.fixed[labels], data.capacity[labels], status[labels]
        target = min(cutoff, data.ceiling)
        best, seen, quiet = None, -math.inf, 0
        for turn in range(_ROUNDS if self._first else _LATER_ROUNDS):
            gathered(unary, messages, costs)
            bound, value, tolls, picked = ascend_prices(
                costs, data.sent, fixed, room, labels, chosen, self.least, self.most, self.prices,
                target, _PRICE_STEPS, 1.0, self._weight,
            )  # fmt: skip
            if best is None or bound > best.bound:
                rest = np.full(n, math.inf)
                rest[labels] = fixed - value
                best = Linear(float(self.prices.sum()), rest, bound)
            if turn % 8 == 7 and math.isfinite(bound):
                is_open = np.zeros(n, dtype=bool)
                is_open[labels[picked]] = True
                if self.room.any() and data.capacity[is_open].sum() < self.needed:
                    is_open = found.is_open
                self.improve(status, is_open, found, stop)
            quiet = quiet + 1 if bound - seen < 1e-3 * (target - bound) else 0
            seen = max(seen, bound)
            if bound >= target or quiet > 10 or stop[0]:
                break
            tolled = costs + tolls * data.sent[:, None]
            paid = np.maximum(0.0, self.prices[:, None] - tolled)
            own = np.arange(len(labels))
            paid[labels, own] = self.prices[labels] - tolled[labels, own]
            with_toll = unary + tolls * data.sent[:, None]
            for forward in (True, False):
                sweep(
                    data.flow, data.back, transfer, turned, with_toll, paid, place, messages, node,
                    forward,
                )  # fmt: skip
            self.prices[:] = node
            self.tolls[labels] = tolls
        # Messages that passed over some labels hold for the others no more, and are not kept.
        self._first = False
        return best or Linear(-math.inf, np.zeros(n), -math.inf)

    def _keep(self, labels: IntArray) -> None:
        """Make room for the messages of these labels; those of others are kept if they are few."""
        if len(self.labels) and np.isin(labels, self.labels).all():
            return
        self.labels = labels.copy()
        self.messages = np.zeros((len(self.data.sent),) * 2 + (len(labels),))

    def price(
        self, sets: IntArray, sizes: IntArray, found: Found, cutoff: float, stop: BoolArray
    ) -> int:
        """Allocate to the sets in turn."""
        data, n = self.data, len(self.data.sent)
        if not len(sets):
            return 0
        used = np.unique(np.concatenate([sets[sizes > q, q] for q in range(sets.shape[1])]))
        self._keep(used)
        costs = np.empty((n, len(self.labels)))
        gathered(np.ascontiguousarray(data.unary[:, self.labels]), self.messages, costs)
        place = np.zeros(n, dtype=np.int64)
        place[self.labels] = np.arange(len(self.labels))
        hub = np.zeros(n, dtype=np.int64)
        done, piece = 0, max(1, len(sets) // 50)
        while done < len(sets):
            part = slice(done, done + piece)
            winner, cost, count, nodes = solve_sets(
                data.flow, data.back, data.sent, data.traffic, data.unary, data.collect,
                data.transfer, data.distribute, data.fixed, data.capacity, self.labels,
                self.messages, costs, self.tolls[self.labels], place[sets[part]], sizes[part],
                min(cutoff, found.cost, data.ceiling), hub, stop,
            )  # fmt: skip
            found.nodes += nodes
            if winner >= 0:
                is_open = np.zeros(n, dtype=bool)
                is_open[sets[done + winner, : sizes[done + winner]]] = True
                self.hub = hub.copy()
                found.cost, found.is_open = cost, is_open
            done += count
            if count < len(sizes[part]):
                break
        return done


def _may_open(linear: Linear, status: IntArray, least: int, most: int, cutoff: float) -> BoolArray:
    """Tell which hubs a set below the cutoff may have ``[N]``."""
    kept: BoolArray = close_hubs(linear, status, least, most, cutoff) >= 0
    return kept
