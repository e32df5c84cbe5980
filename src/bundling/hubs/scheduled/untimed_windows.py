"""When freight can leave over a pair of places, and which of it can never share a vehicle.

Freight can share a departure only where its windows have a slot in common. Windows of one pair of
places form an interval graph: every departure carries part of one of its maximal cliques, of which
there are no more than windows (D. R. Fulkerson, O. A. Gross, "Incidence matrices and interval
graphs", Pacific Journal of Mathematics 15 (1965) 835-855).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.state import Day

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cliques:
    """Sets of uses of a pair that may all share a departure.

    Attributes
    ----------
    pair
        Pair of each clique, in order ``[C]``; those of a pair by time.
    first, last
        First and last clique that each use belongs to ``[X]``.
    """

    pair: IntArray
    first: IntArray
    last: IntArray


def windows_of(
    day: Day, arcs: IntArray, arc_of: IntArray, shipment: IntArray, arc: IntArray
) -> tuple[IntArray, IntArray]:
    """First and last slot in which each use may depart ``[X]``; first after last where it cannot.

    Parameters
    ----------
    day
        The problem.
    arcs, arc_of
        Pairs of places as (by sailing, from, to) ``[A, 3]``, and the pair of each move ``[K + Q]``.
    shipment, arc
        Of each use ``[X]``.
    """
    count, hubs = len(day.origin), len(day.hub_location)
    under_way, longest = np.full(len(arcs), day.num_slots), np.zeros(len(arcs), dtype=np.int64)
    opens, shuts = under_way.copy(), longest.copy()
    np.minimum.at(under_way, arc_of, day.slots)
    np.maximum.at(longest, arc_of, day.slots)
    np.minimum.at(opens, arc_of, day.first)
    np.maximum.at(shuts, arc_of, day.last)
    slots = under_way[arc]
    if not hubs:
        begin, until = day.release[shipment], day.due[shipment] - slots
        return np.maximum(begin, opens[arc]), np.minimum(until, shuts[arc])
    out_of, into = day.hub_at[arcs[arc, 1]], day.hub_at[arcs[arc, 2]]
    begins, ends = arcs[arc, 1] == day.origin[shipment], arcs[arc, 2] == day.destination[shipment]
    first, inner, final = begins & ~ends, ~begins & ~ends, ends & ~begins
    never = 10**6
    between = np.full((hubs, hubs), never)
    np.minimum.at(between, (out_of[inner], into[inner]), slots[inner])
    dwell = day.hub_dwell
    # Ready to leave each hub at the earliest; once with room for another hub on the way.
    ready = np.full((count, hubs), never)
    there = np.maximum(day.release[shipment] + slots, day.hub_first[into])
    np.minimum.at(ready, (shipment[first], into[first]), (there + dwell[into])[first])
    earliest, ready_before = ready, ready
    # Must leave each hub at the latest, in the same two ways.
    leave = np.full((count, hubs), -never)
    np.maximum.at(
        leave, (shipment[final], out_of[final]),
        np.minimum(day.due[shipment] - slots, day.hub_last[out_of])[final],
    )  # fmt: skip
    latest, leave_before = leave, leave
    for _ in range(day.max_hubs - 1):
        ready_before, leave_before = earliest, latest
        again = (earliest[:, :, None] + (between + dwell)[None]).min(axis=1, initial=never)
        onward = (latest[:, None, :] - (between + dwell)[None]).max(axis=2, initial=-never)
        earliest = np.minimum(ready, again)
        latest = np.maximum(leave, np.minimum(onward, day.hub_last))
    begin, until = day.release[shipment].copy(), day.due[shipment] - slots
    begin[inner] = ready_before[shipment[inner], out_of[inner]]
    begin[final] = earliest[shipment[final], out_of[final]]
    late = ~begins
    begin[late] = np.maximum(begin, day.hub_first[out_of])[late]
    until[late] = np.minimum(until, day.hub_last[out_of])[late]
    until[inner] = np.minimum(until, (leave_before - dwell)[shipment, into] - slots)[inner]
    until[first] = np.minimum(until, (latest - dwell)[shipment, into] - slots)[first]
    enters = ~ends
    begin[enters] = np.maximum(begin, day.hub_first[into] - longest[arc])[enters]
    until[enters] = np.minimum(until, day.hub_last[into] - slots)[enters]
    return np.maximum(begin, opens[arc]), np.minimum(until, shuts[arc])


def cliques_of(
    pair: IntArray, is_timed: NDArray[np.bool_], begin: IntArray, until: IntArray
) -> Cliques:
    """Find the maximal cliques of the windows of each pair.

    Parameters
    ----------
    pair
        Of each use ``[X]``.
    is_timed
        Whether the windows of a pair count; one clique where they do not ``[P]``.
    begin, until
        Window of each use; those without one belong to no clique ``[X]``.
    """
    first, last = np.zeros(len(pair), dtype=np.int64), np.full(len(pair), -1)
    owner: list[int] = []
    order = np.argsort(pair, kind="stable")
    edges = np.searchsorted(pair[order], np.arange(len(is_timed) + 1))
    for p in range(len(is_timed)):
        mine = order[edges[p] : edges[p + 1]]
        mine = mine[begin[mine] <= until[mine]]
        points = _points(begin[mine], until[mine]) if is_timed[p] else np.zeros(1, np.int64)
        low, high = np.zeros(len(mine), np.int64), np.zeros(len(mine), np.int64)
        if is_timed[p]:
            low = np.searchsorted(points, begin[mine], side="left")
            high = np.searchsorted(points, until[mine], side="right") - 1
        first[mine], last[mine] = len(owner) + low, len(owner) + high
        owner += [p] * max(1, len(points))
    return Cliques(np.array(owner, dtype=np.int64), first, last)


def _points(begin: IntArray, until: IntArray) -> IntArray:
    """Return a slot of each maximal clique: ends of windows before which another one began."""
    points: list[int] = []
    starts = np.sort(begin)
    for end in np.unique(until).tolist():
        newest = starts[np.searchsorted(starts, end, side="right") - 1]
        if not points or newest > points[-1]:
            points.append(end)
    return np.array(points, dtype=np.int64)
