"""Travel over a user's own road graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from bundling.errors import Fault, InputError
from bundling.network.nxread import read_graph
from bundling.network.shortest import Arcs, cheapest, morton_order, ways
from bundling.network.travel import FloatArray, IntArray, Travel, Unreachable, points


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """A road graph as arrays; ways are the quickest ones, distances belong to those ways.

    Points are taken to their nearest node; the metres between point and node are reported by
    `snap`, not added. One-way streets hold, so matrices need not be symmetric.

    Attributes
    ----------
    node_ids
        The nodes of the graph it was made from, in the order used here.
    x_m, y_m
        RD New metres of the nodes.
    arcs
        Arcs with their seconds; of parallel edges the quickest, then the shortest.
    length_m, levied_m
        Metres and levied metres of every arc.
    time_from
        How many edges of the source got their time from ``time``, ``speed_kph``, ``maxspeed`` or
        the ``highway`` table.
    max_snap_m
        A point further than this from every node is unreachable.
    """

    node_ids: tuple[Any, ...]
    x_m: FloatArray
    y_m: FloatArray
    arcs: Arcs
    length_m: FloatArray
    levied_m: FloatArray
    time_from: dict[str, int] = field(default_factory=dict)
    max_snap_m: float = 1_000.0

    @staticmethod
    def from_networkx(
        graph: Any,
        *,
        length: str = "length",
        time: str = "travel_time",
        levied: str = "levied",
        max_speed_kmh: float | None = None,
        max_snap_m: float = 1_000.0,
    ) -> RoadGraph:
        """Road graph from networkx, such as OSMnx makes.

        Parameters
        ----------
        graph
            Any networkx graph. Nodes have ``x`` and ``y``, or ``lon`` and ``lat``; degrees when
            ``graph.graph["crs"]`` says WGS84 or, without a crs, when all values look like degrees;
            else RD New metres.
        length
            Edge attribute with metres.
        time
            Edge attribute with seconds. An edge without it gets ``length / speed`` from
            ``speed_kph``, else ``maxspeed``, else the table `speeds.HIGHWAY_SPEED_KMH`.
        levied
            Edge attribute that says whether there is a truck levy: true, false, or metres.
        max_speed_kmh
            Speed limit of the vehicle; edges get slower, never quicker.
        max_snap_m
            See the attribute.

        Raises
        ------
        bundling.InputError
            With every fault at once: coordinates, lengths, times, a projection other than RD.
        """
        raw = read_graph(graph, length, time, levied, max_speed_kmh)
        order = morton_order(raw.x_m, raw.y_m)
        rank = np.empty_like(order)
        rank[order] = np.arange(order.size)
        arcs, kept = cheapest(order.size, rank[raw.tail], rank[raw.head], raw.time_s, raw.length_m)
        return RoadGraph(
            node_ids=tuple(raw.node_ids[i] for i in order),
            x_m=raw.x_m[order],
            y_m=raw.y_m[order],
            arcs=arcs,
            length_m=raw.length_m[kept],
            levied_m=raw.levied_m[kept],
            time_from=raw.time_from,
            max_snap_m=max_snap_m,
        )

    def snap(self, xy: ArrayLike) -> pd.DataFrame:
        """Nearest node of every point.

        Returns
        -------
        pandas.DataFrame
            ``node_id``, ``snap_m`` (metres from point to node) and ``within`` (at most
            `max_snap_m`), one row a point.
        """
        node, metres = self._nearest(points(xy, "xy"))
        return pd.DataFrame(
            {
                "node_id": pd.Series([self.node_ids[i] for i in node], dtype=object),
                "snap_m": metres,
                "within": metres <= self.max_snap_m,
            }
        )

    def travel(
        self,
        from_xy: ArrayLike,
        to_xy: ArrayLike | None = None,
        *,
        from_area: Sequence[str] | None = None,  # noqa: ARG002 - one signature for all networks
        to_area: Sequence[str] | None = None,  # noqa: ARG002 - one signature for all networks
        allow_unreachable: bool = False,
    ) -> Travel:
        """Travel from every point to every point, by the quickest ways.

        Parameters
        ----------
        from_xy, to_xy
            ``[n, 2]`` and ``[m, 2]`` RD New metres; without `to_xy` among the points of `from_xy`.
        from_area, to_area
            Not used: the speeds are those of the graph. They stand here so that a road graph can
            take the place of a `PlaneNetwork`.
        allow_unreachable
            Give infinite entries and the list `Travel.unreachable` instead of an error.

        Raises
        ------
        bundling.InputError
            When pairs are unreachable, with the reasons, unless `allow_unreachable`.
        """
        a = points(from_xy, "from_xy")
        b = a if to_xy is None else points(to_xy, "to_xy")
        start, start_m = self._nearest(a)
        end, end_m = self._nearest(b)
        found = ways(self.arcs, start, end, sums=(self.length_m, self.levied_m))
        time, (distance, levied) = found.cost.copy(), (grid.copy() for grid in found.sums)
        reasons = self._reasons(time, (start, start_m), (end, end_m), same=to_xy is None)
        for grid in (time, distance, levied):
            grid[start_m > self.max_snap_m, :] = np.inf
            grid[:, end_m > self.max_snap_m] = np.inf
            if to_xy is None:
                np.fill_diagonal(grid, 0.0)
        if reasons and not allow_unreachable:
            raise InputError(_faults(reasons))
        return Travel(distance, time, levied, reasons)

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(np.column_stack([self.x_m, self.y_m]))

    @cached_property
    def _part(self) -> IntArray:
        return self.arcs.parts()

    def _nearest(self, xy: FloatArray) -> tuple[IntArray, FloatArray]:
        if not len(xy):
            return np.empty(0, dtype=np.int64), np.empty(0)
        metres, node = self._tree.query(xy)
        return np.asarray(node, dtype=np.int64), np.asarray(metres, dtype=np.float64)

    def _reasons(
        self,
        time: FloatArray,
        start: tuple[IntArray, FloatArray],
        end: tuple[IntArray, FloatArray],
        same: bool,
    ) -> tuple[Unreachable, ...]:
        """Why pairs have no way: too far from a road, separate parts, one-way streets."""
        far = "the nearest road node is {:.0f} m away, more than {:.0f} m"
        rows = [
            Unreachable(int(i), -1, "too_far", far.format(start[1][i], self.max_snap_m))
            for i in np.flatnonzero(start[1] > self.max_snap_m)
        ]
        if not same:
            rows += [
                Unreachable(-1, int(j), "too_far", far.format(end[1][j], self.max_snap_m))
                for j in np.flatnonzero(end[1] > self.max_snap_m)
            ]
        missing = ~np.isfinite(time)
        missing[start[1] > self.max_snap_m, :] = False
        missing[:, end[1] > self.max_snap_m] = False
        if not missing.any():
            return tuple(rows)
        weak = self._part
        size = np.bincount(weak)
        for i, j in zip(*np.nonzero(missing), strict=True):
            u, v = int(start[0][i]), int(end[0][j])
            ends = f"nodes {self.node_ids[u]} and {self.node_ids[v]}"
            if weak[u] != weak[v]:
                sizes = f"of {size[weak[u]]} and {size[weak[v]]} nodes"
                kind, reason = (
                    "separate_parts",
                    f"{ends} lie in separate parts {sizes} of the road graph",
                )
            else:
                kind, reason = "one_way", f"{ends} are joined only against one-way streets"
            rows.append(Unreachable(int(i), int(j), kind, reason))
        return tuple(rows)


def _faults(reasons: tuple[Unreachable, ...]) -> list[Fault]:
    """One fault for each kind of reason, with the points or pairs as rows."""
    kinds: dict[str, list[Unreachable]] = {}
    for one in reasons:
        kinds.setdefault(one.kind, []).append(one)
    remedy = "Move the points, complete the graph, or pass allow_unreachable=True"
    return [
        Fault("points", "", tuple(map(_label, ones)), f"unreachable: {ones[0].reason}", remedy)
        for ones in kinds.values()
    ]


def _label(one: Unreachable) -> str:
    if one.column < 0:
        return f"from {one.row}"
    return f"to {one.column}" if one.row < 0 else f"{one.row} to {one.column}"
