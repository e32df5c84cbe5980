"""Single allocation to given hubs: cost, and exchange of nodes between hubs."""

from __future__ import annotations

import numpy as np

from bundling.location.hubs.kernel import fast


@fast
def allocated_cost(flow, unary, transfer, hub):
    """Return the cost of carrying all flow when node ``i`` is allocated to ``hub[i]``.

    `unary` ``[n, n]``: collection and distribution of all flow of a node at a hub.
    """
    n = len(hub)
    total = 0.0
    for i in range(n):
        total += unary[i, hub[i]]
        for j in range(n):
            total += flow[i, j] * transfer[hub[i], hub[j]]
    return total


@fast
def _place(sent, order, unary, room, hubs, at):
    """Put nodes where their own legs are cheapest and there is room; tell whether all fit."""
    p = len(hubs)
    for i in range(len(at)):
        at[i] = -1
    for q in range(p):
        k = hubs[q]
        at[k] = q
        room[q] -= sent[k]
        if room[q] < -1e-9 * (room[q] + sent[k]):
            return False
    for i in order:
        if at[i] >= 0:
            continue
        least = np.inf
        for q in range(p):
            if unary[i, hubs[q]] < least and sent[i] <= room[q]:
                least = unary[i, hubs[q]]
                at[i] = q
        if at[i] < 0:
            return False
        room[at[i]] -= sent[i]
    return True


@fast
def _go(i, q, flow, back, ways, at, cost):
    """Move node `i` to hub `q`, and bring what the others cost up to date."""
    n, p = cost.shape
    old = at[i]
    at[i] = q
    for j in range(n):
        if j == i:
            continue
        come, go = back[i, j], flow[i, j]
        for r in range(p):
            cost[j, r] += come * (ways[r, q] - ways[r, old]) + go * (ways[q, r] - ways[old, r])


@fast
def allocate(flow, back, sent, order, unary, transfer, capacity, hubs, hub):
    """Allocate all nodes to `hubs` in `hub` and improve it; return the cost, ``inf`` if stuck.

    First each node goes where its own legs are cheapest and there is room, in the given order; then
    nodes move, and where capacities bind exchange places, while that pays. What each node costs at
    each hub, the others staying where they are, stands in a table that a move brings up to date.
    """
    n, p = len(sent), len(hubs)
    at, room = np.empty(n, dtype=np.int64), np.empty(p)
    ways, cost = np.empty((p, p)), np.empty((n, p))
    limited = False
    for q in range(p):
        room[q] = capacity[hubs[q]]
        limited |= np.isfinite(room[q])
        for r in range(p):
            ways[q, r] = transfer[hubs[q], hubs[r]]
    if not _place(sent, order, unary, room, hubs, at):
        return np.inf
    gone, come = np.empty(p), np.empty(p)
    for i in range(n):
        for q in range(p):
            gone[q] = 0.0
            come[q] = 0.0
        for j in range(n):
            if j != i:
                gone[at[j]] += flow[i, j]
                come[at[j]] += back[i, j]
        for q in range(p):
            total = unary[i, hubs[q]] + flow[i, i] * ways[q, q]
            for r in range(p):
                total += gone[r] * ways[q, r] + come[r] * ways[r, q]
            cost[i, q] = total
    improved = True
    while improved:
        improved = False
        for i in range(n):
            if hubs[at[i]] == i:
                continue
            a = at[i]
            to = a
            for q in range(p):
                if q != a and sent[i] <= room[q] and cost[i, q] < cost[i, to]:
                    to = q
            if cost[i, to] < cost[i, a] - 1e-9 * abs(cost[i, a]):
                room[a] += sent[i]
                room[to] -= sent[i]
                _go(i, to, flow, back, ways, at, cost)
                improved = True
        if improved or not limited:
            continue
        for i in range(n):
            if hubs[at[i]] == i:
                continue
            for j in range(i):
                a, c = at[i], at[j]
                more = sent[i] - sent[j]
                if a == c or hubs[c] == j or more > room[c] or -more > room[a]:
                    continue
                # Each has been priced as if the other stayed: what is between them, set right.
                between = flow[i, j] * (ways[c, a] + ways[a, c] - ways[c, c] - ways[a, a])
                between += back[i, j] * (ways[c, a] + ways[a, c] - ways[c, c] - ways[a, a])
                now = cost[i, a]
                if cost[i, c] - now + cost[j, a] - cost[j, c] + between < -1e-9 * abs(now):
                    room[a] += more
                    room[c] -= more
                    _go(i, c, flow, back, ways, at, cost)
                    _go(j, a, flow, back, ways, at, cost)
                    improved = True
    for i in range(n):
        hub[i] = hubs[at[i]]
    return allocated_cost(flow, unary, transfer, hub)
