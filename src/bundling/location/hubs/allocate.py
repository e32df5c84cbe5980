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
    for i in np.argsort(-sent):
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
                hub[i] = c
                now += _move_cost(flow, back, unary, transfer, hub, j, c)
                new = _move_cost(flow, back, unary, transfer, hub, j, a)
                hub[j] = a
                new += _move_cost(flow, back, unary, transfer, hub, i, c)
                hub[j] = c
                hub[i] = a
                # Steps: j stands at c while i leaves, i stands at c while j leaves.
                now = now
                if new < now - 1e-9 * abs(now):
                    first = allocated_cost(flow, unary, transfer, hub)
                    hub[i], hub[j] = c, a
                    if allocated_cost(flow, unary, transfer, hub) < first - 1e-9 * abs(first):
                        left[a] += more
                        left[c] -= more
                        improved = True
                    else:
                        hub[i], hub[j] = a, c
    return allocated_cost(flow, unary, transfer, hub)


@fast
def improve_allocation(flow, back, sent, unary, transfer, fixed, capacity, status, least, most,
                       is_open, hub, stop):  # fmt: skip
    """Exchange, add and drop hubs while that pays; change `is_open` and `hub`, return the cost.

    Takes the first change that pays. Ends early when ``stop[0]`` is set.
    """
    n = len(sent)
    trial = np.empty(n, dtype=np.int64)
    hubs = np.flatnonzero(is_open)
    best = allocate(flow, back, sent, unary, transfer, capacity, hubs, hub) + fixed[hubs].sum()
    improved = True
    while improved and not stop[0]:
        improved = False
        for a in range(-1, n):
            for b in range(-1, n):
                count = is_open.sum()
                if a < 0 and (b < 0 or count >= most):
                    continue
                if a >= 0 and (not is_open[a] or status[a] == 1 or (b < 0 and count <= least)):
                    continue
                if b >= 0 and (is_open[b] or status[b] == -1):
                    continue
                if a >= 0:
                    is_open[a] = False
                if b >= 0:
                    is_open[b] = True
                hubs = np.flatnonzero(is_open)
                cost = fixed[hubs].sum()
                if cost < best and len(hubs):
                    cost += allocate(flow, back, sent, unary, transfer, capacity, hubs, trial)
                    if cost < best - 1e-9 * abs(best) or (best == np.inf and cost < np.inf):
                        best = cost
                        hub[:] = trial
                        improved = True
                        continue
                if a >= 0:
                    is_open[a] = True
                if b >= 0:
                    is_open[b] = False
            if stop[0]:
                break
    return best
