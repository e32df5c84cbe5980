"""The lanes of a hubs problem: its shipments, as a matching problem."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.problem import HubsProblem
from bundling.units import DAY_S


def lanes_of_hubs(problem: HubsProblem, vehicle: str, **settings: Any) -> MatchingProblem:
    """Make a matching problem of one day of a hubs problem.

    Players become shippers, so that `verify_groups` finds them back; a shipment becomes a lane, at
    any time of the day; pickups go the other way.

    Parameters
    ----------
    problem
        The hubs problem.
    vehicle
        The vehicle type that stands for all trucks: its capacities and costs are taken.
    **settings
        Fields of `MatchingProblem` to take instead, such as ``most_members``.

    Raises
    ------
    ValueError
        When there is no such vehicle type.
    """
    if vehicle not in problem.vehicle_ids:
        raise ValueError(f"no vehicle type '{vehicle}'; choose from {problem.vehicle_ids}")
    v = problem.vehicle_ids.index(vehicle)
    player = [problem.shipper_player[k] for k in problem.shipment_shipper]
    names = tuple(dict.fromkeys(player))
    back = problem.shipment_pickup
    count = problem.num_shipments
    per_km = problem.vehicle_eur_per_km[v]
    per_km += problem.vehicle_kwh_per_km[v] * problem.vehicle_eur_per_kwh[v]
    given: dict[str, Any] = {
        "capacity_kg": float(problem.vehicle_capacity_kg[v]),
        "capacity_m3": float(problem.vehicle_capacity_m3[v]),
        "capacity_pallets": float("inf"),
        "fixed_eur": float(problem.vehicle_fixed_eur[v]),
        "eur_per_km": float(per_km),
        "eur_per_h": float(problem.vehicle_eur_per_h[v]),
        "shift_h": float(problem.vehicle_shift_h[v]),
        "stop_h": problem.turnaround_h / 2.0,
    }
    return MatchingProblem(
        shipper_ids=names,
        area_ids=problem.location_ids,
        area_x_m=problem.location_x_m,
        area_y_m=problem.location_y_m,
        distance_m=problem.distance_m,
        time_s=problem.time_s / problem.vehicle_speed_factor[v],
        lane_shipper=np.array([names.index(name) for name in player], dtype=np.int64),
        lane_origin=np.where(back, problem.shipment_destination, problem.shipment_origin),
        lane_destination=np.where(back, problem.shipment_origin, problem.shipment_destination),
        lane_kg=problem.shipment_kg,
        lane_m3=problem.shipment_m3,
        lane_pallets=np.zeros(count),
        lane_days=np.ones((count, 1), dtype=bool),
        lane_early_s=np.zeros(count),
        lane_late_s=np.full(count, float(DAY_S)),
        apart=np.zeros((0, 2), dtype=np.int64),
        **(given | settings),
    )
