r"""A lower bound on carrying flow through hubs, each pair its own way: Lagrangian prices.

The flow model of Ernst and Krishnamoorthy, per origin ``i``: ``Z[i, k]`` flow collected at ``k``,
``X[i, j, m]`` flow to ``j`` that leaves the last hub ``m``. Its dual has a price ``b[i, j]`` of a
unit carried and a toll ``u[i, k]`` of a unit collected at hub ``k``. With
``c[i, m] = min_k chi d[i, k] + u[i, k] + alpha d[k, m]`` no set ``H`` of hubs costs less than

    sum_ij W[i, j] b[i, j] + sum_{k in H} (f[k] - value[k]),
    value[k] = sum_i O[i] u[i, k] + sum_ij W[i, j] max(0, b[i, j] - c[i, k] - delta d[k, j]).

A toll ``t[k]`` on all flow collected at ``k`` pays for its capacity: it adds ``t[k]`` to the
collection cost and ``cap[k] t[k]`` to the value of ``k``.

References
----------
A. T. Ernst, M. Krishnamoorthy, "Exact and heuristic algorithms for the uncapacitated multiple
allocation p-hub median problem", European Journal of Operational Research 104 (1998) 100-112.
"""

# ruff: noqa: FURB136 - a plain choice is what the compiler turns into vector code
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bundling.location.hubs.arrays import Arrays
from bundling.location.hubs.choice import choose_roomy
from bundling.location.hubs.kernel import fast

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@fast
def value_hubs(flow, sent, collect, transfer, distribute, capacity, labels, b, u, t, c, through,
               value):  # fmt: skip
    """Fill `c` ``[n, K]``, its first hub `through` and `value` ``[K]``; return sum of W b."""
    n, many = flow.shape[0], len(labels)
    value[:] = 0.0
    base = 0.0
    gain = np.empty(n)
    for q in range(many):
        if t[q] > 0:
            value[q] += capacity[labels[q]] * t[q]
    for i in range(n):
        for q in range(many):
            value[q] += sent[i] * u[i, q]
            at, way = np.inf, 0
            for r in range(many):
                cost = collect[i, labels[r]] + u[i, r] + t[r] + transfer[labels[r], labels[q]]
                if cost < at:
                    at, way = cost, r
            c[i, q] = at
            through[i, q] = way
        for j in range(n):
            base += flow[i, j] * b[i, j]
        for q in range(many):
            m = labels[q]
            at = c[i, q]
            part = 0.0
            for j in range(n):
                gain[j] = b[i, j] - at - distribute[m, j]
            for j in range(n):
                part += flow[i, j] * (gain[j] if gain[j] > 0.0 else 0.0)
            value[q] += part
    return base


@fast
def slopes(flow, sent, distribute, labels, part, b, u, c, through, used, way_b, way_u):
    """Bring the directions `way_b` ``[n, n]`` and `way_u` ``[n, K]`` up to date.

    `part` ``[K]`` says how much of each hub is open; `used` ``[n, K]`` becomes the flow that each
    origin collects at each hub. Returns the squared length of both, weighted by flow.
    """
    n, many = flow.shape[0], len(labels)
    norm = 0.0
    served = np.empty(n)
    for i in range(n):
        for j in range(n):
            served[j] = 1.0
        for q in range(many):
            used[i, q] = 0.0
        for q in range(many):
            if part[q] <= 0.0:
                continue
            m = labels[q]
            at = c[i, q]
            amount = 0.0
            for j in range(n):
                taken = part[q] if b[i, j] > at + distribute[m, j] else 0.0
                served[j] -= taken
                amount += flow[i, j] * taken
            used[i, through[i, q]] += amount
        for j in range(n):
            way_b[i, j] = served[j] + 0.5 * way_b[i, j]
            norm += flow[i, j] * way_b[i, j] * way_b[i, j]
        if sent[i] <= 0.0:
            continue
        for q in range(many):
            slope = used[i, q] / sent[i] - part[q]
            if u[i, q] <= 0.0 and slope < 0.0 and way_u[i, q] <= 0.0:
                way_u[i, q] = 0.0
                continue
            way_u[i, q] = slope + 0.5 * way_u[i, q]
            norm += sent[i] * way_u[i, q] * way_u[i, q]
    return norm


def ascend_routes(
    data: Arrays, labels: IntArray, status: IntArray, needed: float, least: int, most: int,
    b: FloatArray, u: FloatArray, t: FloatArray, cutoff: float, iterations: int, stop: BoolArray,
) -> tuple[float, float, FloatArray]:  # fmt: skip
    """Raise the bound by subgradient steps on `b`, `u` and `t`, which end as the best ones.

    `cutoff` is finite: steps are as long as it is above the bound. `needed` is the capacity that
    the hubs must have together. Ends early when ``stop[0]`` is
    set.

    Returns
    -------
    tuple
        The bound, the constant ``sum W b``, and the values of the hubs ``[K]``.
    """
    n, many, total = len(data.sent), len(labels), max(1e-12, float(data.flow.sum()))
    c, through = np.empty((n, many)), np.empty((n, many), dtype=np.int64)
    value, part, used = np.empty(many), np.zeros(many), np.empty((n, many))
    way_b, way_u, way_t = np.zeros((n, n)), np.zeros((n, many)), np.zeros(many)
    own, room = data.fixed[labels], data.capacity[labels]
    limited = np.isfinite(room)
    holds = np.where(limited, room, 0.0)
    kept = (b.copy(), u.copy(), t.copy())
    best, best_base, best_value = -math.inf, 0.0, value.copy()
    stalled, step = 0, 1.0
    for _ in range(iterations):
        if stop[0] and best > -math.inf:
            break
        base = value_hubs(
            data.flow, data.sent, data.collect, data.transfer, data.distribute, data.capacity,
            labels, b, u, t, c, through, value,
        )  # fmt: skip
        bound = base + choose_roomy(own - value, status, holds, needed, least, most, part)
        stalled += 1
        if bound > best:
            if bound > best + 1e-5 * abs(best):
                stalled = 0
            best, best_base, best_value, kept = (
                bound,
                base,
                value.copy(),
                (b.copy(), u.copy(), t.copy()),
            )
            if best >= cutoff:
                break
        if stalled > 12:
            step, stalled = step * 0.6, 0
            b[:], u[:], t[:] = kept
            if step < 0.01:
                break
        norm = slopes(
            data.flow, data.sent, data.distribute, labels, part, b, u, c, through, used, way_b,
            way_u,
        )  # fmt: skip
        if limited.any():
            load = used.sum(axis=0) - part * holds
            rise = load / total
            still = ~limited | ((t <= 0.0) & (rise < 0.0) & (way_t <= 0.0))
            way_t = np.where(still, 0.0, rise + 0.5 * way_t)
            norm += total * float(way_t @ way_t)
        if norm <= 1e-12:
            break
        length = step * (cutoff - bound) / norm
        b += length * way_b
        np.maximum(0.0, u + length * way_u, out=u)
        np.maximum(0.0, t + length * way_t, out=t)
    b[:], u[:], t[:] = kept
    return best, best_base, best_value
