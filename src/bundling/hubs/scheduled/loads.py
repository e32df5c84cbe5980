"""What a plan puts on each departure, at each hub, and on each vehicle type; no costs here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Moves:
    """The moves of a plan in full.

    Attributes
    ----------
    start, end, depart_slot, arrive_slot
        Places and times of each move [M].
    is_last
        Whether it is the last move of its shipment [M].
    """

    start: IntArray
    end: IntArray
    depart_slot: IntArray
    arrive_slot: IntArray
    is_last: BoolArray


def moves_of(problem: ScheduledProblem, solution: ScheduledSolution) -> Moves:
    """Places and times of all moves."""
    lane, sailing = solution.move_lane, solution.move_sailing
    on_lane = lane >= 0
    start, end = np.zeros((2, len(lane)), dtype=np.int64)
    depart, arrive = solution.move_slot.copy(), np.zeros(len(lane), dtype=np.int64)
    start[on_lane], end[on_lane] = problem.lane_from[lane[on_lane]], problem.lane_to[lane[on_lane]]
    arrive[on_lane] = depart[on_lane] + problem.lane_slots[lane[on_lane]]
    aboard = sailing[~on_lane]
    start[~on_lane], end[~on_lane] = problem.sailing_from[aboard], problem.sailing_to[aboard]
    arrive[~on_lane] = problem.sailing_arrive_slot[aboard]
    last = np.ones(len(lane), dtype=bool)
    last[:-1] = solution.move_shipment[1:] != solution.move_shipment[:-1]
    return Moves(start, end, depart, arrive, last)


def handled(problem: ScheduledProblem, solution: ScheduledSolution) -> FloatArray:
    """Load handled at each hub in the day [H, R]."""
    moves = moves_of(problem, solution)
    hub = problem.hub_at[moves.end]
    at = np.flatnonzero(~moves.is_last & (hub >= 0))
    total = np.zeros((problem.num_hubs, problem.num_resources))
    np.add.at(total, hub[at], problem.shipment_load[solution.move_shipment[at]])
    return total


def departures(
    problem: ScheduledProblem, solution: ScheduledSolution
) -> tuple[IntArray, FloatArray]:
    """Departures of lanes that carry freight.

    Returns
    -------
    tuple of arrays
        Rows of lane, slot and group [D, 3], and their load [D, R].
    """
    on = np.flatnonzero(solution.move_lane >= 0)
    group = problem.shipment_group[solution.move_shipment[on]]
    keys = np.stack([solution.move_lane[on], solution.move_slot[on], group], axis=1)
    rows, at = np.unique(keys.reshape(-1, 3), axis=0, return_inverse=True)
    load = np.zeros((len(rows), problem.num_resources))
    np.add.at(load, at.reshape(-1), problem.shipment_load[solution.move_shipment[on]])
    return rows, load


def aboard(problem: ScheduledProblem, solution: ScheduledSolution) -> FloatArray:
    """Load of each sailing [Q, R]."""
    on = np.flatnonzero(solution.move_sailing >= 0)
    load = np.zeros((problem.num_sailings, problem.num_resources))
    np.add.at(load, solution.move_sailing[on], problem.shipment_load[solution.move_shipment[on]])
    return load


def load_rate(load: FloatArray, room: FloatArray) -> FloatArray:
    """Load over room, of any one shape; 0 where there is no load, whatever the room."""
    rate: FloatArray = np.divide(load, room, out=np.zeros_like(load), where=(load > 0) & (room > 0))
    return rate


def imbalance(problem: ScheduledProblem, solution: ScheduledSolution) -> IntArray:
    """Vehicles that arrive less those that leave, loaded and empty, by type and place [V, L]."""
    net = np.zeros((problem.num_vehicles, problem.num_locations), dtype=np.int64)
    for lane, count in (
        (solution.trip_lane, solution.trip_count),
        (solution.empty_lane, solution.empty_count),
    ):
        vehicle = problem.lane_vehicle[lane]
        np.add.at(net, (vehicle, problem.lane_to[lane]), count)
        np.add.at(net, (vehicle, problem.lane_from[lane]), -count)
    return net


def hour_of(problem: ScheduledProblem) -> IntArray:
    """Hour of the clock in which each slot begins [T]."""
    seconds = np.arange(problem.num_slots) * problem.slot_s
    hour: IntArray = np.floor(seconds / 3600.0 + 1e-9).astype(np.int64)
    return hour


def hub_arrivals(problem: ScheduledProblem, solution: ScheduledSolution) -> FloatArray:
    """Load that arrives to be handled, by hub and hour of the clock [H, hours, R]."""
    moves, hour = moves_of(problem, solution), hour_of(problem)
    hub = problem.hub_at[moves.end]
    at = np.flatnonzero(~moves.is_last & (hub >= 0))
    total = np.zeros((problem.num_hubs, int(hour[-1]) + 1, problem.num_resources))
    slot = np.minimum(moves.arrive_slot[at], problem.num_slots - 1)  # later breaks another rule
    np.add.at(total, (hub[at], hour[slot]), problem.shipment_load[solution.move_shipment[at]])
    return total


def modes_of(problem: ScheduledProblem, solution: ScheduledSolution) -> list[str]:
    """Mode of each move; empty where the data name none."""
    return [
        problem.vehicle_mode[problem.lane_vehicle[lane]] if lane >= 0 else problem.sailing_mode[q]
        for lane, q in zip(solution.move_lane.tolist(), solution.move_sailing.tolist(), strict=True)
    ]
