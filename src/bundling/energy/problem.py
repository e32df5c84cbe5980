"""What is asked: vehicles behind one grid connection, and when each must be charged."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.energy.assets import Battery, Plugs, Pv
from bundling.energy.days import Timeline
from bundling.energy.faults import find_faults
from bundling.energy.offers import ContractOffer
from bundling.errors import raise_if

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EnergyProblem(Timeline):
    """Charge vehicles behind one grid connection, at least cost.

    Beside the vehicles there may be a contract to choose, a battery and PV to use or to size,
    plugs to share, and several typical days to plan for at once; each is left out by default.

    Time runs in `T` slots of `slot_s` seconds from `start_s`. All times are seconds on one clock
    that does not wrap: 0 is midnight at the start of the day the horizon begins, 06:30 the next
    morning is ``30.5 * 3600``. A horizon from noon to noon keeps a night in one piece.

    Power is the mean over a slot, as the quarter-hour meter of a Dutch connection records it. A
    vehicle parked during part of a slot may draw that part of its limit as mean power, so its
    energy is exact at any arrival and departure. Every vehicle has a charge point of its own
    while it is parked, unless `plugs` says what there is to share.

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
    offers
        Contract offers of which exactly one is taken, with a contracted power that the plan
        chooses; none: `connection_kw` alone limits the draw. Both hold when there are offers.
    battery, pv, plugs
        What else stands behind the connection; None for nothing.
    feed_in_eur_per_kwh, feed_in_kw
        Shape (T,) or a number: EUR received per kWh fed into the grid, and the most that may be
        fed in, kW; 0 kW is no feeding in. In one slot a meter counts either way, never both.
    day_weight
        Shape (D,): how often each typical day occurs in the horizon that costs are for, such as
        days a year. The slots are D days of equal length in a row, and a vehicle belongs to the
        day in which its stay lies. Costs and energies are sums over all occurrences.
    day_season
        `D` names. Days of one season share one peak, and the price per kW of peak is spread over
        the seasons by their days, as a monthly peak tariff does. One season by default.

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
    offers: tuple[ContractOffer, ...] = ()
    battery: Battery | None = None
    pv: Pv | None = None
    plugs: Plugs | None = None
    feed_in_eur_per_kwh: FloatArray = field(default_factory=lambda: np.zeros(()))
    feed_in_kw: FloatArray = field(default_factory=lambda: np.zeros(()))
    day_weight: FloatArray = field(default_factory=lambda: np.ones(1))
    day_season: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _set = object.__setattr__
        _set(self, "vehicle_ids", tuple(str(name) for name in self.vehicle_ids))
        _set(self, "price_eur_per_kwh", _frozen(self.price_eur_per_kwh))
        vehicles, slots = len(self.vehicle_ids), self.price_eur_per_kwh.size
        for name in ("arrival_s", "departure_s", "need_kwh", "charge_kw", "charger_kw"):
            _set(self, name, _frozen(getattr(self, name), vehicles))
        for name in ("connection_kw", "base_load_kw", "feed_in_eur_per_kwh", "feed_in_kw"):
            _set(self, name, _frozen(getattr(self, name), slots))
        _set(self, "offers", tuple(self.offers))
        _set(self, "day_weight", _frozen(self.day_weight, 1))
        seasons = tuple(str(name) for name in self.day_season)
        _set(self, "day_season", seasons or ("year",) * int(np.size(self.day_weight)))
        for name in (
            "efficiency",
            "start_s",
            "slot_s",
            "transport_eur_per_kwh",
            "peak_eur_per_kw",
            "paid_peak_kw",
            "co2e_kg_per_kwh",
        ):
            _set(self, name, float(getattr(self, name)))
        for name in ("shortfall_eur_per_kwh", "x_m", "y_m"):
            value = getattr(self, name)
            _set(self, name, None if value is None else float(value))
        raise_if(find_faults(self))

    @property
    def limit_kw(self) -> FloatArray:
        """Highest mean power of each vehicle in each slot, kW into the battery; shape (J, T).

        The smallest of vehicle, charger and strongest plug, times the share of the slot the
        vehicle is parked.
        """
        starts = self.slot_start_s
        overlap_s = np.minimum(self.departure_s[:, None], starts + self.slot_s) - np.maximum(
            self.arrival_s[:, None], starts
        )
        share = np.clip(overlap_s / self.slot_s, 0.0, 1.0)
        power = np.minimum(self.charge_kw, self.charger_kw)
        if self.plugs is not None:
            power = np.minimum(power, self.plugs.kw.max(initial=0.0))
        limits: FloatArray = power[:, None] * share
        return limits

    @property
    def is_site(self) -> bool:
        """Whether there is more than vehicles and a given connection: battery, PV, contracts."""
        return bool(self.offers) or self.battery is not None or self.pv is not None

    def grid_price_eur_per_kwh(self, offer: int = -1) -> FloatArray:
        """Price of a kWh from the grid with all that comes on top under an offer; shape (T,)."""
        more = self.offers[offer].transport_eur_per_kwh if offer >= 0 else 0.0
        price: FloatArray = self.price_eur_per_kwh + self.transport_eur_per_kwh + more
        return price

    @property
    def headroom_kw(self) -> FloatArray:
        """What the base load leaves of the connection, kW from the grid; shape (T,)."""
        return self.connection_kw - self.base_load_kw

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
        *,
        offers: pd.DataFrame | None = None,
        plugs: pd.DataFrame | None = None,
        days: pd.DataFrame | None = None,
    ) -> EnergyProblem:
        """Build a problem from tables.

        Parameters
        ----------
        vehicles
            Columns vehicle, arrival_s, departure_s, need_kwh, charge_kw and, optionally,
            charger_kw (no limit when absent).
        slots
            One row a slot in order: columns price_eur_per_kwh, connection_kw and, optionally,
            base_load_kw, feed_in_eur_per_kwh, feed_in_kw (0 when absent), start_s,
            pv_kw_per_kwp (there is PV when present), and a column ``availability: NAME`` for
            every offer that is not available in full all the time.
        settings
            The single numbers: a mapping, or a table with the columns key and value. `start_s`
            and `slot_s` may be left out when `slots` has start_s. Fields of the battery and of PV
            stand here as ``battery_kwh``, ``pv_kwp`` and so on; ``plug_rule`` is that of `plugs`.
        offers
            Columns offer, form, max_kw, eur_per_kw, fixed_eur, peak_eur_per_kw and, optionally,
            min_kw and transport_eur_per_kwh (0 when absent).
        plugs
            Columns plug, kw.
        days
            Columns weight and, optionally, season, one row a typical day.

        Raises
        ------
        bundling.InputError
            With every fault at once.
        """
        from bundling.energy.frames import problem_from_tables

        return problem_from_tables(vehicles, slots, settings, offers, plugs, days)

    def to_tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables that `from_tables` reads.

        ``vehicles``, ``slots`` and ``settings``, and of ``offers``, ``plugs`` and ``days`` those
        that the problem has.
        """
        from bundling.energy.frames import tables_from_problem

        return tables_from_problem(self)


def _frozen(values: ArrayLike, size: int | None = None) -> FloatArray:
    """Return a read-only copy as floats; a number becomes an array of `size`."""
    array = np.array(values, dtype=np.float64)
    if array.ndim == 0 and size is not None:
        array = np.full(size, float(array))
    array.setflags(write=False)
    return array
