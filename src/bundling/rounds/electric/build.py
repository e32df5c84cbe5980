"""From a rounds problem to the arrays of the kernels."""

from __future__ import annotations

import numpy as np

from bundling.rounds.electric.arrays import (
    EUR,
    SECONDS,
    BoolArray,
    Data,
    FloatArray,
    IntArray,
)
from bundling.rounds.electric.between import stations_between
from bundling.rounds.electric.pointed import pointed
from bundling.rounds.electric.rules import (
    fastest,
    fleet_columns,
    freight_of,
    stop_columns,
    times_bind,
)
from bundling.rounds.problem import RoundsProblem
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

_KG_PER_T = 1000.0
_DETOURS = 1.0
_CLOSED = 1e12
"""Metres and seconds of a closed arc: no vehicle has them, and sums stay numbers."""


def build(problem: RoundsProblem, *, stations_a_gap: int, chains: bool) -> Data:
    """Return `problem` as the kernels read it, with so many stations between two places at most.

    With `chains` two of them may follow each other where one would do.

    Combustion vehicles get an endless battery. Arcs take the time of the fastest period of the day,
    so that all that is told from them alone is a limit from below.
    """
    depots, stops, stations = problem.num_depots, problem.num_stops, problem.num_stations
    order = np.r_[depots : depots + stops, 0:depots, depots + stops : depots + stops + stations]
    grid = np.ix_(order, order)
    base = np.ascontiguousarray(problem.distance_m[grid])
    kinds: dict[tuple[float, ...], int] = {}
    classes, arcs = [], []
    for v in range(problem.num_vehicles):
        prices = (
            float(problem.matrix_of[v]),
            float(problem.eur_per_km[v]),
            float(problem.levy_eur_per_km[v]),
            float(problem.kwh_per_km[v]),
            float(problem.eur_per_kwh[v]),
            float(problem.speed_factor[v]),
        )
        if prices not in kinds:
            kinds[prices] = len(kinds)
            metres, seconds, levied = (
                np.nan_to_num(matrix[grid], posinf=_CLOSED)
                for matrix in (problem.distance_of(v), problem.time_of(v), problem.levied_of(v))
            )
            energy = metres / METRES_PER_KM * prices[3]
            eur = (metres * prices[1] + levied * prices[2]) / METRES_PER_KM + energy * prices[4]
            seconds = seconds / (prices[5] * fastest(problem))
            classes.append(np.stack([eur, seconds, energy, metres], axis=-1))
        arcs.append(kinds[prices])
    uses = (problem.kwh_per_km > 0) | (problem.kwh_per_km_per_t > 0)
    slope = problem.kwh_per_km_per_t / METRES_PER_KM / _KG_PER_T
    empty = np.where(problem.kwh_per_km > 0, problem.kwh_per_km, 1e-9) / METRES_PER_KM
    at, between = stations_between(base, stops + depots, stations, most=stations_a_gap)
    per_s = problem.eur_per_h / SECONDS_PER_HOUR
    fleet = [
        problem.fixed_eur,
        per_s,
        problem.overtime_eur_per_h / SECONDS_PER_HOUR,
        problem.regular_s,
        problem.shift_s,
        problem.depot_open_s[problem.vehicle_depot],
        problem.depot_close_s[problem.end_depot],
        np.where(uses, problem.usable_kwh, np.inf),
        np.where(uses, problem.start_kwh, np.inf),
        slope,
        slope / empty,
        problem.eur_per_kwh,
        problem.max_distance_m,
        problem.service_factor,
        *_least_pay(problem),
    ]
    kind = [
        np.array(arcs),
        stops + problem.vehicle_depot,
        stops + problem.end_depot,
        problem.count,
        joins_are_exact(problem, chains=chains),
    ]
    capacity = [problem.capacity_kg, problem.capacity_m3, problem.capacity_rolls]
    near = np.argsort(base[:stops, :stops], axis=1, kind="stable")
    data = Data(
        arc=np.array(classes),
        fleet=np.column_stack([*fleet, fleet_columns(problem)]),
        kind=np.stack(kind, axis=1).astype(np.int64),
        capacity=np.stack(capacity, axis=1),
        allowed=np.array(problem.allowed),
        stop=stop_columns(problem),
        freight=freight_of(problem),
        station=np.stack(
            [
                problem.station_open_s,
                problem.station_close_s,
                problem.station_eur_per_kwh.min(axis=1, initial=np.inf),
            ],
            axis=1,
        ),
        price=np.array(problem.station_eur_per_kwh),
        curve_of=np.array(problem.curve_of),
        curve=_curves(problem),
        points=_points(problem),
        full=problem.recharge == "full",
        chains=chains,
        between_at=at,
        between=between,
        near=near.astype(np.int64),
        margin_eur=_margin(np.array(classes), np.array(arcs), per_s, stops, stations),
        timed=times_bind(problem),
        pairs=problem.has_pairs,
    )
    return pointed(data)


def _curves(problem: RoundsProblem) -> FloatArray:
    """Return level, seconds, and seconds per kWh up to each point ``[C, P, 3]``."""
    kwh, seconds = problem.curve_kwh, problem.curve_s
    rate = np.zeros_like(seconds)
    rise = np.diff(kwh, axis=1)
    rate[:, 1:] = np.diff(seconds, axis=1) / np.where(rise > 0, rise, 1.0)
    return np.stack([kwh, seconds, rate], axis=2)


def _margin(arc: FloatArray, arcs: IntArray, per_s: FloatArray, stops: int, stations: int) -> float:
    """How much dearer than the best a plan may be to be worth keeping for a later change.

    A few times the way to the nearest station and back, on average, its hours included.
    """
    if stations == 0:
        return 0.0
    money = arc[arcs, :, :, EUR] + per_s[:, None, None] * arc[arcs, :, :, SECONDS]
    way = money[:, :stops, -stations:] + money[:, -stations:, :stops].transpose(0, 2, 1)
    return _DETOURS * float(way.min(axis=2).mean())


def _least_pay(problem: RoundsProblem) -> FloatArray:
    """Money beyond the depot's and seconds a kWh charged on the way costs at least ``[2, V]``."""
    pay = np.zeros((2, problem.num_vehicles))
    for v in range(problem.num_vehicles):
        stations = np.flatnonzero(problem.curve_of[v] >= 0)
        if len(stations) == 0:
            continue
        curves = np.unique(problem.curve_of[v, stations])
        seconds = problem.curve_s[curves, 1] / problem.curve_kwh[curves, 1]
        pay[0, v] = problem.station_eur_per_kwh[stations].min() - problem.eur_per_kwh[v]
        pay[1, v] = seconds.min()
    return pay


def _points(problem: RoundsProblem) -> IntArray:
    """Points of each charge curve up to the first full one ``[C]``."""
    last = problem.curve_kwh[:, -1:] if problem.curve_kwh.size else problem.curve_kwh
    return np.asarray((problem.curve_kwh < last).sum(axis=1) + 1, dtype=np.int64)


def joins_are_exact(problem: RoundsProblem, *, chains: bool) -> BoolArray:
    """Whether `joins` knows the cost of an insertion, and not only an estimate ``[V]``.

    It does for one charging rate, a price of energy that is everywhere the same, and no price of
    hours or load, and when stations do not follow each other and times are plain.
    """
    exact, points = np.zeros(problem.num_vehicles, dtype=bool), _points(problem)
    chains = chains or times_bind(problem)
    for v in range(problem.num_vehicles):
        stations = np.flatnonzero(problem.curve_of[v] >= 0)
        curves = np.unique(problem.curve_of[v, stations])
        prices = problem.station_eur_per_kwh[stations]
        exact[v] = not chains and (
            len(curves) <= 1
            and bool((points[curves] == 2).all())
            and bool((prices == problem.eur_per_kwh[v]).all())
            and problem.eur_per_h[v] == 0.0
            and problem.overtime_eur_per_h[v] == 0.0
            and problem.kwh_per_km_per_t[v] == 0.0
        )
    return exact
