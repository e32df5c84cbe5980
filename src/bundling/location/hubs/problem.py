"""Which nodes become hubs, and how the flow between all pairs of nodes travels through them.

One shape for the p-hub median, hub location with fixed costs and with capacities, and hub covering;
with single allocation (each node sends and receives through one hub) or multiple allocation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.errors import raise_if
from bundling.location.frozen import freeze

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class HubLocationProblem:
    """Nodes, the flow between them, and what it costs to carry it through one or two hubs.

    A unit from ``i`` to ``j`` through the hubs ``k`` and ``m`` (perhaps the same) costs
    ``chi d[i, k] + alpha d[k, m] + delta d[m, j]``.

    Attributes
    ----------
    node_ids
        Names of the ``N`` nodes; every node may be a hub unless it is forbidden.
    flow
        From node to node ``[N, N]``, in any unit of freight, itself included.
    distance
        Or cost of a unit, from node to node ``[N, N]``; 0 from a node to itself.
    chi, alpha, delta
        Factors of distance for collection, transfer between hubs, and distribution.
    fixed_cost
        Cost of a hub ``[N]``.
    capacity
        Flow that a hub can collect from the nodes it serves, itself included ``[N]``, in the unit
        of `flow`; what comes from other hubs does not count. ``inf``: all.
    least_open, most_open
        How many hubs must and may be open.
    must_open, forbidden
        Nodes that are hubs, and that may not be ``[N]``.
    single
        Every node is allocated to one hub, a hub to itself. Else each pair goes its own way, and
        with capacities it may be split.
    reach
        Hub covering when finite: no pair with flow may cost more than this a unit, and only fixed
        costs count.
    unit
        Unit of all costs, for the words and tables.

    References
    ----------
    J. F. Campbell, "Integer programming formulations of discrete hub location problems", European
    Journal of Operational Research 72 (1994) 387-405. A. T. Ernst, M. Krishnamoorthy, "Solution
    algorithms for the capacitated single allocation hub location problem", Annals of Operations
    Research 86 (1999) 141-159.
    """

    family: ClassVar[str] = "location.hubs"

    node_ids: tuple[str, ...]
    flow: FloatArray
    distance: FloatArray
    chi: float
    alpha: float
    delta: float
    fixed_cost: FloatArray
    capacity: FloatArray
    least_open: int
    most_open: int
    must_open: BoolArray
    forbidden: BoolArray
    single: bool = True
    reach: float = math.inf
    unit: str = "EUR"

    def __post_init__(self) -> None:
        freeze(self)
        from bundling.location.hubs.faults import faults

        raise_if(faults(self))

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_ids)

    @property
    def num_sites(self) -> int:
        """Number of nodes, each a site of a hub."""
        return len(self.node_ids)

    def site_name(self, j: int) -> str:
        """Name of node `j`."""
        return self.node_ids[j]

    @property
    def covering(self) -> bool:
        """Whether all pairs must lie within reach and only fixed costs count."""
        return math.isfinite(self.reach)

    @property
    def has_capacity(self) -> bool:
        """Whether any hub can be full."""
        return bool(np.isfinite(self.capacity).any())

    @property
    def sent(self) -> FloatArray:
        """Flow that leaves each node ``[N]``."""
        total: FloatArray = self.flow.sum(axis=1)
        return total

    @property
    def received(self) -> FloatArray:
        """Flow that comes to each node ``[N]``."""
        total: FloatArray = self.flow.sum(axis=0)
        return total

    def replace(self, **changes: Any) -> HubLocationProblem:
        """Return a copy with some fields changed; it is validated anew."""
        return replace(self, **changes)

    @classmethod
    def of(
        cls,
        flow: ArrayLike,
        distance: ArrayLike,
        *,
        chi: float = 1.0,
        alpha: float = 1.0,
        delta: float = 1.0,
        fixed_cost: ArrayLike = 0.0,
        capacity: ArrayLike = np.inf,
        least_open: int = 1,
        most_open: int | None = None,
        must_open: ArrayLike = False,
        forbidden: ArrayLike = False,
        single: bool = True,
        reach: float = math.inf,
        unit: str = "EUR",
        node_ids: Sequence[str] | None = None,
    ) -> HubLocationProblem:
        """Make a problem of matrices ``[N, N]``; single numbers count for all nodes."""
        amounts = np.asarray(flow, dtype=np.float64)
        nodes = len(amounts) if amounts.ndim else 0
        return cls(
            node_ids=tuple(node_ids or (f"node {i}" for i in range(nodes))),
            flow=amounts,
            distance=np.asarray(distance, dtype=np.float64),
            chi=float(chi),
            alpha=float(alpha),
            delta=float(delta),
            fixed_cost=np.broadcast_to(np.asarray(fixed_cost, dtype=np.float64), (nodes,)),
            capacity=np.broadcast_to(np.asarray(capacity, dtype=np.float64), (nodes,)),
            least_open=int(least_open),
            most_open=nodes if most_open is None else int(most_open),
            must_open=np.broadcast_to(np.asarray(must_open, dtype=bool), (nodes,)),
            forbidden=np.broadcast_to(np.asarray(forbidden, dtype=bool), (nodes,)),
            single=bool(single),
            reach=float(reach),
            unit=unit,
        )

    @classmethod
    def from_tables(
        cls, nodes: pd.DataFrame, pairs: pd.DataFrame, **options: Any
    ) -> HubLocationProblem:
        """Make a problem of data frames.

        Parameters
        ----------
        nodes
            ``node_id``, and where they differ from `of`'s defaults ``fixed_cost``, ``capacity``,
            ``must_open``, ``forbidden``.
        pairs
            ``from_id``, ``to_id``, ``distance`` of every pair of two nodes, and ``flow``.
        **options
            The other arguments of `of`.

        Raises
        ------
        bundling.InputError
            With every missing column, unknown, repeated or missing pair at once.
        """
        from bundling.location.hubs.frames import from_tables

        return from_tables(nodes, pairs, **options)


def p_hub_median(
    flow: ArrayLike, distance: ArrayLike, p: int, *, single: bool = True, **options: Any
) -> HubLocationProblem:
    """Open `p` hubs so that carrying all flow costs least.

    Parameters
    ----------
    flow, distance
        ``[N, N]``.
    p
        Number of hubs.
    single
        Single allocation (USApHMP) or multiple (UMApHMP).
    **options
        `chi`, `alpha`, `delta` and further arguments of `HubLocationProblem.of`.

    References
    ----------
    M. E. O'Kelly, "A quadratic integer program for the location of interacting hub facilities",
    European Journal of Operational Research 32 (1987) 393-404.
    """
    return HubLocationProblem.of(
        flow, distance, least_open=p, most_open=p, single=single, **options
    )


def hub_location(
    flow: ArrayLike,
    distance: ArrayLike,
    fixed_cost: ArrayLike,
    *,
    capacity: ArrayLike = np.inf,
    single: bool = True,
    **options: Any,
) -> HubLocationProblem:
    """Open hubs so that fixed costs and carrying cost least, with or without capacities.

    Parameters
    ----------
    flow, distance
        ``[N, N]``.
    fixed_cost, capacity
        Of each hub ``[N]``; `capacity` in the unit of `flow`.
    single
        Single allocation (USAHLP, CSAHLP) or multiple.
    **options
        `chi`, `alpha`, `delta` and further arguments of `HubLocationProblem.of`.
    """
    return HubLocationProblem.of(
        flow, distance, fixed_cost=fixed_cost, capacity=capacity, single=single, **options
    )


def hub_covering(
    distance: ArrayLike,
    reach: float,
    *,
    flow: ArrayLike | None = None,
    fixed_cost: ArrayLike = 1.0,
    single: bool = True,
    **options: Any,
) -> HubLocationProblem:
    """Open the cheapest hubs so that no pair of nodes costs more than `reach` a unit.

    Parameters
    ----------
    distance
        ``[N, N]``.
    reach
        Most that a unit may cost from any node to any other, in the unit of `distance` times the
        factors.
    flow
        Pairs without flow need not be covered ``[N, N]``; all pairs of two nodes when None.
    fixed_cost
        Of each hub ``[N]``; 1 counts hubs.
    single
        Single or multiple allocation.
    **options
        `chi`, `alpha`, `delta` and further arguments of `HubLocationProblem.of`.
    """
    nodes = len(np.asarray(distance))
    amounts = 1.0 - np.eye(nodes) if flow is None else flow
    return HubLocationProblem.of(
        amounts, distance, fixed_cost=fixed_cost, reach=reach, single=single, **options
    )
