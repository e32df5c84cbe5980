"""Energy carriers besides electricity: hydrogen, HVO, bio-LNG, sold at the same sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.errors import Fault
from bundling.frozen import own_arrays

if TYPE_CHECKING:
    from bundling.siting.problem import SitingProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Carriers:
    """Which charger or dispenser gives which carrier, and who asks for which.

    Carrier 0 is electricity: the only one with hours, headroom and transport. Of the others a
    dispenser sells `charger_kw` kWh an hour at most, at one price; they need no grid. A site that
    sells any of them has a connection all the same (lights, pumps).

    Attributes
    ----------
    ids
        Names, electricity first [Z].
    eur_per_kwh
        Price per kWh in the vehicle [Z]; that of electricity is not used.
    charger
        Carrier of each charger type [C].
    demand
        Carrier each demand point asks for [D].
    site_min
        Carriers a new site must sell [S]: 2 at a Clean Energy Hub, 1 elsewhere. Existing chargers
        sell electricity.
    """

    ids: tuple[str, ...]
    eur_per_kwh: FloatArray
    charger: IntArray
    demand: IntArray
    site_min: IntArray

    def __post_init__(self) -> None:
        own_arrays(self)

    @property
    def size(self) -> int:
        """Number of carriers."""
        return len(self.ids)

    def lengths(self, problem: SitingProblem) -> Iterator[Fault]:
        """Arrays that do not fit the problem."""
        for field, table, size in (
            ("eur_per_kwh", "carriers", self.size),
            ("charger", "chargers", problem.num_chargers),
            ("demand", "demand", problem.num_demands),
            ("site_min", "sites", problem.num_sites),
        ):
            shape = getattr(self, field).shape
            if shape != (size,):
                rule = f"has shape {shape}, expected ({size},)"
                yield Fault(table, field, (), rule, "Give one value a row.")

    def faults(self, problem: SitingProblem) -> Iterator[Fault]:
        """Values that cannot be."""
        if not self.ids or len(set(self.ids)) < self.size:
            yield Fault("carriers", "carrier", (), "is empty or not unique", "Name each once.")
        if not np.isfinite(self.eur_per_kwh).all():
            yield Fault("carriers", "eur_per_kwh", (), "is no number", "Give a price.")
        for field, table, names in (
            ("charger", "chargers", problem.charger_ids),
            ("demand", "demand", problem.demand_ids),
        ):
            index = getattr(self, field)
            bad = (index < 0) | (index >= self.size)
            if bad.any():
                rows = tuple(names[i] for i in np.flatnonzero(bad))
                yield Fault(table, "carrier", rows, "is no carrier", "Use one of the table.")
        bad = (self.site_min < 1) | (self.site_min > self.size)
        if bad.any():
            rows = tuple(problem.site_ids[s] for s in np.flatnonzero(bad))
            rule = f"is not between 1 and the {self.size} carriers"
            yield Fault("sites", "min_carriers", rows, rule, "Give 1, or 2 for a hub.")
