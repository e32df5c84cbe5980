"""Pose the bundling problem of one day from a region and the dated rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.hubs.access import Access, stop_access
from bundling.hubs.problem import HubsProblem
from bundling.network import Network, PlaneNetwork
from bundling.rules import RuleBook

if TYPE_CHECKING:
    from bundling.region import Region

Area = Literal["municipality", "district"]

AVERAGE_LOAD_SHARE = 0.5
"""Load of a vehicle over a trip as a share of its payload: full one way, empty the other."""
NOX_AREA = "urban"
"""Road type of the NOx factors; hubs knows legs, not streets."""


def pose(
    region: Region,
    *,
    day: date,
    area: Area = "municipality",
    rules: RuleBook | None = None,
    network: Network | None = None,
    direct: bool = True,
) -> HubsProblem:
    """Pose which hubs to open and how each shipment of the day travels.

    A vehicle on a leg serves the addresses of one destination. With ``area="municipality"`` that
    is all addresses of a municipality a vehicle type may reach alike, which is what a round does:
    a shipper who delivers in ten districts of a town sends one van, not ten. With ``"district"``
    each district has vehicles of its own, which flatters hubs; it fits regions with large
    districts. In both, freight that only some vehicle types may deliver (zone, length, payload
    rules do not enter here) goes to a destination of its own, so that access is exact: a type is
    allowed at a destination when it may reach every address of the shipments that go there.

    Energy is that of a vehicle loaded for half its payload on average (full out, empty back).
    Hours at the destination are the shipments' ``service_h``; with ``area="municipality"`` each
    shipment after its own stops also takes the time of one hop between neighbouring districts.
    Trips of a whole vehicle carry the fixed cost of a day.

    Parameters
    ----------
    region
        The region.
    day
        The day; decides zone access, levy and emission factors.
    area
        What one vehicle on a leg can serve.
    rules
        Rule book; the library's own by default.
    network
        Distances and times; the plane with bridges and motorways by default.
    direct
        Whether shipments may travel direct at all.

    Raises
    ------
    bundling.InputError
        When the tables contradict each other, with all faults.
    """
    book = RuleBook.default() if rules is None else rules
    roads = PlaneNetwork.from_region(region) if network is None else network
    shipments = region.table("shipments").reset_index(drop=True)
    shippers = region.table("shippers").reset_index(drop=True)
    hubs = region.table("hub_candidates").reset_index(drop=True)
    types = region.table("vehicle_types").reset_index(drop=True)
    if shipments.empty:
        raise_if([Fault("shipments", "", (), "the table is empty", "Add the day's shipments.")])

    access = stop_access(region, book, day, shipments, types)
    origin = shipments["shipper_id"].map(shippers.set_index("shipper_id")["origin_id"])
    places = _Places(region, area)
    origin_index = np.array([places.site(str(name)) for name in origin], dtype=np.int64)
    destination_index = places.destinations(shipments, access)
    hub_index = np.array([places.hub(row) for row in hubs.to_dict("records")], dtype=np.int64)
    travel = roads.travel(places.xy(), from_area=places.area_types())
    raise_if(_unreachable(travel.distance_m, places.ids))

    allowed = np.ones((len(types), len(places.ids)), dtype=bool)
    for k, may in places.access.items():
        allowed[:, k] = may
    shipper_index = pd.Index(shippers["shipper_id"]).get_indexer(pd.Index(shipments["shipper_id"]))
    moved = shipments["stops"].to_numpy(dtype=float) > 0
    hop_h = _hop_hours(region) if area == "municipality" else {}
    hops = np.array([hop_h.get(str(name), 0.0) for name in shipments["destination_id"]])
    return HubsProblem(
        location_ids=tuple(places.ids),
        location_x_m=places.xy()[:, 0],
        location_y_m=places.xy()[:, 1],
        location_in_zone=np.array(places.in_zone),
        distance_m=travel.distance_m,
        time_s=travel.time_s,
        levied_m=travel.levied_m,
        shipment_ids=tuple(shipments["shipment_id"].astype(str)),
        shipment_origin=origin_index,
        shipment_destination=destination_index,
        shipment_kg=_numbers(shipments["kg"]),
        shipment_m3=_numbers(shipments["m3"]),
        shipment_service_h=_numbers(shipments["service_h"]) + hops * moved,
        shipment_pickup=(shipments["direction"] == "pickup").to_numpy(dtype=bool),
        shipment_shipper=shipper_index.astype(np.int64),
        shipment_stops=shipments["stops"].to_numpy(dtype=np.int64),
        shipment_direct=np.full(len(shipments), direct),
        shipper_ids=tuple(shippers["shipper_id"].astype(str)),
        shipper_player=tuple(shippers["player"].astype(str)),
        hub_ids=tuple(hubs["hub_id"].astype(str)),
        hub_location=hub_index,
        hub_rent_eur=_numbers(hubs["rent_eur_per_day"]),
        hub_capacity_kg=_numbers(hubs["capacity_kg_per_day"]),
        hub_capacity_m3=_numbers(hubs["capacity_m3_per_day"]),
        hub_handling_eur_per_m3=_numbers(hubs["handling_eur_per_m3"]),
        allowed=allowed,
        turnaround_h=region.assumption("depot_turnaround_min") / 60.0,
        service_eur_per_h=region.assumption("service_eur_per_h"),
        **vehicle_fields(region, types, book, day),
    )


def vehicle_fields(
    region: Region, types: pd.DataFrame, book: RuleBook, day: date
) -> dict[str, Any]:
    """Vehicle fields: table columns, and levy and emissions of the day."""
    electric = (types["fuel"] == "electric").to_numpy(dtype=bool)
    half_load_t = AVERAGE_LOAD_SHARE * _numbers(types["payload_kg"]) / 1000.0
    kwh = _numbers(types["kwh_per_km"]) + _numbers(types["kwh_per_km_per_t"]) * half_load_t
    litre = _numbers(types["litre_per_km"])
    price = region.assumption("electricity_eur_per_kwh") / region.assumption("charger_efficiency")
    levy, co2e, nox = [], [], []
    for k, row in enumerate(types.to_dict("records")):
        fuel, euro = str(row["fuel"]), _whole(row["euro_class"])
        mass = float(row["gross_mass_kg"])
        levy.append(book.levy_eur_per_km(mass, _whole(row["co2_class"]), euro, fuel, day))
        per_km = kwh[k] / region.assumption("charger_efficiency") if electric[k] else litre[k]
        co2e.append(per_km * book.co2e_kg_per_unit(fuel, day) if per_km else 0.0)
        nox.append(book.nox_g_per_km(str(row["vehicle_class"]), fuel, euro, NOX_AREA, day))
    return {
        "vehicle_ids": tuple(types["vehicle_type"].astype(str)),
        "vehicle_capacity_kg": _numbers(types["payload_kg"]),
        "vehicle_capacity_m3": _numbers(types["volume_m3"]),
        "vehicle_shift_h": _numbers(types["shift_h"]),
        "vehicle_fixed_eur": _numbers(types["fixed_eur_per_day"]),
        "vehicle_eur_per_km": _numbers(types["eur_per_km"]),
        "vehicle_eur_per_h": _numbers(types["eur_per_h"]),
        "vehicle_levy_eur_per_km": np.array(levy),
        "vehicle_kwh_per_km": kwh * electric,
        "vehicle_eur_per_kwh": price * electric,
        "vehicle_litre_per_km": litre,
        "vehicle_co2e_kg_per_km": np.array(co2e),
        "vehicle_nox_g_per_km": np.array(nox),
        "vehicle_speed_factor": _numbers(types["speed_factor"]),
        "vehicle_linehaul": types["linehaul"].to_numpy(dtype=bool),
        "vehicle_limit": np.full(len(types), np.inf),
    }


@dataclass
class _Place:
    """A location in the making: where it is, and what lies there."""

    x_m: float
    y_m: float
    area_type: str


class _Places:
    """Numbers the locations as they are asked for."""

    def __init__(self, region: Region, area: Area) -> None:
        self.ids: list[str] = []
        self.in_zone: list[bool] = []
        self.access: dict[int, np.ndarray[Any, np.dtype[np.bool_]]] = {}
        self._found: list[_Place] = []
        self._index: dict[str, int] = {}
        located = region.places().set_index("place_id")
        self._x = located["rd_x_m"].astype(float).to_dict()
        self._y = located["rd_y_m"].astype(float).to_dict()
        districts = region.table("districts").set_index("district_id")
        self._area_type = districts["area_type"].astype(str).to_dict()
        self._town = districts["municipality"].astype(str).to_dict() if area != "district" else {}
        gateways = region.table("motorway_nodes")
        self._area_type |= dict.fromkeys(gateways["node_id"].astype(str), "rural")

    def _add(self, name: str, place: _Place, *, in_zone: bool = False) -> int:
        if name not in self._index:
            self._index[name] = len(self.ids)
            self.ids.append(name)
            self.in_zone.append(in_zone)
            self._found.append(place)
        return self._index[name]

    def site(self, name: str) -> int:
        """Index of a park, gateway or other place freight starts from."""
        kind = self._area_type.get(name, "urban")
        return self._add(name, _Place(self._x[name], self._y[name], kind))

    def hub(self, row: Mapping[Any, Any]) -> int:
        """Index of a hub; it shares the place of a park that freight starts from."""
        park = row["place_id"]
        if isinstance(park, str) and park in self._index:
            return self._index[park]
        xy = float(row["rd_x_m"]), float(row["rd_y_m"])
        return self._add(str(row["hub_id"]), _Place(*xy, "urban"))

    def destinations(
        self, shipments: pd.DataFrame, access: Access
    ) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Index of each shipment's destination: an area, and what may reach all its addresses."""
        area = [self._town.get(str(name), str(name)) for name in shipments["destination_id"]]
        names = [
            f"{place}/{'+'.join(access.names[access.allowed[i]]) or 'nothing'}"
            for i, place in enumerate(area)
        ]
        unique, row = np.unique(names, return_inverse=True)
        middle = np.zeros((unique.size, 3))  # x, y and the number of addresses
        weighted = [access.x_m * access.weight, access.y_m * access.weight, access.weight]
        np.add.at(middle, row, np.stack(weighted, axis=1))
        middle /= middle[:, 2:]
        found = np.zeros(len(names), dtype=np.int64)
        for i, name in enumerate(names):
            xy = float(middle[row[i], 0]), float(middle[row[i], 1])
            kind = self._area_type.get(str(shipments["destination_id"].iloc[i]), "urban")
            zoned = bool(access.in_zone[i])
            found[i] = self._add(name, _Place(*xy, "centre" if zoned else kind), in_zone=zoned)
            self.in_zone[found[i]] |= zoned
            self.access[int(found[i])] = access.allowed[i]
        return found

    def xy(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Coordinates of all locations so far, RD New metres."""
        return np.array([(place.x_m, place.y_m) for place in self._found])

    def area_types(self) -> list[str]:
        """Area type of all locations so far."""
        return [place.area_type for place in self._found]


def _hop_hours(region: Region) -> dict[str, float]:
    """Hours from each district to its nearest neighbour in the same municipality."""
    districts = region.table("districts")
    speed_kmh = region.assumption("speed_urban_kmh")
    detour = region.assumption("detour_factor_urban")
    found: dict[str, float] = {}
    for _, town in districts.groupby("municipality"):
        xy = town[["rd_x_m", "rd_y_m"]].to_numpy(dtype=float)
        gap = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
        np.fill_diagonal(gap, np.inf)
        near = gap.min(axis=1) if len(town) > 1 else np.zeros(1)
        hours = near * detour / 1000.0 / speed_kmh
        found |= dict(zip(town["district_id"].astype(str), hours.tolist(), strict=True))
    return found


def _unreachable(distance_m: np.ndarray[Any, Any], ids: list[str]) -> list[Fault]:
    bad = np.flatnonzero(~np.isfinite(distance_m).all(axis=1))
    if not bad.size:
        return []
    rows = tuple(ids[k] for k in bad)
    rule = "no way to some other place"
    return [Fault("travel", "", rows, rule, "Add the missing bridge or road, or move the place.")]


def _numbers(column: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return column.to_numpy(dtype=np.float64)


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
