"""Reinforcements of grid nodes that the plan may pay for."""

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
class Upgrades:
    """Reinforcements that can be chosen, U of them. Those decided on already are headroom.

    Attributes
    ----------
    ids, names
        Identifiers and names [U].
    node
        Index of the grid node that gets more room [U].
    kw
        Room it adds in every hour [U].
    first_year
        First calendar year in which it can be there [U].
    eur_per_year
        Yearly cost once there (annuity and operation) [U].
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    node: IntArray
    kw: FloatArray
    first_year: IntArray
    eur_per_year: FloatArray

    def __post_init__(self) -> None:
        own_arrays(self)

    @property
    def size(self) -> int:
        """Number of upgrades."""
        return len(self.ids)

    def lengths(self) -> Iterator[Fault]:
        """Arrays of different lengths."""
        for field in ("names", "node", "kw", "first_year", "eur_per_year"):
            if len(getattr(self, field)) != self.size:
                rule = f"has {len(getattr(self, field))} values for {self.size} upgrades"
                yield Fault("upgrades", field, (), rule, "Give one value a row.")

    def faults(self, problem: SitingProblem) -> Iterator[Fault]:
        """Values that cannot be."""
        if len(set(self.ids)) < self.size:
            yield Fault("upgrades", "upgrade_id", (), "appears more than once", "Rename one.")
        bad = (self.node < 0) | (self.node >= problem.num_nodes)
        if bad.any():
            rows = tuple(self.ids[u] for u in np.flatnonzero(bad))
            yield Fault("upgrades", "node_id", rows, "is no grid node", "Use an existing node.")
        for field in ("kw", "eur_per_year"):
            values = getattr(self, field)
            wrong = ~np.isfinite(values) | (values < 0)
            if wrong.any():
                rows = tuple(self.ids[u] for u in np.flatnonzero(wrong))
                yield Fault("upgrades", field, rows, "is negative or no number", "Correct it.")
