"""Single allocation to given hubs, proved: branch and bound on messages.

At each node messages are passed until they help no more; a hub that costs a node too much is struck
out; then the node with the most flow is allocated to each hub left, the cheapest first. Capacities
count by tolls on the flow of a node (subgradient), and by striking out what does not fit.
"""

from __future__ import annotations

import numpy as np

from bundling.location.hubs.allocate import allocated_cost
from bundling.location.hubs.kernel import fast
from bundling.location.hubs.messages import gathered, sweep
from bundling.location.hubs.strike import strike_full


@fast
def solve_labels(flow, back, sent, traffic, unary, transfer, metric, room, own, messages, toll,
                 cutoff, hub, stop):  # fmt: skip
    """Find the cheapest allocation below `cutoff`.

    Parameters
    ----------
    flow, back
        ``[n, n]``, and turned.
    sent, traffic
        Flow that a node sends; sends and receives ``[n]``.
    unary
        Own cost of each node at each hub ``[n, p]``.
    transfer
        Between the hubs ``[p, p]``.
    metric
        Whether no detour in `transfer` is shorter.
    room
        Capacities ``[p]``.
    own
        Node of each hub ``[p]``.
    messages
        To begin with ``[n, n, p]``; changed.
    toll
        Of a unit of flow at each hub, to begin with ``[p]``; changed.
    cutoff
        Only cheaper ones count.
    hub
        The best allocation, as indices of hubs ``[n]``; written when there is one.
    stop
        Gives up when ``stop[0]`` is set.

    Returns
    -------
    tuple
        Cost of the best (`cutoff` when there is none), whether all was searched, and the number of
        nodes.
    """
    n, p = unary.shape
    turned = np.ascontiguousarray(transfer.T)
    # What a label struck out costs: more than any allocation, but no more than that. Its cost goes
    # round with the messages, and with 1e30 nothing would be left of the others but rounding.
    big = 2.0 * flow.sum() * transfer.max()
    for i in range(n):
        big += 2.0 * unary[i].max()
    nobody = np.full(n, -1, dtype=np.int64)
    allowed = np.ones((n + 2, n, p), dtype=np.bool_)
    for k in range(p):
        allowed[0, own[k], :] = False
        allowed[0, own[k], k] = True
    limited = False
    for k in range(p):
        limited |= np.isfinite(room[k])
    branch = np.zeros(n + 2, dtype=np.int64)
    order = np.zeros((n + 2, p), dtype=np.int64)
    turn = np.zeros(n + 2, dtype=np.int64)
    count = np.zeros(n + 2, dtype=np.int64)
    costs, paid = np.empty((n, p)), np.zeros((n, p))
    total = np.empty((n, p))
    node = np.empty(n)
    guess, load = np.empty(n, dtype=np.int64), np.empty(p)
    depth, nodes = 0, 0
    fresh = True
    while depth >= 0:
        if stop[0]:
            return cutoff, False, nodes
        if not fresh:
            if turn[depth] >= count[depth]:
                depth -= 1
                continue
            allowed[depth + 1] = allowed[depth]
            allowed[depth + 1, branch[depth], :] = False
            allowed[depth + 1, branch[depth], order[depth, turn[depth]]] = True
            turn[depth] += 1
            depth += 1
        nodes += 1
        mine = allowed[depth]
        pruned = not strike_full(sent, room, mine)
        best, last = -np.inf, -np.inf
        quiet = 0
        step = 0.5
        while not pruned:
            for i in range(n):
                for k in range(p):
                    costs[i, k] = unary[i, k] + toll[k] * sent[i] if mine[i, k] else big
            for way in range(2):  # a plain True would be compiled apart from False
                sweep(flow, back, transfer, turned, metric, costs, paid, nobody, messages, node,
                      way == 0)  # fmt: skip
            gathered(costs, messages, total)
            bound = 0.0
            load[:] = 0.0
            for i in range(n):
                # Of a label struck out nothing is left after all is given away but rounding.
                at = -1
                for k in range(p):
                    if mine[i, k] and (at < 0 or total[i, k] < total[i, at]):
                        at = k
                guess[i] = at
                bound += total[i, at]
                load[at] += sent[i]
            fits = True
            for k in range(p):
                if limited and np.isfinite(room[k]):
                    bound -= toll[k] * room[k]
                    fits &= load[k] <= room[k] * (1 + 1e-9)
            if fits:
                cost = allocated_cost(flow, unary, transfer, guess)
                if cost < cutoff * (1 - 1e-12):
                    cutoff = cost
                    hub[:] = guess
            if bound >= cutoff * (1 - 1e-10):
                pruned = True
                break
            struck = False
            left = False
            for i in range(n):
                for k in range(p):
                    if not mine[i, k] or k == guess[i]:
                        continue
                    if bound + total[i, k] - total[i, guess[i]] >= cutoff:
                        mine[i, k] = False
                        struck = True
                    else:
                        left = True
            if struck and not strike_full(sent, room, mine):
                pruned = True
                break
            if not left:
                # One allocation is left: it has been priced above, or does not fit.
                if not fits:
                    pruned = True
                break
            best = max(best, bound)
            if best - last < 0.03 * (cutoff - best):
                quiet += 1
            else:
                quiet = 0
            last = best
            if limited and quiet < 4:
                norm = 0.0
                for k in range(p):
                    if np.isfinite(room[k]):
                        over = load[k] - room[k]
                        if over > 0 or toll[k] > 0:
                            norm += over * over
                if norm > 0:
                    length = step * (cutoff - bound) / norm
                    for k in range(p):
                        if np.isfinite(room[k]):
                            toll[k] = max(0.0, toll[k] + length * (load[k] - room[k]))
                    step *= 0.9
            if quiet >= (4 if limited else 1):
                break
        fresh = False
        pick = -1
        if not pruned:
            for i in range(n):
                if mine[i].sum() > 1 and (pick < 0 or traffic[i] > traffic[pick]):
                    pick = i
        if pick < 0:
            if not pruned:
                for i in range(n):
                    for k in range(p):
                        if mine[i, k]:
                            guess[i] = k
                cost = allocated_cost(flow, unary, transfer, guess)
                load[:] = 0.0
                for i in range(n):
                    load[guess[i]] += sent[i]
                fits = True
                for k in range(p):
                    fits &= load[k] <= room[k] * (1 + 1e-9)
                if fits and cost < cutoff * (1 - 1e-12):
                    cutoff = cost
                    hub[:] = guess
            depth -= 1
            continue
        branch[depth] = pick
        count[depth] = 0
        for k in range(p):
            if not mine[pick, k]:
                continue
            at = count[depth]
            while at > 0 and total[pick, order[depth, at - 1]] > total[pick, k]:
                order[depth, at] = order[depth, at - 1]
                at -= 1
            order[depth, at] = k
            count[depth] += 1
        turn[depth] = 0
    return cutoff, True, nodes
