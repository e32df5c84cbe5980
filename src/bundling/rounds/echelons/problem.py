"""The two-echelon problem: trucks bring freight to hubs, rounds go from the hubs to the stops."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.rounds.echelons.validate import HUB_DEFAULTS, find_faults
from bundling.rounds.problem import RoundsProblem

FloatArray = NDArray[np.float64]

NO_LIMIT = 2**31 - 1
"""As many vehicles as wanted."""


@dataclass(frozen=True, eq=False)
class TwoEchelonProblem:
    """One day of trucks from a depot to hubs, and of rounds from the hubs.

    Which hubs are used, and which of them serves which stop, is part of the answer. A hub may get
    its freight from several trucks. Its rounds leave when the last of them has come and has been
    handled: freight of a stop is not told apart by the truck that brings it. A truck drives one
    route a day.

    Attributes
    ----------
    depot_id, depot_x_m, depot_y_m
        Where the trucks start and end.
    depot_open_s, depot_close_s
        Earliest departure and latest return of a truck, seconds since midnight.
    truck_count, truck_capacity_kg
        Number of trucks, which are all alike, and what each carries.
    truck_fixed_eur, truck_eur_per_km, truck_co2e_kg_per_km
        Cost of each truck used and of a kilometre, and kg CO2e of a kilometre.
    truck_distance_m, truck_time_s
        Ways of the trucks ``[1 + H, 1 + H]``: the depot, then the hubs.
    second
        The rounds; its depots are the hubs ``[H]``, and `depot_open_s` is when a hub could let its
        first vehicle go if freight were there.
    vehicle_count
        Most vehicles at all hubs together; `second.count` limits those of one fleet entry. No limit
        when not given.
    hub_capacity_kg
        Most freight through each hub ``[H]``; no limit when not given.
    hub_handling_s
        Time a truck stands at a hub, at the end of which the freight is ready ``[H]``; 0 when not
        given.
    hub_eur
        Cost of using a hub that day ``[H]``; 0 when not given.
    hub_open_s, hub_close_s
        A truck is unloaded from the one, which it waits for, and arrives up to the other ``[H]``;
        always when not given.
    """

    depot_id: str
    depot_x_m: float
    depot_y_m: float
    depot_open_s: float
    depot_close_s: float
    truck_count: int
    truck_capacity_kg: float
    truck_fixed_eur: float
    truck_eur_per_km: float
    truck_co2e_kg_per_km: float
    truck_distance_m: FloatArray
    truck_time_s: FloatArray
    second: RoundsProblem
    vehicle_count: int = NO_LIMIT
    hub_capacity_kg: FloatArray = None  # type: ignore[assignment]  # `HUB_DEFAULTS` when omitted
    hub_handling_s: FloatArray = None  # type: ignore[assignment]
    hub_eur: FloatArray = None  # type: ignore[assignment]
    hub_open_s: FloatArray = None  # type: ignore[assignment]
    hub_close_s: FloatArray = None  # type: ignore[assignment]

    family: ClassVar[str] = "rounds.echelons"

    def __post_init__(self) -> None:
        hubs = len(self.second.depot_ids)
        for name, usual in HUB_DEFAULTS.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, np.full(hubs, usual))
        for spec in dataclasses.fields(self):
            value: Any = getattr(self, spec.name)
            kind = str(spec.type)
            if kind == "FloatArray":
                object.__setattr__(self, spec.name, _frozen(spec.name, value))
            elif kind in ("float", "int"):
                object.__setattr__(self, spec.name, _scalar(spec.name, value, kind))
        raise_if(find_faults(self))

    @property
    def hub_ids(self) -> tuple[str, ...]:
        """Ids of the hubs: the depots of the rounds."""
        return self.second.depot_ids

    @property
    def num_hubs(self) -> int:
        """Number of hubs, H."""
        return self.second.num_depots

    @property
    def num_stops(self) -> int:
        """Number of stops."""
        return self.second.num_stops

    @property
    def num_stations(self) -> int:
        """Number of charging stations."""
        return self.second.num_stations

    @cached_property
    def hub_index(self) -> dict[str, int]:
        """Position of each hub by its id."""
        return {hub: h for h, hub in enumerate(self.hub_ids)}

    def replace(self, **changes: Any) -> TwoEchelonProblem:
        """Return a copy with some fields changed; it is validated again."""
        return dataclasses.replace(self, **changes)

    def to_tables(self) -> dict[str, pd.DataFrame]:
        """Return the problem as data frames; `from_tables` gives the same problem back.

        Returns
        -------
        dict of str to pandas.DataFrame
            ``trucks`` (one row), ``hubs`` (one row each), ``truck_distance_m`` and
            ``truck_time_s`` (square, by id), and the tables of the rounds.
        """
        from bundling.rounds.echelons.frames import write_tables

        return write_tables(self)

    @classmethod
    def from_tables(cls, tables: Mapping[str, pd.DataFrame]) -> TwoEchelonProblem:
        """Build a problem from data frames with the columns that `to_tables` writes.

        Raises
        ------
        bundling.InputError
            With every fault: missing tables and columns, unknown ids, values out of range.
        """
        from bundling.rounds.echelons.frames import read_tables

        return cls(**read_tables(tables))


def _frozen(name: str, value: ArrayLike) -> FloatArray:
    try:
        array: FloatArray = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise_if([Fault("problem", name, (), "is not an array of numbers", "Give numbers only.")])
        raise
    array.setflags(write=False)
    return array


def _scalar(name: str, value: Any, kind: str) -> float | int:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise_if([Fault("problem", name, (), f"is {value!r}, no number", "Give a number.")])
        raise
    if kind == "float":
        return number
    if number != np.floor(number):
        raise_if([Fault("problem", name, (), f"is {value!r}", "Give a whole number.")])
    return int(number)
