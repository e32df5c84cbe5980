"""What one round does, call by call: plain records that `evaluate` fills and others read."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bundling.units import SECONDS_PER_HOUR


@dataclass(frozen=True)
class Visit:
    """One stop on a round, as it happens.

    Attributes
    ----------
    stop
        Id of the stop.
    arrival_s, start_s, end_s
        Arrival, start and end of service, seconds since midnight.
    load_kg, load_m3
        On board when leaving the stop.
    used_kwh
        Drawn from the battery since departure, on arrival.
    load_rolls
        On board when leaving the stop, like the other loads.
    level_kwh
        Left in the battery above the reserve, on arrival.
    trip
        Number of the trip of this vehicle, from 1.
    """

    stop: str
    arrival_s: float
    start_s: float
    end_s: float
    load_kg: float
    load_m3: float
    used_kwh: float
    load_rolls: float
    level_kwh: float
    trip: int


@dataclass(frozen=True)
class ChargeEvent:
    """One charge on the way, as it happens.

    Attributes
    ----------
    station, before
        Id of the station, and the position of the stop that follows.
    arrival_s, start_s, end_s
        Arrival, start and end of charging, seconds since midnight.
    level_before_kwh, level_after_kwh
        In the battery above the reserve.
    kwh, eur
        Energy charged and what it costs.
    """

    station: str
    before: int
    arrival_s: float
    start_s: float
    end_s: float
    level_before_kwh: float
    level_after_kwh: float
    kwh: float
    eur: float


@dataclass(frozen=True)
class ReloadEvent:
    """One return to the depot between two trips.

    Attributes
    ----------
    before
        Position of the first stop of the trip that follows.
    arrival_s, start_s, end_s
        Arrival, start and end of loading, seconds since midnight.
    level_kwh
        Left in the battery above the reserve.
    """

    before: int
    arrival_s: float
    start_s: float
    end_s: float
    level_kwh: float


@dataclass(frozen=True)
class BreakEvent:
    """One break of the driver.

    Attributes
    ----------
    before
        Position of the stop that follows.
    start_s, end_s
        Seconds since midnight.
    """

    before: int
    start_s: float
    end_s: float


@dataclass(frozen=True)
class RouteFigures:
    """What one round costs and does; the energy family and the report read these.

    Attributes
    ----------
    vehicle, vehicle_type, depot
        Ids of the fleet entry, its type and its depot.
    departure_s, return_s
        When the vehicle leaves the depot and is back, seconds since midnight.
    km, levied_km, driving_h, waiting_h, service_h
        Driven kilometres, the part on levied roads, and how the hours away are spent.
    peak_kg, peak_m3
        Largest load on board at any moment.
    kwh, usable_kwh, charge_kw
        Energy drawn from the battery, what the battery can give, and the highest charging power.
    co2e_kg, nox_g
        Emissions.
    costs_eur
        ``vehicles``, ``kilometres``, ``hours``, ``energy``, ``levy``; where the problem has them
        ``charging`` and ``overtime``.
    visits
        The stops in order.
    end_depot
        Id of the depot where the round ends.
    charging_h, reloading_h
        Hours spent charging on the way and loading between trips; with those above they make up
        the hours away.
    peak_rolls
        Largest load on board at any moment, like the other loads.
    charged_kwh, lowest_kwh, end_kwh
        Energy charged on the way; the lowest level of the battery above its reserve, and the level
        at the end.
    charges, reloads
        Visits to charging stations and returns to the depot between trips, in order.
    break_h, breaks
        Hours of breaks, which are part of the hours away too, and the breaks in order.
    """

    vehicle: str
    vehicle_type: str
    depot: str
    departure_s: float
    return_s: float
    km: float
    levied_km: float
    driving_h: float
    waiting_h: float
    service_h: float
    peak_kg: float
    peak_m3: float
    kwh: float
    usable_kwh: float
    charge_kw: float
    co2e_kg: float
    nox_g: float
    costs_eur: dict[str, float]
    visits: tuple[Visit, ...]
    end_depot: str
    charging_h: float
    reloading_h: float
    peak_rolls: float
    charged_kwh: float
    lowest_kwh: float
    end_kwh: float
    charges: tuple[ChargeEvent, ...]
    reloads: tuple[ReloadEvent, ...]
    break_h: float = 0.0
    breaks: tuple[BreakEvent, ...] = ()

    @property
    def duration_h(self) -> float:
        """Hours from departure to return."""
        return (self.return_s - self.departure_s) / SECONDS_PER_HOUR

    @property
    def depot_kwh(self) -> float:
        """Energy the depot must give back before the next day; below 0 when more was charged."""
        return self.kwh - self.charged_kwh

    @property
    def cost_eur(self) -> float:
        """Cost of the round."""
        return math.fsum(self.costs_eur.values())
