"""Independent parts of a rounds problem: no vehicle of one part may serve a stop of another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from bundling.rounds.coupling_links import Link


@dataclass(frozen=True)
class Part:
    """Positions of the stops, and of the fleet entries that may serve at least one of them.

    Attributes
    ----------
    stops, vehicles
        Positions in the problem, increasing.
    possible
        ``[len(vehicles), len(stops)]``: the entry may and can serve the stop.
    """

    stops: tuple[int, ...]
    vehicles: tuple[int, ...]
    possible: NDArray[np.bool_]


def independent_parts(possible: NDArray[np.bool_], links: Iterable[Link] = ()) -> list[Part]:
    """Return the components of the graph of fleet entries and stops, largest first.

    Parameters
    ----------
    possible
        ``[V, S]``: the entry may and can serve the stop.
    links
        Entries and stops that share something else (`coupling_links`), and so a part.

    Returns
    -------
    list of Part
        Every stop with at least one entry is in exactly one part. A part's vehicles are its own,
        so solving the parts apart loses nothing.
    """
    vehicles, stops = possible.shape
    size = vehicles + stops
    v, s = np.nonzero(possible)
    ends = [np.c_[v, vehicles + s]]
    for link in links:
        chain = [*link.vehicles, *(vehicles + stop for stop in link.stops)]
        ends.append(np.array(list(pairwise(chain)), dtype=np.int64).reshape(-1, 2))
    one, other = np.concatenate(ends).T
    graph = sparse.coo_matrix((np.ones(len(one)), (one, other)), shape=(size, size))
    number, label = connected_components(graph, directed=False)
    parts = []
    for part in range(number):
        mine = np.flatnonzero(label == part)
        entries, served = mine[mine < vehicles], mine[mine >= vehicles] - vehicles
        if entries.size and served.size:
            parts.append(
                Part(
                    tuple(served.tolist()),
                    tuple(entries.tolist()),
                    possible[np.ix_(entries, served)],
                )
            )
    return sorted(parts, key=lambda part: (-len(part.stops), part.stops))
