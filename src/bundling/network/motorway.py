"""The motorway graph: ramps, and the way from ramp to ramp."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from bundling.network.travel import FloatArray

STRAIGHT_ENOUGH = 1.15
NOT_SHORTER = 0.98  # a road shorter than the straight line: one of its ends lies elsewhere


@dataclass(frozen=True, eq=False)
class Motorways:
    """Ramps of the motorway graph and the metres between them.

    Attributes
    ----------
    ramp_xy
        ``[K, 2]`` metres.
    between_m
        ``[K, K]`` metres along motorways; infinite where there is no way, and on the diagonal,
        because a trip that leaves where it joined does not use a motorway.
    """

    ramp_xy: FloatArray
    between_m: FloatArray

    @staticmethod
    def from_tables(nodes: pd.DataFrame, edges: pd.DataFrame, ramp_spacing_m: float) -> Motorways:
        """Motorways from the region's tables.

        The nodes of the graph lie up to 60 km apart while a motorway has a ramp every few
        kilometres. So an edge that is nearly straight (its length at most 1.15 times the straight
        distance of its ends) gets ramps in between, evenly on the straight line, at most
        `ramp_spacing_m` apart. That is an assumption: such a ramp may lie some kilometres off.

        Parameters
        ----------
        nodes
            ``node_id, rd_x_m, rd_y_m``; nodes without an edge are no ramps.
        edges
            ``source, target, distance_km``; each edge is one direction.
        ramp_spacing_m
            Largest distance between ramps; infinite for the nodes alone.
        """
        joined = set(edges["source"]) | set(edges["target"])
        nodes = nodes[nodes["node_id"].isin(joined)]
        index = {str(node): i for i, node in enumerate(nodes["node_id"])}
        xy = nodes[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
        ramps = [xy]
        arcs: list[tuple[int, int, float]] = []
        count = len(xy)
        middle: dict[tuple[int, int], list[int]] = {}
        for source, target, km in zip(
            edges["source"], edges["target"], edges["distance_km"], strict=True
        ):
            a, b, metres = index[str(source)], index[str(target)], 1000.0 * float(km)
            straight = float(np.hypot(*(xy[a] - xy[b])))
            pieces = 1
            if NOT_SHORTER * straight <= metres <= STRAIGHT_ENOUGH * straight and straight > 0:
                pieces = max(1, int(np.ceil(metres / ramp_spacing_m)))
            inner = middle.get((b, a), [])[::-1]
            # Both directions of a road share their ramps; lengths may differ a little.
            if len(inner) != pieces - 1:
                inner = list(range(count, count + pieces - 1))
                count += pieces - 1
                share = np.arange(1, pieces)[:, None] / pieces
                ramps.append(xy[a] + share * (xy[b] - xy[a]))
                middle[a, b] = inner
            stations = [a, *inner, b]
            step = metres / pieces
            arcs += [(i, j, step) for i, j in pairwise(stations)]
        ramp_xy = np.vstack(ramps)
        return Motorways(ramp_xy, _all_pairs(len(ramp_xy), arcs))


def _all_pairs(count: int, arcs: list[tuple[int, int, float]]) -> FloatArray:
    if not arcs:
        return np.full((count, count), np.inf)
    best: dict[tuple[int, int], float] = {}
    for i, j, metres in arcs:
        best[i, j] = min(metres, best.get((i, j), np.inf))
    tail, head = np.array(list(best)).T
    graph = coo_array((np.array(list(best.values())), (tail, head)), shape=(count, count))
    between: FloatArray = np.asarray(dijkstra(graph.tocsr()), dtype=np.float64)
    np.fill_diagonal(between, np.inf)
    return between
