"""Single allocation: messages between nodes and prices of hubs, then allocation to hub sets."""

from __future__ import annotations

import math

import numpy as np

from bundling.location.hubs.allocate import allocate
from bundling.location.hubs.arrays import Arrays, rooms
from bundling.location.hubs.exchange import exchange
from bundling.location.hubs.label_tree import solve_labels
from bundling.location.hubs.message_bound import MessageBound
from bundling.location.hubs.messages import gathered
from bundling.location.hubs.multiple import RoutePrices
from bundling.location.hubs.set_bounds import bound_sets
from bundling.location.hubs.tree import BoolArray, IntArray, Linear, close_hubs
from bundling.location.sites.found import Found

_ROUTE_STEPS, _STARTS = 200, 3
"""Steps on the prices of routes; and how often they begin when a much better plan is found."""
_ROUNDS = 60
_LATER_ROUNDS = 12
_WORTH, _QUIET = 5e-3, 4
"""Rounds of messages end when so many in turn close less than this part of the gap."""
_MOST_MESSAGES = 4e7
"""Some three times 320 MB; with more, only the prices of routes give the bound."""


class Single:
    """The search's view of a problem with single allocation; see `tree.Relaxation`."""

    def __init__(self, data: Arrays, least: int, most: int) -> None:
        n = len(data.sent)
        self.data, self.least, self.most = data, max(1, least), most
        self.room, self.needed = rooms(data)
        self.cap = int(min(4e5, 6e8 / (n * n)))
        self.routes = RoutePrices(data, self.least, most)
        self.hub = np.zeros(n, dtype=np.int64)
        self.tolls = np.zeros(n)
        self.prices = np.zeros(n)
        self._first = True
        self.messages = np.zeros((n, n, 0))
        self.labels = np.zeros(0, dtype=np.int64)
        self._weight = data.traffic / max(1e-12, float(data.traffic.mean()))

    def improve(self, status: IntArray, is_open: BoolArray, found: Found, stop: BoolArray) -> None:
        """Improve hubs and allocation from these hubs on, and keep the plan if it is the best."""
        data = self.data
        order = np.argsort(-data.sent, kind="stable")
        trial = np.zeros(len(data.sent), dtype=np.int64)

        def price(hubs: IntArray, below: float) -> float:
            cost = allocate(
                data.flow, data.back, data.sent, order, data.unary, data.transfer, data.capacity,
                hubs, trial,
            )  # fmt: skip
            total = cost + float(data.fixed[hubs].sum())
            if total < found.cost:
                found.cost, self.hub = total, trial.copy()
                found.is_open = np.isin(np.arange(len(trial)), hubs)
            return float(cost) if cost < below else math.inf

        exchange(price, data.fixed, status, self.least, self.most, is_open.copy(), stop)

    def bound(self, status: IntArray, found: Found, cutoff: float, stop: BoolArray) -> Linear:
        """Bound by routes first; then by messages, when they are not too many."""
        n = len(self.data.sent)
        first = None
        if self._first:
            if found.is_open.any():
                self.routes.begin(np.flatnonzero(found.is_open))
            for _ in range(_STARTS):
                first = self.routes.bound(status, cutoff, _ROUTE_STEPS, stop)
                status = close_hubs(
                    first, status, self.least, self.most, cutoff, self.room, self.needed
                )
                self.improve(status, found.is_open, found, stop)
                if found.cost > 0.98 * cutoff or stop[0]:
                    break
                cutoff = found.cost  # steps were too long, as the cost was far above the least
            self.prices = self.routes.node_prices()
            self.tolls = self.routes.t.copy()
        labels = np.flatnonzero(status >= 0)
        if len(labels) < self.least or not len(labels):
            return Linear(math.inf, np.zeros(n), math.inf)
        if first is not None and stop[0]:
            return first
        if float(n * n) * len(labels) > _MOST_MESSAGES:
            self._first = False
            return first or self.routes.bound(status, cutoff, _ROUTE_STEPS, stop)
        linear = self._messages(status, found, cutoff, stop)
        self._first = False
        return first if first is not None and first.bound > linear.bound else linear

    def _messages(self, status: IntArray, found: Found, cutoff: float, stop: BoolArray) -> Linear:
        """Pass messages while that raises the bound; close hubs on the way."""
        data, n = self.data, len(self.data.sent)
        self._keep(np.flatnonzero(status >= 0))
        best, seen, quiet = Linear(-math.inf, np.zeros(n), -math.inf), -math.inf, 0
        mine = status[self.labels] >= 0
        messages = self.messages if mine.all() else self.messages[:, :, mine]
        state = MessageBound(data, status, np.ascontiguousarray(messages), self.tolls, self.needed)
        for turn in range(_ROUNDS if self._first else _LATER_ROUNDS):
            if (status[state.labels] < 0).any():
                state = state.narrowed(status, self.tolls)
            if self._first:
                self.labels, self.messages = state.labels, state.messages
            target = min(cutoff, found.cost, data.ceiling)
            linear, picked = state.priced(self.prices, self.least, self.most, target, self._weight)
            if linear.bound > best.bound:
                best = linear
                status = close_hubs(
                    linear,
                    status,
                    self.least,
                    self.most,
                    min(cutoff, found.cost),
                    self.room,
                    self.needed,
                )
            if self._first and turn % 8 == 1 and math.isfinite(linear.bound):
                is_open = np.zeros(n, dtype=bool)
                is_open[picked] = True
                if self.room.any() and data.capacity[is_open].sum() < self.needed:
                    is_open = found.is_open
                self.improve(status, is_open, found, stop)
            quiet = quiet + 1 if linear.bound - seen < _WORTH * (target - linear.bound) else 0
            seen = max(seen, linear.bound)
            if linear.bound >= target or quiet > _QUIET or stop[0]:
                break
            state.pass_on(self.prices)
            self.tolls[state.labels] = state.tolls
        # Messages that passed over some labels hold for the others no more, and are not kept.
        return best

    def _keep(self, labels: IntArray) -> None:
        """Make room for the messages of these labels; those of others are kept if they are few."""
        if len(self.labels) and np.isin(labels, self.labels).all():
            return
        self.labels = labels.copy()
        self.messages = self.routes.messages(labels)

    def price(
        self, sets: IntArray, sizes: IntArray, found: Found, cutoff: float, stop: BoolArray
    ) -> int:
        """Allocate to the sets in turn."""
        data, n = self.data, len(self.data.sent)
        if not len(sets):
            return 0
        used = np.unique(np.concatenate([sets[sizes > q, q] for q in range(sets.shape[1])]))
        if len(sets) > 1 and float(n * n) * len(used) > _MOST_MESSAGES:
            half = len(sets) // 2
            done = self.price(sets[:half], sizes[:half], found, cutoff, stop)
            if done < half:
                return done
            return half + self.price(sets[half:], sizes[half:], found, cutoff, stop)
        self._keep(used)
        costs = np.empty((n, len(self.labels)))
        gathered(np.ascontiguousarray(data.unary[:, self.labels]), self.messages, costs)
        place = np.zeros(n, dtype=np.int64)
        place[self.labels] = np.arange(len(self.labels))
        done, piece = 0, max(1, len(sets) // 50)
        while done < len(sets):
            part = slice(done, done + piece)
            bounds = np.empty(len(sizes[part]))
            known = bound_sets(
                data.flow, data.sent, data.collect, data.transfer, data.distribute, data.fixed,
                data.capacity, self.labels, costs, self.tolls[self.labels], place[sets[part]],
                sizes[part], min(cutoff, found.cost, data.ceiling), stop, bounds,
            )  # fmt: skip
            for s in range(known):
                if bounds[s] < min(cutoff, found.cost, data.ceiling) * (1 - 1e-10) and not (
                    self._allocate(sets[done + s, : sizes[done + s]], place, found, cutoff, stop)
                ):
                    return done + s
            done += known
            if known < len(bounds):
                break
        return done

    def _allocate(
        self, hubs: IntArray, place: IntArray, found: Found, cutoff: float, stop: BoolArray
    ) -> bool:
        """Allocate all nodes to these hubs at least cost; tell whether all was searched."""
        data, mine = self.data, place[hubs]
        aside = float(data.fixed[hubs].sum())
        below = min(cutoff, found.cost, data.ceiling) - aside
        hub = np.zeros(len(place), dtype=np.int64)
        cost, done, nodes = solve_labels(
            data.flow, data.back, data.sent, data.traffic,
            np.ascontiguousarray(data.unary[:, hubs]),
            np.ascontiguousarray(data.transfer[np.ix_(hubs, hubs)]), data.metric,
            data.capacity[hubs], hubs, np.ascontiguousarray(self.messages[:, :, mine]),
            self.tolls[hubs], below, hub, stop,
        )  # fmt: skip
        found.nodes += nodes
        if cost < below * (1 - 1e-12):
            self.hub = hubs[hub]
            is_open = np.zeros(len(place), dtype=bool)
            is_open[hubs] = True
            found.cost, found.is_open = cost + aside, is_open
        return bool(done)
