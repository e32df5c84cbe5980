"""The decisions of a facility location plan, nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FacilitySolution:
    """Which sites are open, and which share of each client they serve.

    Attributes
    ----------
    is_open
        ``[J]``.
    client, site, share
        Indices and shares, one row a pair that is used ``[K]``.
    """

    is_open: BoolArray
    client: IntArray
    site: IntArray
    share: FloatArray

    def __post_init__(self) -> None:
        kinds = {"is_open": bool, "client": np.int64, "site": np.int64, "share": np.float64}
        for name, kind in kinds.items():
            array = np.array(getattr(self, name), dtype=kind)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "family": "location.facility",
            "sites": len(self.is_open),
            "open": np.flatnonzero(self.is_open).tolist(),
            "served": [
                [int(i), int(j), float(share)]
                for i, j, share in zip(self.client, self.site, self.share, strict=True)
            ],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> FacilitySolution:
        """Make a solution of what `to_dict` gives."""
        is_open = np.zeros(int(values["sites"]), dtype=bool)
        is_open[np.array(values["open"], dtype=np.int64)] = True
        served = np.array(values["served"], dtype=np.float64).reshape(-1, 3)
        pairs = served[:, :2].astype(np.int64)
        return cls(is_open, pairs[:, 0], pairs[:, 1], served[:, 2])
