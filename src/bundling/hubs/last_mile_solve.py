"""Plans of a day with the last mile in the cost: the ways to areas carry their tours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.hubs.last_mile import LastMileFit, mean_way_km
from bundling.hubs.last_mile_legs import TOWN_KM_PER_H, LastMile, last_mile_of
from bundling.hubs.last_mile_slope import Scaled, Seen, slope_scaling
from bundling.hubs.last_mile_tours import area_by_location, fits_of, tours_of
from bundling.hubs.problem import HubsProblem
from bundling.hubs.solve import solve
from bundling.result import OnEvent, Result
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

FloatArray = NDArray[np.float64]


LastMilePlan = Scaled[LastMile]
"""A plan of a day, its tours, and the solves that led to it."""


def with_last_mile(
    problem: HubsProblem,
    areas: pd.DataFrame,
    *,
    class_of: Mapping[str, str] | None = None,
    fits: Mapping[str, LastMileFit] | None = None,
    hop_h: ArrayLike | None = None,
    seen: Mapping[tuple[int, int], float] | None = None,
) -> HubsProblem:
    """Return the problem in which ways to areas are as long as half a tour.

    Parameters
    ----------
    problem, areas, class_of, fits, hop_h
        As for `bundling.hubs.last_mile_legs.last_mile_of`.
    seen
        Kilometres of one tour by start and end location, from a plan. Other pairs have the tour
        that is driven when all freight that may come that way does, in the type that does it at
        the least cost.

    Returns
    -------
    HubsProblem
        With ``distance_m`` and ``time_s`` to areas of half a tour and the hours of hops taken off
        the service; everything else stays.
    """
    area_km2 = area_by_location(areas, problem.location_ids)
    known = fits_of(problem.vehicle_ids, class_of, fits)
    hops = np.zeros(problem.num_shipments) if hop_h is None else np.asarray(hop_h, float)
    distance, time = problem.distance_m.copy(), problem.time_s.copy()
    for end in np.flatnonzero(np.isfinite(area_km2)):
        there = (problem.shipment_destination == end) & (problem.shipment_stops > 0)
        starts = np.unique([*problem.shipment_origin[there], *problem.hub_location])
        for start in starts[starts != end]:
            mine = there
            if start not in problem.hub_location:
                mine = there & (problem.shipment_origin == start)
            pair = (int(start), int(end))
            tour = (seen or {}).get(pair)
            if tour is None:
                tour = _expected_km(problem, mine, *pair, float(area_km2[end]), known)
            if tour is None:
                continue
            way = float(problem.distance_m[pair])
            hours = float(problem.time_s[pair])
            town_m_s = TOWN_KM_PER_H * METRES_PER_KM / SECONDS_PER_HOUR
            speed = way / hours if hours > 0.0 and way > 0.0 else town_m_s
            distance[pair] = 0.5 * tour * METRES_PER_KM
            time[pair] = distance[pair] / speed
    service = np.maximum(problem.shipment_service_h - hops, 0.0)
    return problem.replace(distance_m=distance, time_s=time, shipment_service_h=service)


def solve_with_last_mile(
    problem: HubsProblem,
    areas: pd.DataFrame,
    *,
    class_of: Mapping[str, str] | None = None,
    fits: Mapping[str, LastMileFit] | None = None,
    hop_h: ArrayLike | None = None,
    rounds: int = 3,
    time_limit: float = 60.0,
    gap: float = 1e-3,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> LastMilePlan | None:
    """Find a plan of a day that is cheap with its tours.

    Parameters
    ----------
    problem, areas, class_of, fits, hop_h
        As for `bundling.hubs.last_mile_legs.last_mile_of`.
    rounds
        Solves with prices seen in the plan before, at most; it ends when the prices repeat.
    time_limit, gap, seed, on_event
        As for `bundling.solve`; the time is for all solves together.

    Returns
    -------
    LastMilePlan or None
        The plan whose estimate is cheapest, among those whose tours fit in the shifts when there
        are any; None when no solve found a plan.
    """
    given: dict[str, Any] = {"class_of": class_of, "fits": fits, "hop_h": hop_h}

    def judge(result: Result) -> tuple[LastMile, Seen]:
        estimate = last_mile_of(result, areas, problem=problem, **given)
        return estimate, _tours(problem, estimate)

    return slope_scaling(
        problem,
        lambda seen: with_last_mile(problem, areas, seen=seen, **given),
        judge,
        solve,
        rounds=rounds,
        time_limit=time_limit,
        gap=gap,
        seed=seed,
        on_event=on_event,
    )


def _expected_km(
    problem: HubsProblem,
    mine: NDArray[np.bool_],
    start: int,
    end: int,
    area_km2: float,
    fits: list[LastMileFit],
) -> float | None:
    """Kilometres of one tour when all of `mine` goes by the type with the least cost; or None."""
    way_km = float(problem.distance_m[start, end]) / METRES_PER_KM
    way_h = float(problem.time_s[start, end]) / SECONDS_PER_HOUR
    mean_km = float(mean_way_km(way_km, area_km2))
    town = way_km / way_h if way_h > 0.0 and way_km > 0.0 else TOWN_KM_PER_H
    kg, m3 = (
        max(float(load[mine & back].sum()), float(load[mine & ~back].sum()))
        for load in (problem.shipment_kg, problem.shipment_m3)
        for back in (problem.shipment_pickup,)
    )
    service_h = float(problem.shipment_service_h[mine].sum())
    stops = float(problem.shipment_stops[mine].sum())
    best: tuple[float, float] | None = None
    for v in np.flatnonzero(problem.allowed[:, end]):
        speed = town * problem.vehicle_speed_factor[v]
        count = np.zeros(problem.num_vehicles)
        asked = max(1.0, kg / problem.vehicle_capacity_kg[v], m3 / problem.vehicle_capacity_m3[v])
        for _ in range(20):  # more vehicles, more way: until the hours fit as well
            count[v] = math.ceil(asked - 1e-9)
            km = float(
                tours_of(stops, area_km2, mean_km, count, problem.vehicle_capacity_m3, fits).km[v]
            )
            hours = km / speed + service_h + count[v] * problem.turnaround_h
            need = hours / problem.vehicle_shift_h[v]
            if need <= count[v] + 1e-9:
                break
            asked = max(count[v] + 1.0, need)
        else:
            continue
        per_km = problem.vehicle_eur_per_km[v] + (
            problem.vehicle_kwh_per_km[v] * problem.vehicle_eur_per_kwh[v]
        )
        cost = (
            count[v] * problem.vehicle_fixed_eur[v]
            + km * per_km
            + (hours - service_h) * problem.vehicle_eur_per_h[v]
        )
        if best is None or cost < best[0]:
            best = float(cost), km / float(count[v])
    return None if best is None else best[1]


def _tours(problem: HubsProblem, estimate: LastMile) -> dict[tuple[int, int], float]:
    """Kilometres of one tour by start and end, as the plan drives them."""
    index = {name: k for k, name in enumerate(problem.location_ids)}
    legs = estimate.legs.assign(count=estimate.legs["vehicles"].map(_number))
    by = legs.groupby(["from_id", "to_id"], sort=True)[["km", "count"]].sum()
    return {
        (index[str(start)], index[str(end)]): float(km / count)
        for (start, end), km, count in zip(by.index, by["km"], by["count"], strict=True)
    }


def _number(words: str) -> int:
    return sum(int(part.split(" x ")[0]) for part in words.split(" + "))
