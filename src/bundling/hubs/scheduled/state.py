"""A day of departures as arrays for the compiled search, and the search's own account of a plan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.loads import hour_of
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class Day(NamedTuple):
    """The problem, read only. Sailings stand after the lanes: move ``K + q`` is sailing `q`."""

    from_start: IntArray  # moves that leave a place: out_move[from_start[l]:from_start[l + 1]]
    out_move: IntArray  # by place and end
    out_end: IntArray
    hub_start: IntArray  # those that go to a hub, in the same way
    hub_move: IntArray
    vehicle: IntArray  # type that must return, -1 for others [K + Q]
    start: IntArray  # [K + Q]
    end: IntArray  # [K + Q]
    slots: IntArray  # under way [K + Q]
    first: IntArray  # first slot of departure [K + Q]
    last: IntArray  # last slot of departure [K + Q]
    capacity: FloatArray  # of one vehicle or vessel [K + Q, R]
    most: (
        FloatArray  # what one vehicle can hope to carry: all there is, at most its room [K + Q, R]
    )
    slot_eur: FloatArray  # price of a unit on board [K + Q, R]
    limit: IntArray  # most vehicles of a departure [K + Q]
    shared: BoolArray  # all groups share the vehicles [K + Q]
    hub_at: IntArray  # [L]
    hub_location: IntArray  # [H]
    reaches: BoolArray  # whether a move leads from a hub to a place [H, L]
    hub_first: IntArray
    hub_last: IntArray
    hub_dwell: IntArray
    hub_fixed: FloatArray
    hub_handling: FloatArray
    hub_capacity: FloatArray
    hub_hourly: FloatArray  # most that arrives in an hour of the clock [H, R]
    hub_floor: FloatArray  # most that stands there at once [H, R]
    hub_timed: BoolArray  # whether any of the two is limited [H]
    hub_may: BoolArray  # whether a shipment may be handled there [H, N]
    hour: IntArray  # hour of the clock of each slot [T]
    origin: IntArray
    destination: IntArray
    load: FloatArray
    release: IntArray
    due: IntArray
    group: IntArray
    direct: BoolArray
    num_slots: int
    max_hubs: int


class Account(NamedTuple):
    """What the plan at hand puts where; changed in place."""

    load: FloatArray  # of each departure [K + Q, T, G, R]
    vehicles: IntArray  # vehicles of each departure [K + Q, T, G]
    running: NDArray[
        np.int16
    ]  # slots in which a move has vehicles, in order, the first `runs` [K + Q, G, T]
    runs: IntArray  # [K + Q, G]
    handled: FloatArray  # [H, R]
    hourly: FloatArray  # that arrives at timed hubs [H, hours, R]
    floor: FloatArray  # that stands at timed hubs [H, T, R]
    users: IntArray  # shipments handled at each hub [H]
    blocked: BoolArray  # hubs that may not be used for now [H]
    net: IntArray  # loaded vehicles that arrive less those that leave [V, L]
    pull: FloatArray  # price of each that is too many or too few [V, L]
    moves: IntArray  # of each shipment, -1 beyond the last [N, max_hubs + 1]
    slots: IntArray  # of departure [N, max_hubs + 1]


class Work(NamedTuple):
    """Room in which `insert.find_way` works; stage `s` is after `s` hubs, the origin first."""

    ready: FloatArray  # least cost of being ready to leave [max_hubs + 1, H, T]
    back: IntArray  # hub and slot before, move and slot of departure [max_hubs + 1, H, T, 4]
    reached: IntArray  # hubs reached in each stage, the first `reach` [max_hubs + 1, H]
    reach: IntArray  # [max_hubs + 1]
    is_reached: BoolArray  # [max_hubs + 1, H]
    times: IntArray  # slots at which waiting pays [T]
    best: FloatArray  # cost of the best way [1]
    last: IntArray  # its stage, hub, slot, move and slot of departure at the end [5]
    beat: IntArray  # new departures are a multiple of `beat[0]` slots after slot `beat[1]` [2]
    moves: IntArray  # the way found, -1 beyond its end [max_hubs + 1]
    slots: IntArray  # of departure [max_hubs + 1]


def room_for(problem: ScheduledProblem) -> Work:
    """Return room for one search at a time."""
    stages, hubs, slots = problem.max_hubs + 1, max(1, problem.num_hubs), problem.num_slots
    return Work(
        ready=np.full((stages, hubs, slots), np.inf),
        back=np.zeros((stages, hubs, slots, 4), dtype=np.int64),
        reached=np.zeros((stages, hubs), dtype=np.int64),
        reach=np.zeros(stages, dtype=np.int64),
        is_reached=np.zeros((stages, hubs), dtype=bool),
        times=np.zeros(slots, dtype=np.int64),
        best=np.full(1, np.inf),
        last=np.zeros(5, dtype=np.int64),
        beat=np.array([1, 0]),
        moves=np.full(stages, -1, dtype=np.int64),
        slots=np.full(stages, -1, dtype=np.int64),
    )


def day_of(problem: ScheduledProblem) -> Day:
    """Put the problem into arrays for the compiled search."""
    lanes, sailings = problem.num_lanes, problem.num_sailings
    start = np.concatenate([problem.lane_from, problem.sailing_from])
    end = np.concatenate([problem.lane_to, problem.sailing_to])
    from_start, out_move = _by_place(start, end, np.arange(len(start)), problem.num_locations)
    to_hubs = np.flatnonzero(problem.hub_at[end] >= 0)
    hub_start, hub_move = _by_place(start, end, to_hubs, problem.num_locations)
    reaches = np.zeros((problem.num_hubs, problem.num_locations), dtype=bool)
    from_hub = problem.hub_at[start]
    reaches[from_hub[from_hub >= 0], end[from_hub >= 0]] = True
    depart, arrive = problem.sailing_depart_slot, problem.sailing_arrive_slot
    resources = problem.num_resources
    capacity = np.concatenate(
        [problem.vehicle_capacity[problem.lane_vehicle], problem.sailing_capacity]
    )
    return Day(
        from_start=from_start,
        out_move=out_move,
        out_end=end[out_move],
        hub_start=hub_start,
        hub_move=hub_move,
        vehicle=np.concatenate(
            [
                np.where(problem.vehicle_returns[problem.lane_vehicle], problem.lane_vehicle, -1),
                np.full(sailings, -1),
            ]
        ),
        start=start,
        end=end,
        slots=np.concatenate([problem.lane_slots, arrive - depart]),
        first=np.concatenate([problem.lane_first_slot, depart]),
        last=np.concatenate([np.minimum(problem.lane_last_slot, problem.num_slots - 1), depart]),
        capacity=capacity,
        most=np.minimum(capacity, _there_is(problem, start, end)),
        slot_eur=np.concatenate([np.zeros((lanes, resources)), problem.sailing_slot_eur]),
        limit=np.concatenate([np.full(lanes, 2**40), problem.sailing_limit]),
        shared=np.arange(lanes + sailings) >= lanes,
        hub_at=problem.hub_at,
        hub_location=problem.hub_location,
        reaches=reaches,
        hub_first=problem.hub_first_slot,
        hub_last=problem.hub_last_slot,
        hub_dwell=problem.hub_dwell_slots,
        hub_fixed=problem.hub_fixed_eur,
        hub_handling=problem.hub_handling_eur,
        hub_capacity=problem.hub_capacity,
        hub_hourly=problem.hub_hour_capacity,
        hub_floor=problem.hub_floor_capacity,
        hub_timed=np.any(
            np.isfinite(problem.hub_hour_capacity) | np.isfinite(problem.hub_floor_capacity), axis=1
        ),
        hub_may=np.ascontiguousarray(problem.hub_shippers[:, problem.shipment_shipper]),
        hour=hour_of(problem),
        origin=problem.shipment_origin,
        destination=problem.shipment_destination,
        load=problem.shipment_load,
        release=problem.shipment_release_slot,
        due=problem.shipment_due_slot,
        group=problem.shipment_group,
        direct=problem.shipment_direct,
        num_slots=problem.num_slots,
        max_hubs=problem.max_hubs,
    )


def _there_is(problem: ScheduledProblem, start: IntArray, end: IntArray) -> FloatArray:
    """Load that could use each move at all [K + Q, R].

    Between two places that are no hubs only what is sent from one to the other; from such a place
    only what begins there; to such a place only what ends there.
    """
    places, resources = problem.num_locations, problem.num_resources
    load, origin, destination = (
        problem.shipment_load, problem.shipment_origin, problem.shipment_destination,
    )  # fmt: skip
    begins, ends = np.zeros((2, places, resources))
    np.add.at(begins, origin, load)
    np.add.at(ends, destination, load)
    pairs, at = np.unique(origin * places + destination, return_inverse=True)
    between = np.zeros((len(pairs) + 1, resources))
    np.add.at(between, at, load)
    found = np.searchsorted(pairs, start * places + end)
    known = found < len(pairs)
    known[known] = pairs[found[known]] == (start * places + end)[known]
    from_hub, to_hub = problem.hub_at[start] >= 0, problem.hub_at[end] >= 0
    total = np.tile(load.sum(axis=0), (len(start), 1))
    total = np.where(from_hub[:, None], total, begins[start])
    total = np.where(to_hub[:, None], total, np.minimum(total, ends[end]))
    neither = ~from_hub & ~to_hub
    total[neither] = between[np.where(known, found, -1)[neither]]
    return total


def _by_place(
    start: IntArray, end: IntArray, moves: IntArray, places: int
) -> tuple[IntArray, IntArray]:
    order = moves[np.lexsort((end[moves], start[moves]))].astype(np.int64)
    first = np.searchsorted(start[order], np.arange(places + 1))
    return first.astype(np.int64), order


def nothing_moves(problem: ScheduledProblem) -> Account:
    """Return the account of a plan in which no shipment has a way yet."""
    moves = problem.num_lanes + problem.num_sailings
    groups = max(1, problem.num_groups)
    shape = (moves, problem.num_slots, groups)
    way = (problem.num_shipments, problem.max_hubs + 1)
    fleet, resources = (problem.num_vehicles, problem.num_locations), problem.num_resources
    return Account(
        load=np.zeros((*shape, problem.num_resources)),
        vehicles=np.zeros(shape, dtype=np.int64),
        running=np.zeros((moves, groups, problem.num_slots), dtype=np.int16),
        runs=np.zeros((moves, groups), dtype=np.int64),
        handled=np.zeros((problem.num_hubs, problem.num_resources)),
        hourly=np.zeros((problem.num_hubs, int(hour_of(problem)[-1]) + 1, resources)),
        floor=np.zeros((problem.num_hubs, problem.num_slots, resources)),
        users=np.zeros(problem.num_hubs, dtype=np.int64),
        blocked=np.zeros(problem.num_hubs, dtype=bool),
        net=np.zeros(fleet, dtype=np.int64),
        pull=np.zeros(fleet),
        moves=np.full(way, -1, dtype=np.int64),
        slots=np.full(way, -1, dtype=np.int64),
    )


def solution_of(
    problem: ScheduledProblem, moves: IntArray, slots: IntArray, empty: IntArray
) -> ScheduledSolution:
    """Make the solution in which every departure has the fewest vehicles that carry its load.

    Parameters
    ----------
    problem
        The problem.
    moves, slots
        Moves of each shipment as in `Account`.
    empty
        Empty vehicles of each lane [K].
    """
    lanes = problem.num_lanes
    who, at = np.nonzero(moves >= 0)
    move, slot = moves[who, at], slots[who, at]
    on_lane = move < lanes
    load = problem.shipment_load[who]
    keys = np.stack([move, slot, problem.shipment_group[who]], axis=1)[on_lane].reshape(-1, 3)
    rows, place = np.unique(keys, axis=0, return_inverse=True)
    total = np.zeros((len(rows), problem.num_resources))
    np.add.at(total, place.reshape(-1), load[on_lane])
    aboard = np.zeros((problem.num_sailings, problem.num_resources))
    np.add.at(aboard, move[~on_lane] - lanes, load[~on_lane])
    used = np.flatnonzero(empty)
    return ScheduledSolution(
        move_shipment=who,
        move_lane=np.where(on_lane, move, -1),
        move_sailing=np.where(on_lane, -1, move - lanes),
        move_slot=slot,
        trip_lane=rows[:, 0],
        trip_slot=rows[:, 1],
        trip_group=rows[:, 2],
        trip_count=vehicles_for(total, problem.vehicle_capacity[problem.lane_vehicle[rows[:, 0]]]),
        sailing_count=vehicles_for(aboard, problem.sailing_capacity),
        empty_lane=used,
        empty_count=empty[used],
    )


def vehicles_for(load: FloatArray, capacity: FloatArray) -> IntArray:
    """Fewest vehicles of `capacity` for each row of `load`; both [..., R]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(load > 0, load / capacity, 0.0).max(axis=-1, initial=0.0)
    count: IntArray = np.ceil(share - 1e-9).astype(np.int64)
    return count
