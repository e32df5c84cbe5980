"""What it costs to carry all flow through given hubs, each pair its own way.

From an origin the cheapest way to be at hub ``m`` after collection and transfer is found first,
then the cheapest last hub of each destination: ``n p (p + n)`` steps instead of ``n^2 p^2``.
"""

# ruff: noqa: FURB136 - a plain choice is what the compiler turns into vector code
from __future__ import annotations

import numpy as np

from bundling.location.hubs.kernel import fast


@fast
def carry(flow, collect, transfer, distribute, hubs, cutoff):
    """Return the cost of carrying `flow` ``[n, n]`` through `hubs` ``[p]``.

    `collect` ``[n, n]`` is the cost of a unit from a node to a hub, `transfer` from hub to hub,
    `distribute` ``[m, j]`` from hub ``m`` to node ``j``. Gives up at `cutoff` with ``inf``.
    """
    n = flow.shape[0]
    near = np.empty(n)
    total = 0.0
    for i in range(n):
        for j in range(n):
            near[j] = np.inf
        for m in hubs:
            at = np.inf
            for k in hubs:
                cost = collect[i, k] + transfer[k, m]
                at = cost if cost < at else at
            for j in range(n):
                cost = at + distribute[m, j]
                near[j] = cost if cost < near[j] else near[j]
        part = 0.0
        for j in range(n):
            part += flow[i, j] * near[j]
        total += part
        if total >= cutoff:
            return np.inf
    return total


@fast
def carry_all(flow, collect, transfer, distribute, sets, sizes, fixed, cutoff):
    """Price sets of hubs ``[s, p]``; return the cheapest below `cutoff`: its row and its cost."""
    best = -1
    for s in range(sets.shape[0]):
        hubs = sets[s, : sizes[s]]
        aside = 0.0
        for k in hubs:
            aside += fixed[k]
        cost = aside + carry(flow, collect, transfer, distribute, hubs, cutoff - aside)
        if cost < cutoff:
            best, cutoff = s, cost
    return best, cutoff


@fast
def ways(flow, collect, transfer, distribute, hubs, first, last):
    """Write the cheapest first and last hub of each pair into `first` and `last` ``[n, n]``."""
    n = flow.shape[0]
    near = np.empty(n)
    for i in range(n):
        for j in range(n):
            near[j] = np.inf
        for m in hubs:
            at, through = np.inf, m
            for k in hubs:
                cost = collect[i, k] + transfer[k, m]
                if cost < at:
                    at, through = cost, k
            for j in range(n):
                cost = at + distribute[m, j]
                if cost < near[j]:
                    near[j] = cost
                    first[i, j], last[i, j] = through, m
