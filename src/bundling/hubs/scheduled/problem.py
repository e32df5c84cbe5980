"""Freight over a day of departures: which hubs, which departures and modes, how many vehicles.

A shipment goes from its origin to its destination by one to `max_hubs` + 1 moves, and is handled at
a hub between two of them; no way leads back to its origin. A move is a departure of a lane (a
vehicle type between two places, any number of vehicles at any slot) or a sailing (a barge or train
of the timetable). All shipments of a group on one departure share its vehicles. Time is cut into
slots, a quarter of an hour by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bundling.errors import raise_if
from bundling.frozen import own_arrays
from bundling.hubs.scheduled.amounts import beside_eur
from bundling.hubs.scheduled.faults import OWNERS, faults

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def _not_given() -> Any:
    """Nothing, where what holds depends on the other tables; `__post_init__` puts that in."""
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class ScheduledProblem:
    """One day of shipments, hubs, lanes and sailings.

    Attributes
    ----------
    num_slots, slot_s
        Slots of the day, and seconds in one.
    resource_ids
        What fills a vehicle, such as ``("kg", "m3")`` [R].
    location_ids, location_x_m, location_y_m, location_in_zone
        Places, RD New coordinates, and whether a place lies in a zero-emission zone [L].
    hub_ids, hub_location, hub_fixed_eur
        Hubs, their place, and what it costs a day when freight is handled there [H].
    hub_handling_eur, hub_capacity
        Handling of one unit of each resource, and the most that is handled in a day [H, R].
    hub_dwell_slots, hub_first_slot, hub_last_slot
        Slots between arrival and the first departure; freight arrives and departs from the first
        to the last slot, both included [H].
    vehicle_ids, vehicle_mode, vehicle_capacity
        Vehicle types, their mode, and what one vehicle takes [V], [V], [V, R].
    vehicle_returns
        Whether vehicles of a type end the day where they began: as many leave each place as arrive
        there, loaded or empty [V]. Others are hired one way.
    lane_vehicle, lane_from, lane_to, lane_slots
        Lanes: vehicle type, places, slots under way [K].
    lane_first_slot, lane_last_slot
        Slots in which a vehicle may depart, both included [K].
    lane_eur, lane_empty_eur
        One vehicle one way, loaded and empty [K]; ``inf`` when no empty vehicle may go.
    lane_km, lane_co2e_kg, lane_nox_g
        Of one vehicle one way [K].
    sailing_ids, sailing_mode, sailing_from, sailing_to, sailing_depart_slot, sailing_arrive_slot
        Departures of barges and trains [Q].
    sailing_capacity, sailing_slot_eur
        What one vessel takes, and the price of a unit of each resource on board [Q, R].
    sailing_eur, sailing_limit
        Charter of one vessel (0 where only slots are paid), and the most vessels [Q].
    sailing_km, sailing_co2e_kg, sailing_nox_g
        Of one vessel [Q].
    shipment_ids, shipment_shipper, shipment_origin, shipment_destination
        Shipments, who sends them, and their places [N].
    shipment_load, shipment_release_slot, shipment_due_slot
        Load by resource [N, R]; ready from the release slot on, there by the due slot [N].
    shipment_group
        Shipments of different groups never share a vehicle of a lane (food and waste) [N].
    shipment_direct
        Whether a shipment may go without a hub [N].
    shipper_ids
        Shippers.
    max_hubs
        Most hubs on the way of a shipment.
    co2e_eur_per_kg, nox_eur_per_kg, driven_eur_per_km, zone_eur_per_trip
        Prices of what else counts, part of the objective: a kilogram of CO2e and of NOx, a km of a
        vehicle of a lane, and a trip of such a vehicle to a place in the zone; empty ones as well.
    co2e_cap_kg
        The most CO2e of the day; ``inf`` for no cap.
    hub_hour_capacity
        The most that arrives at a hub to be handled in one hour of the clock [H, R].
    hub_floor_capacity
        The most that stands at a hub at once, from the slot of arrival up to, not with, that of
        departure [H, R].
    hub_owner, hub_shippers
        One of `faults.OWNERS` [H], and who may use it [H, shippers]: all, save at an own hub.
    shipment_split, shipment_whole
        Whether a shipment may be divided [N] (`split.split_parts`, which `solve` calls), and the
        shipment that each is a part of; empty where each is whole.
    passage_sailing, passage_lock, passage_slot
        Locks that sailings pass: sailing, name, slot of passage or -1 where unknown [P].
    """

    family: ClassVar[str] = "hubs.scheduled"

    resource_ids: tuple[str, ...]
    location_ids: tuple[str, ...]
    location_x_m: FloatArray
    location_y_m: FloatArray
    location_in_zone: BoolArray
    hub_ids: tuple[str, ...]
    hub_location: IntArray
    hub_fixed_eur: FloatArray
    hub_handling_eur: FloatArray
    hub_capacity: FloatArray
    hub_dwell_slots: IntArray
    hub_first_slot: IntArray
    hub_last_slot: IntArray
    vehicle_ids: tuple[str, ...]
    vehicle_mode: tuple[str, ...]
    vehicle_capacity: FloatArray
    vehicle_returns: BoolArray
    lane_vehicle: IntArray
    lane_from: IntArray
    lane_to: IntArray
    lane_slots: IntArray
    lane_first_slot: IntArray
    lane_last_slot: IntArray
    lane_eur: FloatArray
    lane_empty_eur: FloatArray
    lane_km: FloatArray
    lane_co2e_kg: FloatArray
    lane_nox_g: FloatArray
    sailing_ids: tuple[str, ...]
    sailing_mode: tuple[str, ...]
    sailing_from: IntArray
    sailing_to: IntArray
    sailing_depart_slot: IntArray
    sailing_arrive_slot: IntArray
    sailing_capacity: FloatArray
    sailing_slot_eur: FloatArray
    sailing_eur: FloatArray
    sailing_limit: IntArray
    sailing_km: FloatArray
    sailing_co2e_kg: FloatArray
    sailing_nox_g: FloatArray
    shipment_ids: tuple[str, ...]
    shipment_shipper: IntArray
    shipment_origin: IntArray
    shipment_destination: IntArray
    shipment_load: FloatArray
    shipment_release_slot: IntArray
    shipment_due_slot: IntArray
    shipment_group: IntArray
    shipment_direct: BoolArray
    shipper_ids: tuple[str, ...]
    num_slots: int = 96
    slot_s: float = 900.0
    max_hubs: int = 2
    co2e_eur_per_kg: float = 0.0
    nox_eur_per_kg: float = 0.0
    driven_eur_per_km: float = 0.0
    zone_eur_per_trip: float = 0.0
    co2e_cap_kg: float = np.inf
    hub_hour_capacity: FloatArray = field(default_factory=_not_given)
    hub_floor_capacity: FloatArray = field(default_factory=_not_given)
    hub_owner: tuple[str, ...] = ()
    hub_shippers: BoolArray = field(default_factory=_not_given)
    shipment_split: BoolArray = field(default_factory=_not_given)
    shipment_whole: tuple[str, ...] = ()
    passage_sailing: IntArray = field(default_factory=_not_given)
    passage_lock: tuple[str, ...] = ()
    passage_slot: IntArray = field(default_factory=_not_given)

    def __post_init__(self) -> None:
        hubs, by_resource = len(self.hub_ids), (len(self.hub_ids), len(self.resource_ids))
        for name, instead in (
            ("hub_hour_capacity", np.full(by_resource, np.inf)),
            ("hub_floor_capacity", np.full(by_resource, np.inf)),
            ("hub_owner", (OWNERS[0],) * hubs),
            ("hub_shippers", np.ones((hubs, len(self.shipper_ids)), dtype=bool)),
            ("shipment_split", np.zeros(len(self.shipment_ids), dtype=bool)),
        ):
            if not np.size(getattr(self, name)):
                object.__setattr__(self, name, instead)
        own_arrays(self)
        raise_if(faults(self))

    @property
    def num_resources(self) -> int:
        """Number of resources."""
        return len(self.resource_ids)

    @property
    def num_locations(self) -> int:
        """Number of places."""
        return len(self.location_ids)

    @property
    def num_hubs(self) -> int:
        """Number of hubs."""
        return len(self.hub_ids)

    @property
    def num_vehicles(self) -> int:
        """Number of vehicle types."""
        return len(self.vehicle_ids)

    @property
    def num_lanes(self) -> int:
        """Number of lanes."""
        return len(self.lane_vehicle)

    @property
    def num_sailings(self) -> int:
        """Number of sailings."""
        return len(self.sailing_ids)

    @property
    def num_shipments(self) -> int:
        """Number of shipments."""
        return len(self.shipment_ids)

    @property
    def num_groups(self) -> int:
        """Number of groups of shipments that share vehicles among themselves only."""
        return int(self.shipment_group.max(initial=-1)) + 1

    @property
    def lane_price_eur(self) -> FloatArray:
        """One loaded vehicle one way, with what else has a price [K]."""
        price: FloatArray = self.lane_eur + beside_eur(self)[0]
        return price

    @property
    def lane_empty_price_eur(self) -> FloatArray:
        """One empty vehicle one way, likewise [K]; ``inf`` where none may go."""
        price: FloatArray = self.lane_empty_eur + beside_eur(self)[0]
        return price

    @property
    def sailing_price_eur(self) -> FloatArray:
        """One vessel, likewise [Q]."""
        price: FloatArray = self.sailing_eur + beside_eur(self)[1]
        return price

    @property
    def hub_at(self) -> IntArray:
        """Hub at each place, -1 for none [L]."""
        at = np.full(self.num_locations, -1)
        at[self.hub_location] = np.arange(self.num_hubs)
        return at

    def slot_name(self, slot: int) -> str:
        """Clock time of the start of a slot, such as ``"07:15"``."""
        minutes = round(slot * self.slot_s / 60.0)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"

    def replace(self, **changes: Any) -> ScheduledProblem:
        """Return a copy with some fields changed; it is validated anew."""
        return replace(self, **changes)

    def only(self, shipments: IntArray | BoolArray) -> ScheduledProblem:
        """Return the problem of a part of the shipments; everything else stays."""
        chosen = np.arange(self.num_shipments)[shipments]
        changes: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            values = getattr(self, name)
            if name.startswith("shipment_") and len(values):
                is_array = isinstance(values, np.ndarray)
                changes[name] = values[chosen] if is_array else tuple(values[i] for i in chosen)
        return self.replace(**changes)

    @classmethod
    def from_tables(cls, tables: Mapping[str, pd.DataFrame]) -> ScheduledProblem:
        """Make a problem of the data frames that `to_tables` gives.

        Raises
        ------
        bundling.InputError
            With every missing table and column, unknown name and broken rule at once.
        """
        from bundling.hubs.scheduled.frames import from_tables

        return from_tables(tables)

    def to_tables(self) -> dict[str, pd.DataFrame]:
        """Return the problem as data frames, without loss; see `from_tables`."""
        from bundling.hubs.scheduled.frames import to_tables

        return to_tables(self)
