"""Days of departures with the last mile in the cost: lanes to areas carry their tours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bundling.hubs.last_mile import LastMileFit
from bundling.hubs.last_mile_lanes import (
    LaneTerms,
    LaneTours,
    departures_to_areas,
    estimate_of,
    posed_tours,
)
from bundling.hubs.last_mile_slope import Scaled, Seen, slope_scaling
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solve import solve

if TYPE_CHECKING:
    from bundling.result import OnEvent, Result


def with_lane_tours(
    problem: ScheduledProblem,
    areas: pd.DataFrame,
    rates: pd.DataFrame,
    *,
    class_of: Mapping[str, str] | None = None,
    fits: Mapping[str, LastMileFit] | None = None,
    drops: ArrayLike | None = None,
    seen: Seen | None = None,
) -> ScheduledProblem:
    """Return the problem in which lanes to areas carry their tours.

    Parameters
    ----------
    problem, areas, rates, class_of, fits, drops
        As for `bundling.hubs.last_mile_lanes.lane_tours_of`.
    seen
        Addresses a vehicle by lane, from a plan. Other lanes have as many as fill one vehicle, or
        all of the area where those are fewer.

    Returns
    -------
    ScheduledProblem
        With more ``lane_km, lane_eur, lane_co2e_kg, lane_nox_g, lane_slots``. An empty vehicle
        sent into an area counts the km and emissions of a tour too, though not its cost.
    """
    tours = posed_tours(problem, areas, rates, class_of, fits, drops)
    lanes = np.flatnonzero(np.isfinite(tours.area_km2[problem.lane_to]))
    km, eur, slots = problem.lane_km.copy(), problem.lane_eur.copy(), problem.lane_slots.copy()
    co2e, nox = problem.lane_co2e_kg.copy(), problem.lane_nox_g.copy()
    for lane in lanes.tolist():
        stops = (seen or {}).get(lane)
        if stops is None:
            stops = _expected_stops(tours, lane)
        if stops <= 0.0:
            continue
        _, more, _, _ = tours.added(lane, stops, 1.0)
        eur[lane] = max(0.0, eur[lane] + tours.eur(lane, more, stops))
        slots[lane] += tours.slots(tours.hours(lane, more, stops))
        if km[lane] > 0.0:
            co2e[lane] *= 1.0 + more / km[lane]
            nox[lane] *= 1.0 + more / km[lane]
        km[lane] += more
    return problem.replace(
        lane_km=km, lane_eur=eur, lane_slots=slots, lane_co2e_kg=co2e, lane_nox_g=nox
    )


def solve_with_lane_tours(
    problem: ScheduledProblem,
    areas: pd.DataFrame,
    rates: pd.DataFrame,
    *,
    class_of: Mapping[str, str] | None = None,
    fits: Mapping[str, LastMileFit] | None = None,
    drops: ArrayLike | None = None,
    rounds: int = 2,
    time_limit: float = 60.0,
    gap: float = 1e-3,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Scaled[LaneTours] | None:
    """Find a day of departures that is cheap with its tours.

    Parameters
    ----------
    problem, areas, rates, class_of, fits, drops
        As for `bundling.hubs.last_mile_lanes.lane_tours_of`.
    rounds, time_limit, gap, seed, on_event
        As for `bundling.hubs.last_mile_slope.slope_scaling`.

    Returns
    -------
    Scaled or None
        The plan whose estimate is cheapest, among those whose tours end in time when there are
        any; None when no solve found a plan.
    """
    given: dict[str, Any] = {"class_of": class_of, "fits": fits, "drops": drops}
    tours = posed_tours(problem, areas, rates, class_of, fits, drops)

    def judge(result: Result) -> tuple[LaneTours, Seen]:
        rows = departures_to_areas(tours, result.solution)
        visited: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for (lane, _, _), (shipments, vehicles) in rows.items():
            visited[lane][0] += float(tours.drops[shipments].sum())
            visited[lane][1] += vehicles
        seen = {lane: stops / vehicles for lane, (stops, vehicles) in visited.items()}
        return estimate_of(tours, result.solution), seen

    return slope_scaling(
        problem,
        lambda seen: with_lane_tours(problem, areas, rates, seen=seen, **given),
        judge,
        solve,
        rounds=rounds,
        time_limit=time_limit,
        gap=gap,
        seed=seed,
        on_event=on_event,
    )


def _expected_stops(tours: LaneTerms, lane: int) -> float:
    """Addresses that fill one vehicle of a lane, or all there are; 0 where nothing is delivered."""
    problem = tours.problem
    start, end = int(problem.lane_from[lane]), int(problem.lane_to[lane])
    mine = problem.shipment_destination == end
    if problem.hub_at[start] < 0:
        mine = mine & (problem.shipment_origin == start)
    if not mine.any():
        return 0.0
    stops = float(tours.drops[mine].sum())
    load = problem.shipment_load[mine].sum(axis=0) / stops
    room = problem.vehicle_capacity[problem.lane_vehicle[lane]]
    asks = load > 0.0
    full = float((room[asks] / load[asks]).min(initial=np.inf))
    return min(stops, max(1.0, full))
