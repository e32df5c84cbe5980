"""The last mile of a plan of a day: tours instead of ways out and back, with the range of the cost.

A `HubsProblem` charges each vehicle the way to an area and back. Here its vehicles drive the tour
that the continuous approximation gives for the addresses on the leg (`bundling.hubs.last_mile`),
on legs from a hub and direct ones alike, so that neither is flattered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.hubs.last_mile import LastMileFit, mean_way_km
from bundling.hubs.last_mile_tours import (
    WithTours,
    area_by_location,
    fits_of,
    tours_of,
    with_tours,
)
from bundling.hubs.problem import LEG_KINDS, LINEHAUL, HubsProblem
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from bundling.hubs.solution import HubsSolution
    from bundling.result import Result

FloatArray = NDArray[np.float64]

TOWN_KM_PER_H: Final = 25.0
"""Speed where a hub stands in its area, so that no way tells it; own assumption."""
_FIGURES: Final = ("km", "eur", "co2e_kg")


@dataclass(frozen=True)
class LastMile(WithTours):
    """Tours of a plan.

    Attributes
    ----------
    legs
        One row a leg with addresses: kind, from_id, to_id, stops, area_km2, vehicles, planned_km,
        km, hours (driving and stops of all vehicles), eur and co2e_kg that the tours add to the
        plan, hours_a_vehicle, in_shift; and ``low_`` and ``high_`` of km, eur, co2e_kg.
    """

    legs: pd.DataFrame

    @property
    def holds(self) -> bool:
        """Whether the tours of every leg fit in the shifts of its vehicles."""
        return bool(self.legs["in_shift"].all())


def last_mile_of(
    result: Result,
    areas: pd.DataFrame,
    *,
    class_of: Mapping[str, str] | None = None,
    fits: Mapping[str, LastMileFit] | None = None,
    hop_h: ArrayLike | None = None,
    problem: HubsProblem | None = None,
) -> LastMile:
    """Estimate the tours of a solved plan of a day.

    Parameters
    ----------
    result
        Of a `HubsProblem`, with a solution.
    areas
        Delivery areas: location_id, area_km2 over which the addresses there are spread; such as
        `bundling.hubs.last_mile_tours.areas_of` gives. Legs elsewhere stay out and back.
    class_of, fits
        See `bundling.hubs.last_mile_tours.fits_of`.
    hop_h
        Hours of each shipment's service that stand for driving between addresses already
        (shipments,), so that they are not paid twice: posed by municipality, the service in the
        problem less that in the region's table. 0 when left out.
    problem
        The problem whose ways are those to the middle of an area, where the plan was found for
        another one (`bundling.hubs.last_mile_solve`). The result's own when left out.

    Returns
    -------
    LastMile
        The range takes all legs to err the same way. It is nan without a calibrated fit.

    Raises
    ------
    bundling.InputError
        No solution, another family, faults of the tables.
    """
    base = problem or result.problem
    solution = result.solution
    if solution is None or not isinstance(base, HubsProblem):
        rule = "has no solution" if solution is None else f"is of family {base.family}"
        raise_if([Fault("result", "", (), rule, "Give a solved plan of a HubsProblem")])
    from bundling.hubs.evaluate import evaluate

    hops = np.zeros(base.num_shipments) if hop_h is None else np.asarray(hop_h, float)
    if hops.shape != (base.num_shipments,) or not np.all(np.isfinite(hops) & (hops >= 0.0)):
        rule = f"is not one number from 0 up for each of {base.num_shipments} shipments"
        raise_if([Fault("hop_h", "", (), rule, "Correct it")])
    area_km2 = area_by_location(areas, base.location_ids)
    known = fits_of(base.vehicle_ids, class_of, fits)
    legs = _legs(base, solution, area_km2, known, hops)
    told = evaluate(base, solution)
    km, co2e = told.indicators["vehicle_km"], told.indicators["co2e_kg"]
    # A range that is not known stays nan: it is no range of 0.
    sums = {
        name: float(legs[name].sum(skipna=False))
        for name in legs.columns
        if name.endswith(_FIGURES)
    }
    planned = sums["planned_km"]
    cost, way, carbon = (
        [base + sums[f"{at}{name}"] for at in ("", "low_", "high_")]
        for base, name in ((told.objective, "eur"), (km - planned, "km"), (co2e, "co2e_kg"))
    )
    return LastMile(**with_tours(cost, way, carbon), legs=legs)


def _legs(
    problem: HubsProblem,
    solution: HubsSolution,
    area_km2: FloatArray,
    fits: list[LastMileFit],
    hops: FloatArray,
) -> pd.DataFrame:
    vehicles: dict[tuple[int, int, int], FloatArray] = defaultdict(
        lambda: np.zeros(problem.num_vehicles)
    )
    for *leg, vehicle, count in zip(
        solution.leg_kind.tolist(), solution.leg_start.tolist(), solution.leg_end.tolist(),
        solution.leg_vehicle.tolist(), solution.leg_count.tolist(), strict=True,
    ):  # fmt: skip
        vehicles[leg[0], leg[1], leg[2]][vehicle] += count
    freight: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    rows_of = (column.tolist() for column in problem.legs_of(solution.route))
    for i, kind, start, end in zip(*rows_of, strict=True):
        if kind != LINEHAUL and problem.shipment_stops[i] > 0 and np.isfinite(area_km2[end]):
            freight[kind, start, end].append(i)
    rows = [
        _leg(problem, leg, np.array(mine), vehicles[leg], float(area_km2[leg[2]]), fits, hops)
        for leg, mine in sorted(freight.items())
        if vehicles[leg].any()
    ]
    columns = [
        "kind", "from_id", "to_id", "stops", "area_km2", "vehicles", "planned_km", "km", "low_km",
        "high_km", "hours", "hours_a_vehicle", "in_shift", "eur", "low_eur", "high_eur", "co2e_kg",
        "low_co2e_kg", "high_co2e_kg",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _leg(
    problem: HubsProblem,
    leg: tuple[int, int, int],
    shipments: NDArray[np.int64],
    count: FloatArray,
    area_km2: float,
    fits: list[LastMileFit],
    hops: FloatArray,
) -> tuple[object, ...]:
    kind, start, end = leg
    way_km = float(problem.distance_m[start, end]) / METRES_PER_KM
    way_h = float(problem.time_s[start, end]) / SECONDS_PER_HOUR
    speed = (way_km / way_h if way_h > 0.0 else TOWN_KM_PER_H) * problem.vehicle_speed_factor
    stops = float(problem.shipment_stops[shipments].sum())
    mean_km = float(mean_way_km(way_km, area_km2))
    tours = tours_of(stops, area_km2, mean_km, count, problem.vehicle_capacity_m3, fits)
    planned = 2.0 * way_km * count
    service_h = float((problem.shipment_service_h - hops)[shipments].sum())
    paid_h = float(hops[shipments].sum())
    per_km = problem.vehicle_eur_per_km + problem.vehicle_kwh_per_km * problem.vehicle_eur_per_kwh
    cost, carbon = [], []
    for km in (tours.km, tours.low_km, tours.high_km):
        more = km - planned
        driving = float((more / speed) @ problem.vehicle_eur_per_h)
        # Hours between addresses that the service holds already are not paid twice.
        cost.append(float(more @ per_km) + driving - paid_h * problem.service_eur_per_h)
        carbon.append(float(more @ problem.vehicle_co2e_kg_per_km))
    hours_all = (
        float((tours.km / speed).sum()) + service_h + float(count.sum()) * problem.turnaround_h
    )
    shift_h = float(count @ problem.vehicle_shift_h)
    place = problem.location_ids
    names = [f"{int(n)} x {problem.vehicle_ids[v]}" for v, n in enumerate(count) if n > 0.0]
    return (
        LEG_KINDS[kind], place[start], place[end], int(stops), area_km2, " + ".join(names),
        float(planned.sum()), float(tours.km.sum()), float(tours.low_km.sum()),
        float(tours.high_km.sum()), hours_all, hours_all / float(count.sum()),
        hours_all <= shift_h * (1.0 + 1e-9), *cost, *carbon,
    )  # fmt: skip
