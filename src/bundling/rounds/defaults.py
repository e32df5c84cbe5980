"""What the optional fields of a rounds problem mean when they are not given: "not there"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem

UNLIMITED = 1_000_000
"""Number of connectors of a station where a vehicle never finds all of them taken."""
HOURS_PER_DAY = 24
"""A station has one price for every hour of the day."""
QUARTERS_PER_DAY = 96
"""A depot has one limit and one price for every quarter hour of the day."""
SECONDS_PER_DAY = 86_400.0

STOP_DEFAULTS: dict[str, float] = {
    "delivery_rolls": 0.0,
    "pickup_rolls": 0.0,
    "release_s": 0.0,
    "prize_eur": np.inf,
    "pair_of": -1,
}
DEPOT_DEFAULTS: dict[str, float] = {"docks": UNLIMITED}
VEHICLE_DEFAULTS: dict[str, float] = {
    "max_distance_m": np.inf,
    "max_trips": 1,
    "reload_s": 0.0,
    "service_factor": 1.0,
    "capacity_rolls": np.inf,
    "regular_s": np.inf,
    "overtime_eur_per_h": 0.0,
    "matrix_of": 0,
    "loading_s": 0.0,
}
STATION_DEFAULTS: dict[str, float] = {
    "station_open_s": 0.0,
    "station_close_s": np.inf,
    "connectors": UNLIMITED,
    "station_depot": -1,
}


def default_fields(problem: RoundsProblem) -> dict[str, Any]:
    """Return the value of every optional array of `problem` when it is not given.

    Where a station has no sensible default (its place, its prices, its curves) the array is empty,
    which is right without stations and a fault of shape with them.
    """
    depots, stops, vehicles, stations = (
        len(ids)
        for ids in (problem.depot_ids, problem.stop_ids, problem.vehicle_ids, problem.station_ids)
    )
    none = np.zeros((0, *problem.distance_m.shape))
    others = none if problem.other_distance_m is None else problem.other_distance_m
    return {
        "levied_m": np.zeros_like(problem.distance_m),
        "barred": np.zeros((vehicles, stops), dtype=np.int64),
        **_filled(STOP_DEFAULTS, stops),
        **_filled(VEHICLE_DEFAULTS, vehicles),
        "start_kwh": problem.usable_kwh,
        "end_depot": problem.vehicle_depot,
        "station_x_m": np.zeros(0),
        "station_y_m": np.zeros(0),
        **_filled(STATION_DEFAULTS, stations),
        "station_eur_per_kwh": np.zeros((0, HOURS_PER_DAY)),
        "curve_of": np.zeros((vehicles, 0), dtype=np.int64),
        "curve_kwh": np.zeros((0, 0)),
        "curve_s": np.zeros((0, 0)),
        "other_distance_m": none,
        "other_time_s": none,
        "other_levied_m": np.zeros_like(others),
        "other_tw_early_s": np.zeros((stops, 0)),
        "other_tw_late_s": np.zeros((stops, 0)),
        **_filled(DEPOT_DEFAULTS, depots),
        "depot_kw": np.full((depots, QUARTERS_PER_DAY), np.inf),
        "depot_eur_per_kwh": np.zeros((depots, QUARTERS_PER_DAY)),
        "ready_by_s": next_opening_s(problem),
        "period_start_s": np.zeros(0),
        "period_speed": np.zeros(0),
    }


def left_at_default(problem: RoundsProblem) -> list[str]:
    """Names of the optional arrays that hold nothing but their default."""
    return [
        name
        for name, value in default_fields(problem).items()
        if np.array_equal(getattr(problem, name), value)
    ]


def next_opening_s(problem: RoundsProblem) -> NDArray[np.float64]:
    """When the depot where each entry ends opens on the next day, s."""
    ends = problem.vehicle_depot if problem.end_depot is None else problem.end_depot
    if problem.depot_open_s.shape != (len(problem.depot_ids),) or not problem.depot_ids:
        return np.zeros(ends.shape)  # a fault of shape, and reported as that
    return np.take(problem.depot_open_s, ends, mode="clip") + SECONDS_PER_DAY


def _filled(values: Mapping[str, float], rows: int) -> dict[str, Any]:
    return {name: np.full(rows, value) for name, value in values.items()}
