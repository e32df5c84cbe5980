"""The decisions of a hub location plan, nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_KINDS = {
    "is_open": bool,
    "origin": np.int64,
    "destination": np.int64,
    "first": np.int64,
    "last": np.int64,
    "share": np.float64,
}


@dataclass(frozen=True, eq=False)
class HubLocationSolution:
    """Which nodes are hubs, and the ways of each pair of nodes with flow.

    Attributes
    ----------
    is_open
        ``[N]``.
    origin, destination, first, last, share
        One row a way that is used ``[K]``: the pair, the first and the last hub on it (the same
        when there is one hub), and the share of the pair's flow.
    """

    is_open: BoolArray
    origin: IntArray
    destination: IntArray
    first: IntArray
    last: IntArray
    share: FloatArray

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            array = np.array(getattr(self, name), dtype=kind)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def allocated(cls, flow: FloatArray, hub: IntArray, is_open: BoolArray) -> HubLocationSolution:
        """Make a solution of the hub that each node is allocated to ``[N]``."""
        origin, destination = np.nonzero(flow > 0)
        first, last = hub[origin], hub[destination]
        return cls(is_open, origin, destination, first, last, np.ones(len(origin)))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        rows = zip(self.origin, self.destination, self.first, self.last, self.share, strict=True)
        return {
            "family": "location.hubs",
            "nodes": len(self.is_open),
            "open": np.flatnonzero(self.is_open).tolist(),
            "ways": [[int(i), int(j), int(k), int(m), float(share)] for i, j, k, m, share in rows],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> HubLocationSolution:
        """Make a solution of what `to_dict` gives."""
        is_open = np.zeros(int(values["nodes"]), dtype=bool)
        is_open[np.array(values["open"], dtype=np.int64)] = True
        ways = np.array(values["ways"], dtype=np.float64).reshape(-1, 5)
        ends = ways[:, :4].astype(np.int64)
        return cls(is_open, ends[:, 0], ends[:, 1], ends[:, 2], ends[:, 3], ways[:, 4])
