"""The rounds problem: which vehicle serves which stops in which order and when.

All arrays are float64 (or int64 where counts and indices are meant) and read-only. Nodes are
numbered depots first, then stops, then charging stations: node ``d`` is depot ``d``, node
``D + s`` is stop ``s``, node ``D + S + k`` is station ``k``; ``N = D + S + K``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.rounds.defaults import default_fields, left_at_default
from bundling.rounds.validate import find_faults

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class StopRow(NamedTuple):
    """Figures of one stop as Python numbers, which are read faster than cells of arrays."""

    tw_early_s: float
    service_s: float
    release_s: float
    delivery: tuple[float, float, float]  # kg, m3, rolls
    change: tuple[float, float, float]  # of the load on board when it leaves the stop


@dataclass(frozen=True, eq=False)
class RoundsProblem:
    """One day of rounds from one or more depots.

    A fleet entry ``v`` is one vehicle type at one depot, with a number of vehicles. Routes start
    at the depot of their vehicle and end there too, unless `end_depot` says otherwise. A delivery
    is on board from the depot to its stop, a pickup from its stop to the depot; one stop may have
    both. The fields from `levied_m` on may be left out: what they describe is then not there.

    Attributes
    ----------
    depot_ids, depot_x_m, depot_y_m
        Depots ``[D]`` with RD New coordinates.
    depot_open_s, depot_close_s
        Earliest departure and latest return, seconds since midnight.
    stop_ids, stop_x_m, stop_y_m
        Stops ``[S]`` with RD New coordinates.
    stop_depot
        Depot a stop is bound to ``[S]``; -1 when any depot may serve it.
    delivery_kg, delivery_m3, pickup_kg, pickup_m3
        Freight of each stop ``[S]``.
    tw_early_s, tw_late_s
        Earliest and latest start of service ``[S]``; an earlier vehicle waits (paid).
    service_s
        Duration of the service ``[S]``.
    vehicle_ids
        Unique names of the fleet entries ``[V]``, such as ``"hub-a/evan"``.
    vehicle_types
        Name of the vehicle type of each entry ``[V]``; the same name may stand at several depots.
    vehicle_depot, count
        Depot and number of vehicles of each entry ``[V]``.
    capacity_kg, capacity_m3, shift_s
        Load limits at every moment of the route, and longest time from departure to return ``[V]``.
    fixed_eur, eur_per_km, eur_per_h, levy_eur_per_km, eur_per_kwh
        Costs per vehicle used, km, hour away, km on levied road, and kWh drawn from the battery.
    usable_kwh
        Energy a full battery gives before the reserve is touched ``[V]``; 0 for combustion.
    kwh_per_km, kwh_per_km_per_t
        Consumption empty, and extra per tonne on board ``[V]``; both 0 for combustion.
    charge_kw
        Highest charging power ``[V]``; not used here, handed on to the energy family.
    co2e_kg_per_km, co2e_kg_per_kwh, nox_g_per_km
        Emission factors ``[V]``.
    speed_factor
        Speed relative to the one `time_s` is for ``[V]``; a cargo bike is below 1.
    distance_m, time_s
        Distances and driving times between nodes ``[N, N]``, at speed factor 1.
    levied_m
        Part of `distance_m` on levied roads; zeros when not given.
    barred
        ``[V, S]``: 0 when fleet entry ``v`` may serve stop ``s``, else ``k`` when rule
        ``bar_rules[k - 1]`` forbids it. All 0 when not given.
    bar_rules
        Rules in words, such as ``"zero-emission zone zone-zwolle on 2030-03-12"``.
    delivery_rolls, pickup_rolls, capacity_rolls
        Third load dimension, such as roll containers: of each stop ``[S]`` (0 when not given), and
        the limit ``[V]`` (none when not given).
    release_s
        The freight of the stop leaves the depot not before ``[S]``; binds the departure of the
        trip that carries it, and a reload does not begin before it.
    prize_eur
        Cost of leaving the stop out ``[S]``; infinite when it must be served.
    max_distance_m
        Longest route, all its trips together ``[V]``; none when not given.
    max_trips, reload_s
        Most trips of one vehicle a day ``[V]``, 1 when not given, and the seconds it stands at its
        depot between two of them.
    service_factor
        Times `service_s` for this fleet entry ``[V]``; 1 when not given.
    regular_s, overtime_eur_per_h
        Time away beyond `regular_s` costs this much extra per hour ``[V]``; `shift_s` stays the
        hard limit.
    start_kwh
        Energy above the reserve at departure ``[V]``; `usable_kwh` when not given.
    end_depot
        Depot where the route ends ``[V]``; `vehicle_depot` when not given.
    recharge
        ``"partial"``: a vehicle charges as much as the plan says. ``"full"``: every charge ends
        with `usable_kwh`.
    station_ids, station_x_m, station_y_m
        Charging stations ``[K]`` with RD New coordinates.
    station_open_s, station_close_s
        A charge starts and ends between these ``[K]``; always open when not given.
    connectors
        How many vehicles can charge at the same time ``[K]``; no limit when not given.
    station_eur_per_kwh
        Price by the hour of the day in which the charge starts ``[K, 24]``.
    curve_of
        ``[V, K]``: row of the charging curve of fleet entry ``v`` at station ``k``; -1 when it may
        not charge there.
    curve_kwh, curve_s
        Charging curves ``[C, P]``, linear between the points: seconds it takes to charge from empty
        (the reserve) to a level. Both start at 0 and increase; shorter curves repeat their last
        point.
    """

    family: ClassVar[str] = "rounds"

    depot_ids: tuple[str, ...]
    depot_x_m: FloatArray
    depot_y_m: FloatArray
    depot_open_s: FloatArray
    depot_close_s: FloatArray
    stop_ids: tuple[str, ...]
    stop_x_m: FloatArray
    stop_y_m: FloatArray
    stop_depot: IntArray
    delivery_kg: FloatArray
    delivery_m3: FloatArray
    pickup_kg: FloatArray
    pickup_m3: FloatArray
    tw_early_s: FloatArray
    tw_late_s: FloatArray
    service_s: FloatArray
    vehicle_ids: tuple[str, ...]
    vehicle_types: tuple[str, ...]
    vehicle_depot: IntArray
    count: IntArray
    capacity_kg: FloatArray
    capacity_m3: FloatArray
    shift_s: FloatArray
    fixed_eur: FloatArray
    eur_per_km: FloatArray
    eur_per_h: FloatArray
    levy_eur_per_km: FloatArray
    eur_per_kwh: FloatArray
    usable_kwh: FloatArray
    kwh_per_km: FloatArray
    kwh_per_km_per_t: FloatArray
    charge_kw: FloatArray
    co2e_kg_per_km: FloatArray
    co2e_kg_per_kwh: FloatArray
    nox_g_per_km: FloatArray
    speed_factor: FloatArray
    distance_m: FloatArray
    time_s: FloatArray
    levied_m: FloatArray = None  # type: ignore[assignment]  # zeros when omitted
    barred: IntArray = None  # type: ignore[assignment]  # zeros when omitted
    bar_rules: tuple[str, ...] = ()
    # `defaults.py` says what these hold when omitted.
    delivery_rolls: FloatArray = None  # type: ignore[assignment]
    pickup_rolls: FloatArray = None  # type: ignore[assignment]
    capacity_rolls: FloatArray = None  # type: ignore[assignment]
    release_s: FloatArray = None  # type: ignore[assignment]
    prize_eur: FloatArray = None  # type: ignore[assignment]
    max_distance_m: FloatArray = None  # type: ignore[assignment]
    max_trips: IntArray = None  # type: ignore[assignment]
    reload_s: FloatArray = None  # type: ignore[assignment]
    service_factor: FloatArray = None  # type: ignore[assignment]
    regular_s: FloatArray = None  # type: ignore[assignment]
    overtime_eur_per_h: FloatArray = None  # type: ignore[assignment]
    start_kwh: FloatArray = None  # type: ignore[assignment]
    end_depot: IntArray = None  # type: ignore[assignment]
    recharge: str = "partial"
    station_ids: tuple[str, ...] = ()
    station_x_m: FloatArray = None  # type: ignore[assignment]
    station_y_m: FloatArray = None  # type: ignore[assignment]
    station_open_s: FloatArray = None  # type: ignore[assignment]
    station_close_s: FloatArray = None  # type: ignore[assignment]
    connectors: IntArray = None  # type: ignore[assignment]
    station_eur_per_kwh: FloatArray = None  # type: ignore[assignment]
    curve_of: IntArray = None  # type: ignore[assignment]
    curve_kwh: FloatArray = None  # type: ignore[assignment]
    curve_s: FloatArray = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        omitted = []
        types = {spec.name: str(spec.type) for spec in dataclasses.fields(self)}
        for spec in dataclasses.fields(self):
            value: Any = getattr(self, spec.name)
            if "tuple" in types[spec.name]:
                object.__setattr__(self, spec.name, tuple(str(item) for item in value))
            elif value is None and spec.default is None:
                omitted.append(spec.name)
            elif "Array" in types[spec.name]:
                object.__setattr__(self, spec.name, _frozen(spec.name, value, types[spec.name]))
        values = default_fields(self)
        for name in omitted:
            object.__setattr__(self, name, _frozen(name, values[name], types[name]))
        raise_if(find_faults(self))

    # -- derived ---------------------------------------------------------------------------------

    @property
    def num_depots(self) -> int:
        """Number of depots, D."""
        return len(self.depot_ids)

    @property
    def num_stops(self) -> int:
        """Number of stops, S."""
        return len(self.stop_ids)

    @property
    def num_vehicles(self) -> int:
        """Number of fleet entries, V (vehicle types per depot, not single vehicles)."""
        return len(self.vehicle_ids)

    @property
    def num_stations(self) -> int:
        """Number of charging stations, K."""
        return len(self.station_ids)

    @property
    def node_ids(self) -> tuple[str, ...]:
        """Ids of all nodes: depots, stops, stations."""
        return self.depot_ids + self.stop_ids + self.station_ids

    @cached_property
    def same_depot(self) -> BoolArray:
        """``[V, S]``: the stop is bound to the depot of the entry, or to none."""
        any_depot = self.stop_depot[None, :] < 0
        same: BoolArray = any_depot | (self.stop_depot[None, :] == self.vehicle_depot[:, None])
        return same

    @cached_property
    def allowed(self) -> BoolArray:
        """``[V, S]``: no rule forbids the entry to serve the stop, and the depot is right."""
        mask: BoolArray = (self.barred == 0) & self.same_depot
        return mask

    @cached_property
    def has_overtime(self) -> bool:
        """Whether some fleet entry can have hours that cost extra."""
        return bool(((self.overtime_eur_per_h > 0) & np.isfinite(self.regular_s)).any())

    @cached_property
    def has_optional_stops(self) -> bool:
        """Whether some stop may be left out at a price."""
        return bool(np.isfinite(self.prize_eur).any())

    @cached_property
    def stop_rows(self) -> tuple[StopRow, ...]:
        """The figures of each stop that driving a route asks for, for speed."""
        delivery = np.c_[self.delivery_kg, self.delivery_m3, self.delivery_rolls]
        pickup = np.c_[self.pickup_kg, self.pickup_m3, self.pickup_rolls]
        columns = (
            self.tw_early_s.tolist(),
            self.service_s.tolist(),
            self.release_s.tolist(),
            map(tuple, delivery.tolist()),
            map(tuple, (pickup - delivery).tolist()),
        )
        return tuple(StopRow(*row) for row in zip(*columns, strict=True))

    @cached_property
    def stop_index(self) -> dict[str, int]:
        """Position of each stop by its id."""
        return {stop: i for i, stop in enumerate(self.stop_ids)}

    @cached_property
    def vehicle_index(self) -> dict[str, int]:
        """Position of each fleet entry by its id."""
        return {vehicle: i for i, vehicle in enumerate(self.vehicle_ids)}

    @cached_property
    def station_index(self) -> dict[str, int]:
        """Position of each charging station by its id."""
        return {station: i for i, station in enumerate(self.station_ids)}

    def replace(self, **changes: Any) -> RoundsProblem:
        """Return a copy with some fields changed; it is validated again.

        Fields that were left at their default follow the change: a larger `usable_kwh` is also a
        larger `start_kwh` when vehicles start full.
        """
        follow: dict[str, Any] = {n: None for n in left_at_default(self) if n not in changes}
        return dataclasses.replace(self, **follow, **changes)

    def weighted(
        self,
        *,
        vehicles: float = 0.0,
        eur: float = 0.0,
        km: float = 0.0,
        hours: float = 0.0,
        co2e_kg: float = 0.0,
        prizes: float = 1.0,
    ) -> RoundsProblem:
        """Return a copy with another objective: its prices are a weighted mix of what is wanted.

        Everything a route costs is linear in vehicles, km, hours and kWh, so any such mix is a
        change of prices. ``weighted(vehicles=1e4, km=1.0)`` asks for few vehicles first, then for
        a short distance (when no plan is longer than 10,000 km).

        Parameters
        ----------
        vehicles, km, hours
            Weight of each vehicle used, km and hour away.
        eur
            Weight of the problem's own prices; prizes are not among them.
        co2e_kg
            Weight of each kg CO2e.
        prizes
            Times `prize_eur`; leaving a stop out stays as dear as it was when not given.

        Returns
        -------
        RoundsProblem
            The same problem; the costs of its solutions are in the unit of the weights.

        Raises
        ------
        bundling.InputError
            When a weight is negative or no number, or CO2e is weighted and the vehicles that may
            charge on the way differ in kg CO2e per kWh (a station has one price).
        """
        from bundling.rounds.weights import weighted_prices

        weights = {
            "vehicles": vehicles,
            "eur": eur,
            "km": km,
            "hours": hours,
            "co2e_kg": co2e_kg,
            "prizes": prizes,
        }
        return self.replace(**weighted_prices(self, weights))

    def __getstate__(self) -> dict[str, Any]:
        names = {spec.name for spec in dataclasses.fields(self)}
        return {name: value for name, value in self.__dict__.items() if name in names}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    # -- tables ----------------------------------------------------------------------------------

    def to_tables(self) -> dict[str, pd.DataFrame]:
        """Return the problem as data frames; `from_tables` gives the same problem back.

        Returns
        -------
        dict of str to pandas.DataFrame
            ``depots``, ``stops``, ``vehicles`` (one row each), ``access`` (one row per forbidden
            pair), ``distance_m``, ``time_s``, ``levied_m`` (square, by node id), ``settings``.
            With stations also ``stations`` (one row each), ``station_prices`` (one row per hour),
            ``curves`` (one row per point) and ``may_charge`` (one row per permitted pair).
        """
        from bundling.rounds.frames import write_tables

        return write_tables(self)

    @classmethod
    def from_tables(cls, tables: Mapping[str, pd.DataFrame]) -> RoundsProblem:
        """Build a problem from data frames with the columns that `to_tables` writes.

        Parameters
        ----------
        tables
            ``depots``, ``stops``, ``vehicles``, ``distance_m``, ``time_s``; the others, and the
            columns of optional fields, may be missing, and a blank cell in such a column means
            the default. An empty ``depot_id`` of a stop means any depot.

        Raises
        ------
        bundling.InputError
            With every fault: missing tables and columns, unknown ids, values out of range.
        """
        from bundling.rounds.frames import read_tables

        return cls(**read_tables(tables))


def _frozen(name: str, value: Any, kind: str) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise_if([Fault("problem", name, (), "is not an array of numbers", "Give numbers only.")])
        raise
    if "Int" in kind:
        whole = np.isfinite(array) & (array == np.floor(array))
        if not whole.all():
            rows = tuple(str(i) for i in np.argwhere(~whole)[:, 0]) if array.ndim else ()
            fault = Fault("problem", name, rows, "must be whole numbers", "Round them.")
            raise_if([fault])
        array = array.astype(np.int64)
    array.setflags(write=False)
    return array
