"""What a trip there and back costs, by vehicle type of a region and the dated rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.hubs.pose import vehicle_fields
from bundling.network import Network, Travel
from bundling.rules import RuleBook
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trip:
    """Trips there and back; arrays ``[from, to]``.

    Attributes
    ----------
    eur, km, co2e_kg, nox_g
        Of the whole trip.
    way_h
        Hours one way.
    """

    eur: FloatArray
    km: FloatArray
    co2e_kg: FloatArray
    nox_g: FloatArray
    way_h: FloatArray


class Trucks:
    """Vehicle types of a region on a day, between places.

    Parameters
    ----------
    region
        Its vehicle types and prices.
    xy
        Places, RD New metres, shape ``[places, 2]``.
    network
        Roads.
    day, rules
        Decide levy, emissions and access.

    Raises
    ------
    bundling.InputError
        When some place cannot be reached.
    """

    def __init__(
        self,
        region: Region,
        xy: ArrayLike,
        network: Network,
        *,
        day: date,
        rules: RuleBook | None = None,
    ) -> None:
        self._types = region.table("vehicle_types").reset_index(drop=True)
        self._book = RuleBook.default() if rules is None else rules
        self._day, self._region = day, region
        self._fields = vehicle_fields(region, self._types, self._book, day)
        self._travel: Travel = network.travel(xy)
        if not np.isfinite(self._travel.distance_m).all():
            bad = np.flatnonzero(~np.isfinite(self._travel.distance_m).all(axis=1))
            rows = tuple(str(k + 1) for k in bad)
            rule = "no way to some other place"
            raise_if([Fault("places", "", rows, rule, "Move the place, or add a road.")])

    @property
    def names(self) -> tuple[str, ...]:
        """Vehicle types."""
        return tuple(self._fields["vehicle_ids"])

    def row(self, name: str) -> dict[str, Any]:
        """Row of the table of vehicle types."""
        return {str(k): v for k, v in self._types.iloc[self.names.index(name)].items()}

    def may_enter(self, name: str, zone_id: str) -> bool:
        """Whether a vehicle type may enter a zone of the region on the day."""
        zones = self._region.table("zones").set_index("zone_id")
        start = zones["start_date"].to_dict()[zone_id]
        row = self.row(name)
        euro = row["euro_class"]
        return self._book.zone_access(
            vehicle_class=str(row["vehicle_class"]),
            fuel=str(row["fuel"]),
            euro_class=None if str(euro) in ("<NA>", "nan", "None") else int(euro),
            first_admission=row["first_admission"],
            zone_start=start,
            day=self._day,
            zone_id=zone_id,
        )

    def trip(self, name: str, work_h: float) -> Trip:
        """Trips there and back between all places.

        A trip carries the share of the vehicle's day that its hours take of a shift.

        Parameters
        ----------
        name
            Vehicle type.
        work_h
            Hours of loading and unloading in a trip.
        """
        v = self.names.index(name)

        def of(field: str) -> float:
            return float(self._fields[f"vehicle_{field}"][v])

        km = 2.0 * self._travel.distance_m / METRES_PER_KM
        levied_km = 2.0 * self._travel.levied_m / METRES_PER_KM
        way_h = self._travel.time_s / SECONDS_PER_HOUR / of("speed_factor")
        hours = 2.0 * way_h + work_h
        per_km = of("eur_per_km") + of("kwh_per_km") * of("eur_per_kwh")
        eur = (
            km * per_km
            + levied_km * of("levy_eur_per_km")
            + hours * of("eur_per_h")
            + np.minimum(1.0, hours / of("shift_h")) * of("fixed_eur")
        )
        return Trip(eur, km, km * of("co2e_kg_per_km"), km * of("nox_g_per_km"), way_h)
