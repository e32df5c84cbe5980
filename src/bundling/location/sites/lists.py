"""Sites by cost for every client: what all kernels of this room read.

Most of the work of a relaxation, or of a change of sites, only concerns the few sites of a client
that cost less than some value, and these stand in front.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundling.location.kernel import kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
SiteArray = NDArray[np.int32]
BoolArray = NDArray[np.bool_]


class Lists(NamedTuple):
    """Sites of each client by ascending cost; ``I`` clients, ``P`` pairs.

    Those of client ``i`` stand at ``start[i] : start[i + 1]``.
    """

    start: IntArray  # [I + 1]
    site: SiteArray  # [P]
    cost: FloatArray  # [P]


def sorted_lists(cost: FloatArray, missed: FloatArray) -> Lists:
    """Sort the sites of every client.

    Parameters
    ----------
    cost
        ``[I, J]``; ``inf`` leaves a pair out.
    missed
        What a client without a site counts for ``[I]``; dearer pairs are left out.
    """
    order = np.argsort(cost, axis=1, kind="stable").astype(np.int32)
    ranked = np.take_along_axis(cost, order, axis=1)
    useful = np.isfinite(ranked) & (ranked < missed[:, None])
    start = np.concatenate([[0], np.cumsum(useful.sum(axis=1))])
    if useful.all():
        return Lists(start, order.ravel(), ranked.ravel())
    return Lists(start, order[useful], ranked[useful])


def covering_lists(covers: BoolArray) -> Lists:
    """Return lists at no cost of the sites that cover a client ``[I, J]``."""
    start = np.concatenate([[0], np.cumsum(covers.sum(axis=1))])
    site = np.nonzero(covers)[1].astype(np.int32)
    return Lists(start, site, np.zeros(len(site)))


@kernel
def nearest_open(lists, is_open, at):
    """Write where in its list the cheapest open site of each client stands ``[I]``; -1: none."""
    for i in range(len(at)):
        at[i] = -1
        for t in range(lists.start[i], lists.start[i + 1]):
            if is_open[lists.site[t]]:
                at[i] = t
                break
