"""The grid tree: who feeds whom, and sums over everything below a node."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def ancestry(parent: IntArray) -> BoolArray:
    """Return [G, G]: entry (a, b) is True when node a is b or feeds b, directly or not.

    Parameters
    ----------
    parent
        Index of the node that feeds each node, -1 for a root [G].

    Raises
    ------
    ValueError
        When the nodes feed each other in a circle.
    """
    size = len(parent)
    above = np.eye(size, dtype=bool)
    here = np.asarray(parent, dtype=np.int64).copy()
    nodes = np.arange(size)
    for _ in range(size):
        climbing = here >= 0
        if not climbing.any():
            return above
        above[here[climbing], nodes[climbing]] = True
        here[climbing] = parent[here[climbing]]
    if (here >= 0).any():
        raise ValueError("grid nodes feed each other in a circle")
    return above


def has_circle(parent: IntArray) -> bool:
    """Whether following the parents from some node never ends at a root."""
    try:
        ancestry(parent)
    except ValueError:
        return True
    return False


def subtree_sums(parent: IntArray, values: FloatArray) -> FloatArray:
    """Sum `values` [G, ...] over each node and all nodes below it; same shape."""
    above = ancestry(parent).astype(np.float64)
    sums: FloatArray = np.einsum("ab,b...->a...", above, np.asarray(values, dtype=np.float64))
    return sums


def binding_ancestors(parent: IntArray, limited: BoolArray) -> list[list[int]]:
    """For each node, itself and the nodes above it that set a limit, nearest first."""
    chains = []
    for node in range(len(parent)):
        chain, here = [], node
        while here >= 0:
            if limited[here]:
                chain.append(here)
            here = int(parent[here])
        chains.append(chain)
    return chains
