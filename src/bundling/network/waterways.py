"""Barge travel over the waterway graph, through its locks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.network.plane import RegionLike
from bundling.network.shortest import Arcs, cheapest, entering_arcs, ways
from bundling.network.travel import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class WaterTravel:
    """Barge travel between waterway nodes, matrices ``[n, m]``; infinite where there is no way.

    Attributes
    ----------
    from_nodes, to_nodes
        Node ids of rows and columns.
    distance_m
        Metres sailed.
    time_s
        Seconds sailing and in locks, waiting included.
    lock_count
        Locks on the way; -1 where there is no way.
    draught_m
        Smallest of the known largest draughts on the way; NaN where no stretch has one.
    draught_complete
        Whether every stretch of the way has a largest draught. When False, the bottleneck may be
        lower than `draught_m`.
    """

    from_nodes: tuple[str, ...]
    to_nodes: tuple[str, ...]
    distance_m: FloatArray
    time_s: FloatArray
    lock_count: IntArray
    draught_m: FloatArray
    draught_complete: np.ndarray[tuple[int, int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class WaterWay:
    """One way over water.

    Attributes
    ----------
    edges
        Edge ids in order.
    locks
        Ids of the locks passed, in order of the edges.
    distance_m, time_s
        Metres, and seconds with the locks.
    """

    edges: tuple[str, ...]
    locks: tuple[str, ...]
    distance_m: float
    time_s: float


@dataclass(frozen=True, eq=False)
class Waterways:
    """Graph of waterways; every edge is sailed both ways at one speed.

    Current, bridges and opening hours are not in the data and left out.

    Attributes
    ----------
    node_ids, edge_ids
        Identifiers.
    source, target
        Node index of the ends of every edge.
    length_m, time_s
        Metres, and seconds sailing plus the passage of the locks on the edge.
    draught_m
        Largest draught, NaN where not known.
    locks
        Ids of the locks on every edge.
    locks_off_graph
        Ids of locks that name no edge, and so cost no time.
    """

    node_ids: tuple[str, ...]
    edge_ids: tuple[str, ...]
    source: IntArray
    target: IntArray
    length_m: FloatArray
    time_s: FloatArray
    draught_m: FloatArray
    locks: tuple[tuple[str, ...], ...]
    locks_off_graph: tuple[str, ...] = ()

    @staticmethod
    def from_region(region: RegionLike) -> Waterways:
        """Waterways from the tables ``waterway_nodes``, ``waterway_edges`` and ``locks``.

        The passage of a lock, ``locks.passage_min``, holds waiting and locking; nothing is added
        to it.

        Raises
        ------
        bundling.InputError
            When the region has no waterways, or an edge has no speed or length, or an end or a
            lock's edge that is not in the tables.
        """
        nodes, edges = region.table("waterway_nodes"), region.table("waterway_edges")
        locks = region.table("locks")
        if not len(nodes) or not len(edges):
            rule = "the region has no waterways"
            raise_if([Fault("waterway_edges", "", (), rule, "Add nodes and edges")])
        node_ids = tuple(str(node) for node in nodes["node_id"])
        edge_ids = tuple(str(edge) for edge in edges["edge_id"])
        length_km = edges["length_km"].to_numpy(dtype=np.float64)
        speed_kmh = edges["speed_kmh"].to_numpy(dtype=np.float64, na_value=np.nan)
        faults = []
        for column, good, rule, remedy in (
            ("length_km", length_km >= 0, "no length", "Give km"),
            ("speed_kmh", speed_kmh > 0, "no speed", "Give km/h above 0"),
            ("source", edges["source"].isin(node_ids).to_numpy(), "no such node", "Correct it"),
            ("target", edges["target"].isin(node_ids).to_numpy(), "no such node", "Correct it"),
        ):
            rows = tuple(edge_ids[i] for i in np.flatnonzero(~np.asarray(good, dtype=bool)))
            if rows:
                faults.append(Fault("waterway_edges", column, rows, rule, remedy))
        on_edge, off_graph, passage_s, wrong = _locks(locks, edge_ids)
        if wrong:
            remedy = "Name an edge of waterway_edges, or leave it empty"
            faults.append(Fault("locks", "edge_id", wrong, "no such edge", remedy))
        raise_if(faults)
        index = {node: i for i, node in enumerate(node_ids)}
        return Waterways(
            node_ids=node_ids,
            edge_ids=edge_ids,
            source=np.array([index[str(n)] for n in edges["source"]], dtype=np.int64),
            target=np.array([index[str(n)] for n in edges["target"]], dtype=np.int64),
            length_m=1000.0 * length_km,
            time_s=3600.0 * length_km / speed_kmh + passage_s,
            draught_m=edges["max_draught_m"].to_numpy(dtype=np.float64, na_value=np.nan),
            locks=on_edge,
            locks_off_graph=off_graph,
        )

    def travel(
        self,
        nodes: Sequence[str],
        to_nodes: Sequence[str] | None = None,
        *,
        draught_m: float | None = None,
    ) -> WaterTravel:
        """Quickest barge travel between nodes.

        Parameters
        ----------
        nodes, to_nodes
            Node ids, such as ``harbours.waterway_node``; without `to_nodes` among `nodes`.
        draught_m
            Draught of the vessel: stretches known to be shallower are closed. Stretches without a
            known draught stay open; see `WaterTravel.draught_complete`.

        Raises
        ------
        bundling.InputError
            When a node is not in the graph.
        """
        from_ids = tuple(map(str, nodes))
        to_ids = from_ids if to_nodes is None else tuple(map(str, to_nodes))
        start, end = self._index(from_ids), self._index(to_ids)
        arcs, edge = self._arcs(draught_m)
        known = ~np.isnan(self.draught_m)
        lock_count = np.array([len(ids) for ids in self.locks], dtype=np.float64)
        found = ways(
            arcs,
            start,
            end,
            sums=(self.length_m[edge], lock_count[edge], (~known)[edge].astype(np.float64)),
            least=(np.where(known, self.draught_m, np.inf)[edge],),
        )
        distance, count, unknown = found.sums
        bottleneck = found.least[0]
        there = np.isfinite(distance)
        return WaterTravel(
            from_nodes=from_ids,
            to_nodes=to_ids,
            distance_m=distance,
            time_s=found.cost,
            lock_count=np.where(there, count, -1.0).astype(np.int64),
            draught_m=np.where(np.isfinite(bottleneck), bottleneck, np.nan),
            draught_complete=there & (unknown == 0),
        )

    def way(
        self, from_node: str, to_node: str, *, draught_m: float | None = None
    ) -> WaterWay | None:
        """Quickest way between two nodes, edge by edge; None when there is none.

        Parameters
        ----------
        from_node, to_node
            Node ids.
        draught_m
            As in `travel`.
        """
        start, end = self._index((from_node,)), self._index((to_node,))
        arcs, edge = self._arcs(draught_m)
        tree = entering_arcs(arcs, int(start[0]))
        steps: list[int] = []
        here = int(end[0])
        while here != int(start[0]):
            arc = int(tree[here])
            if arc < 0:
                return None
            steps.append(int(edge[arc]))
            here = int(arcs.tail[arc])
        steps.reverse()
        return WaterWay(
            edges=tuple(self.edge_ids[i] for i in steps),
            locks=tuple(lock for i in steps for lock in self.locks[i]),
            distance_m=float(self.length_m[steps].sum()),
            time_s=float(self.time_s[steps].sum()),
        )

    def _arcs(self, draught_m: float | None) -> tuple[Arcs, IntArray]:
        """Arcs in both directions, and the edge of each."""
        deep = np.ones(len(self.edge_ids), dtype=bool)
        if draught_m is not None:
            deep = ~(self.draught_m < draught_m)  # NaN is not shallower
        edge = np.flatnonzero(deep)
        tail = np.concatenate([self.source[edge], self.target[edge]])
        head = np.concatenate([self.target[edge], self.source[edge]])
        both = np.concatenate([edge, edge])
        arcs, kept = cheapest(
            len(self.node_ids), tail, head, self.time_s[both], self.length_m[both]
        )
        return arcs, both[kept]

    def _index(self, nodes: tuple[str, ...]) -> IntArray:
        index = {node: i for i, node in enumerate(self.node_ids)}
        unknown = tuple(dict.fromkeys(node for node in nodes if node not in index))
        if unknown:
            rule = "there is no such waterway node"
            raise_if([Fault("waterway_nodes", "node_id", unknown, rule, "Use a node of the table")])
        return np.array([index[node] for node in nodes], dtype=np.int64)


def _locks(
    locks: pd.DataFrame, edge_ids: tuple[str, ...]
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...], FloatArray, tuple[str, ...]]:
    """Locks by edge, locks without an edge, seconds by edge, locks with an unknown edge."""
    index = {edge: i for i, edge in enumerate(edge_ids)}
    on_edge: list[list[str]] = [[] for _ in edge_ids]
    seconds = np.zeros(len(edge_ids))
    off_graph, wrong = [], []
    if len(locks):
        for lock, edge, minutes in zip(
            locks["lock_id"], locks["edge_id"], locks["passage_min"], strict=True
        ):
            if pd.isna(edge):
                off_graph.append(str(lock))
            elif str(edge) not in index:
                wrong.append(str(lock))
            else:
                on_edge[index[str(edge)]].append(str(lock))
                seconds[index[str(edge)]] += 60.0 * float(minutes)
    return tuple(map(tuple, on_edge)), tuple(off_graph), seconds, tuple(wrong)
