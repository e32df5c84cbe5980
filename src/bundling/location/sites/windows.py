"""Sets of sites of which one must be open, and what is missed when sites are open in part.

A flow needs a site of each of its windows; a client to be covered is a flow with one window. Of a
flow as much is missed as its emptiest window lacks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from bundling.location.kernel import kernel
from bundling.location.sites.found import FloatArray, IntArray
from bundling.location.sites.lists import SiteArray


class Windows(NamedTuple):
    """Flows that need something; ``F`` groups of flows, ``W`` windows, ``P`` sites in them.

    Windows of group ``f`` are ``flow[f] : flow[f + 1]``, sites of window ``w`` are
    ``site[start[w] : start[w + 1]]``. A flow of volume ``inf`` must be served.
    """

    flow: IntArray  # [F + 1]
    start: IntArray  # [W + 1]
    site: SiteArray  # [P]
    volume: FloatArray  # [F]


def cuts_at(
    windows: Windows, group: IntArray, groups: int, sites: FloatArray
) -> tuple[FloatArray, sparse.csr_array]:
    """Return the cut of each group of flows at `sites`; see `sites.tree.Missing`."""
    emptiest = np.zeros(len(windows.volume), dtype=np.int64)
    _emptiest(windows, sites, emptiest)
    lacking = np.flatnonzero((emptiest >= 0) & np.isfinite(windows.volume))
    window, of, volume = emptiest[lacking], group[lacking], windows.volume[lacking]
    sizes, site = _sites_of(windows, window)
    held = sparse.csr_array(
        (np.repeat(volume, sizes), (np.repeat(of, sizes), site)), shape=(groups, len(sites))
    )
    return np.bincount(of, weights=volume, minlength=groups).astype(np.float64), held


def demands_at(windows: Windows, sites: FloatArray, most: int) -> sparse.csr_array:
    """Return the sites of windows that must hold one and lack it at `sites`: some `most` rows."""
    if not np.isinf(windows.volume).any():
        return sparse.csr_array((0, len(sites)))
    emptiest = np.zeros(len(windows.volume), dtype=np.int64)
    _emptiest(windows, sites, emptiest)
    window = emptiest[(emptiest >= 0) & np.isinf(windows.volume)]
    window = window[:: max(1, len(window) // most)]
    sizes, site = _sites_of(windows, window)
    start = np.concatenate([[0], np.cumsum(sizes)])
    return sparse.csr_array((np.ones(len(site)), site, start), shape=(len(window), len(sites)))


def _sites_of(windows: Windows, window: IntArray) -> tuple[IntArray, SiteArray]:
    """Return how many sites each of these windows has, and all of them one after the other."""
    sizes = windows.start[window + 1] - windows.start[window]
    at = np.repeat(windows.start[window] - np.r_[0, np.cumsum(sizes)[:-1]], sizes)
    return sizes, windows.site[at + np.arange(len(at))]


@kernel
def _emptiest(windows, y, emptiest):
    """Write the window of each flow that lacks most, -1 where none lacks anything."""
    for f in range(len(windows.volume)):
        emptiest[f], worst = -1, 1e-9
        for w in range(windows.flow[f], windows.flow[f + 1]):
            full = 0.0
            for t in range(windows.start[w], windows.start[w + 1]):
                full += y[windows.site[t]]
            if 1.0 - full > worst:
                emptiest[f], worst = w, 1.0 - full
