"""The only definition of cost, km, CO2e and NOx of a day of departures."""

from __future__ import annotations

import numpy as np

from bundling.hubs.scheduled.loads import aboard, departures, handled, load_rate
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.result import Evaluation
from bundling.units import GRAMS_PER_KG


def evaluate(problem: ScheduledProblem, solution: ScheduledSolution) -> Evaluation:
    """Recompute costs and indicators of a plan from the data alone.

    Returns
    -------
    bundling.Evaluation
        Costs in EUR a day: ``loaded`` and ``empty`` vehicles, ``sailings`` (charter),
        ``slots`` on board, ``handling``, ``hubs``, and ``co2e``, ``nox``, ``vehicle_km``, ``zone``
        where those have a price. Indicators: ``vehicle_km``, ``empty_km``, ``sailing_km``,
        ``trips`` (loaded), ``trips_into_zone`` (loaded and empty, to a place in the zone),
        ``load_rate`` (of the fullest resource, mean over loaded vehicles), ``hubs_open``,
        ``shipments_through_hubs``, ``co2e_kg``, ``nox_kg``.
    """
    trip, count = solution.trip_lane, solution.trip_count
    empty, empties = solution.empty_lane, solution.empty_count
    vessels = solution.sailing_count
    at_hub = handled(problem, solution)
    is_open = at_hub.any(axis=1)
    co2e_kg = float(
        problem.lane_co2e_kg[trip] @ count
        + problem.lane_co2e_kg[empty] @ empties
        + problem.sailing_co2e_kg @ vessels
    )
    nox_g = float(
        problem.lane_nox_g[trip] @ count
        + problem.lane_nox_g[empty] @ empties
        + problem.sailing_nox_g @ vessels
    )
    costs = {
        "loaded": float(problem.lane_eur[trip] @ count),
        "empty": float(problem.lane_empty_eur[empty] @ empties),
        "sailings": float(problem.sailing_eur @ vessels),
        "slots": float((problem.sailing_slot_eur * aboard(problem, solution)).sum()),
        "handling": float((problem.hub_handling_eur * at_hub).sum()),
        "hubs": float(problem.hub_fixed_eur[is_open].sum()),
    }
    in_zone = problem.location_in_zone[problem.lane_to]
    trips_into_zone = float(in_zone[trip] @ count + in_zone[empty] @ empties)
    vehicle_km = float(problem.lane_km[trip] @ count + problem.lane_km[empty] @ empties)
    for name, price, amount in (
        ("co2e", problem.co2e_eur_per_kg, co2e_kg),
        ("nox", problem.nox_eur_per_kg, nox_g / GRAMS_PER_KG),
        ("vehicle_km", problem.driven_eur_per_km, vehicle_km),
        ("zone", problem.zone_eur_per_trip, trips_into_zone),
    ):
        if price:
            costs[name] = price * amount
    moved = np.bincount(solution.move_shipment, minlength=problem.num_shipments)
    return Evaluation(
        costs,
        {
            "vehicle_km": vehicle_km,
            "empty_km": float(problem.lane_km[empty] @ empties),
            "sailing_km": float(problem.sailing_km @ vessels),
            "trips": float(count.sum()),
            "trips_into_zone": trips_into_zone,
            "load_rate": _load_rate(problem, solution),
            "hubs_open": float(is_open.sum()),
            "shipments_through_hubs": float((moved > 1).sum()),
            "co2e_kg": co2e_kg,
            "nox_kg": nox_g / GRAMS_PER_KG,
        },
    )


def _load_rate(problem: ScheduledProblem, solution: ScheduledSolution) -> float:
    rows, load = departures(problem, solution)
    if not len(rows):
        return 0.0
    capacity = problem.vehicle_capacity[problem.lane_vehicle[rows[:, 0]]]
    filled = load_rate(load, capacity).max(axis=1, initial=0.0)
    return float(filled.sum() / max(1, solution.trip_count.sum()))
