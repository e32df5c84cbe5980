"""The decisions of a hubs problem, and nothing derived from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

_FIELDS = ("route", "leg_kind", "leg_start", "leg_end", "leg_vehicle", "leg_count")


@dataclass(frozen=True, eq=False)
class HubsSolution:
    """How each shipment travels, and the vehicles on each leg.

    A hub is open when a shipment goes through it.

    Attributes
    ----------
    route
        Per shipment: -1 for direct, or the index of its hub.
    leg_kind, leg_start, leg_end, leg_vehicle, leg_count
        One row a leg and vehicle type with vehicles: kind (index in `bundling.hubs.LEG_KINDS`),
        location indices, vehicle type index, number of vehicles.
    """

    route: IntArray
    leg_kind: IntArray
    leg_start: IntArray
    leg_end: IntArray
    leg_vehicle: IntArray
    leg_count: IntArray

    def __post_init__(self) -> None:
        for name in _FIELDS:
            array = np.array(getattr(self, name), dtype=np.int64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def open_hubs(self) -> IntArray:
        """Indices of the hubs that are open, in order."""
        return np.unique(self.route[self.route >= 0])

    def to_dict(self) -> dict[str, Any]:
        """Return the decisions as lists of whole numbers, ready for JSON."""
        return {name: getattr(self, name).tolist() for name in _FIELDS}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> HubsSolution:
        """Read the decisions that `to_dict` wrote."""
        return cls(**{name: np.asarray(data[name], dtype=np.int64) for name in _FIELDS})
