r"""Prices of nodes in hub location with single allocation, when costs stand at the nodes alone.

With costs ``U[i, k]`` (`messages`) what is left is facility location, hubs serving themselves. With
a price ``b[i]`` for every node no set ``H`` of hubs costs less than

    sum_i b[i] + sum_{k in H} (f[k] - value[k]),
    value[k] = b[k] - U[k, k] + sum_{i not k} x[i] (b[i] - U[i, k]),

with the ``x`` in [0, 1] of largest value that fit the capacity of ``k``: a knapsack, filled by
value per unit of flow. Prices rise by subgradient steps.

References
----------
G. Cornuejols, M. L. Fisher, G. L. Nemhauser, "Location of bank accounts to optimize float",
Management Science 23 (1977) 789-810.
"""

from __future__ import annotations

import numpy as np

from bundling.location.hubs.choice import choose_roomy
from bundling.location.hubs.kernel import fast, ranked


@fast
def fill(k, prices, costs, sent, room, own, used):
    """Fill hub (label) `k` within `room`; return its value and the toll of a unit of flow.

    `used` ``[n]`` becomes the part of each node that it takes; `own` is the node of the label.
    """
    n = len(prices)
    value = prices[own] - costs[own, k]
    room = room - sent[own]
    if room < 0.0:
        room = 0.0
    load = 0.0
    for i in range(n):
        used[i] = 0.0
        gain = prices[i] - costs[i, k]
        if i != own and gain > 0.0:
            value += gain
            used[i] = 1.0
            load += sent[i]
    used[own] = 1.0
    if load <= room:
        return value, 0.0
    value = prices[own] - costs[own, k]
    ratio = np.zeros(n)
    for i in range(n):
        if i != own and used[i] > 0.0:
            gain = prices[i] - costs[i, k]
            ratio[i] = gain / sent[i] if sent[i] > 0.0 else np.inf
            used[i] = 0.0
    for i in ranked(-ratio):
        if ratio[i] <= 0.0:
            break
        gain = prices[i] - costs[i, k]
        if sent[i] <= room:
            room -= sent[i]
            value += gain
            used[i] = 1.0
        else:
            used[i] = room / sent[i]
            return value + gain * used[i], ratio[i]
    return value, 0.0


@fast
def ascend_prices(costs, sent, fixed, room, own, status, needed, least, most, prices, cutoff,
                  iterations, step, weight):  # fmt: skip
    """Raise the bound by subgradient steps on `prices` ``[n]``, which end as the best ones.

    Returns
    -------
    tuple
        The bound, the values and tolls of the hubs, and how much of each was opened last.
    """
    n, many = costs.shape
    value, toll = np.empty(many), np.empty(many)
    part = np.zeros(many)
    used = np.empty((many, n))
    best, best_value, best_toll = -np.inf, np.zeros(many), np.zeros(many)
    kept, way, rest = np.zeros(n), np.zeros(n), np.empty(many)
    for i in range(n):
        kept[i] = prices[i]
    stalled = 0
    for turn in range(iterations + 1):
        for k in range(many):
            value[k], toll[k] = fill(k, prices, costs, sent, room[k], own[k], used[k])
            rest[k] = fixed[k] - value[k]
        bound = choose_roomy(rest, status, room, needed, least, most, part)
        for i in range(n):
            bound += prices[i]
        stalled += 1
        if bound > best:
            if bound > best + 1e-6 * abs(best):
                stalled = 0
            best = bound
            for k in range(many):
                best_value[k], best_toll[k] = value[k], toll[k]
            for i in range(n):
                kept[i] = prices[i]
        if best >= cutoff or turn == iterations or bound == np.inf:
            break
        if stalled > 5:
            step *= 0.5
            stalled = 0
            if step < 1e-3:
                break
            for i in range(n):
                prices[i], way[i] = kept[i], 0.0
            continue
        norm = 0.0
        for i in range(n):
            slope = 1.0
            for k in range(many):
                if part[k] > 0.0:
                    slope -= part[k] * used[k, i]
            way[i] = slope + 0.4 * way[i]
            norm += weight[i] * way[i] * way[i]
        if norm <= 1e-12:
            break
        length = step * max(cutoff - bound, 1e-6 * abs(cutoff)) / norm
        for i in range(n):
            prices[i] += length * weight[i] * way[i]
    for i in range(n):
        prices[i] = kept[i]
    return best, best_value, best_toll, part
