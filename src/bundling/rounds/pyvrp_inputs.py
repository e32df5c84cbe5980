"""What a part of a rounds problem gives PyVRP, still in seconds, metres, kg, m3, rolls and EUR."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.pyvrp_units import Prices, Units, choose_units
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

FloatArray = NDArray[np.float64]
Load = tuple[FloatArray, FloatArray, FloatArray]
"""Deliveries and pickups of all stops and capacities of all entries, in one dimension."""


@dataclass(frozen=True, eq=False)
class Times:
    """Times of a part in seconds.

    Attributes
    ----------
    bind
        Whether some window or limit can be missed at all, or time costs money.
    horizon_s
        Nothing happens later in a route that does not wait without need.
    legs_s
        Driving times between the places, by number of the matrix and speed factor; ways that are
        closed are as in the base matrix.
    service_s, factor
        The shortest service of any entry at each stop of the part, and its service factor.
    """

    bind: bool
    horizon_s: float
    legs_s: dict[tuple[int, float], FloatArray]
    service_s: FloatArray
    factor: float


def places_of(problem: RoundsProblem, part: Part) -> list[int]:
    """Nodes of the part: its depots, then its stops."""
    return [*depots_of(problem, part), *(problem.num_depots + s for s in part.stops)]


def depots_of(problem: RoundsProblem, part: Part) -> list[int]:
    """Depots where a route of the part starts or ends."""
    ends = (problem.vehicle_depot, problem.end_depot)
    return sorted({int(depot[v]) for depot in ends for v in part.vehicles})


def closed_ways(problem: RoundsProblem, part: Part, v: int) -> NDArray[np.bool_]:
    """Ways between the places that fleet entry `v` may not use."""
    return ~np.isfinite(problem.distance_of(v)[np.ix_(*[places_of(problem, part)] * 2)])


def nothing_barred(problem: RoundsProblem, part: Part) -> bool:
    """Whether every entry may go to every stop, by every way."""
    closed = any(closed_ways(problem, part, v).any() for v in part.vehicles)
    return bool(part.possible.all()) and not closed


def binding_loads(problem: RoundsProblem, part: Part) -> list[Load]:
    """Deliveries, pickups and capacities of the dimensions in which a vehicle can be too full."""
    stops, entries = list(part.stops), list(part.vehicles)
    return [
        (give, take, room)
        for give, take, room in (
            (problem.delivery_kg, problem.pickup_kg, problem.capacity_kg),
            (problem.delivery_m3, problem.pickup_m3, problem.capacity_m3),
            (problem.delivery_rolls, problem.pickup_rolls, problem.capacity_rolls),
        )
        if (give[stops] + take[stops]).sum() > room[entries].min()
    ]


def times_of(problem: RoundsProblem, part: Part) -> Times:
    """Return the times of the part, and whether they matter."""
    stops, entries = list(part.stops), list(part.vehicles)
    places = np.ix_(*[places_of(problem, part)] * 2)
    legs = {
        (int(problem.matrix_of[v]), float(problem.speed_factor[v])): problem.ways_of(v)[1][places]
        / problem.speed_factor[v]
        for v in entries
    }
    longest = max(float(seconds.max(initial=0.0)) for seconds in legs.values())
    service = problem.service_s[stops]
    factors = problem.service_factor[entries]
    ends = depots_of(problem, part)
    # Nothing happens later in a route that does not wait without need: a stop takes two legs,
    # its service and a reload at most.
    horizon = (
        max(
            float(problem.depot_open_s[ends].max()),
            float(problem.tw_early_s[stops].max()),
            float(problem.release_s[stops].max()),
        )
        + float(service.sum() * factors.max())
        + len(stops) * (2.0 * longest + float(problem.reload_s[entries].max()))
    )
    limits = (problem.tw_late_s[stops], problem.depot_close_s[ends], problem.shift_s[entries])
    free = (
        not problem.eur_per_h[entries].any()
        and not overtime_eur_per_h(problem)[entries].any()
        and min(float(limit.min()) for limit in limits) >= horizon
        and (
            nothing_barred(problem, part) or all(eur_per_km(problem, part, v) > 0 for v in entries)
        )
    )
    return Times(
        bind=not free,
        horizon_s=horizon,
        legs_s=legs,
        service_s=service * factors.min(),
        factor=float(factors.min()),
    )


def overtime_eur_per_h(problem: RoundsProblem) -> FloatArray:
    """EUR per hour of overtime ``[V]``, 0 where there cannot be any."""
    return np.where(problem.regular_s < problem.shift_s, problem.overtime_eur_per_h, 0.0)


def eur_per_km(problem: RoundsProblem, part: Part, v: int) -> float:
    """Cost of a km in the search: energy is priced at half the load of a full vehicle."""
    stops = list(part.stops)
    kg = float((problem.delivery_kg[stops] + problem.pickup_kg[stops]).sum())
    m3 = float((problem.delivery_m3[stops] + problem.pickup_m3[stops]).sum())
    full = min(float(problem.capacity_kg[v]), kg)
    if m3 > 0:
        full = min(full, float(problem.capacity_m3[v]) * kg / m3)
    kwh_per_km = float(problem.kwh_per_km[v] + problem.kwh_per_km_per_t[v] * full / 2 / 1000.0)
    return float(problem.eur_per_km[v]) + float(problem.eur_per_kwh[v]) * kwh_per_km


def levy_factor(problem: RoundsProblem, part: Part, v: int) -> float:
    """Metres that one levied metre counts extra in the search, for fleet entry `v`."""
    levy, per_km = float(problem.levy_eur_per_km[v]), eur_per_km(problem, part, v)
    if levy == 0.0 or per_km <= 0.0:
        return 0.0
    nodes = places_of(problem, part)
    return levy / per_km if problem.ways_of(v)[2][np.ix_(nodes, nodes)].any() else 0.0


def units_of(
    problem: RoundsProblem, part: Part, times: Times, legs_m: list[FloatArray], loads: list[Load]
) -> Units:
    """Choose the ticks of the part; `legs_m` are its distances as PyVRP counts them."""
    entries, stops, ends = list(part.vehicles), list(part.stops), depots_of(problem, part)
    prize = problem.prize_eur[stops]
    moments = (
        problem.tw_early_s[stops],
        problem.tw_late_s[stops],
        problem.release_s[stops],
        problem.depot_open_s[ends],
        problem.depot_close_s[ends],
        problem.shift_s[entries],
        problem.regular_s[entries],
    )
    slower = np.outer(problem.service_factor[entries] - times.factor, problem.service_s[stops])
    return choose_units(
        times_s=[
            *(np.minimum(moment, times.horizon_s) for moment in moments),
            problem.reload_s[entries],
            times.service_s,
            slower,
        ],
        legs_s=np.stack(list(times.legs_s.values())),
        legs_m=legs_m,
        loads=[(np.r_[give[stops], take[stops]], room[entries]) for give, take, room in loads],
        prices=Prices(
            per_m=np.array([eur_per_km(problem, part, v) for v in entries]) / METRES_PER_KM,
            per_s=problem.eur_per_h[entries] / SECONDS_PER_HOUR,
            overtime_per_s=overtime_eur_per_h(problem)[entries] / SECONDS_PER_HOUR,
            fixed=problem.fixed_eur[entries],
            prizes=prize[np.isfinite(prize)],
        ),
    )
