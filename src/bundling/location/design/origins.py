"""All commodities of one origin as one stream.

Where every commodity pays the same for a unit on an arc and takes the same room, those of one
origin can be added up without loss, and taken apart along paths afterwards: 20 streams instead of
200 commodities. K. L. Jones, I. J. Lustig, J. M. Farvolden, W. B. Powell, "Multicommodity network
flows: the impact of formulation on decomposition", Mathematical Programming 62 (1993) 95-117; with
fixed costs M. Chouman, T. G. Crainic, B. Gendron, "Commodity representations and cut-set-based
inequalities for multicommodity capacitated fixed-charge network design", Transportation Science 51
(2017) 650-667.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.problem import DesignProblem
from bundling.mip import LinearModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Streams:
    """Streams in a model.

    Attributes
    ----------
    own
        Stream of each commodity ``[K]``.
    units
        Of each stream in all ``[R]``.
    stream, arc, column
        Of each pair of a stream and an arc that it may use ``[Q]``.
    """

    own: IntArray
    units: FloatArray
    stream: IntArray
    arc: IntArray
    column: IntArray


def add_streams(
    problem: DesignProblem, model: LinearModel, arcs: IntArray, cost: FloatArray
) -> Streams:
    """Add the streams' flows on some arcs, and that what comes in goes out.

    Parameters
    ----------
    problem, model
        The problem, and what is added to.
    arcs
        Those that can be used.
    cost
        Of a unit on each arc of the problem ``[A]``.
    """
    origins, own = np.unique(problem.origin, return_inverse=True)
    stream, arc = (
        part.ravel() for part in np.meshgrid(np.arange(len(origins)), arcs, indexing="ij")
    )
    stays = problem.head[arc] != origins[stream]
    stream, arc = stream[stays], arc[stays]
    nodes = problem.num_nodes
    column = model.add_columns("flow", len(arc), cost=cost[arc])
    supply = np.zeros((len(origins), nodes))
    np.add.at(supply, (own, problem.origin), problem.quantity)
    np.add.at(supply, (own, problem.destination), -problem.quantity)
    model.add_rows(
        "balance",
        (len(origins), nodes),
        (stream * nodes + problem.tail[arc], column, 1.0),
        (stream * nodes + problem.head[arc], column, -1.0),
        lower=supply,
        upper=supply,
    )
    units = np.bincount(own, weights=problem.quantity).astype(np.float64)
    return Streams(own, units, stream, arc, column)
