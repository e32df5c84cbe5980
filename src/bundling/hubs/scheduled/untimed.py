r"""A lower bound that counts whole vehicles, and of the clock only what one departure can carry.

Freight that shares a pair of places and a group may share vehicles where the windows in which it
can leave have a slot in common; whether it then comes further in time nobody asks. Any plan of the
day gives a feasible solution of

.. math::
   \min \; \sum_c p_k y_{kc} + \sum_k e_k z_k + \sum_q p_q n_q + \text{hubs, handling, slots}

   \sum_{i: C(i) \subseteq I} l_{ir} x_{ia} \le \sum_{c \in I} q_{kr} y_{kc}, \qquad
   x_{ia} \le \sum_{c \in C(i)} u_c, \qquad u_c \le \sum_k y_{kc}, \qquad x_{ia} \le f_h

with `y` whole vehicles of lane `k` that carry freight of clique `c`, a largest set of freight with
a slot in common (`untimed_windows`), `C(i)` the cliques that freight `i` is in, `I` any row of
cliques by time, `z` empty vehicles, `n` vessels of a sailing, `a` a pair of places by road or by
sailing, `u` whether any vehicle goes, `f` open hubs, and `x` the part of shipment `i` that takes
the pair, a flow from its origin to its destination. Vehicles that return balance at each place. Its
integer optimum, and any bound on that, is a bound on the day.

It is strong where vehicles go full or windows of one pair decide, as in the days of a region, and
weak where waiting on the way decides: there the bound of `bundling.hubs.scheduled.bound` is the
better one. The larger of both is valid, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.state import Day, day_of
from bundling.hubs.scheduled.untimed_windows import Cliques, cliques_of, windows_of
from bundling.mip import LinearModel, solve_model
from bundling.result import Limit, OnEvent

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

_ROUNDING = 1e-9
"""Part of the bound that rounding may have added."""
_MOST_USES = 300_000
"""Shipments times pairs of hubs, beyond which nothing is stated: 12 million took 20 GB."""


def untimed_bound(
    problem: ScheduledProblem,
    *,
    time_limit: float = 30.0,
    gap: float = 1e-3,
    seed: int = 0,
    on_event: OnEvent | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> float:
    """Bound the cost of every plan of the day from below.

    Parameters
    ----------
    problem
        The day.
    time_limit
        Wall seconds for HiGHS.
    gap
        Stop at this relative gap of the relaxation.
    seed
        For HiGHS.
    on_event
        Told of the relaxation's progress; false stops.
    cancelled
        Asked now and then; true stops. For calls from another thread than the main one.

    Returns
    -------
    float
        EUR; ``-inf`` when nothing was proved in time, or the model would take too much memory.

    Raises
    ------
    KeyboardInterrupt
        When the user or `on_event` stopped it.
    """
    if not problem.num_shipments:
        return 0.0
    model = build_untimed(problem) if can_be_stated(problem) else None
    if model is None:
        return -math.inf
    outcome = solve_model(
        model, time_limit=time_limit, gap=gap, seed=seed, step="hubs.scheduled.untimed",
        on_event=on_event, cancelled=cancelled,
    )  # fmt: skip
    if outcome.limit is Limit.INTERRUPT and cancelled is None:
        raise KeyboardInterrupt  # the caller stops, too
    if not math.isfinite(outcome.bound):
        return -math.inf
    return outcome.bound - _ROUNDING * abs(outcome.bound)


def can_be_stated(problem: ScheduledProblem) -> bool:
    """Whether the relaxation fits into memory."""
    if problem.max_hubs < 2:
        return True
    start = np.concatenate([problem.lane_from, problem.sailing_from])
    end = np.concatenate([problem.lane_to, problem.sailing_to])
    between = (problem.hub_at[start] >= 0) & (problem.hub_at[end] >= 0)
    pairs = len(np.unique(start[between] * problem.num_locations + end[between]))
    return problem.num_shipments * pairs <= _MOST_USES


def build_untimed(problem: ScheduledProblem) -> LinearModel | None:
    """State the relaxation; None when some shipment has no way even without a clock."""
    day = day_of(problem)
    lanes = problem.num_lanes
    # Arcs: pairs of places by road (0) and by sailing (1), and the moves of each.
    by_sailing = np.arange(len(day.start)) >= lanes
    keys = np.column_stack([by_sailing, day.start, day.end])
    arcs, arc_of = np.unique(keys, axis=0, return_inverse=True)
    arc_of = arc_of.reshape(-1)
    least_slots = np.full(len(arcs), day.num_slots)
    np.minimum.at(least_slots, arc_of, day.slots)
    shipment, arc = _uses(day, arcs, least_slots)
    starts = np.bincount(shipment[arcs[arc, 1] == day.origin[shipment]],
                         minlength=problem.num_shipments)  # fmt: skip
    if not starts.all():
        return None
    model = LinearModel()
    load, last = day.load[shipment], arcs[arc, 2] == day.destination[shipment]
    hub = np.where(last, -1, day.hub_at[arcs[arc, 2]])
    slot_eur = np.full((len(arcs), problem.num_resources), np.inf)
    np.minimum.at(slot_eur, arc_of, day.slot_eur)
    cost = (load * slot_eur[arc]).sum(axis=1)
    via = np.flatnonzero(hub >= 0)
    cost[via] += (load[via] * day.hub_handling[hub[via]]).sum(axis=1)
    begin, until = windows_of(day, arcs, arc_of, shipment, arc)
    x = model.add_columns("x", len(shipment), upper=1.0 * (begin <= until), cost=cost)
    opened = model.add_columns(
        "open", problem.num_hubs, upper=1.0, cost=problem.hub_fixed_eur, integer=True
    )
    _ways(problem, day, model, arcs, shipment, arc, x)
    group = np.where(arcs[arc, 0] == 1, 0, day.group[shipment])
    pairs, pair = np.unique(np.column_stack([arc, group]), axis=0, return_inverse=True)
    pair = pair.reshape(-1)
    cliques = cliques_of(pair, arcs[pairs[:, 0], 0] == 0, begin, until)
    _vehicles(problem, day, model, arc_of, pairs, pair, cliques, load, x)
    if via.size:
        rows = np.arange(via.size)
        model.add_rows(
            "open", via.size, (rows, x[via], 1.0), (rows, opened[hub[via]], -1.0), upper=0.0
        )
        limited = np.isfinite(day.hub_capacity)
        cell = np.arange(limited.size).reshape(limited.shape)
        most = np.where(limited, day.hub_capacity, 0.0)
        model.add_rows(
            "hub capacity", limited.size,
            (cell[hub[via]], x[via][:, None], load[via] * limited[hub[via]]),
            (cell, opened[:, None], -most), upper=0.0,
        )  # fmt: skip
    return model


def _uses(day: Day, arcs: IntArray, least_slots: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs of a shipment and an arc on some way of it; a direct one must be in time."""
    is_hub = day.hub_at >= 0
    from_hub, to_hub = is_hub[arcs[:, 1]], is_hub[arcs[:, 2]]
    between = np.flatnonzero(from_hub & to_hub) if day.max_hubs >= 2 else np.zeros(0, np.int64)
    shipments, chosen = [], []
    for i in range(len(day.origin)):
        out, into = arcs[:, 1] == day.origin[i], arcs[:, 2] == day.destination[i]
        intime = day.release[i] + least_slots <= day.due[i]
        mine = [np.flatnonzero(out & into & intime)] if day.direct[i] else []
        if day.max_hubs >= 1:
            # A hub at the origin or destination is no stop on the way.
            first = np.flatnonzero(out & to_hub & ~into & intime)
            final = np.flatnonzero(from_hub & into & ~out & intime)
            mine += [first, final]
            inner = between[~out[between] & ~into[between]]
            inner = inner[
                (arcs[inner, 2] != day.origin[i]) & (arcs[inner, 1] != day.destination[i])
            ]
            mine.append(inner)
        rows = np.concatenate(mine) if mine else np.zeros(0, dtype=np.int64)
        shipments.append(np.full(len(rows), i))
        chosen.append(rows)
    return np.concatenate(shipments).astype(np.int64), np.concatenate(chosen).astype(np.int64)


def _ways(
    problem: ScheduledProblem, day: Day, model: LinearModel, arcs: IntArray, shipment: IntArray,
    arc: IntArray, x: IntArray,
) -> None:  # fmt: skip
    """Ask for a flow from origin to destination over at most so many arcs."""
    count = problem.num_shipments
    begins = np.flatnonzero(arcs[arc, 1] == day.origin[shipment])
    ends = np.flatnonzero(arcs[arc, 2] == day.destination[shipment])
    model.add_rows("leaves", count, (shipment[begins], x[begins], 1.0), lower=1.0, upper=1.0)
    model.add_rows("arrives", count, (shipment[ends], x[ends], 1.0), lower=1.0, upper=1.0)
    model.add_rows("moves", count, (shipment, x, 1.0), upper=float(day.max_hubs + 1))
    if problem.num_hubs:
        enters = np.flatnonzero(arcs[arc, 2] != day.destination[shipment])
        leaves = np.flatnonzero(arcs[arc, 1] != day.origin[shipment])
        row_in = shipment[enters] * problem.num_hubs + day.hub_at[arcs[arc[enters], 2]]
        row_out = shipment[leaves] * problem.num_hubs + day.hub_at[arcs[arc[leaves], 1]]
        model.add_rows(
            "hub", count * problem.num_hubs,
            (row_in, x[enters], 1.0), (row_out, x[leaves], -1.0), lower=0.0, upper=0.0,
        )  # fmt: skip


def _vehicles(
    problem: ScheduledProblem, day: Day, model: LinearModel, arc_of: IntArray, pairs: IntArray,
    pair: IntArray, cliques: Cliques, load: FloatArray, x: IntArray,
) -> None:  # fmt: skip
    """Whole vehicles and vessels for the freight of each pair of an arc and a group."""
    moves_of = [np.flatnonzero(arc_of == a) for a in range(int(arc_of.max(initial=-1)) + 1)]
    arc_at = pairs[cliques.pair, 0].tolist()
    parts = [(k, c) for c, a in enumerate(arc_at) for k in moves_of[a].tolist()]
    move, of = np.array(parts, dtype=np.int64).reshape(-1, 2).T
    price = np.concatenate([problem.lane_price_eur, problem.sailing_price_eur])
    lanes = problem.num_lanes
    most = np.where(move < lanes, 10.0**6, np.minimum(day.limit[move], 10**6))
    y = model.add_columns("vehicles", len(move), upper=most, cost=price[move], integer=True)
    resources = problem.num_resources
    # A resource without limit on some move of the pair says nothing about the pair.
    bounded = np.ones((len(pairs), resources), dtype=bool)
    np.logical_and.at(bounded, cliques.pair[of], np.isfinite(day.capacity[move]))
    room = np.where(np.isfinite(day.capacity), day.capacity, 0.0)[move]
    can = np.flatnonzero(cliques.first <= cliques.last)
    inside, use, over, by = _rows_of_cliques(cliques, can, of)
    cell = np.arange((int(inside.max(initial=-1)) + 1) * resources).reshape(-1, resources)
    model.add_rows(
        "room", cell.size,
        (cell[inside], x[use][:, None], load[use] * bounded[pair[use]]),
        (cell[over], y[by][:, None], -room[by] * bounded[cliques.pair[of[by]]]),
        upper=0.0,
    )  # fmt: skip
    # A use with freight has a vehicle; `used` in between keeps the rows short.
    used = model.add_columns("used", len(cliques.pair), upper=1.0)
    number = (cliques.last - cliques.first + 1)[can]
    each = np.repeat(np.arange(len(can)), number)
    within = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    mine, own = used[cliques.first[can][each] + within], np.arange(len(used))
    model.add_rows(
        "carried", len(can), (np.arange(len(can)), x[can], 1.0), (each, mine, -1.0), upper=0.0
    )
    model.add_rows("used", len(used), (own, used, 1.0), (of, y, -1.0), upper=0.0)
    usable = np.flatnonzero(
        problem.vehicle_returns[problem.lane_vehicle] & np.isfinite(problem.lane_empty_eur)
    )
    empty = model.add_columns("empty", len(usable), cost=problem.lane_empty_price_eur[usable])
    fleet = np.arange(problem.num_vehicles * problem.num_locations).reshape(
        problem.num_vehicles, problem.num_locations
    )
    loaded = np.flatnonzero(move < lanes)
    lane = move[loaded]
    vehicle, back = problem.lane_vehicle[lane], problem.lane_vehicle[usable]
    returns = problem.vehicle_returns[vehicle].astype(np.float64)
    model.add_rows(
        "return", fleet.size,
        (fleet[vehicle, problem.lane_to[lane]], y[loaded], returns),
        (fleet[vehicle, problem.lane_from[lane]], y[loaded], -returns),
        (fleet[back, problem.lane_to[usable]], empty, 1.0),
        (fleet[back, problem.lane_from[usable]], empty, -1.0),
        lower=0.0, upper=0.0,
    )  # fmt: skip


def _rows_of_cliques(
    cliques: Cliques, can: IntArray, of: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Pairs of a row of cliques and what is wholly inside it: uses, and vehicles by clique `of`.

    Only rows from the first clique of a use to the last of a use count: by Hall's condition for
    intervals the others follow.
    """
    low, high, pair = cliques.first[can], cliques.last[can], cliques.pair[cliques.first[can]]
    inside: list[IntArray] = []
    over: list[IntArray] = []
    number = 0
    by_pair = np.argsort(pair, kind="stable")
    edges = np.searchsorted(pair[by_pair], np.arange(int(pair.max(initial=-1)) + 2))
    vehicles = np.argsort(of, kind="stable")
    for p in range(len(edges) - 1):
        mine = by_pair[edges[p] : edges[p + 1]]
        for a in np.unique(low[mine]).tolist():
            for b in np.unique(high[mine]).tolist():
                held = mine[(low[mine] >= a) & (high[mine] <= b)]
                if not held.size:
                    continue
                first, last = np.searchsorted(of[vehicles], (a, b + 1))
                inside.append(np.stack([np.full(len(held), number), can[held]]))
                over.append(np.stack([np.full(last - first, number), vehicles[first:last]]))
                number += 1
    none = np.zeros((2, 0), dtype=np.int64)
    (row, use), (again, vehicle) = (
        np.concatenate([none, *part], axis=1) for part in (inside, over)
    )
    return row, use, again, vehicle
