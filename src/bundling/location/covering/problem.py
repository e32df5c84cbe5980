"""Which sites to open so that clients lie within their reach: maximal and set covering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.errors import raise_if
from bundling.location.frozen import freeze

if TYPE_CHECKING:
    from scipy import sparse

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
SiteArray = NDArray[np.int32]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CoveringProblem:
    """Sites, and the clients that each of them covers.

    What is not covered counts with its weight, beside the fixed costs of open sites. Maximal
    covering limits the number of sites; in set covering every client must be covered.

    Attributes
    ----------
    start, site
        Sites that cover client ``i``, ascending: ``site[start[i] : start[i + 1]]``; ``I`` clients,
        ``J`` sites.
    weight
        Cost of leaving a client uncovered ``[I]``; ``inf``: it must be covered.
    fixed_cost
        Cost of opening a site ``[J]``.
    least_open, most_open
        How many sites must and may be open.
    must_open, forbidden
        Sites that are open, and that may not be opened ``[J]``.
    site_ids, client_ids
        Names; empty where sites and clients go by their number from 0.
    unit
        Unit of weights and costs, for the words and tables.
    """

    family: ClassVar[str] = "location.covering"

    start: IntArray
    site: SiteArray
    weight: FloatArray
    fixed_cost: FloatArray
    least_open: int
    most_open: int
    must_open: BoolArray
    forbidden: BoolArray
    site_ids: tuple[str, ...] = ()
    client_ids: tuple[str, ...] = ()
    unit: str = "EUR"

    def __post_init__(self) -> None:
        freeze(self)
        from bundling.location.covering.faults import faults

        raise_if(faults(self))

    @property
    def num_sites(self) -> int:
        """Number of sites."""
        return len(self.fixed_cost)

    @property
    def num_clients(self) -> int:
        """Number of clients."""
        return len(self.weight)

    def site_name(self, j: int) -> str:
        """Name of site `j`."""
        return self.site_ids[j] if self.site_ids else str(j)

    def client_name(self, i: int) -> str:
        """Name of client `i`."""
        return self.client_ids[i] if self.client_ids else str(i)

    def replace(self, **changes: Any) -> CoveringProblem:
        """Return a copy with some fields changed; it is validated anew."""
        return replace(self, **changes)

    @classmethod
    def of(
        cls,
        covers: ArrayLike | sparse.sparray | sparse.spmatrix,
        *,
        weight: ArrayLike = np.inf,
        fixed_cost: ArrayLike = 0.0,
        least_open: int = 0,
        most_open: int | None = None,
        must_open: ArrayLike = False,
        forbidden: ArrayLike = False,
        site_ids: Sequence[str] = (),
        client_ids: Sequence[str] = (),
        unit: str = "EUR",
    ) -> CoveringProblem:
        """Make a problem of a matrix that says whether site ``j`` covers client ``i`` ``[I, J]``.

        Parameters
        ----------
        covers
            Truth values, dense or a matrix of scipy.sparse (see `covers_within`).
        weight, fixed_cost, least_open, most_open, must_open, forbidden, site_ids, client_ids, unit
            As the attributes; single numbers count for all.
        """
        from scipy import sparse

        given: Any = covers
        matrix = sparse.csr_array(given).astype(bool)
        matrix.eliminate_zeros()
        matrix.sum_duplicates()
        clients, sites = matrix.shape
        return cls(
            start=matrix.indptr.astype(np.int64),
            site=matrix.indices.astype(np.int32),
            weight=np.broadcast_to(np.asarray(weight, dtype=np.float64), (clients,)),
            fixed_cost=np.broadcast_to(np.asarray(fixed_cost, dtype=np.float64), (sites,)),
            least_open=least_open,
            most_open=sites if most_open is None else most_open,
            must_open=np.broadcast_to(np.asarray(must_open, dtype=bool), (sites,)),
            forbidden=np.broadcast_to(np.asarray(forbidden, dtype=bool), (sites,)),
            site_ids=tuple(site_ids),
            client_ids=tuple(client_ids),
            unit=unit,
        )


def maximal_covering(
    covers: ArrayLike | sparse.sparray | sparse.spmatrix,
    p: int,
    *,
    weight: ArrayLike = 1.0,
    **options: Any,
) -> CoveringProblem:
    """Open at most `p` sites so that the weight of uncovered clients is least.

    Parameters
    ----------
    covers, **options
        As in `CoveringProblem.of`.
    p
        How many sites may be open.
    weight
        Of each client ``[I]``.

    References
    ----------
    R. Church, C. ReVelle, "The maximal covering location problem", Papers of the Regional Science
    Association 32 (1974) 101-118.
    """
    return CoveringProblem.of(covers, weight=weight, most_open=p, **options)


def set_covering(
    covers: ArrayLike | sparse.sparray | sparse.spmatrix,
    *,
    fixed_cost: ArrayLike = 1.0,
    **options: Any,
) -> CoveringProblem:
    """Cover every client at the least fixed cost, or with the fewest sites.

    Parameters
    ----------
    covers, **options
        As in `CoveringProblem.of`.
    fixed_cost
        Of each site ``[J]``.

    References
    ----------
    C. Toregas, R. Swain, C. ReVelle, L. Bergman, "The location of emergency service facilities",
    Operations Research 19 (1971) 1363-1373.
    """
    return CoveringProblem.of(covers, weight=np.inf, fixed_cost=fixed_cost, **options)


def covers_within(client_xy: ArrayLike, site_xy: ArrayLike, radius: float) -> sparse.csr_array:
    """Return which clients lie within `radius` of each site, as the crow flies ``[I, J]``.

    Parameters
    ----------
    client_xy, site_xy
        Coordinates ``[I, 2]`` and ``[J, 2]``.
    radius
        In their unit; a client at this distance is covered.
    """
    from scipy import sparse

    from bundling.location.covering.merge import count_within, write_within

    clients = np.ascontiguousarray(client_xy, dtype=np.float64)
    sites = np.ascontiguousarray(site_xy, dtype=np.float64)
    start = np.zeros(len(clients) + 1, dtype=np.int64)
    count_within(clients, sites, radius, start)
    site = np.zeros(start[-1], dtype=np.int32)
    write_within(clients, sites, radius, start, site)
    return sparse.csr_array(
        (np.ones(len(site), dtype=bool), site, start), shape=(len(clients), len(sites))
    )
