"""Flows and their windows, as the search for sites sees them."""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse

from bundling.location.refuelling.exchange import (
    count_hits,
    exchange_windows,
    greedy_windows,
    unserved,
)
from bundling.location.sites.found import BoolArray, FloatArray, IntArray
from bundling.location.sites.windows import Windows, cuts_at, demands_at

_ROUNDS = 1000
_GROUPS = 400
"""Groups of flows with a cut each: with fewer the bound takes more rounds, with more each is
dear."""


class Flows:
    """Flows that need one site of each of their windows; see `sites.tree.Missing`.

    Parameters
    ----------
    windows
        Groups of flows.
    fixed
        Cost of opening a site ``[J]``.
    least, most
        How many sites must and may be open.
    """

    def __init__(self, windows: Windows, fixed: FloatArray, least: int, most: int) -> None:
        self.windows, self.fixed = windows, np.array(fixed, dtype=np.float64)
        self.num_sites, self.least, self.most = len(fixed), least, most
        numbers = np.concatenate([fixed, windows.volume])
        count = len(windows.volume)
        self.groups = max(1, min(_GROUPS, count))
        self._group = np.arange(count) * self.groups // max(1, count)
        self.grain = 1.0 if bool((numbers == np.rint(numbers)).all()) else 0.0

    def greedy(self, status: IntArray) -> BoolArray:
        """Return good sites to begin from."""
        is_open = np.zeros(self.num_sites, dtype=bool)
        greedy_windows(self.windows, self.fixed, status, self.least, self.most, is_open)
        return self.improve(status, is_open)

    def improve(self, status: IntArray, is_open: BoolArray) -> BoolArray:
        """Return sites like these after exchanges that pay."""
        better = is_open.copy()
        exchange_windows(self.windows, self.fixed, status, self.least, self.most, better, _ROUNDS)
        return better

    def price(self, is_open: BoolArray) -> float:
        """Return what it costs when these sites are open; infinite when they do not do."""
        if not self.least <= int(is_open.sum()) <= self.most:
            return math.inf
        hits = np.zeros(len(self.windows.start) - 1, dtype=np.int64)
        count_hits(self.windows, is_open, hits)
        return float(unserved(self.windows, hits)) + float(self.fixed[is_open].sum())

    def cuts(self, sites: FloatArray) -> tuple[FloatArray, sparse.csr_array]:
        """Return what is missed of each group of flows, as cuts; see `sites.tree.Missing`."""
        return cuts_at(self.windows, self._group, self.groups, sites)

    def demands(self, sites: FloatArray) -> sparse.csr_array:
        """Return nothing: every flow may be missed."""
        return demands_at(self.windows, sites, 1)
