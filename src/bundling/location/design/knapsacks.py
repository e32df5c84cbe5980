"""Kernels of the Lagrangian bound: an arc as a continuous knapsack, and the ascent of prices.

The relaxation and its sources stand in `lagrange`, and so does what the arrays are.
"""

from __future__ import annotations

import numpy as np

from bundling.location.design.sorting import sort_together
from bundling.location.kernel import kernel

PATIENCE = 20
"""Steps without a better bound after which they become shorter."""


@kernel
def value_of_arc(a, tail, head, cost, fixed, room, origin, destination, quantity, least, most,
                 price, gain, chosen):  # fmt: skip
    """Return the least cost of an arc at given prices.

    Parameters
    ----------
    a
        The arc; the rest as in `Arcs` and `Priced`.
    gain, chosen
        Written: what a unit of each chosen commodity costs less its gain, negative, and which
        commodities these are, the best first ``[K]``.

    Returns
    -------
    tuple
        Cost, number of facilities, number of chosen commodities, worth.
    """
    i, j, total, all_of_it, count = tail[a], head[a], 0.0, 0.0, 0
    for k in range(len(quantity)):
        reduced = cost[a] + price[k, i] - price[k, j]
        if reduced < 0.0 and j != origin[k] and i != destination[k]:
            gain[count] = reduced
            chosen[count] = k
            count += 1
            total += quantity[k]
            all_of_it += reduced * quantity[k]
    low = max(1.0, least[a])
    idle = least[a] * fixed[a]
    if most[a] < 1.0:
        return 0.0, 0.0, 0, 0.0
    one = low * fixed[a] + all_of_it
    if total <= low * room[a]:
        if least[a] >= 1.0 or one < 0.0:
            return one, low, count, one
        return 0.0, 0.0, 0, one
    if least[a] < 1.0 and one >= 0.0:  # not even with room for all
        return 0.0, 0.0, 0, one
    sort_together(gain, chosen, count)
    best, number = np.inf, low
    n = low
    while n <= most[a]:  # convex in the number of facilities
        value, rest = n * fixed[a], n * room[a]
        for p in range(count):
            x = min(rest, quantity[chosen[p]])
            value += gain[p] * x
            rest -= x
            if rest <= 0.0:
                break
        if value >= best:
            break
        best, number = value, n
        if rest > 0.0:
            break
        n += 1.0
    if least[a] < 1.0 and best >= 0.0:
        return 0.0, 0.0, 0, best
    return min(best, idle) if least[a] < 1.0 else best, number, count, best


@kernel
def evaluate(tail, head, cost, fixed, room, origin, destination, quantity, least, most, price,
             worth, share, short, gain, chosen):  # fmt: skip
    """Return the bound at given prices.

    Writes `worth`, `share` ``[A]`` and what is short of each commodity in each node,
    `short` ``[K, N]``; `gain` and `chosen` are room ``[K]``.
    """
    bound = 0.0
    short[:] = 0.0
    for k in range(len(quantity)):
        short[k, destination[k]] += quantity[k]
        short[k, origin[k]] -= quantity[k]
        bound += quantity[k] * (price[k, destination[k]] - price[k, origin[k]])
    for a in range(len(tail)):
        value, number, count, worth[a] = value_of_arc(
            a, tail, head, cost, fixed, room, origin, destination, quantity, least, most, price,
            gain, chosen)  # fmt: skip
        share[a] = number
        bound += value
        rest = number * room[a]
        for p in range(count):
            if rest <= 0.0:
                break
            k = chosen[p]
            x = min(rest, quantity[k])
            rest -= x
            short[k, tail[a]] += x
            short[k, head[a]] -= x
    return bound


@kernel
def ascend_kernel(tail, head, cost, fixed, room, origin, destination, quantity, least, most, price,
                  mean, worth, share, bound, target, steps, state):  # fmt: skip
    """Take steps from `price`, whose bound is `bound`; return the bound.

    `state` goes from call to call: length of the steps, largest weight of a new direction, steps
    without a better bound, bound a hundred steps ago, number of steps.
    """
    num_k, num_n = price.shape
    gain, chosen = np.empty(num_k), np.empty(num_k, dtype=np.int64)
    short, trial = np.empty((num_k, num_n)), price.copy()
    number, trial_worth = np.empty(len(tail)), np.empty(len(tail))
    for _ in range(steps):
        squared = 0.0
        for k in range(num_k):
            for i in range(num_n):
                squared += mean[k, i] * mean[k, i]
        if squared <= 1e-12 or bound >= target:
            break
        length = state[0] * (target - bound) / squared
        for k in range(num_k):
            for i in range(num_n):
                trial[k, i] = price[k, i] + length * mean[k, i]
        value = evaluate(tail, head, cost, fixed, room, origin, destination, quantity, least, most,
                         trial, trial_worth, number, short, gain, chosen)  # fmt: skip
        # The shortest combination of the mean and the new direction.
        apart, along, same = 0.0, 0.0, 0.0
        for k in range(num_k):
            for i in range(num_n):
                d = short[k, i] - mean[k, i]
                apart += d * d
                along -= d * mean[k, i]
                same += short[k, i] * mean[k, i]
        new = min(max(along / max(apart, 1e-12), state[1] / 10), state[1])
        for k in range(num_k):
            for i in range(num_n):
                mean[k, i] += new * (short[k, i] - mean[k, i])
        for a in range(len(tail)):
            share[a] += new * (number[a] - share[a])
        if value > bound:
            bound = value
            price[:] = trial
            worth[:] = trial_worth
            state[2] = 0.0
            if same > 0.0:
                state[0] = min(state[0] * 1.1, 2.0)
        else:
            state[2] += 1.0
            if state[2] >= PATIENCE:
                state[0] *= 0.66
                state[2] = 0.0
        state[4] += 1.0
        if state[4] % 100.0 == 0.0:
            if bound - state[3] < 1e-4 * abs(bound):
                state[1] = max(state[1] * 0.5, 1e-4)
            state[3] = bound
    return bound
