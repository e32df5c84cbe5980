r"""The whole day as an integer model: flows of shipments over places and slots.

Columns: ``x[i, m, t]`` shipment `i` on the departure of move `m` in slot `t`, where its times allow
it; ``wait`` from slot to slot at a place; ``n[m, t, g]`` vehicles; ``vessels``; ``empty``;
``open``. Rows: flow of each shipment, room of each departure, ``x <= n`` one by one (a departure
with freight has at least one vehicle), hub capacity by day, hour and floor, ``x <= open``, most
hubs, vehicles that return, the cap on CO2e. Small days only: columns grow with shipments x moves x
slots. The readable text is `bundling.models.scheduled_hubs`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.flow_rows import add_flow_rows
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.hubs.scheduled.state import Day, day_of, solution_of
from bundling.hubs.scheduled.stay_rows import add_stay_rows
from bundling.mip import LinearModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


_MOST_VEHICLES = 1000.0
"""Vehicles for one shipment on one departure, at most."""
_SMALL = 30_000
"""Shipments on departures up to which the whole model is given to HiGHS."""


@dataclass(frozen=True, eq=False)
class Built:
    """A model and where its columns stand.

    Attributes
    ----------
    model
        The model, EUR.
    shipment, move, slot, x
        One row a column of a shipment on a departure.
    departure, vehicles
        Move, slot and group of each departure [D, 3], and the columns of its vehicles.
    opened
        Columns of the hubs.
    empty
        Columns of empty vehicles, for the lanes in `empty_lane`.
    """

    model: LinearModel
    shipment: IntArray
    move: IntArray
    slot: IntArray
    x: IntArray
    departure: IntArray
    vehicles: IntArray
    opened: IntArray
    empty_lane: IntArray
    empty: IntArray


def departures_of(problem: ScheduledProblem, day: Day) -> tuple[IntArray, IntArray, IntArray]:
    """Departures each shipment could be on: shipment, move, slot, one row each.

    A move in between must begin after the shortest way from the origin can be there, and end so
    that the shortest way on is in time, handling included.
    """
    rows = [_of_shipment(problem, day, i) for i in range(problem.num_shipments)]
    joined = np.concatenate(rows) if rows else np.zeros((0, 3), dtype=np.int64)
    return joined[:, 0], joined[:, 1], joined[:, 2]


def _of_shipment(problem: ScheduledProblem, day: Day, i: int) -> IntArray:
    far = 10**6
    release, due = int(day.release[i]), int(day.due[i])
    origin, to = int(day.origin[i]), int(day.destination[i])
    early = np.full(problem.num_locations, far)
    late = np.full(problem.num_locations, -far)
    early[origin], late[to] = release, due
    hub = day.hub_at
    dwell = np.where(hub >= 0, day.hub_dwell[hub] if problem.num_hubs else 0, 0)
    first = np.where(hub >= 0, day.hub_first[hub] if problem.num_hubs else 0, -far)
    last = np.where(hub >= 0, day.hub_last[hub] if problem.num_hubs else 0, far)
    begin, end = day.start, day.end
    may = ((begin == origin) | (hub[begin] >= 0)) & ((end == to) | (hub[end] >= 0))
    may &= (begin != to) & (end != origin)
    if not problem.max_hubs:
        may &= (begin == origin) & (end == to)
    if not day.direct[i]:
        may &= (begin != origin) | (end != to)
    if problem.num_hubs:
        barred = (hub >= 0) & ~day.hub_may[hub, i]
        may &= (~barred[begin] | (begin == origin)) & (~barred[end] | (end == to))
    may &= (day.capacity * day.limit[:, None].astype(np.float64) >= day.load[i]).all(axis=1)
    opens = np.where(begin == origin, -far, first[begin])
    shuts = np.where(begin == origin, far, last[begin])
    into = np.where(end == to, -far, first[end])
    until = np.where(end == to, far, last[end])
    handle = np.where(end == to, 0, dwell[end])
    for _ in range(problem.max_hubs + 1):
        depart = np.maximum(
            np.maximum(early[begin], opens), np.maximum(day.first, into - day.slots)
        )
        ok = may & (depart <= np.minimum(np.minimum(day.last, shuts), until - day.slots))
        np.minimum.at(early, end[ok], (depart + day.slots + handle)[ok])
        arrive = np.minimum(late[end] - handle, until)
        depart = np.minimum(np.minimum(arrive - day.slots, day.last), shuts)
        ok = may & (depart >= np.maximum(day.first, opens)) & (depart + day.slots >= into)
        np.maximum.at(late, begin[ok], depart[ok])
    low = np.maximum(np.maximum(early[begin], opens), np.maximum(day.first, into - day.slots))
    high = np.minimum(
        np.minimum(late[end] - handle, until) - day.slots, np.minimum(day.last, shuts)
    )
    moves = np.flatnonzero(may & (low <= high))
    spans = [np.arange(low[m], high[m] + 1) for m in moves]
    if not spans:
        return np.zeros((0, 3), dtype=np.int64)
    slots = np.concatenate(spans)
    move = np.repeat(moves, [len(span) for span in spans])
    return np.stack([np.full(len(slots), i), move, slots], axis=1)


def is_small(problem: ScheduledProblem, day: Day) -> bool:
    """Tell whether HiGHS can be given the whole day: few shipments on departures."""
    # Moves from their origins alone first: quick where the day is large.
    if int(np.bincount(day.start, minlength=problem.num_locations)[day.origin].sum()) > _SMALL:
        return False
    count = 0
    for i in range(problem.num_shipments):
        count += len(_of_shipment(problem, day, i))
        if count > _SMALL:
            return False
    return True


def without_departures(problem: ScheduledProblem, day: Day, shipments: IntArray) -> IntArray:
    """Which of these shipments no departures bring in time, whatever the others do."""
    return np.array(
        [i for i in shipments if not len(_of_shipment(problem, day, int(i)))], dtype=np.int64
    )


def build(problem: ScheduledProblem) -> Built:
    """State the model."""
    day = day_of(problem)
    shipment, move, slot = departures_of(problem, day)
    model = LinearModel()
    lanes = problem.num_lanes
    last = day.end[move] == day.destination[shipment]
    hub = np.where(last, -1, day.hub_at[day.end[move]])
    load = day.load[shipment]
    cost = (load * day.slot_eur[move]).sum(axis=1)
    at = np.flatnonzero(hub >= 0)
    cost[at] += (load[at] * day.hub_handling[hub[at]]).sum(axis=1)
    x = model.add_columns("x", len(shipment), upper=1.0, cost=cost, integer=True)
    group = np.where(day.shared[move], 0, day.group[shipment])
    keys, used = np.unique(np.stack([move, slot, group], axis=1), axis=0, return_inverse=True)
    used = used.reshape(-1)
    price = np.concatenate([problem.lane_price_eur, problem.sailing_price_eur])
    vehicles = model.add_columns(
        "vehicles",
        len(keys),
        upper=np.minimum(day.limit[keys[:, 0]], 10**6),
        cost=price[keys[:, 0]],
        integer=True,
    )
    opened = model.add_columns(
        "open", problem.num_hubs, upper=1.0, cost=problem.hub_fixed_eur, integer=True
    )
    add_flow_rows(problem, day, model, shipment, move, slot, x, last)
    rows = np.arange(len(keys) * problem.num_resources).reshape(-1, problem.num_resources)
    bounded = np.isfinite(day.capacity)
    room = np.where(bounded, day.capacity, 0.0)[keys[:, 0]]
    model.add_rows(
        "room",
        rows.size,
        (rows[used], x[:, None], load * bounded[move]),
        (rows, vehicles[:, None], -room),
        upper=0.0,
    )
    each = np.arange(len(x))
    model.add_rows("carried", len(x), (each, x, 1.0), (each, vehicles[used], -1.0), upper=0.0)
    # A vehicle without freight is an empty one: at that price, and only where one may go.
    is_lane = keys[:, 0] < lanes
    most = np.where(is_lane[used], -_MOST_VEHICLES, 0.0)
    each_key = np.arange(len(keys))
    model.add_rows(
        "freight", len(keys), (each_key, vehicles, is_lane * 1.0), (used, x, most), upper=0.0
    )
    if len(at):
        here = np.arange(len(at))
        model.add_rows(
            "open", len(at), (here, x[at], 1.0), (here, opened[hub[at]], -1.0), upper=0.0
        )
        most = np.where(np.isfinite(day.hub_capacity), day.hub_capacity, 0.0)
        limited = np.isfinite(day.hub_capacity)
        cells = np.arange(problem.num_hubs * problem.num_resources).reshape(problem.num_hubs, -1)
        model.add_rows(
            "hub capacity",
            cells.size,
            (cells[hub[at]], x[at][:, None], load[at] * limited[hub[at]]),
            (cells, opened[:, None], -most),
            upper=0.0,
        )
    add_stay_rows(problem, day, model, (shipment, move, slot, x))
    usable = np.flatnonzero(
        problem.vehicle_returns[problem.lane_vehicle] & np.isfinite(problem.lane_empty_eur)
    )
    empty = model.add_columns("empty", len(usable), cost=problem.lane_empty_price_eur[usable])
    if np.isfinite(problem.co2e_cap_kg):
        co2e_kg = np.concatenate([problem.lane_co2e_kg, problem.sailing_co2e_kg])
        model.add_rows(
            "emission cap",
            1,
            (0, vehicles, co2e_kg[keys[:, 0]]),
            (0, empty, problem.lane_co2e_kg[usable]),
            upper=problem.co2e_cap_kg,
        )
    fleet = (problem.num_vehicles, problem.num_locations)
    cell = np.arange(fleet[0] * fleet[1]).reshape(fleet)
    by_lane = np.flatnonzero(keys[:, 0] < lanes)
    lane = keys[by_lane, 0]
    returns = problem.vehicle_returns[problem.lane_vehicle[lane]].astype(np.float64)
    type_of, empty_type = problem.lane_vehicle[lane], problem.lane_vehicle[usable]
    model.add_rows(
        "return",
        cell.size,
        (cell[type_of, problem.lane_to[lane]], vehicles[by_lane], returns),
        (cell[type_of, problem.lane_from[lane]], vehicles[by_lane], -returns),
        (cell[empty_type, problem.lane_to[usable]], empty, 1.0),
        (cell[empty_type, problem.lane_from[usable]], empty, -1.0),
        lower=0.0,
        upper=0.0,
    )
    return Built(model, shipment, move, slot, x, keys, vehicles, opened, usable, empty)


def read(problem: ScheduledProblem, built: Built, values: FloatArray) -> ScheduledSolution:
    """Make the plan of the values of all columns."""
    moves = np.full((problem.num_shipments, problem.max_hubs + 1), -1)
    slots = np.full_like(moves, -1)
    day = day_of(problem)
    chosen = np.flatnonzero(values[built.x] > 0.5)
    for i in range(problem.num_shipments):
        mine = chosen[built.shipment[chosen] == i]
        step = {int(day.start[built.move[k]]): int(k) for k in mine}
        place, at = int(day.origin[i]), 0
        while place != day.destination[i]:
            k = step.pop(place)
            moves[i, at], slots[i, at] = built.move[k], built.slot[k]
            place, at = int(day.end[built.move[k]]), at + 1
    empty = np.zeros(problem.num_lanes, dtype=np.int64)
    empty[built.empty_lane] = np.round(values[built.empty]).astype(np.int64)
    plan = solution_of(problem, moves, slots, empty)
    # More vehicles than the freight asks for bring some home where no empty one may go.
    count = {
        tuple(row): round(float(values[column]))
        for row, column in zip(built.departure.tolist(), built.vehicles.tolist(), strict=True)
    }
    trips = zip(
        plan.trip_lane.tolist(), plan.trip_slot.tolist(), plan.trip_group.tolist(), strict=True
    )
    return dataclasses.replace(plan, trip_count=np.array([count[key] for key in trips]))
