"""Which sites to open so that clients are served well: the classical location problems.

One shape for p-median, p-center, and facility location with and without capacities: each client is
served from open sites, at a cost per pair; sites have fixed costs, perhaps capacities, and a number
that must or may be open.
"""

from __future__ import annotations

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
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FacilityProblem:
    """Sites and clients, and what it costs to serve each client from each site.

    Attributes
    ----------
    site_ids, client_ids
        Names of the ``J`` sites and ``I`` clients.
    cost
        Cost of serving all of a client from a site ``[I, J]``; ``inf`` where it may not be.
    fixed_cost
        Cost of opening a site ``[J]``.
    demand, capacity
        What a client asks of its sites ``[I]``, and what a site can serve ``[J]``; ``inf``: all.
        With capacities a client may be served from several sites, each a share.
    least_open, most_open
        How many sites must and may be open.
    must_open, forbidden
        Sites that are open, and that may not be opened ``[J]``.
    worst
        What counts is the dearest pair of a client and its site instead of their sum (p-center).
    unit
        Unit of all costs, for the words and tables.
    """

    family: ClassVar[str] = "location.facility"

    site_ids: tuple[str, ...]
    client_ids: tuple[str, ...]
    cost: FloatArray
    fixed_cost: FloatArray
    demand: FloatArray
    capacity: FloatArray
    least_open: int
    most_open: int
    must_open: BoolArray
    forbidden: BoolArray
    worst: bool = False
    unit: str = "EUR"

    def __post_init__(self) -> None:
        freeze(self)
        from bundling.location.facility.faults import faults

        raise_if(faults(self))

    @property
    def num_sites(self) -> int:
        """Number of sites."""
        return len(self.site_ids)

    @property
    def num_clients(self) -> int:
        """Number of clients."""
        return len(self.client_ids)

    def site_name(self, j: int) -> str:
        """Name of site `j`."""
        return self.site_ids[j]

    @property
    def has_capacity(self) -> bool:
        """Whether any site can be full."""
        return bool(np.isfinite(self.capacity).any())

    def replace(self, **changes: Any) -> FacilityProblem:
        """Return a copy with some fields changed; it is validated anew."""
        return replace(self, **changes)

    @classmethod
    def of(
        cls,
        cost: ArrayLike,
        *,
        fixed_cost: ArrayLike = 0.0,
        demand: ArrayLike = 1.0,
        capacity: ArrayLike = np.inf,
        least_open: int = 1,
        most_open: int | None = None,
        must_open: ArrayLike = False,
        forbidden: ArrayLike = False,
        worst: bool = False,
        unit: str = "EUR",
        site_ids: Sequence[str] | None = None,
        client_ids: Sequence[str] | None = None,
    ) -> FacilityProblem:
        """Make a problem of a matrix of costs ``[I, J]``; single numbers count for all."""
        matrix = np.asarray(cost, dtype=np.float64)
        clients, sites = matrix.shape if matrix.ndim == 2 else (len(matrix), 0)
        return cls(
            site_ids=tuple(site_ids or (f"site {j}" for j in range(sites))),
            client_ids=tuple(client_ids or (f"client {i}" for i in range(clients))),
            cost=matrix,
            fixed_cost=np.broadcast_to(np.asarray(fixed_cost, dtype=np.float64), (sites,)),
            demand=np.broadcast_to(np.asarray(demand, dtype=np.float64), (clients,)),
            capacity=np.broadcast_to(np.asarray(capacity, dtype=np.float64), (sites,)),
            least_open=least_open,
            most_open=sites if most_open is None else most_open,
            must_open=np.broadcast_to(np.asarray(must_open, dtype=bool), (sites,)),
            forbidden=np.broadcast_to(np.asarray(forbidden, dtype=bool), (sites,)),
            worst=worst,
            unit=unit,
        )

    @classmethod
    def from_tables(
        cls,
        sites: pd.DataFrame,
        clients: pd.DataFrame,
        costs: pd.DataFrame,
        **options: Any,
    ) -> FacilityProblem:
        """Make a problem of data frames.

        Parameters
        ----------
        sites
            ``site_id``, and where they differ from `of`'s defaults ``fixed_cost``, ``capacity``,
            ``must_open``, ``forbidden``.
        clients
            ``client_id``, and ``demand`` where sites have a capacity.
        costs
            ``client_id``, ``site_id``, ``cost``; a pair that is missing may not be served.
        **options
            `least_open`, `most_open`, `worst`, `unit` of `of`.

        Raises
        ------
        bundling.InputError
            With every missing column, unknown or repeated name and broken rule at once.
        """
        from bundling.location.facility.frames import from_tables

        return from_tables(sites, clients, costs, **options)


def p_median(
    cost: ArrayLike, p: int, *, weight: ArrayLike = 1.0, **options: Any
) -> FacilityProblem:
    """Open `p` sites so that the weighted sum of costs to the nearest open site is least.

    Parameters
    ----------
    cost
        ``[I, J]``, such as distances.
    p
        Number of open sites.
    weight
        Of each client ``[I]``.
    **options
        `must_open`, `forbidden`, `unit`, `site_ids`, `client_ids` of `FacilityProblem.of`.

    References
    ----------
    S. L. Hakimi, "Optimum locations of switching centers and the absolute centers and medians of a
    graph", Operations Research 12 (1964) 450-459.
    """
    return FacilityProblem.of(_weighted(cost, weight), least_open=p, most_open=p, **options)


def p_center(
    cost: ArrayLike, p: int, *, weight: ArrayLike = 1.0, **options: Any
) -> FacilityProblem:
    """Open `p` sites so that the dearest client is as cheap as can be; arguments of `p_median`."""
    weighted = _weighted(cost, weight)
    return FacilityProblem.of(weighted, least_open=p, most_open=p, worst=True, **options)


def facility_location(
    cost: ArrayLike,
    fixed_cost: ArrayLike,
    *,
    demand: ArrayLike = 1.0,
    capacity: ArrayLike = np.inf,
    **options: Any,
) -> FacilityProblem:
    """Open sites so that fixed costs and costs of serving are least, with or without capacities.

    Parameters
    ----------
    cost
        Cost of serving all of a client from a site ``[I, J]``.
    fixed_cost, capacity
        Of each site ``[J]``.
    demand
        Of each client ``[I]``.
    **options
        Further arguments of `FacilityProblem.of`.
    """
    return FacilityProblem.of(
        cost, fixed_cost=fixed_cost, demand=demand, capacity=capacity, **options
    )


def _weighted(cost: ArrayLike, weight: ArrayLike) -> FloatArray:
    matrix = np.asarray(cost, dtype=np.float64)
    weights = np.broadcast_to(np.asarray(weight, dtype=np.float64), matrix.shape[:1])
    if bool((weights == 1.0).all()):
        return matrix
    weighted: FloatArray = matrix * weights[:, None]
    return weighted
