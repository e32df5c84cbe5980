"""Clients that are covered or missed, as the search for sites sees them."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from bundling.location.sites.found import FloatArray, IntArray
from bundling.location.sites.lists import Lists, SiteArray
from bundling.location.sites.plain import Plain
from bundling.location.sites.windows import Windows, cuts_at, demands_at

_GROUPS = 400
"""Groups of clients with a cut each: with fewer the bound takes more rounds (100,000 clients, 100
sites: 13.9 s with 100 and 2.1 s with 400), with more each is dear."""
_ROWS = 2_000
"""Most demands taken in at a time."""


class Clients(Plain):
    """Clients with the sites that cover them; see `sites.tree.Missing`.

    Parameters
    ----------
    start, site
        Sites that cover client ``i``: ``site[start[i] : start[i + 1]]``; clients with equal lists
        should be merged.
    missed
        What it costs to miss a client ``[I]``; ``inf`` where it must be covered.
    fixed
        Cost of opening a site ``[J]``.
    least, most
        How many sites must and may be open.
    """

    def __init__(
        self,
        start: IntArray,
        site: SiteArray,
        missed: FloatArray,
        fixed: FloatArray,
        least: int,
        most: int,
    ) -> None:
        super().__init__(Lists(start, site, np.zeros(len(site))), missed, fixed, least, most)
        count = len(missed)
        self.groups = max(1, min(_GROUPS, count))
        self._group = np.arange(count) * self.groups // max(1, count)
        self._windows = Windows(np.arange(count + 1), start, site, missed)

    def cuts(self, sites: FloatArray) -> tuple[FloatArray, sparse.csr_array]:
        """Return what is missed of each group of clients, as cuts."""
        return cuts_at(self._windows, self._group, self.groups, sites)

    def demands(self, sites: FloatArray) -> sparse.csr_array:
        """Return lists of sites of clients that must be covered and are not."""
        return demands_at(self._windows, sites, _ROWS)
