"""Who pays for which vehicle in the bound: pairs of a shipment and a move at an end of its way."""

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


class Freight(NamedTuple):
    """What the ways need of the problem: few arrays, as each makes compiling longer."""

    from_hub: IntArray  # hub at which a move begins, -1 for none [K + Q]
    to_hub: IntArray  # [K + Q]
    end: IntArray  # place [K + Q]
    slots: IntArray  # under way [K + Q]
    first: IntArray  # slots of departure [K + Q]
    last: IntArray
    capacity: FloatArray  # [K + Q, R]
    slot_eur: FloatArray  # [K + Q, R]
    shared: BoolArray  # by all groups [K + Q]
    hub_first: IntArray
    hub_last: IntArray
    hub_dwell: IntArray
    hub_fixed: FloatArray
    hub_handling: FloatArray
    destination: IntArray
    load: FloatArray
    due: IntArray
    group: IntArray
    max_hubs: int


class Ends(NamedTuple):
    """Pairs of a shipment and a move at an end of its way: direct ones, first ones, last ones."""

    start: IntArray  # those of shipment i: start[i] to start[i + 1] [N + 1]
    first: IntArray  # where its first ones begin [N]
    last: IntArray  # where its last ones begin [N]
    move: IntArray  # [E]
    row: IntArray  # of the shares [E]
    hub: IntArray  # that the move leads to, or comes from; -1 for a direct way [E]
    begin: IntArray  # slots of departure [E]
    until: IntArray
    full: FloatArray  # share of a vehicle's scarcest room [E]
    vehicles: FloatArray  # at least so many [E]
    aboard_eur: FloatArray  # price on board [E]
    offset: IntArray  # of its weights, less its first period [E]
    scarce: int  # the resource that counts
    between: IntArray  # moves from a hub to another, by both
    between_start: IntArray  # where those from hub h to hub g begin; g + 1 ends them [H, H + 1]


class Shares(NamedTuple):
    """Weights by which prices are shared out; changed in place."""

    own: FloatArray  # of each pair and period
    load: FloatArray  # of the load on board [rows, periods]
    total: FloatArray  # of all [rows, periods]
    row_of: IntArray  # of a move and group [K + Q, G]
    has_ends: BoolArray  # whether anybody shares but the load [rows]
    hub: FloatArray  # of each shipment in a hub's cost [N, H]
    hub_total: FloatArray  # [H]
    now: IntArray  # steps taken [1]
    turn: IntArray  # last step in which a price was paid [rows, periods]
    turns: IntArray  # in how many [rows, periods]


class Room(NamedTuple):
    """Room for the ways of one shipment."""

    ready: FloatArray  # least cost at each hub and slot after the first move [H, T]
    ready_by: IntArray  # pair and slot of that [H, T, 2]
    is_reached: BoolArray
    reached: IntArray
    tail: FloatArray  # least cost from each hub and slot on, by the last move [H, T]
    tail_by: IntArray
    has_tail: BoolArray
    tails: IntArray
    handle: FloatArray  # what a hub costs the shipment [H]
    times: IntArray  # slots at which waiting pays [T]


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


def cut(
    problem: ScheduledProblem,
    pairs: Pairs,
    period: int,
    before: int,
    ends: Ends | None,
    shares: Shares | None,
) -> tuple[Ends, Shares]:
    """Return weights by shorter periods; those of a period become those of each of its parts."""
    day = day_of(problem)
    count = problem.num_shipments
    groups = max(1, problem.num_groups)
    number = pairs.until // period - pairs.begin // period + 1
    offset = np.cumsum(number) - number
    group = np.where(day.shared[pairs.move], 0, problem.shipment_group[pairs.shipment])
    row_of = np.arange(len(day.start) * groups).reshape(len(day.start), groups)
    periods = (problem.num_slots - 1) // period + 1
    pair = np.repeat(np.arange(len(number)), number)
    at = np.arange(number.sum()) - offset[pair] + (pairs.begin // period)[pair]
    if ends is None or shares is None:
        scarce = _scarce(problem)
        full, vehicles, aboard = _on_board(problem, day, pairs, scarce)
        rows = row_of[pairs.move, group]
        has_ends = np.zeros(row_of.size, dtype=bool)
        has_ends[rows] = True
        own = np.ones(len(pair))
        turns = np.zeros((row_of.size, periods), dtype=np.int64)
        load = np.ones((row_of.size, periods))
        hub = np.ones((count, problem.num_hubs))
    else:
        scarce, full, vehicles, aboard = ends.scarce, ends.full, ends.vehicles, ends.aboard_eur
        rows, has_ends, hub = ends.row, shares.has_ends, shares.hub
        was = at * period // before
        own = shares.own[ends.offset[pair] + was]
        longer = np.arange(periods) * period // before
        # In rows, as at first: another layout would be compiled again.
        load = np.ascontiguousarray(shares.load[:, longer])
        turns = np.ascontiguousarray(shares.turns[:, longer] * period // before)
    between, between_start = _between(problem, day)
    edges = np.searchsorted(
        pairs.shipment * 3 + pairs.role, np.arange(count)[:, None] * 3 + np.arange(3)
    )
    ends = Ends(
        start=np.append(edges[:, 0], len(number)),
        first=edges[:, 1],
        last=edges[:, 2],
        move=pairs.move,
        row=rows,
        hub=pairs.hub,
        begin=pairs.begin,
        until=pairs.until,
        full=full,
        vehicles=vehicles,
        aboard_eur=aboard,
        offset=offset - pairs.begin // period,
        scarce=scarce,
        between=between,
        between_start=between_start,
    )
    return ends, Shares(
        own=own,
        load=load,
        total=np.ones((row_of.size, periods)),
        row_of=row_of,
        has_ends=has_ends,
        hub=hub,
        hub_total=hub.sum(axis=0),
        now=np.zeros(1, dtype=np.int64) if shares is None else shares.now,
        turn=np.zeros((row_of.size, periods), dtype=np.int64),
        turns=turns,
    )


def _on_board(
    problem: ScheduledProblem, day: Day, pairs: Pairs, scarce: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the share of the scarcest room, vehicles at least, and price on board of pairs."""
    load, room = problem.shipment_load[pairs.shipment], day.capacity[pairs.move]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(load > 0.0, load / room, 0.0)
    vehicles = np.maximum(1.0, np.ceil(share.max(axis=1, initial=0.0) - 1e-7))
    aboard: FloatArray = (load * day.slot_eur[pairs.move]).sum(axis=1)
    return share[:, scarce].copy(), vehicles, aboard


def _between(problem: ScheduledProblem, day: Day) -> tuple[IntArray, IntArray]:
    """Return moves between hubs by both, and where those of each two begin [H, H + 1]."""
    hubs = problem.num_hubs
    start, end = problem.hub_at[day.start], problem.hub_at[day.end]
    both = np.flatnonzero((start >= 0) & (end >= 0))
    key = start[both] * hubs + end[both]
    order = np.argsort(key, kind="stable")
    edges = np.arange(hubs)[:, None] * hubs + np.arange(hubs + 1)
    first: IntArray = np.searchsorted(key[order], edges)
    return both[order], first


def _scarce(problem: ScheduledProblem) -> int:
    """Resource of which all shipments together fill the most vehicles."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = problem.shipment_load.sum(axis=0)
        return int(np.argmax(np.nan_to_num(total / problem.vehicle_capacity.max(axis=0))))


def freight_of(day: Day) -> Freight:
    """Return what the ways need of a day."""
    return Freight(
        from_hub=day.hub_at[day.start],
        to_hub=day.hub_at[day.end],
        **{name: getattr(day, name) for name in Freight._fields[2:]},
    )


def room_of(problem: ScheduledProblem) -> Room:
    """Return room for one search of ways at a time."""
    hubs, slots = max(1, problem.num_hubs), problem.num_slots
    return Room(
        ready=np.full((hubs, slots), np.inf),
        ready_by=np.zeros((hubs, slots, 2), dtype=np.int64),
        is_reached=np.zeros(hubs, dtype=bool),
        reached=np.zeros(hubs, dtype=np.int64),
        tail=np.full((hubs, slots), np.inf),
        tail_by=np.zeros((hubs, slots, 2), dtype=np.int64),
        has_tail=np.zeros(hubs, dtype=bool),
        tails=np.zeros(hubs, dtype=np.int64),
        handle=np.zeros(hubs),
        times=np.zeros(slots, dtype=np.int64),
    )


def fewest_vehicles(problem: ScheduledProblem, pairs: Pairs) -> tuple[IntArray, IntArray]:
    """Fewest vehicles that leave each place, and that arrive there [L], [L]; 0 where ships call."""
    day = day_of(problem)
    scarce, places = _scarce(problem), problem.num_locations
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
