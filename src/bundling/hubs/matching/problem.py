"""Shippers with lanes, and what a truck costs: who should drive together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from bundling.errors import raise_if

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

DTYPES: Final[dict[str, Any]] = {
    "area_x_m": np.float64,
    "area_y_m": np.float64,
    "distance_m": np.float64,
    "time_s": np.float64,
    "lane_shipper": np.int64,
    "lane_origin": np.int64,
    "lane_destination": np.int64,
    "lane_kg": np.float64,
    "lane_m3": np.float64,
    "lane_pallets": np.float64,
    "lane_days": np.bool_,
    "lane_early_s": np.float64,
    "lane_late_s": np.float64,
    "apart": np.int64,
}


@dataclass(frozen=True, eq=False)
class MatchingProblem:
    """Lanes of shippers over a week, driven by one type of truck, and the rules of grouping.

    A lane is freight that leaves an area for another on some days, the same amount each day. What
    a group of shippers costs is the cost of a plan that `bundling.hubs.matching.trips` makes: full
    trucks, what is left filled up with lanes of others, and trucks that come back loaded with an
    opposite lane. Alone a shipper does the same with its own lanes. Areas may be addresses,
    postcode areas or grid cells: `bundling.hubs.matching.blur` says what the coarser ones cost.

    Attributes
    ----------
    shipper_ids
        Names of the ``S`` shippers.
    area_ids, area_x_m, area_y_m
        Names of the ``A`` areas, and their RD New coordinates.
    distance_m, time_s
        From area to area ``[A, A]``; the diagonal is what lies between two addresses in an area.
    lane_shipper, lane_origin, lane_destination
        Shipper and areas of each of the ``L`` lanes.
    lane_kg, lane_m3, lane_pallets
        Freight on each day the lane runs.
    lane_days
        On which of the ``D`` days it runs ``[L, D]``.
    lane_early_s, lane_late_s
        Earliest and latest departure from the origin, seconds since midnight.
    apart
        Pairs of shippers that must not be in one group ``[P, 2]``: competitors, or goods that may
        not travel together.
    capacity_kg, capacity_m3, capacity_pallets
        Of a truck; ``inf`` where it does not count.
    fixed_eur, eur_per_km, eur_per_h
        Cost of a trip that returns to where it began: fixed, by distance, by hour.
    shift_h
        Longest trip that carries freight of two lanes; a lane alone takes what it takes.
    stop_h
        Hours to load at an address, and to unload at one.
    most_stops
        Largest number of lanes in one truck at once.
    most_members
        Largest group.
    member_eur
        What cooperating costs each member of a group of two or more, over all days.
    """

    family: ClassVar[str] = "hubs.matching"

    shipper_ids: tuple[str, ...]
    area_ids: tuple[str, ...]
    area_x_m: FloatArray
    area_y_m: FloatArray
    distance_m: FloatArray
    time_s: FloatArray
    lane_shipper: IntArray
    lane_origin: IntArray
    lane_destination: IntArray
    lane_kg: FloatArray
    lane_m3: FloatArray
    lane_pallets: FloatArray
    lane_days: BoolArray
    lane_early_s: FloatArray
    lane_late_s: FloatArray
    apart: IntArray
    capacity_kg: float = 24_000.0
    capacity_m3: float = 85.0
    capacity_pallets: float = 33.0
    fixed_eur: float = 60.0
    eur_per_km: float = 0.75
    eur_per_h: float = 35.0
    shift_h: float = 10.0
    stop_h: float = 0.5
    most_stops: int = 4
    most_members: int = 3
    member_eur: float = 0.0

    def __post_init__(self) -> None:
        from bundling.hubs.matching.faults import faults

        for name, dtype in DTYPES.items():
            array = np.array(getattr(self, name), dtype=dtype)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        for name in ("shipper_ids", "area_ids"):
            object.__setattr__(self, name, tuple(str(item) for item in getattr(self, name)))
        raise_if(faults(self))

    @property
    def num_shippers(self) -> int:
        """Number of shippers."""
        return len(self.shipper_ids)

    @property
    def num_lanes(self) -> int:
        """Number of lanes."""
        return len(self.lane_kg)

    @property
    def num_days(self) -> int:
        """Number of days."""
        return int(self.lane_days.shape[1])

    @property
    def lane_loads(self) -> FloatArray:
        """Trucks' worth of freight of each lane on a day it runs, by what fills first."""
        parts = [
            self.lane_kg / self.capacity_kg,
            self.lane_m3 / self.capacity_m3,
            self.lane_pallets / self.capacity_pallets,
        ]
        loads: FloatArray = np.max(parts, axis=0)
        return loads

    def may_join(self) -> BoolArray:
        """Which shippers may be in one group ``[S, S]``."""
        may = ~np.eye(self.num_shippers, dtype=bool)
        may[self.apart[:, 0], self.apart[:, 1]] = False
        may[self.apart[:, 1], self.apart[:, 0]] = False
        return may

    def replace(self, **changes: Any) -> MatchingProblem:
        """Return a copy with `changes`, validated again."""
        return dataclasses.replace(self, **changes)

    @classmethod
    def from_tables(cls, tables: Mapping[str, pd.DataFrame], **settings: Any) -> MatchingProblem:
        """Read a problem from data frames.

        Parameters
        ----------
        tables
            ``areas``: ``area_id, x_m, y_m``. ``lanes``: ``shipper_id, origin, destination``, at
            least one of ``kg, m3, pallets``, and where they differ from every day and the whole
            day ``days`` (such as ``mon tue fri``) and ``early, late`` (``HH:MM``). ``travel``, if
            distances are known: ``start, end, distance_m, time_s``; else 1.3 times the straight
            line, at 60 km/h. ``apart``, if any: ``shipper_id, other_id``.
        **settings
            Fields of this class by name, such as ``most_members``.

        Raises
        ------
        bundling.InputError
            With every missing table or column, unknown name and bad value at once.
        """
        from bundling.hubs.matching.frames import problem_from_tables

        return problem_from_tables(tables, **settings)

    def to_tables(self) -> dict[str, pd.DataFrame]:
        """Return the areas, lanes, travel and pairs that stay apart as data frames."""
        from bundling.hubs.matching.frames import tables_from_problem

        return tables_from_problem(self)
