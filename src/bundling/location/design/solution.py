"""The decisions of a network design, nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DesignSolution:
    """How many facilities each arc has, and what flows over it.

    Attributes
    ----------
    facilities
        Of each arc ``[A]``.
    commodity, arc, flow
        Indices and units, one row a pair that is used.
    """

    facilities: IntArray
    commodity: IntArray
    arc: IntArray
    flow: FloatArray

    def __post_init__(self) -> None:
        kinds: dict[str, Any] = {
            "facilities": np.int64, "commodity": np.int64, "arc": np.int64, "flow": np.float64
        }  # fmt: skip
        for name, kind in kinds.items():
            array = np.array(getattr(self, name), dtype=kind)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "family": "location.design",
            "facilities": self.facilities.tolist(),
            "flows": [
                [int(k), int(a), float(units)]
                for k, a, units in zip(self.commodity, self.arc, self.flow, strict=True)
            ],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DesignSolution:
        """Make a solution of what `to_dict` gives."""
        flows = np.array(values["flows"], dtype=np.float64).reshape(-1, 3)
        pairs = flows[:, :2].astype(np.int64)
        facilities = np.array(values["facilities"], dtype=np.int64)
        return cls(facilities, pairs[:, 0], pairs[:, 1], flows[:, 2])
