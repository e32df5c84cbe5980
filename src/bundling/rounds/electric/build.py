"""From a rounds problem to the arrays of the kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.electric.arrays import Data, stations_between
from bundling.rounds.problem import RoundsProblem
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

_KG_PER_T = 1000.0


def build(problem: RoundsProblem, *, stations_a_gap: int, chains: bool) -> Data:
    """Return `problem` as the kernels read it, with so many stations between two places at most.

    With `chains` two of them may follow each other where one would do.

    Combustion vehicles get an endless battery.
    """
    depots, stops, stations = problem.num_depots, problem.num_stops, problem.num_stations
    order = np.r_[depots : depots + stops, 0:depots, depots + stops : depots + stops + stations]
    grid = np.ix_(order, order)
    metres = np.ascontiguousarray(problem.distance_m[grid])
    levied = problem.levied_m[grid]
    seconds = problem.time_s[grid]
    kinds: dict[tuple[float, ...], int] = {}
    arcs, eur, time_s, kwh = [], [], [], []
    for v in range(problem.num_vehicles):
        prices = (
            float(problem.eur_per_km[v]),
            float(problem.levy_eur_per_km[v]),
            float(problem.kwh_per_km[v]),
            float(problem.eur_per_kwh[v]),
            float(problem.speed_factor[v]),
        )
        if prices not in kinds:
            kinds[prices] = len(kinds)
            energy = metres / METRES_PER_KM * prices[2]
            eur.append((metres * prices[0] + levied * prices[1]) / METRES_PER_KM)
            eur[-1] += energy * prices[3]
            kwh.append(energy)
            time_s.append(seconds / prices[4])
        arcs.append(kinds[prices])
    uses = (problem.kwh_per_km > 0) | (problem.kwh_per_km_per_t > 0)
    slope = problem.kwh_per_km_per_t / METRES_PER_KM / _KG_PER_T
    empty = np.where(problem.kwh_per_km > 0, problem.kwh_per_km, 1e-9) / METRES_PER_KM
    at, between = stations_between(metres, stops + depots, stations, most=stations_a_gap)
    last = problem.curve_kwh[:, -1:] if problem.curve_kwh.size else problem.curve_kwh
    points = (problem.curve_kwh < last).sum(axis=1) + 1
    near = np.argsort(metres[:stops, :stops], axis=1, kind="stable")
    return Data(
        eur=np.array(eur),
        time_s=np.array(time_s),
        kwh=np.array(kwh),
        metres=metres,
        arcs=np.array(arcs, dtype=np.int64),
        fixed_eur=_own(problem.fixed_eur),
        eur_per_s=problem.eur_per_h / SECONDS_PER_HOUR,
        overtime_eur_per_s=problem.overtime_eur_per_h / SECONDS_PER_HOUR,
        regular_s=_own(problem.regular_s),
        shift_s=_own(problem.shift_s),
        open_s=problem.depot_open_s[problem.vehicle_depot],
        close_s=problem.depot_close_s[problem.end_depot],
        usable_kwh=np.where(uses, problem.usable_kwh, np.inf),
        start_kwh=np.where(uses, problem.start_kwh, np.inf),
        kwh_per_m_kg=slope,
        more_per_kg=slope / empty,
        eur_per_kwh=_own(problem.eur_per_kwh),
        max_m=_own(problem.max_distance_m),
        start_node=stops + problem.vehicle_depot,
        end_node=stops + problem.end_depot,
        vehicles=_own(problem.count),
        capacity=np.stack(
            [problem.capacity_kg, problem.capacity_m3, problem.capacity_rolls], axis=1
        ),
        service_factor=_own(problem.service_factor),
        allowed=np.array(problem.allowed),
        early_s=_own(problem.tw_early_s),
        late_s=_own(problem.tw_late_s),
        service_s=_own(problem.service_s),
        release_s=_own(problem.release_s),
        prize_eur=_own(problem.prize_eur),
        delivery=np.stack(
            [problem.delivery_kg, problem.delivery_m3, problem.delivery_rolls], axis=1
        ),
        pickup=np.stack([problem.pickup_kg, problem.pickup_m3, problem.pickup_rolls], axis=1),
        station_open_s=_own(problem.station_open_s),
        station_close_s=_own(problem.station_close_s),
        station_eur_per_kwh=_own(problem.station_eur_per_kwh),
        curve_of=_own(problem.curve_of),
        curve_kwh=_own(problem.curve_kwh),
        curve_s=_own(problem.curve_s),
        points=points.astype(np.int64),
        full=problem.recharge == "full",
        chains=chains,
        between_at=at,
        between=between,
        near=near.astype(np.int64),
    )


def _own(values: NDArray[Any]) -> NDArray[Any]:
    return np.array(values)  # writable: the kernels are compiled once for writable arrays
