"""Where vehicles can refuel or charge on their way: the flow refuelling location problem (FRLM).

A flow goes from an origin to a destination along a path, there and back or one way. It is served
when its vehicles never run dry: each stretch between two open stations is within their range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.errors import raise_if
from bundling.location.frozen import freeze

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

ROUND, ONE_WAY = "round", "one-way"


@dataclass(frozen=True, eq=False)
class RefuellingProblem:
    """Flows with their paths, and sites on these where vehicles may refuel.

    What is not served counts with its volume, beside the fixed costs of open sites.

    Attributes
    ----------
    path_start, path_node
        Nodes that flow ``q`` passes, origin first and destination last:
        ``path_node[path_start[q] : path_start[q + 1]]``; ``Q`` flows.
    path_length
        Length of the way to each of these nodes from the one before, 0 for an origin.
    volume
        Cost of a flow that is not served, such as its vehicles or their kilometres ``[Q]``.
    reach
        Range of a vehicle with a full tank or battery ``[Q]``, in the unit of lengths.
    trip
        ``"round"``: there and back, again and again, so what counts is the way round from station
        to station. ``"one-way"``: from the origin with `start_share` of the range to the
        destination with `end_share` at least.
    start_share, end_share
        For one-way trips.
    site_node
        Node of each site ``[J]``.
    fixed_cost
        Cost of opening a site ``[J]``.
    least_open, most_open
        How many sites must and may be open.
    must_open, forbidden
        Sites that are open, and that may not be opened ``[J]``.
    detour_share, distance
        How much farther than the shortest way a flow may go for stations, as a share of it; and
        the shortest distances between all nodes ``[N, N]``, which only detours ask for. A round
        trip goes the same way back.
    node_ids, flow_ids
        Names; empty where nodes and flows go by their number from 0.
    unit
        Unit of volumes and costs, for the words and tables.
    """

    family: ClassVar[str] = "location.refuelling"

    path_start: IntArray
    path_node: IntArray
    path_length: FloatArray
    volume: FloatArray
    reach: FloatArray
    trip: str
    start_share: float
    end_share: float
    site_node: IntArray
    fixed_cost: FloatArray
    least_open: int
    most_open: int
    must_open: BoolArray
    forbidden: BoolArray
    node_ids: tuple[str, ...] = ()
    flow_ids: tuple[str, ...] = ()
    unit: str = "vehicles"
    detour_share: float = 0.0
    distance: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))

    def __post_init__(self) -> None:
        freeze(self)
        from bundling.location.refuelling.faults import faults

        raise_if(faults(self))

    @property
    def num_sites(self) -> int:
        """Number of sites."""
        return len(self.site_node)

    @property
    def num_flows(self) -> int:
        """Number of flows."""
        return len(self.volume)

    def site_name(self, j: int) -> str:
        """Name of the node of site `j`."""
        node = int(self.site_node[j])
        return self.node_ids[node] if self.node_ids else str(node)

    def flow_name(self, q: int) -> str:
        """Name of flow `q`."""
        return self.flow_ids[q] if self.flow_ids else str(q)

    def replace(self, **changes: Any) -> RefuellingProblem:
        """Return a copy with some fields changed; it is validated anew."""
        return replace(self, **changes)

    @classmethod
    def on_paths(
        cls,
        paths: Sequence[Sequence[int]],
        lengths: Sequence[ArrayLike],
        *,
        volume: ArrayLike,
        reach: ArrayLike,
        trip: str = ROUND,
        start_share: float = 0.5,
        end_share: float = 0.0,
        site_node: ArrayLike | None = None,
        fixed_cost: ArrayLike = 0.0,
        least_open: int = 0,
        most_open: int | None = None,
        must_open: ArrayLike = False,
        forbidden: ArrayLike = False,
        node_ids: Sequence[str] = (),
        flow_ids: Sequence[str] = (),
        unit: str = "vehicles",
        detour_share: float = 0.0,
        distance: ArrayLike | None = None,
    ) -> RefuellingProblem:
        """Make a problem of the path of each flow.

        Parameters
        ----------
        paths
            Nodes of each path.
        lengths
            Lengths between these nodes, one fewer a path.
        volume, reach, trip, start_share, end_share, fixed_cost, least_open, most_open, must_open, \
        forbidden, node_ids, flow_ids, unit, detour_share, distance
            As the attributes; single numbers count for all.
        site_node
            Nodes that are sites; all nodes of the paths when None.
        """
        start = np.concatenate([[0], np.cumsum([len(path) for path in paths])]).astype(np.int64)
        node = np.concatenate([np.asarray(path, dtype=np.int64) for path in paths])
        length = np.concatenate([np.r_[0.0, np.asarray(part, dtype=float)] for part in lengths])
        sites = np.unique(node) if site_node is None else np.asarray(site_node, dtype=np.int64)
        count = len(sites)
        return cls(
            path_start=start,
            path_node=node,
            path_length=length,
            volume=np.broadcast_to(np.asarray(volume, dtype=float), (len(paths),)),
            reach=np.broadcast_to(np.asarray(reach, dtype=float), (len(paths),)),
            trip=trip,
            start_share=start_share,
            end_share=end_share,
            site_node=sites,
            fixed_cost=np.broadcast_to(np.asarray(fixed_cost, dtype=float), (count,)),
            least_open=least_open,
            most_open=count if most_open is None else most_open,
            must_open=np.broadcast_to(np.asarray(must_open, dtype=bool), (count,)),
            forbidden=np.broadcast_to(np.asarray(forbidden, dtype=bool), (count,)),
            node_ids=tuple(node_ids),
            flow_ids=tuple(flow_ids),
            unit=unit,
            detour_share=detour_share,
            distance=np.zeros((0, 0)) if distance is None else np.asarray(distance, dtype=float),
        )

    @classmethod
    def from_tables(
        cls,
        arcs: pd.DataFrame,
        flows: pd.DataFrame,
        sites: pd.DataFrame | None = None,
        *,
        directed: bool = False,
        **options: Any,
    ) -> RefuellingProblem:
        """Make a problem of data frames; flows take the shortest path.

        Parameters
        ----------
        arcs
            ``from``, ``to``, ``length``.
        flows
            ``origin``, ``destination``, ``volume``, and ``reach`` where it is no option.
        sites
            ``node``, and where they differ from `on_paths`' defaults ``fixed_cost``,
            ``must_open``, ``forbidden``; all nodes when None.
        directed
            Whether an arc leads one way only.
        **options
            `reach`, `trip`, `start_share`, `end_share`, `least_open`, `most_open`, `unit`,
            `detour_share`.

        Raises
        ------
        bundling.InputError
            With every missing column, unknown node and flow without a way at once.
        """
        from bundling.location.refuelling.frames import from_tables

        return from_tables(arcs, flows, sites, directed=directed, **options)
