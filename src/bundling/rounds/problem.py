"""The rounds problem: which vehicle serves which stops in which order and when.

All arrays are float64 (or int64 where counts and indices are meant) and read-only. Nodes are
numbered depots first, then stops: node ``d`` is depot ``d``, node ``D + s`` is stop ``s``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.rounds.validate import (
    DEPOT_COLUMNS,
    STOP_COLUMNS,
    VEHICLE_COLUMNS,
    find_faults,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class RoundsProblem:
    """One day of rounds from one or more depots.

    A fleet entry ``v`` is one vehicle type at one depot, with a number of vehicles. Routes start
    and end at the depot of their vehicle. A delivery is on board from the depot to its stop, a
    pickup from its stop to the depot; one stop may have both.

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
        Distances and driving times between nodes ``[D+S, D+S]``, at speed factor 1.
    levied_m
        Part of `distance_m` on levied roads; zeros when not given.
    barred
        ``[V, S]``: 0 when fleet entry ``v`` may serve stop ``s``, else ``k`` when rule
        ``bar_rules[k - 1]`` forbids it. All 0 when not given.
    bar_rules
        Rules in words, such as ``"zero-emission zone zone-zwolle on 2030-03-12"``.
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

    def __post_init__(self) -> None:
        omitted = {
            "levied_m": np.zeros_like(np.asarray(self.distance_m, dtype=np.float64)),
            "barred": np.zeros((len(self.vehicle_ids), len(self.stop_ids))),
        }
        for spec in dataclasses.fields(self):
            value: Any = getattr(self, spec.name)
            value = omitted.get(spec.name) if value is None else value
            if "tuple" in str(spec.type):
                object.__setattr__(self, spec.name, tuple(str(item) for item in value))
                continue
            dtype = np.int64 if "Int" in str(spec.type) else np.float64
            frozen = _frozen(spec.name, value, dtype)
            object.__setattr__(self, spec.name, frozen)
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
    def stop_index(self) -> dict[str, int]:
        """Position of each stop by its id."""
        return {stop: i for i, stop in enumerate(self.stop_ids)}

    @cached_property
    def vehicle_index(self) -> dict[str, int]:
        """Position of each fleet entry by its id."""
        return {vehicle: i for i, vehicle in enumerate(self.vehicle_ids)}

    def replace(self, **changes: Any) -> RoundsProblem:
        """Return a copy with some fields changed; it is validated again."""
        return dataclasses.replace(self, **changes)

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
            pair), ``distance_m``, ``time_s``, ``levied_m`` (square, by node id).
        """
        nodes = list(self.depot_ids + self.stop_ids)
        depots = np.array([*self.depot_ids, ""], dtype=object)
        stops: dict[str, Any] = {"stop_id": list(self.stop_ids)}
        stops["depot_id"] = list(depots[self.stop_depot])  # index -1 is the empty last one
        stops |= {name: getattr(self, name) for name in STOP_COLUMNS}
        vehicles: dict[str, Any] = {
            "vehicle_id": list(self.vehicle_ids),
            "vehicle_type": list(self.vehicle_types),
            "depot_id": [self.depot_ids[d] for d in self.vehicle_depot],
        }
        vehicles |= {name: getattr(self, name) for name in VEHICLE_COLUMNS}
        v, s = np.nonzero(self.barred)
        access = {
            "vehicle_id": [self.vehicle_ids[i] for i in v],
            "stop_id": [self.stop_ids[i] for i in s],
            "rule": [self.bar_rules[k - 1] for k in self.barred[v, s]],
        }
        return {
            "depots": pd.DataFrame(
                {"depot_id": list(self.depot_ids)}
                | {name: getattr(self, name) for name in DEPOT_COLUMNS}
            ),
            "stops": pd.DataFrame(stops),
            "vehicles": pd.DataFrame(vehicles),
            "access": pd.DataFrame(access, dtype=object),
            **{
                name: pd.DataFrame(getattr(self, name), index=nodes, columns=nodes)
                for name in ("distance_m", "time_s", "levied_m")
            },
        }

    @classmethod
    def from_tables(cls, tables: Mapping[str, pd.DataFrame]) -> RoundsProblem:
        """Build a problem from data frames with the columns that `to_tables` writes.

        Parameters
        ----------
        tables
            ``depots``, ``stops``, ``vehicles``, ``distance_m``, ``time_s``; ``access`` and
            ``levied_m`` may be missing. An empty ``depot_id`` of a stop means any depot.

        Raises
        ------
        bundling.InputError
            With every fault: missing tables and columns, unknown ids, values out of range.
        """
        from bundling.rounds.frames import read_tables

        return cls(**read_tables(tables))


def _frozen(name: str, value: Any, dtype: Any) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise_if([Fault("problem", name, (), "is not an array of numbers", "Give numbers only.")])
        raise
    if dtype is np.int64:
        whole = np.isfinite(array) & (array == np.floor(array))
        if not whole.all():
            rows = tuple(str(i) for i in np.argwhere(~whole)[:, 0]) if array.ndim else ()
            fault = Fault("problem", name, rows, "must be whole numbers", "Round them.")
            raise_if([fault])
        array = array.astype(np.int64)
    array.setflags(write=False)
    return array
