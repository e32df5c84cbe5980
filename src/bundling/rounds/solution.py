"""The decisions of a rounds problem: routes, and nothing derived from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Charge:
    """A visit to a charging station on the way.

    Attributes
    ----------
    before
        The vehicle charges just before it goes to ``stops[before]`` of its route; just before it
        goes to the last depot when this is the number of stops.
    station
        Id of the station.
    kwh
        Energy charged.
    """

    before: int
    station: str
    kwh: float


@dataclass(frozen=True)
class Route:
    """One vehicle's round.

    Attributes
    ----------
    vehicle
        Id of the fleet entry (a vehicle type at a depot).
    stops
        Ids of the stops in order, over all trips.
    departure_s
        When the vehicle leaves its depot, seconds since midnight.
    charges
        Visits to charging stations in the order in which they are driven.
    reloads
        Where a next trip begins, increasing: the vehicle comes back to its depot and loads just
        before it goes to ``stops[i]``. Charges before the same stop follow the reload.
    """

    vehicle: str
    stops: tuple[str, ...]
    departure_s: float
    charges: tuple[Charge, ...] = ()
    reloads: tuple[int, ...] = ()

    @property
    def trips(self) -> tuple[tuple[str, ...], ...]:
        """The stops by trip."""
        ends = (0, *self.reloads, len(self.stops))
        return tuple(self.stops[a:b] for a, b in pairwise(ends))


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
        return {"routes": [_plain(route) for route in self.routes]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RoundsSolution:
        """Read what `to_dict` wrote."""
        return cls(
            tuple(
                Route(
                    str(item["vehicle"]),
                    tuple(str(stop) for stop in item["stops"]),
                    float(item["departure_s"]),
                    tuple(
                        Charge(int(charge["before"]), str(charge["station"]), float(charge["kwh"]))
                        for charge in item.get("charges", ())
                    ),
                    tuple(int(position) for position in item.get("reloads", ())),
                )
                for item in data["routes"]
            )
        )


def _plain(route: Route) -> dict[str, Any]:
    """Route as JSON values; what it does not have is left out, as in files of before charging."""
    plain: dict[str, Any] = {
        "vehicle": route.vehicle,
        "stops": list(route.stops),
        "departure_s": route.departure_s,
    }
    if route.charges:
        plain["charges"] = [
            {"before": charge.before, "station": charge.station, "kwh": charge.kwh}
            for charge in route.charges
        ]
    if route.reloads:
        plain["reloads"] = list(route.reloads)
    return plain
