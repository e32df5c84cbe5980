"""The decisions of a day of departures, nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

_FIELDS = (
    "move_shipment", "move_lane", "move_sailing", "move_slot",
    "trip_lane", "trip_slot", "trip_group", "trip_count",
    "sailing_count", "empty_lane", "empty_count",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class ScheduledSolution:
    """How each shipment moves, and the vehicles that do it.

    A hub is open when a shipment is handled there.

    Attributes
    ----------
    move_shipment, move_lane, move_sailing, move_slot
        One row a move, those of a shipment in order: shipment, lane (-1 for a sailing), sailing
        (-1 for a lane), slot of departure.
    trip_lane, trip_slot, trip_group, trip_count
        Loaded vehicles of a lane, by slot of departure and group of shipments.
    sailing_count
        Vessels of each sailing [Q].
    empty_lane, empty_count
        Empty vehicles of a lane, at any time of the day.
    """

    move_shipment: IntArray
    move_lane: IntArray
    move_sailing: IntArray
    move_slot: IntArray
    trip_lane: IntArray
    trip_slot: IntArray
    trip_group: IntArray
    trip_count: IntArray
    sailing_count: IntArray
    empty_lane: IntArray
    empty_count: IntArray

    def __post_init__(self) -> None:
        for name in _FIELDS:
            array = np.array(getattr(self, name), dtype=np.int64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"family": "hubs.scheduled", **{n: getattr(self, n).tolist() for n in _FIELDS}}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ScheduledSolution:
        """Make a solution of what `to_dict` gives."""
        return cls(**{name: np.array(values[name], dtype=np.int64) for name in _FIELDS})
