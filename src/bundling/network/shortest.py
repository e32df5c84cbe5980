"""Shortest ways in a sparse graph, and what adds up along them.

Distances come from Dijkstra's algorithm in compiled code (``scipy.sparse.csgraph``), a batch of
sources at a time to bound memory. What lies along a way (metres, levied metres, least draught) is
taken from the way itself: the tree of predecessors is walked back from all targets of a batch at
once, so the figures belong to the same way as its cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from bundling.network.travel import FloatArray, IntArray

BATCH_CELLS = 3_000_000
"""Sources times nodes in one batch: about 40 MB of costs and predecessors."""

_LEAST_COST = 1e-9  # keeps arcs without cost apart from absent ones; below any rounding of seconds


@dataclass(frozen=True, eq=False)
class Arcs:
    """A directed graph without parallel arcs, sorted by tail and head.

    Attributes
    ----------
    count
        Number of nodes.
    tail, head
        Node indices of every arc.
    cost
        What a shortest way minimises; not negative.
    """

    count: int
    tail: IntArray
    head: IntArray
    cost: FloatArray

    def matrix(self) -> csr_array:
        """Sparse matrix of costs."""
        shape = (self.count, self.count)
        return csr_array((np.maximum(self.cost, _LEAST_COST), (self.tail, self.head)), shape=shape)

    def reversed(self) -> Arcs:
        """Every arc the other way round; arcs keep their places."""
        return replace(self, tail=self.head, head=self.tail)

    def parts(self) -> IntArray:
        """Return the connected part of every node, directions left out."""
        _, weak = connected_components(self.matrix(), directed=True, connection="weak")
        return np.asarray(weak, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Ways:
    """Shortest ways from sources to targets, matrices ``[S, T]``.

    Attributes
    ----------
    cost
        Cost of the way; infinite where there is none.
    sums
        For each summed attribute its total along the way; infinite where there is no way.
    least
        For each attribute its smallest value along the way; infinite on a way without arcs, NaN
        where there is no way.
    """

    cost: FloatArray
    sums: tuple[FloatArray, ...]
    least: tuple[FloatArray, ...]


def cheapest(
    count: int, tail: IntArray, head: IntArray, cost: FloatArray, second: FloatArray
) -> tuple[Arcs, IntArray]:
    """Arcs without loops, of parallel ones the cheapest (then the smallest `second`).

    Returns
    -------
    tuple
        The arcs, and for each the place it had in the input.
    """
    order = np.lexsort((second, cost, head, tail))
    t, h = tail[order], head[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (t[1:] != t[:-1]) | (h[1:] != h[:-1])
    kept = order[first & (t != h)].astype(np.int64)
    return Arcs(count, tail[kept], head[kept], cost[kept]), kept


def ways(
    arcs: Arcs,
    sources: IntArray,
    targets: IntArray,
    sums: Sequence[FloatArray] = (),
    least: Sequence[FloatArray] = (),
) -> Ways:
    """Shortest ways from every source to every target.

    Parameters
    ----------
    arcs
        The graph.
    sources, targets
        Node indices; a node may come more than once.
    sums, least
        Attributes of the arcs to add up, or to take the smallest of, along each way.

    Returns
    -------
    Ways
        Of several ways of equal cost the one Dijkstra's algorithm met first.
    """
    from_node, from_place = np.unique(sources, return_inverse=True)
    to_node, to_place = np.unique(targets, return_inverse=True)
    turned = len(to_node) < len(from_node)
    if turned:
        # Fewer trees from the other side; a way and its reverse have the same arcs.
        arcs, from_node, to_node = arcs.reversed(), to_node, from_node
        from_place, to_place = to_place, from_place
    shape = (len(from_node), len(to_node))
    cost = np.full(shape, np.inf)
    totals = [np.full(shape, np.inf) for _ in sums]
    smallest = [np.full(shape, np.nan) for _ in least]
    matrix = arcs.matrix()
    batch = max(1, BATCH_CELLS // max(1, arcs.count))
    for start in range(0, len(from_node), batch):
        part = slice(start, min(start + batch, len(from_node)))
        if sums or least:
            tree_cost, tree = dijkstra(matrix, indices=from_node[part], return_predecessors=True)
            _walk_back(
                arcs, tree, from_node[part], to_node, (sums, least), part, (totals, smallest)
            )
        else:
            tree_cost = dijkstra(matrix, indices=from_node[part])
        cost[part] = tree_cost[:, to_node]
    pick = np.ix_(from_place, to_place)
    grids = [grid[pick].T if turned else grid[pick] for grid in (cost, *totals, *smallest)]
    middle = 1 + len(sums)
    return Ways(grids[0], tuple(grids[1:middle]), tuple(grids[middle:]))


def entering_arcs(arcs: Arcs, source: int) -> IntArray:
    """Arc by which every node is reached from a source on its shortest way; -1 for none."""
    _, tree = dijkstra(arcs.matrix(), indices=[source], return_predecessors=True)
    return np.asarray(_entering(arcs, tree)[0], dtype=np.int64)


def _entering(
    arcs: Arcs, tree: np.ndarray[tuple[int, int], np.dtype[np.int32]]
) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    """Arc by which each node of each tree is reached: its tail is the node's predecessor."""
    entering = np.full(tree.shape, -1, dtype=np.int32)
    for row in range(len(tree)):
        used = np.flatnonzero(tree[row, arcs.head] == arcs.tail)
        entering[row, arcs.head[used]] = used
    return entering


def _walk_back(
    arcs: Arcs,
    tree: np.ndarray[tuple[int, int], np.dtype[np.int32]],
    roots: IntArray,
    to_node: IntArray,
    attributes: tuple[Sequence[FloatArray], Sequence[FloatArray]],
    part: slice,
    out: tuple[list[FloatArray], list[FloatArray]],
) -> None:
    """Walk from all targets to the roots of a batch of trees, and write what lies on the ways."""
    rows, count = tree.shape
    entering = _entering(arcs, tree)
    flat_tree, flat_entering = tree.ravel(), entering.ravel()
    # Nodes without an entering arc are roots or not reached; a root is its own target.
    place = (np.arange(rows)[:, None] * count + to_node[None, :]).ravel()
    origin = place - place % count
    totals = [np.zeros(place.size) for _ in attributes[0]]
    smallest = [np.full(place.size, np.inf) for _ in attributes[1]]
    active = np.flatnonzero(flat_entering[place] >= 0)
    here, base = place[active], origin[active]
    reached = np.zeros(place.size, dtype=bool)
    reached[active] = True
    while active.size:
        arc = flat_entering[here]
        for total, values in zip(totals, attributes[0], strict=True):
            total[active] += values[arc]
        for low, values in zip(smallest, attributes[1], strict=True):
            low[active] = np.minimum(low[active], values[arc])
        here = base + flat_tree[here]
        going = flat_entering[here] >= 0
        if not going.all():
            active, here, base = active[going], here[going], base[going]
    # A target that is the source itself has a way without arcs.
    reached |= (to_node[None, :] == roots[:, None]).ravel()
    shape = (rows, len(to_node))
    for grid, total in zip(out[0], totals, strict=True):
        grid[part] = np.where(reached, total, np.inf).reshape(shape)
    for grid, low in zip(out[1], smallest, strict=True):
        grid[part] = np.where(reached, low, np.nan).reshape(shape)


def morton_order(x: FloatArray, y: FloatArray) -> IntArray:
    """Order of points along a Z-curve, so that near nodes lie near in memory."""

    def spread(values: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        low, high = float(values.min()), float(values.max())
        span = high - low if high > low else 1.0
        bits = ((values - low) / span * 65_535.0).astype(np.uint64)
        for shift, mask in (
            (8, 0x00FF00FF00FF00FF),
            (4, 0x0F0F0F0F0F0F0F0F),
            (2, 0x3333333333333333),
            (1, 0x5555555555555555),
        ):
            bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
        return bits

    if x.size == 0:
        return np.empty(0, dtype=np.int64)
    code = spread(x) | (spread(y) << np.uint64(1))
    return np.argsort(code, kind="stable").astype(np.int64)
