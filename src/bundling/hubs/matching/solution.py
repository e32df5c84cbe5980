"""The decisions of a matching problem: who is in which group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class MatchingSolution:
    """A partition of the shippers.

    Attributes
    ----------
    group
        Number of each shipper's group ``[S]``.
    """

    group: NDArray[np.int64]

    def __post_init__(self) -> None:
        array = np.array(self.group, dtype=np.int64)
        array.flags.writeable = False
        object.__setattr__(self, "group", array)

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Members of every group, by the first of them."""
        found: dict[int, list[int]] = {}
        for shipper, group in enumerate(self.group.tolist()):
            found.setdefault(group, []).append(shipper)
        return tuple(tuple(members) for members in found.values())

    @classmethod
    def of(cls, shippers: int, groups: Sequence[Sequence[int]]) -> MatchingSolution:
        """Make a partition of `groups`; who is in none stays alone."""
        group = np.full(shippers, -1, dtype=np.int64)
        for k, members in enumerate(groups):
            group[list(members)] = k
        alone = np.flatnonzero(group < 0)
        group[alone] = len(groups) + np.arange(alone.size)
        return cls(group)

    def to_dict(self) -> dict[str, Any]:
        """Return the decisions as lists of whole numbers, ready for JSON."""
        return {"group": self.group.tolist()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MatchingSolution:
        """Read the decisions that `to_dict` wrote."""
        return cls(np.asarray(data["group"], dtype=np.int64))
