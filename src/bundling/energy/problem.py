"""What is asked: vehicles behind one grid connection, and when each must be charged."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.energy.faults import find_faults
from bundling.errors import raise_if
from bundling.units import SECONDS_PER_HOUR, clock_from_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EnergyProblem:
    """Charge vehicles behind one grid connection, at least cost.

    Time runs in `T` slots of `slot_s` seconds from `start_s`. All times are seconds on one clock
    that does not wrap: 0 is midnight at the start of the day the horizon begins, 06:30 the next
    morning is ``30.5 * 3600``. A horizon from noon to noon keeps a night in one piece.

    Power is the mean over a slot, as the quarter-hour meter of a Dutch connection records it. A
    vehicle parked during part of a slot may draw that part of its limit as mean power, so its
    energy is exact at any arrival and departure. Every vehicle has a charge point of its own
    while it is parked.

    Attributes
    ----------
    vehicle_ids
        `J` distinct names.
    arrival_s, departure_s
        Shape (J,), s. The vehicle can charge in ``[arrival_s, departure_s)``; what lies outside
        the horizon is not used.
    need_kwh
        Shape (J,), kWh into the battery before departure.
    charge_kw, charger_kw
        Shape (J,) or a number, kW into the battery: what the vehicle takes and what its charge
        point gives. The smaller of the two is the limit.
    price_eur_per_kwh
        Shape (T,), EUR per kWh from the grid in each slot; may be negative.
    connection_kw
        Shape (T,) or a number, kW that may be drawn from the grid; ``inf`` for no limit.
    base_load_kw
        Shape (T,) or a number, kW drawn from the grid by everything that is not a vehicle.
    efficiency
        Energy into the battery per energy from the grid, above 0 and at most 1.
    start_s, slot_s
        Start of the first slot and length of a slot, s.
    transport_eur_per_kwh
        EUR per kWh from the grid on top of the price (transport tariff, energy tax).
    peak_eur_per_kw
        EUR per kW of the highest draw of the horizon, base load included. A tariff per kW and
        month is divided by the days of use in that month, since one horizon is one day of it.
    paid_peak_kw
        kW of peak that is paid for anyway: only the peak above it is charged. With the peak of
        the base load here, the peak cost is what charging adds.
    shortfall_eur_per_kwh
        Price of a kWh that is missing from a battery (charged elsewhere, or a trip lost). None:
        every need must be met in full.
    co2e_kg_per_kwh
        kg CO2e per kWh from the grid; 0 leaves emissions out.
    name
        Name of the depot.
    x_m, y_m
        Place of the depot, RD New (EPSG:28992); None when unknown.

    Raises
    ------
    bundling.InputError
        With every fault at once.
    """

    family: ClassVar[str] = "energy"

    vehicle_ids: tuple[str, ...]
    arrival_s: FloatArray
    departure_s: FloatArray
    need_kwh: FloatArray
    charge_kw: FloatArray
    charger_kw: FloatArray
    price_eur_per_kwh: FloatArray
    connection_kw: FloatArray
    base_load_kw: FloatArray
    efficiency: float
    start_s: float = 43_200.0
    slot_s: float = 900.0
    transport_eur_per_kwh: float = 0.0
    peak_eur_per_kw: float = 0.0
    paid_peak_kw: float = 0.0
    shortfall_eur_per_kwh: float | None = None
    co2e_kg_per_kwh: float = 0.0
    name: str = "depot"
    x_m: float | None = None
    y_m: float | None = None

    def __post_init__(self) -> None:
        _set = object.__setattr__
        _set(self, "vehicle_ids", tuple(str(name) for name in self.vehicle_ids))
        _set(self, "price_eur_per_kwh", _frozen(self.price_eur_per_kwh))
        vehicles, slots = len(self.vehicle_ids), self.price_eur_per_kwh.size
        for field in ("arrival_s", "departure_s", "need_kwh", "charge_kw", "charger_kw"):
            _set(self, field, _frozen(getattr(self, field), vehicles))
        for field in ("connection_kw", "base_load_kw"):
            _set(self, field, _frozen(getattr(self, field), slots))
        for field in (
            "efficiency",
            "start_s",
            "slot_s",
            "transport_eur_per_kwh",
            "peak_eur_per_kw",
            "paid_peak_kw",
            "co2e_kg_per_kwh",
        ):
            _set(self, field, float(getattr(self, field)))
        for field in ("shortfall_eur_per_kwh", "x_m", "y_m"):
            value = getattr(self, field)
            _set(self, field, None if value is None else float(value))
        raise_if(find_faults(self))

    @property
    def num_vehicles(self) -> int:
        """Number of vehicles `J`."""
        return len(self.vehicle_ids)

    @property
    def num_slots(self) -> int:
        """Number of slots `T`."""
        return int(self.price_eur_per_kwh.size)

    @property
    def slot_h(self) -> float:
        """Length of a slot, h."""
        return self.slot_s / SECONDS_PER_HOUR

    @property
    def slot_start_s(self) -> FloatArray:
        """Start of every slot, s; shape (T,)."""
        return self.start_s + self.slot_s * np.arange(self.num_slots, dtype=np.float64)

    @property
    def limit_kw(self) -> FloatArray:
        """Highest mean power of each vehicle in each slot, kW into the battery; shape (J, T).

        The smaller of vehicle and charger, times the share of the slot the vehicle is parked.
        """
        starts = self.slot_start_s
        overlap_s = np.minimum(self.departure_s[:, None], starts + self.slot_s) - np.maximum(
            self.arrival_s[:, None], starts
        )
        share = np.clip(overlap_s / self.slot_s, 0.0, 1.0)
        limits: FloatArray = np.minimum(self.charge_kw, self.charger_kw)[:, None] * share
        return limits

    @property
    def headroom_kw(self) -> FloatArray:
        """What the base load leaves of the connection, kW from the grid; shape (T,)."""
        return self.connection_kw - self.base_load_kw

    def clock(self, slot: int) -> str:
        """Clock time at which `slot` starts, ``"HH:MM"``; `slot` may be `T`, the end."""
        return self.clock_at(self.start_s + slot * self.slot_s)

    @staticmethod
    def clock_at(seconds: float) -> str:
        """Clock time ``"HH:MM"`` on its own day at `seconds` on the problem's running clock."""
        return clock_from_seconds(60.0 * (round(seconds / 60.0) % 1440))

    def replace(self, **changes: Any) -> EnergyProblem:
        """Return the problem with some fields changed, checked again.

        Raises
        ------
        bundling.InputError
            When the changed data break a rule.
        """
        return dataclasses.replace(self, **changes)

    @classmethod
    def from_tables(
        cls,
        vehicles: pd.DataFrame,
        slots: pd.DataFrame,
        settings: pd.DataFrame | Mapping[str, Any],
    ) -> EnergyProblem:
        """Build a problem from tables.

        Parameters
        ----------
        vehicles
            Columns vehicle, arrival_s, departure_s, need_kwh, charge_kw and, optionally,
            charger_kw (no limit when absent).
        slots
            One row a slot in order: columns price_eur_per_kwh, connection_kw and, optionally,
            base_load_kw (0 when absent) and start_s.
        settings
            The single numbers: a mapping, or a table with the columns key and value. `start_s`
            and `slot_s` may be left out when `slots` has start_s.

        Raises
        ------
        bundling.InputError
            With every fault at once.
        """
        from bundling.energy.frames import problem_from_tables

        return problem_from_tables(vehicles, slots, settings)

    def to_tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables ``vehicles``, ``slots`` and ``settings``; `from_tables` reads them."""
        from bundling.energy.frames import tables_from_problem

        return tables_from_problem(self)


def _frozen(values: ArrayLike, size: int | None = None) -> FloatArray:
    """Return a read-only copy as floats; a number becomes an array of `size`."""
    array = np.array(values, dtype=np.float64)
    if array.ndim == 0 and size is not None:
        array = np.full(size, float(array))
    array.setflags(write=False)
    return array
