"""The rounds problem: which vehicle serves which stops in which order and when.

All arrays are float64 (or int64 where counts and indices are meant) and read-only; `fields.py` says
what each holds, `defaults.py` what it holds when it is not given.
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
from bundling.rounds.defaults import default_fields, left_at_default, next_opening_s
from bundling.rounds.fields import BoolArray as BoolArray
from bundling.rounds.fields import FloatArray as FloatArray
from bundling.rounds.fields import IntArray as IntArray
from bundling.rounds.fields import RoundsFields
from bundling.rounds.periods import DayClock
from bundling.rounds.validate import find_faults


class StopRow(NamedTuple):
    """Figures of one stop as Python numbers, which are read faster than cells of arrays."""

    tw_early_s: float
    service_s: float
    release_s: float
    windows: tuple[tuple[float, float], ...]  # empty when there is one, which is the usual case
    from_depot: tuple[float, float, float]  # kg, m3, rolls on board when the trip begins
    change: tuple[float, float, float]  # of the load on board when it leaves the stop


@dataclass(frozen=True, eq=False)
class RoundsProblem(RoundsFields):
    """One day of rounds from one or more depots.

    A fleet entry ``v`` is one vehicle type at one depot, with a number of vehicles. Routes start
    at the depot of their vehicle and end there too, unless `end_depot` says otherwise. A delivery
    is on board from the depot to its stop, a pickup from its stop to the depot; one stop may have
    both. The fields from `levied_m` on may be left out: what they describe is then not there.
    `bundling.rounds.fields.RoundsFields` describes every field.
    """

    family: ClassVar[str] = "rounds"

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
        self._blank_windows()
        raise_if(find_faults(self))

    def _blank_windows(self) -> None:
        """Let windows a stop does not have be never open, however that was said."""
        for name, never in (("other_tw_early_s", np.inf), ("other_tw_late_s", -np.inf)):
            values = getattr(self, name)
            if np.isnan(values).any():
                filled = np.where(np.isnan(values), never, values)
                object.__setattr__(self, name, _frozen(name, filled, "FloatArray"))
        if not any(self.break_rule):
            object.__setattr__(self, "break_rule", ())

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
    def clock(self) -> DayClock | None:
        """Driving by period of the day; None when all hours are alike."""
        if not len(self.period_start_s):
            return None
        return DayClock(self.period_start_s.tolist(), self.period_speed.tolist())

    @cached_property
    def has_pairs(self) -> bool:
        """Whether some freight goes from stop to stop."""
        return bool((self.pair_of >= 0).any())

    @cached_property
    def plans_depot_charging(self) -> bool:
        """Whether charging at depots is limited or priced by the quarter, so that it is planned."""
        limited = bool(np.isfinite(self.depot_kw).any()) or bool(self.depot_eur_per_kwh.any())
        return limited or not np.array_equal(self.ready_by_s, next_opening_s(self))

    @cached_property
    def has_optional_stops(self) -> bool:
        """Whether some stop may be left out at a price."""
        return bool(np.isfinite(self.prize_eur).any())

    @cached_property
    def stop_rows(self) -> tuple[StopRow, ...]:
        """The figures of each stop that driving a route asks for, for speed."""
        delivery = np.c_[self.delivery_kg, self.delivery_m3, self.delivery_rolls]
        pickup = np.c_[self.pickup_kg, self.pickup_m3, self.pickup_rolls]
        from_depot = np.where((self.pair_of < 0)[:, None], delivery, 0.0)
        windows = [self.windows_of(s) for s in range(self.num_stops)]
        columns = (
            self.tw_early_s.tolist(),
            self.service_s.tolist(),
            self.release_s.tolist(),
            [mine if len(mine) > 1 else () for mine in windows],
            map(tuple, from_depot.tolist()),
            map(tuple, (pickup - delivery).tolist()),
        )
        return tuple(StopRow(*row) for row in zip(*columns, strict=True))

    def windows_of(self, stop: int) -> tuple[tuple[float, float], ...]:
        """Earliest and latest start of service in each window of a stop, in order."""
        first = (float(self.tw_early_s[stop]), float(self.tw_late_s[stop]))
        more = zip(
            self.other_tw_early_s[stop].tolist(), self.other_tw_late_s[stop].tolist(), strict=True
        )
        return (first, *((early, late) for early, late in more if early <= late))

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

    # -- ways of a fleet entry ------------------------------------------------------------------

    def distance_of(self, vehicle: int) -> FloatArray:
        """Distances for a fleet entry ``[N, N]``, m; infinite where the way is closed to it."""
        number = int(self.matrix_of[vehicle])
        return self.other_distance_m[number - 1] if number else self.distance_m

    def time_of(self, vehicle: int) -> FloatArray:
        """Driving times for a fleet entry at speed factor 1, s; infinite where closed to it."""
        number = int(self.matrix_of[vehicle])
        return self.other_time_s[number - 1] if number else self.time_s

    def levied_of(self, vehicle: int) -> FloatArray:
        """Part of `distance_of` on levied roads ``[N, N]``, m."""
        number = int(self.matrix_of[vehicle])
        return self.other_levied_m[number - 1] if number else self.levied_m

    def ways_of(self, vehicle: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Distance, time and levied metres; a closed way counts as it does in the base matrices.

        That is for figures of a round that breaks the rule, which `check` reports.
        """
        return self._ways[int(self.matrix_of[vehicle])]

    @cached_property
    def _ways(self) -> tuple[tuple[FloatArray, FloatArray, FloatArray], ...]:
        base = (self.distance_m, self.time_s, self.levied_m)
        ways = [base]
        others = (self.other_distance_m, self.other_time_s, self.other_levied_m)
        for distance, time, levied in zip(*others, strict=True):
            there = np.isfinite(distance)
            distance, time, levied = (
                np.where(there, own, usual)
                for own, usual in zip((distance, time, levied), base, strict=True)
            )
            ways.append((distance, time, levied))
        return tuple(ways)

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
