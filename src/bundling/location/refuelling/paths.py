"""Shortest paths of flows through a network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph


def shortest_paths(
    arcs: Sequence[tuple[Any, Any, float]],
    flows: Sequence[tuple[Any, Any]],
    *,
    directed: bool = False,
) -> tuple[list[list[Any]], list[list[float]]]:
    """Return the nodes of the shortest path of each flow, and the lengths between them.

    Of paths equally long the one counts that Dijkstra's algorithm finds first when it looks at arcs
    in the order in which they are given (as networkx does). Which one that is can decide whether a
    flow can be served, so published optima of a network only hold for one order.

    Parameters
    ----------
    arcs
        From, to, and length; the shortest of several between two nodes counts.
    flows
        Origin and destination.
    directed
        Whether an arc leads one way only.

    Returns
    -------
    tuple
        Paths and lengths; both empty for a flow that cannot get there.
    """
    graph: Any = nx.DiGraph() if directed else nx.Graph()
    for tail, head, length in arcs:
        if not graph.has_edge(tail, head) or length < graph.edges[tail, head]["weight"]:
            graph.add_edge(tail, head, weight=length)
    found: dict[Any, dict[Any, list[Any]]] = {}
    paths, lengths = [], []
    for origin, destination in flows:
        if origin not in found:
            found[origin] = nx.single_source_dijkstra_path(graph, origin)
        path = found[origin].get(destination, [])
        paths.append(path)
        lengths.append([float(graph.edges[i, j]["weight"]) for i, j in pairwise(path)])
    return paths, lengths


def all_distances(
    nodes: int, arcs: Sequence[tuple[int, int, float]], *, directed: bool = False
) -> NDArray[np.float64]:
    """Return the shortest distances between all nodes ``[N, N]``, ``inf`` where no way leads.

    Parameters
    ----------
    nodes
        Number of nodes; arcs name them from 0.
    arcs, directed
        As in `shortest_paths`.
    """
    best: dict[tuple[int, int], float] = {}
    for tail, head, length in arcs:
        for pair in ((tail, head),) if directed else ((tail, head), (head, tail)):
            best[pair] = min(length, best.get(pair, np.inf))
    ends = np.array(list(best), dtype=np.int64).reshape(-1, 2)
    # A sparse matrix has no arcs of length 0: they get one that no sum of distances notices.
    ways = np.maximum(np.array(list(best.values()), dtype=np.float64), 1e-12)
    matrix = sparse.csr_array((ways, (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    distances: NDArray[np.float64] = csgraph.shortest_path(matrix, directed=True)
    return distances
