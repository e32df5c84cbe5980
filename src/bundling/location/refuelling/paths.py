"""Shortest paths of flows through a network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import networkx as nx


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
