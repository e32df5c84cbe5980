"""Which links to open, and how many facilities on each, so that all goods reach their destination.

The multicommodity fixed-charge network design problem: T. L. Magnanti, R. T. Wong, "Network design
and transportation planning: models and algorithms", Transportation Science 18 (1984) 1-55; with
capacities, B. Gendron, T. G. Crainic, A. Frangioni, "Multicommodity capacitated network design",
in: Telecommunications network planning, Kluwer 1999, 1-19.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, InputError, raise_if
from bundling.location.frozen import freeze

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DesignProblem:
    """A network, what its arcs cost to open and to use, and the goods that must go through it.

    Attributes
    ----------
    node_ids, arc_ids, commodity_ids
        Names of the ``N`` nodes, ``A`` arcs and ``K`` commodities.
    tail, head
        Nodes from which and to which an arc leads ``[A]``.
    unit_cost
        Cost of a unit of any commodity on an arc ``[A]``.
    capacity
        Units that one facility on an arc carries ``[A]``; ``inf``: all.
    fixed_cost
        Cost of one facility ``[A]``: a link that is opened, a vehicle, a departure.
    most_facilities
        How many facilities an arc may have ``[A]``; 1 in the classical problem.
    origin, destination
        Nodes of each commodity ``[K]``.
    quantity
        Units of each commodity ``[K]``; they may be split over paths.
    unit
        Unit of all costs, for the words and tables.
    """

    family: ClassVar[str] = "location.design"

    node_ids: tuple[str, ...]
    arc_ids: tuple[str, ...]
    commodity_ids: tuple[str, ...]
    tail: IntArray
    head: IntArray
    unit_cost: FloatArray
    capacity: FloatArray
    fixed_cost: FloatArray
    most_facilities: IntArray
    origin: IntArray
    destination: IntArray
    quantity: FloatArray
    unit: str = "EUR"

    def __post_init__(self) -> None:
        freeze(self)
        from bundling.location.design.faults import faults

        raise_if(faults(self))

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_ids)

    @property
    def num_arcs(self) -> int:
        """Number of arcs."""
        return len(self.arc_ids)

    @property
    def num_commodities(self) -> int:
        """Number of commodities."""
        return len(self.commodity_ids)

    @property
    def total_capacity(self) -> FloatArray:
        """Units an arc carries with all the facilities it may have ``[A]``."""
        most = self.most_facilities.astype(np.float64)
        with np.errstate(invalid="ignore"):
            total: FloatArray = np.where(most > 0, self.capacity * most, 0.0)
        return total

    def replace(self, **changes: Any) -> DesignProblem:
        """Return a copy with some fields changed; it is validated anew."""
        return replace(self, **changes)

    @classmethod
    def from_tables(
        cls, arcs: pd.DataFrame, commodities: pd.DataFrame, *, unit: str = "EUR"
    ) -> DesignProblem:
        """Make a problem of data frames.

        Parameters
        ----------
        arcs
            ``from``, ``to``, ``unit_cost``, ``fixed_cost``, and where they differ from the defaults
            ``capacity`` (inf), ``most_facilities`` (1), ``arc_id`` (from -> to).
        commodities
            ``from``, ``to``, ``quantity``, and ``commodity_id`` (from -> to).
        unit
            Unit of all costs.

        Raises
        ------
        bundling.InputError
            With every missing column, unknown or repeated name and broken rule at once.
        """
        from bundling.location.design.frames import from_tables

        return from_tables(arcs, commodities, unit=unit)


def network_design(
    arcs: Sequence[tuple[Any, Any]],
    commodities: Sequence[tuple[Any, Any]],
    *,
    unit_cost: ArrayLike,
    fixed_cost: ArrayLike,
    quantity: ArrayLike = 1.0,
    capacity: ArrayLike = np.inf,
    most_facilities: ArrayLike = 1,
    arc_ids: Sequence[str] | None = None,
    commodity_ids: Sequence[str] | None = None,
    unit: str = "EUR",
) -> DesignProblem:
    """Open arcs so that the fixed costs and the costs of carrying all commodities are least.

    Parameters
    ----------
    arcs
        ``(from, to)``, names of nodes, one an arc; two arcs may join the same nodes.
    commodities
        ``(origin, destination)``, one a commodity.
    unit_cost, fixed_cost, capacity, most_facilities
        Of each arc ``[A]``, or one number for all; see `DesignProblem`.
    quantity
        Of each commodity ``[K]``, or one number for all.
    arc_ids, commodity_ids
        Names; ``from -> to`` by default, with a number where that stands for several.
    unit
        Unit of all costs.

    Raises
    ------
    bundling.InputError
        With every broken rule at once.
    """
    number: dict[str, int] = {}
    ends = [_ends(pairs, number) for pairs in (arcs, commodities)]
    lengths = {"arcs": len(arcs), "commodities": len(commodities)}

    def spread(name: str, table: str, values: ArrayLike, kind: Any = np.float64) -> Any:
        array = np.asarray(values, dtype=kind)
        if array.ndim == 0:
            return np.broadcast_to(array, (lengths[table],))
        if array.shape != (lengths[table],):
            rule = f"has shape {array.shape}, expected {(lengths[table],)}"
            wrong.append(Fault(table, name, (), rule, "Give one value a row, or one for all."))
        return array

    wrong: list[Fault] = []
    given = {
        "unit_cost": spread("unit_cost", "arcs", unit_cost),
        "fixed_cost": spread("fixed_cost", "arcs", fixed_cost),
        "capacity": spread("capacity", "arcs", capacity),
        "most_facilities": spread("most_facilities", "arcs", most_facilities),
        "quantity": spread("quantity", "commodities", quantity),
    }
    if wrong:
        raise InputError(wrong)
    most = given["most_facilities"]
    if (most != np.floor(most)).any() or not np.isfinite(most).all():
        rule = "is not a whole number"
        raise InputError([Fault("arcs", "most_facilities", (), rule, "Give whole numbers.")])
    return DesignProblem(
        node_ids=tuple(number),
        arc_ids=tuple(arc_ids or named(arcs)),
        commodity_ids=tuple(commodity_ids or named(commodities)),
        tail=ends[0][:, 0],
        head=ends[0][:, 1],
        origin=ends[1][:, 0],
        destination=ends[1][:, 1],
        unit=unit,
        **given,
    )


def named(pairs: Sequence[tuple[Any, Any]]) -> list[str]:
    """Name each pair ``from -> to``; repeated ones get a number."""
    seen: dict[str, int] = {}
    names = []
    for tail, head in pairs:
        name = f"{tail} -> {head}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _ends(pairs: Sequence[tuple[Any, Any]], number: dict[str, int]) -> IntArray:
    found = [[number.setdefault(str(node), len(number)) for node in pair] for pair in pairs]
    return np.array(found, dtype=np.int64).reshape(-1, 2)
