"""The last mile of a day of departures: vehicles that reach an area make a tour there.

A `ScheduledProblem` charges a lane one way. Here the vehicles of a departure to an area drive the
tour that the continuous approximation gives (`bundling.hubs.last_mile`), less the way out and back:
what is over is added to the lane, in km, cost, emissions and slots. The way back stays where it
was, an empty or loaded trip of another lane. Shipments that only change vehicles at the area's hub
are no addresses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.hubs.last_mile import LastMileFit, mean_way_km, refuse_numbers
from bundling.hubs.last_mile_tours import (
    WithTours,
    area_by_location,
    fits_of,
    tours_of,
    with_tours,
)
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.loads import moves_of
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from bundling.hubs.scheduled.solution import ScheduledSolution
    from bundling.result import Result

FloatArray = NDArray[np.float64]

_RANGE: Final = ("", "low_", "high_")
RATES: Final = ("eur_per_km", "eur_per_h", "km_per_h", "stop_h")
"""Columns of the table of rates, by vehicle type: cost of a km and an hour, speed, hours a stop."""


@dataclass(frozen=True)
class LaneTours(WithTours):
    """Tours of a day of departures.

    Attributes
    ----------
    departures
        One row a departure of a lane to an area: departure (clock), vehicle_id, from_id, to_id,
        stops, area_km2, vehicles, km (of the tours, way out and back included), and what they add
        to the plan: added_km, eur, co2e_kg (CO2e price not in it), hours a vehicle; with ``low_``
        and ``high_``; and in_time: the tour ends before the first due time on board.
    """

    departures: pd.DataFrame

    @property
    def holds(self) -> bool:
        """Whether every tour ends in time."""
        return bool(self.departures["in_time"].all())


@dataclass(frozen=True, eq=False)
class LaneTerms:
    """What stays the same over all estimates of a problem: areas, rates, fits, addresses."""

    problem: ScheduledProblem
    area_km2: FloatArray
    rates: pd.DataFrame
    fits: list[LastMileFit]
    drops: FloatArray

    def added(self, lane: int, stops: float, vehicles: float) -> tuple[float, float, float, float]:
        """Km of the tours, and km a vehicle they add: middle, low and high."""
        problem = self.problem
        vehicle, way = int(problem.lane_vehicle[lane]), float(problem.lane_km[lane])
        area = float(self.area_km2[problem.lane_to[lane]])
        tours = tours_of(
            stops, area, float(mean_way_km(way, area)), np.array([vehicles]), np.ones(1),
            [self.fits[vehicle]],
        )  # fmt: skip
        # A tour may come out shorter than the way to the middle; it never gives km back beyond it.
        km = [float(values[0]) for values in (tours.km, tours.low_km, tours.high_km)]
        more = [max(each / vehicles - 2.0 * way, -way) for each in km]
        return km[0], more[0], more[1], more[2]

    def hours(self, lane: int, more_km: float, stops: float) -> float:
        """Hours a vehicle that a tour adds."""
        rate = self.rates.iloc[int(self.problem.lane_vehicle[lane])]
        return max(0.0, more_km / float(rate["km_per_h"]) + stops * float(rate["stop_h"]))

    def eur(self, lane: int, more_km: float, stops: float) -> float:
        """Cost a vehicle that a tour adds, without the price of CO2e."""
        rate = self.rates.iloc[int(self.problem.lane_vehicle[lane])]
        hours = more_km / float(rate["km_per_h"]) + stops * float(rate["stop_h"])
        return more_km * float(rate["eur_per_km"]) + hours * float(rate["eur_per_h"])

    def slots(self, hours: float) -> int:
        """Slots that some hours take."""
        return int(np.ceil(hours * SECONDS_PER_HOUR / self.problem.slot_s - 1e-9))


def lane_tours_of(
    result: Result,
    areas: pd.DataFrame,
    rates: pd.DataFrame,
    *,
    class_of: Mapping[str, str] | None = None,
    fits: Mapping[str, LastMileFit] | None = None,
    drops: ArrayLike | None = None,
    problem: ScheduledProblem | None = None,
) -> LaneTours:
    """Estimate the tours of a solved day of departures.

    Parameters
    ----------
    result
        Of a `ScheduledProblem`, with a solution.
    areas
        Delivery areas: location_id, area_km2 over which the addresses there are spread.
    rates
        One row a vehicle type: vehicle_id and `RATES`. ``stop_h`` is 0 where the lanes hold the
        time at the addresses already.
    class_of, fits
        See `bundling.hubs.last_mile_tours.fits_of`.
    drops
        Addresses of each shipment (shipments,); 1 when left out.
    problem
        The problem with lanes of one way, where the plan was found for another one. The result's
        own when left out.

    Raises
    ------
    bundling.InputError
        No solution, another family, faults of the tables.
    """
    base: Any = problem or result.problem
    if result.solution is None or not isinstance(base, ScheduledProblem):
        rule = "has no solution" if result.solution is None else f"is of family {base.family}"
        raise_if([Fault("result", "", (), rule, "Give a solved plan of a ScheduledProblem")])
    tours = posed_tours(base, areas, rates, class_of, fits, drops)
    return estimate_of(tours, result.solution)


def posed_tours(
    problem: ScheduledProblem,
    areas: pd.DataFrame,
    rates: pd.DataFrame,
    class_of: Mapping[str, str] | None,
    fits: Mapping[str, LastMileFit] | None,
    drops: ArrayLike | None,
) -> LaneTerms:
    """Check the tables of tours against a problem and join them; see `lane_tours_of`."""
    area_km2 = area_by_location(areas, problem.location_ids)
    refuse_numbers("rates", rates, RATES)
    if "vehicle_id" not in rates:
        raise_if([Fault("rates", "vehicle_id", (), "the column is missing", "Add it")])
    by = rates.assign(vehicle_id=rates["vehicle_id"].astype(str)).set_index("vehicle_id")
    faults = []
    lost = tuple(name for name in problem.vehicle_ids if name not in by.index)
    if lost:
        faults.append(Fault("rates", "vehicle_id", lost, "is missing", "Add its rates"))
    if by.index.has_duplicates:
        twice = tuple(by.index[by.index.duplicated()])
        faults.append(Fault("rates", "vehicle_id", twice, "stands more than once", "Keep one"))
    still = tuple(by.index[by["km_per_h"].astype(float) <= 0.0])
    if still:
        faults.append(Fault("rates", "km_per_h", still, "is not above 0", "Give a speed"))
    stops = np.ones(problem.num_shipments) if drops is None else np.asarray(drops, float)
    if stops.shape != (problem.num_shipments,) or not np.all(np.isfinite(stops) & (stops > 0.0)):
        rule = f"is not one number above 0 for each of {problem.num_shipments} shipments"
        faults.append(Fault("drops", "", (), rule, "Correct it"))
    raise_if(faults)
    known = fits_of(problem.vehicle_ids, class_of, fits)
    return LaneTerms(problem, area_km2, by.loc[list(problem.vehicle_ids)], known, stops)


def departures_to_areas(
    tours: LaneTerms, solution: ScheduledSolution
) -> dict[tuple[int, int, int], tuple[NDArray[np.int64], float]]:
    """Departures (lane, slot, group) that deliver in an area: shipments that end there, vehicles.

    Departures without a vehicle are left out, as no checked plan has them.
    """
    problem = tours.problem
    count: dict[tuple[int, int, int], float] = defaultdict(float)
    for lane, slot, group, number in zip(
        solution.trip_lane.tolist(), solution.trip_slot.tolist(), solution.trip_group.tolist(),
        solution.trip_count.tolist(), strict=True,
    ):  # fmt: skip
        count[lane, slot, group] += number
    ends: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    last = moves_of(problem, solution).is_last
    for row in np.flatnonzero(last & (solution.move_lane >= 0)).tolist():
        lane, i = int(solution.move_lane[row]), int(solution.move_shipment[row])
        if np.isfinite(tours.area_km2[problem.lane_to[lane]]):
            key = (lane, int(solution.move_slot[row]), int(problem.shipment_group[i]))
            ends[key].append(i)
    return {
        key: (np.array(mine, dtype=np.int64), count[key])
        for key, mine in sorted(ends.items())
        if count[key] > 0.0
    }


def estimate_of(tours: LaneTerms, solution: ScheduledSolution) -> LaneTours:
    """Estimate the tours of a solution; see `lane_tours_of`."""
    problem, place = tours.problem, tours.problem.location_ids
    rows = []
    for (lane, slot, _), (shipments, vehicles) in departures_to_areas(tours, solution).items():
        stops = float(tours.drops[shipments].sum())
        km, *more = tours.added(lane, stops, vehicles)
        each = stops / vehicles
        hours = tours.hours(lane, more[0], each)
        way = float(problem.lane_km[lane])
        carbon = float(problem.lane_co2e_kg[lane]) / way if way > 0.0 else 0.0
        end = slot + int(problem.lane_slots[lane]) + tours.slots(hours)
        rows.append(
            (
                problem.slot_name(slot),
                problem.vehicle_ids[problem.lane_vehicle[lane]],
                place[problem.lane_from[lane]],
                place[problem.lane_to[lane]],
                stops,
                float(tours.area_km2[problem.lane_to[lane]]),
                int(vehicles),
                km,
                hours,
                end <= int(problem.shipment_due_slot[shipments].min()),
                *(vehicles * one for one in more),
                *(vehicles * tours.eur(lane, one, each) for one in more),
                *(vehicles * one * carbon for one in more),
            )
        )
    ranges = [f"{at}{name}" for name in ("added_km", "eur", "co2e_kg") for at in _RANGE]
    columns = [
        "departure", "vehicle_id", "from_id", "to_id", "stops", "area_km2", "vehicles", "km",
        "hours", "in_time", *ranges,
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    # A range that is not known stays nan: it is no range of 0.
    sums = {name: float(frame[name].sum(skipna=False)) for name in ranges}
    told, price = evaluate(problem, solution), problem.co2e_eur_per_kg
    cost = [told.objective + sums[f"{at}eur"] + price * sums[f"{at}co2e_kg"] for at in _RANGE]
    km_all = [told.indicators["vehicle_km"] + sums[f"{at}added_km"] for at in _RANGE]
    co2e = [told.indicators["co2e_kg"] + sums[f"{at}co2e_kg"] for at in _RANGE]
    return LaneTours(**with_tours(cost, km_all, co2e), departures=frame)
