"""Which vehicle types may reach every address of a shipment on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.rules import RuleBook

if TYPE_CHECKING:
    from bundling.region import Region


@dataclass(frozen=True, eq=False)
class Access:
    """Access and position, one row a shipment.

    Attributes
    ----------
    names
        Vehicle types.
    allowed
        ``[shipment, vehicle type]``.
    in_zone
        Whether an address lies in a zone that holds on the day.
    x_m, y_m
        Mean of the addresses, or the destination itself when there are none.
    weight
        Number of addresses, at least 1.
    """

    names: NDArray[np.str_]
    allowed: NDArray[np.bool_]
    in_zone: NDArray[np.bool_]
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    weight: NDArray[np.float64]


def stop_access(
    region: Region, book: RuleBook, day: date, shipments: pd.DataFrame, types: pd.DataFrame
) -> Access:
    """Ask the rules which types may reach all addresses of each shipment.

    Shipments with addresses are delivered by types with ``last_mile``, within zone and length
    rules; those without addresses (full loads between parks) by types with ``linehaul``.
    """
    stops = region.table("stops")
    zones = region.table("zones")
    places = region.places().set_index("place_id")
    row = pd.Series(np.arange(len(shipments)), index=shipments["shipment_id"])
    stop_row = stops["shipment_id"].map(row).to_numpy(dtype=np.int64)
    loose = (shipments["stops"] == 0).to_numpy(dtype=bool)
    last_mile = types["last_mile"].to_numpy(dtype=bool)
    linehaul = types["linehaul"].to_numpy(dtype=bool)
    allowed = np.where(loose[:, None], linehaul, last_mile)

    length_m = types["length_m"].to_numpy(dtype=float)
    longest_m = stops["max_length_m"].to_numpy(dtype=float, na_value=np.inf)
    ok = length_m <= longest_m[:, None] + 1e-9
    zone_of_stop = stops["zone_id"]
    in_zone = np.zeros(len(shipments), dtype=bool)
    for zone in zones.to_dict("records"):
        here = (zone_of_stop == zone["zone_id"]).to_numpy(dtype=bool, na_value=False)
        start = pd.Timestamp(zone["start_date"]).date()
        if day < start or not here.any():
            continue
        may = _zone_access(book, day, str(zone["zone_id"]), start, types)
        ok[here] &= may
        in_zone[stop_row[here]] = True
    np.logical_and.at(allowed, stop_row, ok)

    weight = np.bincount(stop_row, minlength=len(shipments)).astype(float)
    x = np.bincount(stop_row, weights=stops["rd_x_m"].to_numpy(float), minlength=len(shipments))
    y = np.bincount(stop_row, weights=stops["rd_y_m"].to_numpy(float), minlength=len(shipments))
    bare = weight == 0
    destination = places.reindex(shipments["destination_id"])
    some = np.maximum(weight, 1.0)
    return Access(
        names=types["vehicle_type"].to_numpy(dtype=str),
        allowed=allowed,
        in_zone=in_zone,
        x_m=np.where(bare, destination["rd_x_m"].to_numpy(float), x / some),
        y_m=np.where(bare, destination["rd_y_m"].to_numpy(float), y / some),
        weight=some,
    )


def _zone_access(
    book: RuleBook, day: date, zone_id: str, start: date, types: pd.DataFrame
) -> NDArray[np.bool_]:
    def ask(row: dict[Any, Any]) -> bool:
        euro = row["euro_class"]
        return book.zone_access(
            vehicle_class=str(row["vehicle_class"]),
            fuel=str(row["fuel"]),
            euro_class=None if pd.isna(euro) else int(euro),
            first_admission=pd.Timestamp(row["first_admission"]).date(),
            zone_start=start,
            day=day,
            zone_id=zone_id,
        )

    return np.array([ask(row) for row in types.to_dict("records")], dtype=bool)
