"""The decision where sites serve whoever they reach: which sites are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class OpenSites:
    """Which sites are open ``[J]``."""

    family: ClassVar[str] = ""

    is_open: BoolArray

    def __post_init__(self) -> None:
        array = np.array(self.is_open, dtype=bool)
        array.setflags(write=False)
        object.__setattr__(self, "is_open", array)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        opened = np.flatnonzero(self.is_open).tolist()
        return {"family": self.family, "sites": len(self.is_open), "open": opened}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make a solution of what `to_dict` gives."""
        is_open = np.zeros(int(values["sites"]), dtype=bool)
        is_open[np.array(values["open"], dtype=np.int64)] = True
        return cls(is_open)
