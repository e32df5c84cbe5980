"""All sets of hubs that a linear bound leaves: a walk through sorted differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.location.hubs.kernel import fast, ranked

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@fast
def _walk(rest, status, room, needed, least, most, slack, sets, sizes, bounds):
    """Count the sets with ``sum rest <= slack``; write as many as fit in `sets`.

    Walks depth first over the hubs in order of `rest`; gives up one above what fits.
    """
    n = len(rest)
    order = ranked(rest)
    chosen = np.empty(n, dtype=np.int64)
    at = np.empty(n + 1, dtype=np.int64)
    free = np.empty(n, dtype=np.int64)
    number, size, total, load = 0, 0, 0.0, 0.0
    for k in range(n):
        if status[k] == 1:
            chosen[size] = k
            size += 1
            total += rest[k]
            load += room[k]
    for q in range(n):
        if status[order[q]] == 0:
            free[number] = order[q]
            number += 1
    # below[q]: sum of the negative differences from q on; summed[q]: of the first q.
    below, summed = np.zeros(number + 1), np.zeros(number + 1)
    spare = np.zeros(number + 1)
    for q in range(number - 1, -1, -1):
        below[q] = below[q + 1] + min(0.0, rest[free[q]])
        spare[q] = spare[q + 1] + room[free[q]]
    for q in range(number):
        summed[q + 1] = summed[q] + rest[free[q]]
    found = 0
    if least <= size <= most and load >= needed and total <= slack:
        if found < len(sizes):
            for q in range(size):
                sets[found, q] = chosen[q]
            sizes[found] = size
            bounds[found] = total
        found += 1
    depth = 0
    at[0] = 0
    while depth >= 0:
        q = at[depth]
        if q >= number or size >= most:
            worth = False
        else:
            lack = max(0, least - size)
            if q + lack > number:
                worth = False
            elif lack > 0:
                more = summed[q + lack] - summed[q] + below[q + lack]
                worth = total + more <= slack and load + spare[q] >= needed
            else:
                least_more = rest[free[q]] if rest[free[q]] >= 0 else below[q]
                worth = total + least_more <= slack and load + spare[q] >= needed
        if not worth:
            depth -= 1
            if depth >= 0:
                size -= 1
                total -= rest[chosen[size]]
                load -= room[chosen[size]]
                at[depth] += 1
            continue
        k = free[q]
        chosen[size] = k
        size += 1
        total += rest[k]
        load += room[k]
        if size >= least and load >= needed and total <= slack:
            if found < len(sizes):
                for r in range(size):
                    sets[found, r] = chosen[r]
                sizes[found] = size
                bounds[found] = total
            found += 1
            if found > len(sizes):
                return found
        depth += 1
        at[depth] = q + 1
    return found


def _most_hubs(rest: FloatArray, status: IntArray, slack: float) -> int:
    """Return the most hubs that a set within the slack has."""
    must = status == 1
    sums = np.cumsum(np.sort(rest[status == 0])) + float(rest[must].sum())
    within = np.flatnonzero(sums <= slack)
    return int(must.sum()) + (int(within[-1]) + 1 if len(within) else 0)


def left_sets(
    rest: FloatArray, status: IntArray, room: FloatArray, needed: float, least: int, most: int,
    slack: float, cap: int,
) -> tuple[IntArray, IntArray, FloatArray] | None:  # fmt: skip
    """Return all sets of hubs whose differences add up to at most `slack`, the least first.

    Parameters
    ----------
    rest
        Difference that a hub adds to the bound ``[K]``.
    status
        1 where a hub must be open, -1 where closed, 0 elsewhere ``[K]``.
    room, needed
        Capacity of each hub, and what they must have together.
    least, most
        Number of hubs.
    slack
        Largest sum.
    cap
        Most sets.

    Returns
    -------
    tuple or None
        Hubs of each set ``[s, most]``, their number ``[s]`` and sum ``[s]``; None when there are
        more than `cap`.
    """
    wide = max(1, min(most, _most_hubs(rest, status, slack)))
    count = 1024
    while True:
        size = min(count, cap)
        sets = np.zeros((size, wide), dtype=np.int64)
        sizes, sums = np.zeros(size, dtype=np.int64), np.zeros(size)
        found = _walk(rest, status, room, needed, least, wide, slack, sets, sizes, sums)
        if found <= size:
            order = np.argsort(sums[:found], kind="stable")
            return sets[:found][order], sizes[:found][order], sums[:found][order]
        if size == cap:
            return None
        count *= 16
