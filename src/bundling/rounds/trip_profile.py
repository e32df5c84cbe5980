"""One trip of a vehicle on its own: what its time, energy and money come to, whenever it leaves.

With charges of fixed amounts the return of a trip that leaves at ``t`` is ``max(E, t + B)`` for
``t <= L`` (see `schedule`), so that trips can be joined without driving them again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from bundling.rounds.evaluate import route_figures
from bundling.rounds.figures import BreakEvent, ChargeEvent, Visit
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Charge, Route
from bundling.rounds.timeline import events
from bundling.units import METRES_PER_KM


class Trip(NamedTuple):
    """A fleet entry, the stops of one trip in order, and its charges on the way."""

    vehicle: int
    stops: tuple[int, ...]
    charges: tuple[Charge, ...] = ()

    def alone(self, problem: RoundsProblem) -> Route:
        """Return the trip as a round of its own, departure 0."""
        names = tuple(problem.stop_ids[s] for s in self.stops)
        return Route(problem.vehicle_ids[self.vehicle], names, 0.0, self.charges)

    def without(self, gone: Iterable[int]) -> Trip:
        """Return the trip without some of its stops; charges stay where they are."""
        left = set(gone)
        kept = [i for i, s in enumerate(self.stops) if s not in left]
        before = [sum(i < place for i in kept) for place in range(len(self.stops) + 1)]
        charges = tuple(replace(charge, before=before[charge.before]) for charge in self.charges)
        return Trip(self.vehicle, tuple(self.stops[i] for i in kept), charges)


class Profile(NamedTuple):
    """A trip whenever it leaves.

    Attributes
    ----------
    back_s, busy_s, latest_s
        E, B and L: earliest return, seconds without waiting, latest departure.
    need_kwh, drop_kwh
        Energy on board it must leave with, and how much less it comes back with.
    eur, metres
        Money that is neither for the vehicle nor for hours; distance.
    """

    back_s: float
    busy_s: float
    latest_s: float
    need_kwh: float
    drop_kwh: float
    eur: float
    metres: float


def profile(problem: RoundsProblem, trip: Trip) -> Profile | None:
    """Look at a trip that ends where its vehicle ends; None when it cannot be in time."""
    v = trip.vehicle
    opens = float(problem.depot_open_s[problem.vehicle_depot[v]])
    route = replace(trip.alone(problem), departure_s=opens)
    figures = route_figures(problem, route)
    waited, latest = 0.0, float("inf")
    charged = False
    lowest = figures.lowest_kwh
    for event in events(problem, route, figures):
        if isinstance(event, BreakEvent):
            continue
        busy = event.arrival_s - opens - waited
        if isinstance(event, Visit):
            latest = min(latest, float(problem.tw_late_s[problem.stop_index[event.stop]]) - busy)
        elif isinstance(event, ChargeEvent):
            closes = float(problem.station_close_s[problem.station_index[event.station]])
            latest = min(latest, closes - (event.end_s - event.start_s) - busy)
            if problem.recharge == "full" and not charged:
                lowest = event.level_before_kwh  # what comes after begins with a full battery
            charged = True
        waited += event.start_s - event.arrival_s
    busy = figures.return_s - opens - waited
    latest = min(latest, float(problem.depot_close_s[problem.end_depot[v]]) - busy)
    if latest < opens - 1e-6:
        return None
    start = float(problem.start_kwh[v])
    costs = figures.costs_eur
    eur = sum(costs.get(name, 0.0) for name in ("kilometres", "energy", "levy", "charging"))
    return Profile(
        figures.return_s,
        busy,
        latest,
        max(0.0, start - lowest),
        start - figures.end_kwh,
        eur,
        figures.km * METRES_PER_KM,
    )
