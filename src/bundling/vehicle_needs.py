"""What electric vehicles need from the depots after their day, and take from stations during it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from bundling.units import DAY_S, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from bundling.result import Result

LINEHAUL_START_S = 6 * 3600.0
"""Assumed departure of vehicles the hubs step plans without a timetable, s since midnight."""

VEHICLE_COLUMNS = (
    "depot",
    "vehicle",
    "source",
    "arrival_s",
    "departure_s",
    "need_kwh",
    "charge_kw",
)
CHARGE_COLUMNS = ("station", "depot", "vehicle", "arrival_s", "start_s", "end_s", "kwh")


def vehicles_of_rounds(rounds: Iterable[Result]) -> pd.DataFrame:
    """Return the electric vehicles of the rounds with what each must charge before tomorrow.

    A vehicle charges where its round ends, and there only what it did not charge on the way: that
    is the load of the stations (`charges_of_rounds`). One that comes back with more than it left
    with needs nothing.

    Returns
    -------
    pandas.DataFrame
        Columns depot, vehicle, source, arrival_s, departure_s, need_kwh, charge_kw. Times count
        from the midnight before the round; the same round leaves again a day later.
    """
    from bundling.rounds.evaluate import all_figures

    rows = []
    for result in rounds:
        if result.solution is None:
            continue
        for number, figures in enumerate(all_figures(result.problem, result.solution), start=1):
            if figures.usable_kwh > 0:
                rows.append(
                    (
                        figures.end_depot,
                        f"{figures.vehicle} round {number}",
                        "rounds",
                        figures.return_s,
                        figures.departure_s + DAY_S,
                        max(0.0, figures.depot_kwh),
                        figures.charge_kw,
                    )
                )
    return pd.DataFrame(rows, columns=list(VEHICLE_COLUMNS))


def charges_of_rounds(rounds: Iterable[Result]) -> pd.DataFrame:
    """Return what the vehicles of the rounds charge on the way: the load of the stations.

    Returns
    -------
    pandas.DataFrame
        One row a charge, with columns station, depot, vehicle, arrival_s, start_s, end_s, kwh.
        Times count from the midnight before the round; `depot` is the one behind whose connection
        the station stands, empty when it has its own.
    """
    from bundling.rounds.evaluate import all_figures

    rows = [
        (
            event.station,
            _depot_of_station(result.problem, event.station),
            f"{figures.vehicle} round {number}",
            event.arrival_s,
            event.start_s,
            event.end_s,
            event.kwh,
        )
        for result in rounds
        if result.solution is not None
        for number, figures in enumerate(all_figures(result.problem, result.solution), start=1)
        for event in figures.charges
    ]
    return pd.DataFrame(rows, columns=list(CHARGE_COLUMNS))


def _depot_of_station(problem: Any, station: str) -> str:
    depot = int(problem.station_depot[problem.station_index[station]])
    return str(problem.depot_ids[depot]) if depot >= 0 else ""


def vehicles_of_linehaul(hubs: Result, charge_kw: Mapping[str, float]) -> pd.DataFrame:
    """Return the electric vehicles of the hubs step that no round drives again.

    These are the trips to hubs and the full loads between parks; the trips to addresses are
    planned anew by the rounds. The hubs step has no timetable: a trip is taken to leave at
    `LINEHAUL_START_S` and to come back after its driving and turnaround.

    Parameters
    ----------
    hubs
        Result of the hubs step.
    charge_kw
        Charging power by vehicle type.
    """
    from bundling.hubs.problem import LINEHAUL

    problem, solution = hubs.problem, hubs.solution
    rows = []
    addressed = set(
        problem.shipment_destination[problem.shipment_stops > 0].tolist()
    )  # districts: rounds go there
    for kind, start, end, vehicle, count in zip(
        solution.leg_kind,
        solution.leg_start,
        solution.leg_end,
        solution.leg_vehicle,
        solution.leg_count,
        strict=True,
    ):
        per_km = float(problem.vehicle_kwh_per_km[vehicle])
        if per_km <= 0 or (kind != LINEHAUL and int(end) in addressed):
            continue
        need = per_km * float(problem.trip_km(start, end))
        away_s = float(problem.trip_hours(start, end)[vehicle]) * SECONDS_PER_HOUR
        name = problem.vehicle_ids[vehicle]
        rows += [
            (
                problem.location_ids[start],
                f"{name} to {problem.location_ids[end]} {number}",
                "linehaul",
                LINEHAUL_START_S + away_s,
                LINEHAUL_START_S + DAY_S,
                need,
                charge_kw[name],
            )
            for number in range(1, int(count) + 1)
        ]
    return pd.DataFrame(rows, columns=list(VEHICLE_COLUMNS))
