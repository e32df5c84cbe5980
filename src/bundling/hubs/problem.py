"""The hubs problem: which hubs open, and does each shipment travel direct or through one hub."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from bundling.errors import raise_if
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

DIRECT: Final = 0
"""Kind of a leg between a shipment's origin and its destination."""
LINEHAUL: Final = 1
"""Kind of a leg between a shipment's origin and a hub."""
LAST_MILE: Final = 2
"""Kind of a leg between a hub and a shipment's destination."""
LEG_KINDS: Final = ("direct", "linehaul", "last_mile")
"""Names of the kinds of legs, by number."""


@dataclass(frozen=True, eq=False)
class HubsProblem:
    """One day of freight that may be bundled at hubs.

    Each shipment goes direct from its origin to its destination, or through exactly one open hub.
    A leg is a pair of places with a kind (`LEG_KINDS`). All freight on a leg shares the leg's
    vehicles; how it is spread over them is left to the drivers, so a leg's vehicles must offer
    together the kilograms, cubic metres and hours its freight asks for. A vehicle makes one trip
    out and back. Deliveries fill it on the way out and pickups on the way back. A shipment that
    starts where the hub stands needs no linehaul; a hub at a shipment's destination is not used
    for that shipment.

    Attributes
    ----------
    location_ids, location_x_m, location_y_m, location_in_zone
        Places: identifier, RD New coordinates, and whether the place lies in a zero-emission zone
        that holds on the day (for counting only; access is in `allowed`).
    distance_m, time_s, levied_m
        Travel between places, ``[from, to]``; `levied_m` is the part on levied roads. A trip from
        `a` to `b` and back is charged twice the way out.
    shipment_ids, shipment_origin, shipment_destination
        Shipments, and the location indices of their two ends.
    shipment_kg, shipment_m3, shipment_service_h
        Weight, volume, and hours of work at the destination.
    shipment_pickup
        True when the freight goes from the destination to the origin.
    shipment_shipper, shipment_stops, shipment_direct
        Shipper index; number of addresses; whether the shipment may travel direct.
    shipper_ids, shipper_player
        Shippers, and the group in which each shares the gains.
    hub_ids, hub_location, hub_rent_eur
        Candidate hubs, their location index, and rent a day when open.
    hub_capacity_kg, hub_capacity_m3, hub_handling_eur_per_m3
        Largest throughput of the day in both directions together, and cross-dock cost.
    vehicle_ids, vehicle_capacity_kg, vehicle_capacity_m3, vehicle_shift_h
        Vehicle types and what one vehicle can do in a day.
    vehicle_fixed_eur, vehicle_eur_per_km, vehicle_eur_per_h, vehicle_levy_eur_per_km
        Cost of one vehicle trip: fixed, by distance, by hour of driving and turnaround, and by
        levied distance.
    vehicle_kwh_per_km, vehicle_eur_per_kwh, vehicle_litre_per_km
        Energy at the load assumed for a trip, its price, and fuel (priced in `eur_per_km`).
    vehicle_co2e_kg_per_km, vehicle_nox_g_per_km
        Emission factors by distance.
    vehicle_speed_factor, vehicle_linehaul, vehicle_limit
        Speed relative to `time_s`; whether the type drives between origins and hubs; how many
        exist (``inf``: as many as needed).
    allowed
        ``[vehicle type, location]``: the type may drive to the location on the day. On direct and
        last-mile legs this is asked at the shipment's destination, on linehaul at the hub.
    turnaround_h
        Hours of loading and turning per vehicle trip, paid at the driver's rate.
    service_eur_per_h
        Cost of an hour of work at a destination.
    """

    family: ClassVar[str] = "hubs"

    location_ids: tuple[str, ...]
    location_x_m: FloatArray
    location_y_m: FloatArray
    location_in_zone: BoolArray
    distance_m: FloatArray
    time_s: FloatArray
    levied_m: FloatArray

    shipment_ids: tuple[str, ...]
    shipment_origin: IntArray
    shipment_destination: IntArray
    shipment_kg: FloatArray
    shipment_m3: FloatArray
    shipment_service_h: FloatArray
    shipment_pickup: BoolArray
    shipment_shipper: IntArray
    shipment_stops: IntArray
    shipment_direct: BoolArray

    shipper_ids: tuple[str, ...]
    shipper_player: tuple[str, ...]

    hub_ids: tuple[str, ...]
    hub_location: IntArray
    hub_rent_eur: FloatArray
    hub_capacity_kg: FloatArray
    hub_capacity_m3: FloatArray
    hub_handling_eur_per_m3: FloatArray

    vehicle_ids: tuple[str, ...]
    vehicle_capacity_kg: FloatArray
    vehicle_capacity_m3: FloatArray
    vehicle_shift_h: FloatArray
    vehicle_fixed_eur: FloatArray
    vehicle_eur_per_km: FloatArray
    vehicle_eur_per_h: FloatArray
    vehicle_levy_eur_per_km: FloatArray
    vehicle_kwh_per_km: FloatArray
    vehicle_eur_per_kwh: FloatArray
    vehicle_litre_per_km: FloatArray
    vehicle_co2e_kg_per_km: FloatArray
    vehicle_nox_g_per_km: FloatArray
    vehicle_speed_factor: FloatArray
    vehicle_linehaul: BoolArray
    vehicle_limit: FloatArray
    allowed: BoolArray

    turnaround_h: float = 0.0
    service_eur_per_h: float = 0.0

    def __post_init__(self) -> None:
        from bundling.hubs.validate import DTYPES, faults

        for name, dtype in DTYPES.items():
            array = np.ascontiguousarray(getattr(self, name), dtype=dtype)
            if array is getattr(self, name) and array.flags.writeable:
                array = array.copy()  # the caller keeps a writeable array of their own
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        for name in ("location_ids", "shipment_ids", "shipper_ids", "shipper_player", "hub_ids"):
            object.__setattr__(self, name, tuple(str(item) for item in getattr(self, name)))
        object.__setattr__(self, "vehicle_ids", tuple(str(item) for item in self.vehicle_ids))
        raise_if(faults(self))

    @property
    def num_shipments(self) -> int:
        """Number of shipments."""
        return len(self.shipment_ids)

    @property
    def num_hubs(self) -> int:
        """Number of candidate hubs."""
        return len(self.hub_ids)

    @property
    def num_vehicles(self) -> int:
        """Number of vehicle types."""
        return len(self.vehicle_ids)

    def trip_km(self, start: IntArray, end: IntArray) -> FloatArray:
        """Kilometres of one vehicle trip from `start` to `end` and back; shape of the two."""
        km: FloatArray = 2.0 * self.distance_m[start, end] / METRES_PER_KM
        return km

    def trip_hours(self, start: IntArray, end: IntArray) -> FloatArray:
        """Hours of driving and turnaround of one trip out and back, ``[leg, vehicle type]``."""
        drive_h = 2.0 * self.time_s[start, end] / SECONDS_PER_HOUR
        hours: FloatArray = drive_h[..., None] / self.vehicle_speed_factor + self.turnaround_h
        return hours

    def usable(self, kind: IntArray, start: IntArray, end: IntArray) -> BoolArray:
        """Which vehicle types may drive each leg and be back in their shift, ``[leg, type]``.

        The types must be allowed at the far end, and fit for linehaul on legs to a hub.
        """
        may = self.allowed[:, end].T & ((kind != LINEHAUL)[:, None] | self.vehicle_linehaul)
        usable: BoolArray = may & (self.trip_hours(start, end) <= self.vehicle_shift_h)
        return usable

    def legs_of(self, route: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """List the legs each shipment travels under `route`.

        Parameters
        ----------
        route
            Per shipment -1 for direct, or a hub index.

        Returns
        -------
        tuple of arrays
            Shipment index, kind, start location and end location, one row a shipment and leg.
        """
        via = np.flatnonzero(route >= 0)
        direct = np.flatnonzero(route < 0)
        hub = self.hub_location[route[via]] if via.size else np.zeros(0, dtype=np.int64)
        hauled = self.shipment_origin[via] != hub
        haul, haul_hub = via[hauled], hub[hauled]
        shipment = np.concatenate([direct, haul, via])
        kind = np.repeat(
            np.array([DIRECT, LINEHAUL, LAST_MILE]), [direct.size, haul.size, via.size]
        )
        start = np.concatenate([self.shipment_origin[direct], self.shipment_origin[haul], hub])
        end = np.concatenate(
            [self.shipment_destination[direct], haul_hub, self.shipment_destination[via]]
        )
        return shipment, kind, start, end

    def replace(self, **changes: Any) -> HubsProblem:
        """Return a copy with `changes`, validated again."""
        return dataclasses.replace(self, **changes)

    def only(self, shipments: IntArray | BoolArray) -> HubsProblem:
        """Return the problem of a part of the shipments; everything else stays."""
        chosen = np.arange(self.num_shipments)[shipments]
        changes: dict[str, Any] = {
            name: getattr(self, name)[chosen]
            for name in (
                "shipment_origin",
                "shipment_destination",
                "shipment_kg",
                "shipment_m3",
                "shipment_service_h",
                "shipment_pickup",
                "shipment_shipper",
                "shipment_stops",
                "shipment_direct",
            )
        }
        return self.replace(shipment_ids=tuple(self.shipment_ids[i] for i in chosen), **changes)

    @classmethod
    def from_tables(cls, tables: Mapping[str, pd.DataFrame]) -> HubsProblem:
        """Read a problem from the data frames `to_tables` writes.

        Raises
        ------
        bundling.InputError
            With every missing table or column, unknown identifier and bad value at once.
        """
        from bundling.hubs.frames import problem_from_tables

        return problem_from_tables(tables)

    def to_tables(self) -> dict[str, pd.DataFrame]:
        """Return the problem as data frames, without loss; see `from_tables`."""
        from bundling.hubs.frames import tables_from_problem

        return tables_from_problem(self)
