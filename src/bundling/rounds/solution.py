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
class Break:
    """A break of the driver, taken where the vehicle stands.

    Attributes
    ----------
    before
        The driver rests between ``stops[before - 1]`` (at first: the depot) and ``stops[before]``
        (at last: the last depot).
    seconds
        Duration.
    after
        Where between the two: after that many of the reloads and charges before ``stops[before]``.
        0 is where the stop before was served.
    """

    before: int
    seconds: float
    after: int = 0


@dataclass(frozen=True)
class DepotCharge:
    """Energy a vehicle takes at its end depot after its round, in one quarter hour.

    Attributes
    ----------
    route
        Position of the round in the solution.
    quarter
        Quarter hours since midnight of the day of the rounds; 96 is the first of the next day.
    kwh
        Energy charged in it.
    """

    route: int
    quarter: int
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
    breaks
        Breaks of the driver in order.
    """

    vehicle: str
    stops: tuple[str, ...]
    departure_s: float
    charges: tuple[Charge, ...] = ()
    reloads: tuple[int, ...] = ()
    breaks: tuple[Break, ...] = ()

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
    depot_charging
        What the vehicles take at their end depots after their rounds, where that is planned.
    """

    routes: tuple[Route, ...]
    depot_charging: tuple[DepotCharge, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_dict` gives the same solution back."""
        plain: dict[str, Any] = {"routes": [_plain(route) for route in self.routes]}
        if self.depot_charging:
            plain["depot_charging"] = [
                {"route": charge.route, "quarter": charge.quarter, "kwh": charge.kwh}
                for charge in self.depot_charging
            ]
        return plain

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
                    tuple(
                        Break(
                            int(rest["before"]), float(rest["seconds"]), int(rest.get("after", 0))
                        )
                        for rest in item.get("breaks", ())
                    ),
                )
                for item in data["routes"]
            ),
            tuple(
                DepotCharge(int(charge["route"]), int(charge["quarter"]), float(charge["kwh"]))
                for charge in data.get("depot_charging", ())
            ),
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
    if route.breaks:
        plain["breaks"] = [
            {"before": rest.before, "seconds": rest.seconds, "after": rest.after}
            for rest in route.breaks
        ]
    return plain
