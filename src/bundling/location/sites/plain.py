"""Sites without capacities, as the search sees them: clients go to their cheapest open site."""

from __future__ import annotations

import math

import numpy as np

from bundling.location.sites.exchange import exchange, greedy
from bundling.location.sites.found import BoolArray, FloatArray, IntArray
from bundling.location.sites.lists import Lists, nearest_open
from bundling.location.sites.relax import CLOSED, ascend

_ROUNDS = 100_000


class Plain:
    """Clients with sorted lists of sites, fixed costs, and a number of sites; see `Relaxation`.

    Parameters
    ----------
    lists
        `Lists` of the clients.
    missed
        What it costs to miss a client ``[I]``; ``inf`` where it must be served.
    fixed
        Cost of opening a site ``[J]``.
    least, most
        How many sites must and may be open.
    """

    def __init__(
        self, lists: Lists, missed: FloatArray, fixed: FloatArray, least: int, most: int
    ) -> None:
        if len(lists.site) == 0:  # nobody is in reach; one row that no list holds can be pointed at
            lists = Lists(lists.start, np.zeros(1, dtype=np.int32), np.zeros(1))
        self.lists, self.missed = lists, missed
        self.fixed = np.ascontiguousarray(fixed, dtype=np.float64)
        self.num_sites, self.least, self.most = len(fixed), least, most
        must = np.isinf(missed)
        self.grain = 1.0 if _whole(lists.cost) and _whole(fixed) and _whole(missed[~must]) else 0.0
        # For a search that may leave out a client on the way: dearer than any change can bring.
        dearest = float(lists.cost.max(initial=0.0)) + float(np.abs(fixed).max(initial=0.0)) + 1.0
        self._penalty = np.where(must, dearest * 4.0, missed)

    def greedy(self, status: IntArray) -> BoolArray:
        """Return good sites to begin from."""
        is_open = np.zeros(self.num_sites, dtype=bool)
        greedy(self.lists, self.fixed, status, self.least, self.most, self._penalty, is_open)
        return self.improve(status, is_open)

    def improve(self, status: IntArray, is_open: BoolArray) -> BoolArray:
        """Return sites like these after exchanges that pay."""
        better = is_open.copy()
        exchange(
            self.lists, self.fixed, status, self.least, self.most, self._penalty, better, _ROUNDS
        )
        return better

    def price(self, is_open: BoolArray) -> float:
        """Return what it costs when these sites are open; infinite when they do not do."""
        if not self.least <= int(is_open.sum()) <= self.most:
            return math.inf
        at = self._nearest(is_open)
        costs = np.where(at >= 0, self.lists.cost[np.maximum(at, 0)], self.missed)
        return float(costs.sum() + self.fixed[is_open].sum())

    def first_prices(self, is_open: BoolArray) -> FloatArray:
        """Return what each client costs now, with its part of the fixed cost of its site."""
        at = self._nearest(is_open)
        served = at >= 0
        cheapest = self.lists.cost[np.minimum(self.lists.start[:-1], len(self.lists.cost) - 1)]
        missed = np.where(np.isfinite(self.missed), self.missed, cheapest)
        site = self.lists.site[np.maximum(at, 0)]
        count = np.bincount(site[served], minlength=self.num_sites)
        share = self.fixed / np.maximum(count, 1)
        near = self.lists.cost[np.maximum(at, 0)] + share[site]
        return np.minimum(np.where(served, near, missed), self.missed)

    def ascend(
        self, status: IntArray, prices: FloatArray, usage: FloatArray, cutoff: float,
        target: float, iterations: int, step: float,
    ) -> tuple[float, BoolArray]:  # fmt: skip
        """Raise the bound; see `relax.ascend`."""
        bound, chosen, _ = ascend(
            self.lists, self.missed, self.fixed, status, self.least, self.most, prices, usage,
            cutoff, target, iterations, step,
        )  # fmt: skip
        return bound, chosen

    def forget(self, status: IntArray) -> None:
        """Leave closed sites out of the lists from now on."""
        stays = (status != CLOSED)[self.lists.site]
        if 0.0 < stays.mean() < 0.8:
            ends = np.concatenate([[0], np.cumsum(stays)])
            start = ends[self.lists.start]
            self.lists = Lists(start, self.lists.site[stays], self.lists.cost[stays])

    def _nearest(self, is_open: BoolArray) -> IntArray:
        at = np.zeros(len(self.missed), dtype=np.int64)
        nearest_open(self.lists, is_open, at)
        return at


def _whole(values: FloatArray) -> bool:
    return bool((values == np.rint(values)).all()) and bool((np.abs(values) < 2**52).all())
