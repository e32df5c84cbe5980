"""From what a benchmark file says to the arguments of a `RoundsProblem`.

One unit of distance is 1 km and one unit of time 1 s, so a vehicle of the literature that drives
one unit of distance in one unit of time is a fast one. Costs are in the unit of the published ones:
the objective of a solution is the figure in the tables, plus `InstanceFields.offset`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

VEHICLE_FIRST_EUR = 10_000.0
"""Cost of a vehicle where few vehicles count first; all routes of a public set are shorter."""
METRES_PER_UNIT = 1000.0
HOURS_PER_DAY = 24

ROUNDINGS = ("none", "round", "trunc", "trunc1", "round2", "round3")
"""How a Euclidean distance is rounded: not; to the nearest whole number; down to a whole number;
down to one decimal (DIMACS); to two decimals; to three decimals (PyVRP's "exact")."""


@dataclass(frozen=True)
class InstanceFields:
    """One instance, ready to become a `RoundsProblem`.

    Attributes
    ----------
    kind
        ``"solomon"``, ``"evrptw"``, ``"evrp-nl"``, or the TYPE of a VRPLIB file in small letters.
    name
        Name that the file gives itself, or that of the file.
    fields
        Arguments of `RoundsProblem`.
    vehicles_first
        Whether fewer vehicles are better than a shorter distance; the objective then holds
        `VEHICLE_FIRST_EUR` for each vehicle.
    offset
        Part of the objective that published values leave out; the same for every solution.
    """

    kind: str
    name: str
    fields: Mapping[str, Any]
    vehicles_first: bool = False
    offset: float = 0.0


@dataclass(frozen=True)
class Fleet:
    """Vehicles of an instance, one entry of the fleet for each row; all start at depot 0.

    Attributes
    ----------
    names, count, capacity, shift_s
        Of each entry.
    fixed, per_unit, per_hour
        Cost of each vehicle, unit of distance and hour; one number, or one for each entry.
    usable_kwh, kwh_per_unit
        Battery and consumption; 0 for combustion.
    charge_kw
        Highest charging power, for the record.
    """

    names: Sequence[str]
    count: ArrayLike
    capacity: ArrayLike
    shift_s: ArrayLike
    fixed: ArrayLike = 0.0
    per_unit: ArrayLike = 0.0
    per_hour: ArrayLike = 0.0
    usable_kwh: ArrayLike = 0.0
    kwh_per_unit: ArrayLike = 0.0
    charge_kw: ArrayLike = 0.0


@dataclass(frozen=True)
class Stops:
    """Stops of an instance.

    Attributes
    ----------
    ids, delivery, pickup, early_s, late_s, service_s
        Of each stop.
    """

    ids: Sequence[str]
    delivery: ArrayLike
    early_s: ArrayLike
    late_s: ArrayLike
    service_s: ArrayLike
    pickup: ArrayLike = field(default=0.0)


def euclidean(x: ArrayLike, y: ArrayLike) -> FloatArray:
    """Return the distances between all points, in full precision."""
    here, there = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    dx, dy = here[:, None] - here, there[:, None] - there
    # Not np.hypot: it may differ in the last bit, and then truncate to another decimal.
    return np.sqrt(dx * dx + dy * dy)


def rounded_units(distance: FloatArray, rounding: str) -> tuple[FloatArray, FloatArray]:
    """Round distances; return them in metres (whole ones stay whole) and in units."""
    if rounding == "none":
        return distance * METRES_PER_UNIT, distance
    digits = int(rounding[-1]) if rounding[-1].isdigit() else 0
    shift = np.trunc if rounding.startswith("trunc") else np.rint
    scaled = shift(distance * 10.0**digits)
    return scaled * (METRES_PER_UNIT / 10.0**digits), scaled / 10.0**digits


def base_fields(
    *,
    depot_ids: Sequence[str],
    open_s: ArrayLike,
    close_s: ArrayLike,
    stops: Stops,
    fleet: Fleet,
    x: FloatArray,
    y: FloatArray,
    distance_m: FloatArray,
    time_s: FloatArray,
) -> dict[str, Any]:
    """Return what every instance has; coordinates and matrices are by node, depots first."""
    d, s, v = len(depot_ids), len(stops.ids), len(fleet.names)

    def of_stops(value: ArrayLike) -> FloatArray:
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (s,))

    def of_fleet(value: ArrayLike) -> FloatArray:
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (v,))

    nothing, free = np.zeros(s), np.zeros(v)
    metres = METRES_PER_UNIT
    return {
        "depot_ids": tuple(depot_ids),
        "depot_x_m": metres * x[:d],
        "depot_y_m": metres * y[:d],
        "depot_open_s": np.broadcast_to(np.asarray(open_s, dtype=np.float64), (d,)),
        "depot_close_s": np.broadcast_to(np.asarray(close_s, dtype=np.float64), (d,)),
        "stop_ids": tuple(stops.ids),
        "stop_x_m": metres * x[d : d + s],
        "stop_y_m": metres * y[d : d + s],
        "stop_depot": np.full(s, -1),
        "delivery_kg": of_stops(stops.delivery),
        "delivery_m3": nothing,
        "pickup_kg": of_stops(stops.pickup),
        "pickup_m3": nothing,
        "tw_early_s": of_stops(stops.early_s),
        "tw_late_s": of_stops(stops.late_s),
        "service_s": of_stops(stops.service_s),
        "vehicle_ids": tuple(fleet.names),
        "vehicle_types": tuple(fleet.names),
        "vehicle_depot": np.zeros(v),
        "count": of_fleet(fleet.count),
        "capacity_kg": of_fleet(fleet.capacity),
        "capacity_m3": free,
        "shift_s": of_fleet(fleet.shift_s),
        "fixed_eur": of_fleet(fleet.fixed),
        "eur_per_km": of_fleet(fleet.per_unit),
        "eur_per_h": of_fleet(fleet.per_hour),
        "levy_eur_per_km": free,
        "eur_per_kwh": free,
        "usable_kwh": of_fleet(fleet.usable_kwh),
        "kwh_per_km": of_fleet(fleet.kwh_per_unit),
        "kwh_per_km_per_t": free,
        "charge_kw": of_fleet(fleet.charge_kw),
        "co2e_kg_per_km": free,
        "co2e_kg_per_kwh": free,
        "nox_g_per_km": free,
        "speed_factor": np.ones(v),
        "distance_m": distance_m,
        "time_s": time_s,
    }


def station_fields(
    *,
    ids: Sequence[str],
    x: FloatArray,
    y: FloatArray,
    open_s: ArrayLike,
    close_s: ArrayLike,
    curve_of: ArrayLike,
    curves: Sequence[Sequence[tuple[float, float]]],
) -> dict[str, Any]:
    """Return the charging stations, free of charge and without a queue.

    Parameters
    ----------
    ids, x, y, open_s, close_s
        Stations with their place in units of distance and their hours.
    curve_of
        Row of `curves` of each station, for the one entry of the fleet.
    curves
        Points (kWh, seconds from empty).
    """
    longest = max((len(curve) for curve in curves), default=2)
    padded = [[*curve, *[curve[-1]] * (longest - len(curve))] for curve in curves]
    points = np.array(padded, dtype=np.float64).reshape(len(curves), longest, 2)
    k = len(ids)
    return {
        "station_ids": tuple(ids),
        "station_x_m": METRES_PER_UNIT * x,
        "station_y_m": METRES_PER_UNIT * y,
        "station_open_s": np.broadcast_to(np.asarray(open_s, dtype=np.float64), (k,)),
        "station_close_s": np.broadcast_to(np.asarray(close_s, dtype=np.float64), (k,)),
        "station_eur_per_kwh": np.zeros((k, HOURS_PER_DAY)),
        "curve_of": np.asarray(curve_of).reshape(1, k),
        "curve_kwh": points[:, :, 0],
        "curve_s": points[:, :, 1],
    }
