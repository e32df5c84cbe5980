"""Pairs of a shipment and a move at an end of its way, and the fewest vehicles those ask for."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.bound_prices import fewest
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.state import Day, day_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class Pairs(NamedTuple):
    """As in `Ends`, one row a pair; `role` is 0 direct, 1 first, 2 last."""

    shipment: IntArray
    role: IntArray
    move: IntArray
    hub: IntArray
    begin: IntArray
    until: IntArray


def pairs_of(problem: ScheduledProblem, day: Day) -> Pairs:
    """Return all pairs that some way could use, those of a shipment together, by role."""
    origin, to = problem.shipment_origin, problem.shipment_destination
    places = problem.num_locations
    release, due = problem.shipment_release_slot, problem.shipment_due_slot
    found = []
    both = _matching(origin * places + to, day.start * places + day.end)
    found.append((*_only(both, problem.shipment_direct[both[0]]), 0))
    if problem.max_hubs:
        into = np.flatnonzero(problem.hub_at[day.end] >= 0)
        i, at = _matching(origin, day.start[into])
        found.append((*_only((i, into[at]), day.end[into[at]] != to[i]), 1))
        out = np.flatnonzero(problem.hub_at[day.start] >= 0)
        i, at = _matching(to, day.end[out])
        found.append((i, out[at], 2))
    shipment = np.concatenate([f[0] for f in found])
    move = np.concatenate([f[1] for f in found])
    role = np.concatenate([np.full(len(f[0]), f[2]) for f in found])
    hub = np.where(role == 1, problem.hub_at[day.end[move]], problem.hub_at[day.start[move]])
    hub[role == 0] = -1
    begin = np.maximum(day.first[move], release[shipment])
    until = np.minimum(day.last[move], due[shipment] - day.slots[move])
    first, last = role == 1, role == 2
    dwell = problem.hub_dwell_slots
    # Where a day has no hub, no pair is a first or last one, and -1 names nothing.
    into, out_of, way = hub[first], hub[last], day.slots[move[first]]
    begin[first] = np.maximum(begin[first], day.hub_first[into] - way)
    until[first] = np.minimum(
        np.minimum(until[first], due[shipment[first]] - way - dwell[into]),
        day.hub_last[into] - way,
    )
    begin[last] = np.maximum(begin[last], day.hub_first[out_of])
    until[last] = np.minimum(until[last], day.hub_last[out_of])
    takes = (problem.shipment_load[shipment] <= 0.0) | (day.capacity[move] > 0.0)
    keep = (begin <= until) & takes.all(axis=1)
    order = np.lexsort((move, role, shipment))
    order = order[keep[order]]
    return Pairs(shipment[order], role[order], move[order], hub[order], begin[order], until[order])


def _only(pair: tuple[IntArray, IntArray], keep: BoolArray) -> tuple[IntArray, IntArray]:
    return pair[0][keep], pair[1][keep]


def _matching(wanted: IntArray, given: IntArray) -> tuple[IntArray, IntArray]:
    """All pairs of positions with equal values."""
    order = np.argsort(given, kind="stable")
    low = np.searchsorted(given[order], wanted, side="left")
    high = np.searchsorted(given[order], wanted, side="right")
    count = high - low
    left = np.repeat(np.arange(len(wanted)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return left, order[np.repeat(low, count) + offset]


def scarcest(problem: ScheduledProblem) -> int:
    """Resource of which all shipments together fill the most vehicles."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = problem.shipment_load.sum(axis=0)
        return int(np.argmax(np.nan_to_num(total / problem.vehicle_capacity.max(axis=0))))


def fewest_vehicles(problem: ScheduledProblem, pairs: Pairs) -> tuple[IntArray, IntArray]:
    """Fewest vehicles that leave each place, and that arrive there [L], [L]; 0 where ships call."""
    day = day_of(problem)
    scarce, places = scarcest(problem), problem.num_locations
    out, back = np.zeros(places, dtype=np.int64), np.zeros(places, dtype=np.int64)
    load = problem.shipment_load[:, scarce]
    room = day.capacity[:, scarce]
    count = problem.num_shipments
    for side, place, own in (
        (out, problem.shipment_origin, day.start),
        (back, problem.shipment_destination, day.end),
    ):
        leaves = pairs.role != (2 if side is out else 1)
        begin = np.full(count, problem.num_slots, dtype=np.int64)
        until = np.full(count, -1, dtype=np.int64)
        np.minimum.at(begin, pairs.shipment[leaves], pairs.begin[leaves])
        np.maximum.at(until, pairs.shipment[leaves], pairs.until[leaves])
        most = np.zeros(places)
        np.maximum.at(most, own, room)
        ships = np.zeros(places, dtype=bool)
        ships[own[problem.num_lanes :]] = True
        for at in np.unique(place):
            if ships[at] or not 0.0 < most[at] < math.inf:
                continue
            for group in np.unique(problem.shipment_group[place == at]):
                mine = (place == at) & (problem.shipment_group == group) & (begin <= until)
                side[at] += fewest(load[mine], begin[mine], until[mine], most[at])
    return out, back
