"""What a hubs solution costs and does: the only place that says so."""

from __future__ import annotations

import numpy as np

from bundling.hubs.problem import FloatArray, HubsProblem, IntArray
from bundling.hubs.solution import HubsSolution
from bundling.result import Evaluation
from bundling.units import METRES_PER_KM


def trip_costs_eur(problem: HubsProblem, start: IntArray, end: IntArray) -> dict[str, FloatArray]:
    """Cost of one vehicle trip out and back by component, each ``[leg, vehicle type]`` in EUR."""
    km = problem.trip_km(start, end)[:, None]
    levied_km = 2.0 * problem.levied_m[start, end][:, None] / METRES_PER_KM
    shape = (start.size, problem.num_vehicles)
    return {
        "vehicles": np.broadcast_to(problem.vehicle_fixed_eur, shape),
        "km": km * problem.vehicle_eur_per_km,
        "driving_hours": problem.trip_hours(start, end) * problem.vehicle_eur_per_h,
        "energy": km * problem.vehicle_kwh_per_km * problem.vehicle_eur_per_kwh,
        "levy": levied_km * problem.vehicle_levy_eur_per_km,
    }


def handling_eur(problem: HubsProblem) -> FloatArray:
    """Cross-dock cost of each shipment at each hub, ``[shipment, hub]`` in EUR."""
    cost: FloatArray = problem.shipment_m3[:, None] * problem.hub_handling_eur_per_m3
    return cost


def evaluate(problem: HubsProblem, solution: HubsSolution) -> Evaluation:
    """Recompute costs and indicators of `solution` from the data alone.

    Costs (EUR): ``vehicles`` (fixed cost of every trip), ``km``, ``driving_hours`` (driving and
    turnaround), ``service_hours``, ``energy`` (electricity; fuel is in ``km``), ``levy``,
    ``handling``, ``rent``.

    Indicators: ``vehicle_km``, ``vehicles`` (trips out and back), ``co2e_kg``, ``nox_g``, ``kwh``,
    ``litres``, ``kg_via_hub``, ``hubs_open``, ``zone_trips`` (trips to a place in a zone that
    holds) and ``load_rate``: tonne-kilometres carried over tonne-kilometres offered by the
    vehicles on the way their freight goes (out for deliveries, back for pickups).

    Returns
    -------
    Evaluation
        With ``objective`` the sum of the costs.
    """
    start, end, kind = solution.leg_start, solution.leg_end, solution.leg_vehicle
    count = solution.leg_count.astype(np.float64)
    rows = np.arange(start.size)
    trips = {
        name: float(count @ cost[rows, kind])
        for name, cost in trip_costs_eur(problem, start, end).items()
    }
    via = np.flatnonzero(solution.route >= 0)
    hub = solution.route[via]
    costs = trips | {
        "service_hours": float(problem.shipment_service_h.sum()) * problem.service_eur_per_h,
        "handling": float(handling_eur(problem)[via, hub].sum()),
        "rent": float(problem.hub_rent_eur[solution.open_hubs].sum()),
    }
    km = count * problem.trip_km(start, end)
    indicators = {
        "vehicle_km": float(km.sum()),
        "vehicles": float(count.sum()),
        "co2e_kg": float(km @ problem.vehicle_co2e_kg_per_km[kind]),
        "nox_g": float(km @ problem.vehicle_nox_g_per_km[kind]),
        "kwh": float(km @ problem.vehicle_kwh_per_km[kind]),
        "litres": float(km @ problem.vehicle_litre_per_km[kind]),
        "kg_via_hub": float(problem.shipment_kg[via].sum()),
        "hubs_open": float(solution.open_hubs.size),
        "zone_trips": float(count @ problem.location_in_zone[end]),
        "load_rate": _load_rate(problem, solution),
    }
    return Evaluation(costs, indicators)


def _load_rate(problem: HubsProblem, solution: HubsSolution) -> float:
    """Tonne-kilometres carried over those offered; 0 when no vehicle drives.

    A leg on which freight goes both ways offers its capacity both ways, other legs one way.
    """
    shipment, kind, start, end = problem.legs_of(solution.route)
    kg = problem.shipment_kg[shipment]
    metres = problem.distance_m[start, end]
    carried = float(kg @ metres)
    places = len(problem.location_ids)
    used = np.zeros((3, places, places), dtype=np.int64)
    pickup = problem.shipment_pickup[shipment]
    for way in (False, True):
        rows = pickup == way
        once = np.zeros_like(used)
        once[kind[rows], start[rows], end[rows]] = 1
        used += once
    legs = (solution.leg_kind, solution.leg_start, solution.leg_end)
    offered = float(
        np.sum(
            solution.leg_count
            * problem.vehicle_capacity_kg[solution.leg_vehicle]
            * problem.distance_m[solution.leg_start, solution.leg_end]
            * used[legs]
        )
    )
    return carried / offered if offered > 0.0 else 0.0
