"""The transport chain elements of a plan of the day: what emits, and which shipments are on it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import pandas as pd

from bundling.hubs.scheduled.problem import FloatArray, ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.units import KG_PER_T


class _Element(NamedTuple):
    """What one row of a plan emits; rows of one key are one element."""

    key: Hashable
    kind: str
    vehicle: str
    from_id: str
    to_id: str
    co2e_kg: float
    nox_g: float


def emission_elements(
    problem: ScheduledProblem, solution: ScheduledSolution, mass_kg: FloatArray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List departures of lanes, sailings and the empty trips of each type, with their shipments.

    Parameters
    ----------
    problem, solution
        A feasible plan.
    mass_kg
        Mass of each shipment (shipments,).

    Returns
    -------
    tuple of pandas.DataFrame
        Elements: ``key, kind`` (``lane``, ``sailing``, ``empty``), ``vehicle, from_id, to_id,
        co2e_kg, nox_g``. Parts, one row a shipment on an element: ``key, shipment_id, mass_t,
        activity_km``. All freight that a vehicle type carried is part of its empty trips.
    """
    carried = _carried(problem, solution)
    rows = [*_trips(problem, solution), *_sailings(problem, solution)]
    elements = pd.DataFrame(rows, columns=_Element._fields)
    elements = elements.groupby("key", sort=False, as_index=False).agg(
        dict.fromkeys(_Element._fields[1:5], "first") | {"co2e_kg": "sum", "nox_g": "sum"}
    )
    pairs = [(key, move) for key in elements["key"] for move in carried.get(key, ())]
    moves = np.array([move for _, move in pairs], dtype=np.int64)
    who = solution.move_shipment[moves]
    parts = pd.DataFrame(
        {
            "key": [key for key, _ in pairs],
            "shipment_id": [problem.shipment_ids[i] for i in who],
            "mass_t": mass_kg[who] / KG_PER_T,
            "activity_km": _move_km(problem, solution)[moves],
        }
    )
    return elements, parts


def _carried(problem: ScheduledProblem, solution: ScheduledSolution) -> dict[Hashable, list[int]]:
    """List moves by what they are on, and by the type whose empty trips they share."""
    group = problem.shipment_group[solution.move_shipment]
    carried: dict[Hashable, list[int]] = {}
    for move, lane in enumerate(solution.move_lane.tolist()):
        key: tuple[str | int, ...] = ("sailing", int(solution.move_sailing[move]))
        if lane >= 0:
            key = ("lane", lane, int(solution.move_slot[move]), int(group[move]))
            carried.setdefault(("empty", int(problem.lane_vehicle[lane])), []).append(move)
        carried.setdefault(key, []).append(move)
    return carried


def _move_km(problem: ScheduledProblem, solution: ScheduledSolution) -> FloatArray:
    km = np.zeros(len(solution.move_shipment))
    on_lane = solution.move_lane >= 0
    km[on_lane] = problem.lane_km[solution.move_lane[on_lane]]
    km[~on_lane] = problem.sailing_km[solution.move_sailing[~on_lane]]
    return km


def _trips(problem: ScheduledProblem, solution: ScheduledSolution) -> list[_Element]:
    loaded = zip(
        solution.trip_lane.tolist(), solution.trip_slot.tolist(), solution.trip_group.tolist(),
        solution.trip_count.tolist(), strict=True,
    )  # fmt: skip
    empty = zip(solution.empty_lane.tolist(), solution.empty_count.tolist(), strict=True)
    return [
        *(_departure(problem, lane, slot, group, count) for lane, slot, group, count in loaded),
        *(_empty_trips(problem, lane, count) for lane, count in empty),
    ]


def _departure(problem: ScheduledProblem, lane: int, slot: int, group: int, count: int) -> _Element:
    place, vehicle = problem.location_ids, problem.vehicle_ids[problem.lane_vehicle[lane]]
    return _Element(
        ("lane", lane, slot, group), "lane", f"{vehicle} {problem.slot_name(slot)}",
        place[problem.lane_from[lane]], place[problem.lane_to[lane]],
        float(problem.lane_co2e_kg[lane] * count), float(problem.lane_nox_g[lane] * count),
    )  # fmt: skip


def _empty_trips(problem: ScheduledProblem, lane: int, count: int) -> _Element:
    vehicle = int(problem.lane_vehicle[lane])
    return _Element(
        ("empty", vehicle), "empty", problem.vehicle_ids[vehicle], "", "",
        float(problem.lane_co2e_kg[lane] * count), float(problem.lane_nox_g[lane] * count),
    )  # fmt: skip


def _sailings(problem: ScheduledProblem, solution: ScheduledSolution) -> list[_Element]:
    place, count = problem.location_ids, solution.sailing_count
    co2e, nox = problem.sailing_co2e_kg * count, problem.sailing_nox_g * count
    return [
        _Element(
            ("sailing", q), "sailing", problem.sailing_ids[q],
            place[problem.sailing_from[q]], place[problem.sailing_to[q]],
            float(co2e[q]), float(nox[q]),
        )
        for q in np.flatnonzero(count).tolist()
    ]  # fmt: skip
