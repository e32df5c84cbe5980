"""Messages between nodes and prices of hubs, raised in turn: the bound of single allocation."""

from __future__ import annotations

import math

import numpy as np

from bundling.location.hubs.arrays import Arrays
from bundling.location.hubs.hub_prices import ascend_prices
from bundling.location.hubs.messages import gathered, sweep
from bundling.location.hubs.tree import FloatArray, IntArray, Linear

_PRICE_STEPS = 30


class MessageBound:
    """Messages of some labels (hubs that may open), with what the kernels want beside them.

    Parameters
    ----------
    data
        Flows and costs.
    status
        1 where a hub must be open, -1 where closed, 0 elsewhere ``[N]``; the labels are those not
        closed, ``K`` of them.
    messages
        Of the labels ``[N, N, K]``; changed.
    tolls
        Of a unit of flow at each hub ``[N]``, to begin with.
    needed
        Capacity that the hubs must have together; 0: any.
    """

    def __init__(
        self, data: Arrays, status: IntArray, messages: FloatArray, tolls: FloatArray,
        needed: float,
    ) -> None:  # fmt: skip
        n, labels = len(data.sent), np.flatnonzero(status >= 0)
        self.data, self.labels, self.messages = data, labels, messages
        self.unary = np.ascontiguousarray(data.unary[:, labels])
        self.transfer = np.ascontiguousarray(data.transfer[np.ix_(labels, labels)])
        self.turned = np.ascontiguousarray(self.transfer.T)
        self.place = np.full(n, -1, dtype=np.int64)
        self.place[labels] = np.arange(len(labels))
        self.costs, self.node = np.empty_like(self.unary), np.empty(n)
        self.fixed, self.room = data.fixed[labels], data.capacity[labels]
        self.chosen, self.tolls, self.needed = status[labels], tolls[labels], needed

    def narrowed(self, status: IntArray, tolls: FloatArray) -> MessageBound:
        """Return the same without the hubs that `status` closes."""
        kept = status[self.labels] >= 0
        messages = np.ascontiguousarray(self.messages[:, :, kept])
        return MessageBound(self.data, status, messages, tolls, self.needed)

    def priced(
        self, prices: FloatArray, least: int, most: int, target: float, weight: FloatArray
    ) -> tuple[Linear, IntArray]:
        """Raise the prices of nodes ``[N]``; return the bound, and hubs that look good."""
        gathered(self.unary, self.messages, self.costs)
        bound, value, self.tolls, part = ascend_prices(
            self.costs, self.data.sent, self.fixed, self.room, self.labels, self.chosen,
            self.needed, least, most, prices, target, _PRICE_STEPS, 1.0, weight,
        )  # fmt: skip
        rest = np.full(len(prices), math.inf)
        rest[self.labels] = self.fixed - value
        return Linear(float(prices.sum()), rest, bound), self.labels[part > 0]

    def pass_on(self, prices: FloatArray) -> None:
        """Pass messages along all nodes and back; the prices follow."""
        data, own = self.data, np.arange(len(self.labels))
        tolled = self.costs + self.tolls * data.sent[:, None]
        paid = np.maximum(0.0, prices[:, None] - tolled)
        paid[self.labels, own] = prices[self.labels] - tolled[self.labels, own]
        unary = self.unary + self.tolls * data.sent[:, None]
        for forward in (True, False):
            sweep(
                data.flow, data.back, self.transfer, self.turned, data.metric, unary, paid,
                self.place, self.messages, self.node, forward,
            )  # fmt: skip
        prices[:] = self.node
