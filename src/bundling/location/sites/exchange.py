"""Open, close and exchange sites while that pays, by the clients' sorted lists.

What a change brings is known for all changes at once from each client's two nearest open sites.

References
----------
- M. G. C. Resende, R. F. Werneck, "A fast swap-based local search procedure for location problems",
  Annals of Operations Research 150 (2007) 205-230.
"""

from __future__ import annotations

import numpy as np

from bundling.location.kernel import kernel
from bundling.location.sites.relax import CLOSED, OPEN

_EPS = 1e-9


@kernel
def _two_nearest(lists, is_open, missed, first, second):
    """Write the two cheapest open sites of each client, by place in its list; -1: none."""
    total = 0.0
    for i in range(len(missed)):
        first[i], second[i] = -1, -1
        for t in range(lists.start[i], lists.start[i + 1]):
            if is_open[lists.site[t]]:
                if first[i] < 0:
                    first[i] = t
                else:
                    second[i] = t
                    break
        total += missed[i] if first[i] < 0 else lists.cost[first[i]]
    return total


@kernel
def exchange(lists, fixed, status, least, most, missed, is_open, rounds):
    """Change open sites for the better until no change pays.

    Parameters
    ----------
    lists, fixed, status, least, most
        As in `relax.ascend`; a decided site keeps its state.
    missed
        What a client without an open site counts for ``[I]``; finite.
    is_open
        Changed ``[J]``.
    rounds
        At most so many changes.

    Returns
    -------
    float
        Cost of the sites, with `missed` for each client that none serves.
    """
    num, num_sites = len(missed), len(fixed)
    first, second = np.zeros(num, np.int64), np.zeros(num, np.int64)
    gain, loss = np.zeros(num_sites), np.zeros(num_sites)
    row = np.full(num_sites, -1, np.int64)
    members = np.zeros(num_sites, np.int64)
    cost = 0.0
    for turn in range(rounds + 1):
        cost = _two_nearest(lists, is_open, missed, first, second)
        count = 0
        for j in range(num_sites):
            row[j] = -1
            if is_open[j]:
                cost += fixed[j]
                row[j], members[count] = count, j
                count += 1
        if turn == rounds:
            break
        gain[:], loss[:] = 0.0, 0.0
        extra = np.zeros((count, num_sites))
        for i in range(num):
            far = missed[i] if second[i] < 0 else lists.cost[second[i]]
            near = missed[i] if first[i] < 0 else lists.cost[first[i]]
            leaves = -1
            if first[i] >= 0:
                leaves = lists.site[first[i]]
                loss[leaves] += far - near
            for t in range(lists.start[i], lists.start[i + 1]):
                c = lists.cost[t]
                if c >= far:
                    break
                j = lists.site[t]
                if is_open[j]:
                    continue
                if c < near:
                    gain[j] += near - c
                if leaves >= 0:
                    extra[row[leaves], j] += far - max(c, near)
        best, come, go = -_EPS * max(1.0, abs(cost)), -1, -1
        for k in range(count):
            j = members[k]
            if status[j] == OPEN or count - 1 < least:
                continue
            change = loss[j] - fixed[j]
            if change < best:
                best, come, go = change, -1, j
        for j in range(num_sites):
            if is_open[j] or status[j] == CLOSED:
                continue
            change = fixed[j] - gain[j]
            if count < most and change < best:
                best, come, go = change, j, -1
            for k in range(count):
                other = members[k]
                if status[other] == OPEN:
                    continue
                swap = change + loss[other] - extra[k, j] - fixed[other]
                if swap < best:
                    best, come, go = swap, j, other
        if come < 0 and go < 0:
            break
        if come >= 0:
            is_open[come] = True
        if go >= 0:
            is_open[go] = False
    return cost


@kernel
def greedy(lists, fixed, status, least, most, missed, is_open):
    """Open the site that brings most, one after the other, while one must or it pays.

    Parameters
    ----------
    lists, fixed, status, least, most, missed
        As in `exchange`.
    is_open
        Written ``[J]``.
    """
    num, num_sites = len(missed), len(fixed)
    served = missed.copy()
    count = 0
    for j in range(num_sites):
        is_open[j] = status[j] == OPEN
        if is_open[j]:
            count += 1
    for i in range(num):
        for t in range(lists.start[i], lists.start[i + 1]):
            if is_open[lists.site[t]]:
                served[i] = lists.cost[t]
                break
    gain = np.zeros(num_sites)
    while count < most:
        gain[:] = 0.0
        for i in range(num):
            for t in range(lists.start[i], lists.start[i + 1]):
                c = lists.cost[t]
                if c >= served[i]:
                    break
                gain[lists.site[t]] += served[i] - c
        best = -1
        for j in range(num_sites):
            if is_open[j] or status[j] == CLOSED:
                continue
            if best < 0 or gain[j] - fixed[j] > gain[best] - fixed[best]:
                best = j
        if best < 0 or (count >= least and gain[best] <= fixed[best]):
            break
        is_open[best] = True
        count += 1
        for i in range(num):
            for t in range(lists.start[i], lists.start[i + 1]):
                c = lists.cost[t]
                if c >= served[i]:
                    break
                if lists.site[t] == best:
                    served[i] = c
                    break
