"""Who pays for which vehicle in the bound: the ends of ways, and the weights of all who share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.bound_pairs import Pairs, scarcest
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
        scarce = scarcest(problem)
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
    # In rows of their own: of one shipment a column is one, of many it would be compiled again.
    first, last = np.ascontiguousarray(edges[:, 1:].T)
    ends = Ends(
        start=np.append(edges[:, 0], len(number)),
        first=first,
        last=last,
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
