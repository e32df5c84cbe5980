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
        near[:] = np.inf
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
        near[:] = np.inf
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


@fast
def improve_routes(flow, collect, transfer, distribute, fixed, status, least, most, is_open,
                   stop):  # fmt: skip
    """Exchange, add and drop hubs while that pays; change `is_open`, return the cost.

    `status` is 1 where a hub must be open, -1 where it is closed, 0 elsewhere. Ends early, with the
    best exchange seen, when ``stop[0]`` is set.
    """
    n = flow.shape[0]
    hubs = np.flatnonzero(is_open)
    best = carry(flow, collect, transfer, distribute, hubs, np.inf) + fixed[hubs].sum()
    improved = True
    while improved and not stop[0]:
        improved = False
        here = np.flatnonzero(is_open)
        pick_out, pick_in = -1, -1
        for a in range(-1, len(here)):
            out = here[a] if a >= 0 else -1
            if out >= 0 and status[out] == 1:
                continue
            for b in range(-1, n):
                if b < 0 and (out < 0 or len(here) <= least):
                    continue
                if b >= 0 and (is_open[b] or status[b] == -1):
                    continue
                if stop[0] or (out < 0 and len(here) >= most):
                    continue
                if out >= 0:
                    is_open[out] = False
                if b >= 0:
                    is_open[b] = True
                hubs = np.flatnonzero(is_open)
                aside = fixed[hubs].sum()
                cost = aside + carry(
                    flow, collect, transfer, distribute, hubs, best * (1 - 1e-12) - aside
                )
                if out >= 0:
                    is_open[out] = True
                if b >= 0:
                    is_open[b] = False
                if cost < best * (1 - 1e-12):
                    best, pick_out, pick_in = cost, out, b
                    improved = True
        if improved:
            if pick_out >= 0:
                is_open[pick_out] = False
            if pick_in >= 0:
                is_open[pick_in] = True
    return best
