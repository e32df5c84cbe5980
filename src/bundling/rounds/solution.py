"""The decisions of a rounds problem: routes, and nothing derived from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Route:
    """One vehicle's round.

    Attributes
    ----------
    vehicle
        Id of the fleet entry (a vehicle type at a depot).
    stops
        Ids of the stops in order.
    departure_s
        When the vehicle leaves its depot, seconds since midnight.
    """

    vehicle: str
    stops: tuple[str, ...]
    departure_s: float


@dataclass(frozen=True, eq=False)
class RoundsSolution:
    """All rounds of the day; vehicles without a route stay at home.

    Attributes
    ----------
    routes
        The rounds, in a fixed order (by vehicle entry, then departure, then first stop).
    """

    routes: tuple[Route, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_dict` gives the same solution back."""
        return {
            "routes": [
                {
                    "vehicle": route.vehicle,
                    "stops": list(route.stops),
                    "departure_s": route.departure_s,
                }
                for route in self.routes
            ]
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RoundsSolution:
        """Read what `to_dict` wrote."""
        return cls(
            tuple(
                Route(
                    str(item["vehicle"]),
                    tuple(str(stop) for stop in item["stops"]),
                    float(item["departure_s"]),
                )
                for item in data["routes"]
            )
        )
