"""Single allocation to given hubs: cost, and exchange of nodes between hubs."""

from __future__ import annotations

import numpy as np

from bundling.location.hubs.kernel import fast, ranked


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
def _move_cost(flow, back, unary, transfer, hub, i, k):
    """Cost of all that concerns node `i` when it is allocated to `k`; `back` is `flow` turned."""
    total = unary[i, k]
    for j in range(len(hub)):
        if j != i:
            total += flow[i, j] * transfer[k, hub[j]] + back[i, j] * transfer[hub[j], k]
    return total + flow[i, i] * transfer[k, k]


@fast
def allocate(flow, back, sent, unary, transfer, capacity, hubs, hub):
    """Allocate all nodes to `hubs` in `hub` and improve it; return the cost, ``inf`` if stuck.

    First each node goes where its own legs are cheapest and there is room, the largest first; then
    nodes move, and where capacities bind exchange places, while that pays.
    """
    n = len(sent)
    left = capacity.copy()
    hub[:] = -1
    limited = False
    for k in hubs:
        hub[k] = k
        left[k] -= sent[k]
        limited |= np.isfinite(capacity[k])
        if left[k] < -1e-9 * capacity[k]:
            return np.inf
    for i in ranked(-sent):
        if hub[i] >= 0:
            continue
        at = np.inf
        for k in hubs:
            if unary[i, k] < at and sent[i] <= left[k]:
                at = unary[i, k]
                hub[i] = k
        if hub[i] < 0:
            return np.inf
        left[hub[i]] -= sent[i]
    is_hub = np.zeros(n, dtype=np.bool_)
    is_hub[hubs] = True
    improved = True
    while improved:
        improved = False
        for i in range(n):
            if is_hub[i]:
                continue
            now = _move_cost(flow, back, unary, transfer, hub, i, hub[i])
            for k in hubs:
                if k == hub[i] or sent[i] > left[k]:
                    continue
                cost = _move_cost(flow, back, unary, transfer, hub, i, k)
                if cost < now - 1e-9 * abs(now):
                    left[hub[i]] += sent[i]
                    left[k] -= sent[i]
                    hub[i] = k
                    now = cost
                    improved = True
        if improved or not limited:
            continue
        for i in range(n):
            for j in range(i):
                a, c = hub[i], hub[j]
                if is_hub[i] or is_hub[j] or a == c:
                    continue
                more = sent[i] - sent[j]
                if more > left[c] or -more > left[a]:
                    continue
                now = _move_cost(flow, back, unary, transfer, hub, i, a)
                gain = now - _move_cost(flow, back, unary, transfer, hub, i, c)
                hub[i] = c
                gain += _move_cost(flow, back, unary, transfer, hub, j, c)
                gain -= _move_cost(flow, back, unary, transfer, hub, j, a)
                if gain > 1e-9 * abs(now):
                    hub[j] = a
                    left[a] += more
                    left[c] -= more
                    improved = True
                else:
                    hub[i] = a
    return allocated_cost(flow, unary, transfer, hub)
