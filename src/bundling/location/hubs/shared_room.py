"""Multiple allocation to given hubs with capacities: tolls that bound it, and the exact split.

From an origin through first hub ``k`` the best last hub for each destination does not depend on
capacities, which count what is collected. What is left is to split each pair over first hubs: a
transport problem. With a toll ``t[k]`` on a unit collected at ``k`` it costs no less than

    sum_ij W[i, j] min_k (chi d[i, k] + t[k] + via[k, j]) - sum_k cap[k] t[k].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bundling.location.hubs.arrays import Arrays, FloatArray, IntArray
from bundling.location.hubs.kernel import fast
from bundling.location.hubs.solution import HubLocationSolution
from bundling.mip import LinearModel, solve_model
from bundling.result import Status


@fast
def toll_bound(flow, collect, via, room, tolls, cutoff, iterations):
    """Raise the bound by subgradient steps on `tolls` ``[p]``, which end as the best ones.

    Parameters
    ----------
    flow
        ``[n, n]``.
    collect
        Cost of a unit from a node to each hub ``[n, p]``.
    via
        From each hub, through the best last one, to each node ``[p, n]``.
    room
        Capacity of each hub ``[p]``, infinite: all.
    tolls
        To begin with; changed.
    cutoff
        Ends when the bound gets there.
    iterations
        Most steps.

    Returns
    -------
    float
        The best bound.
    """
    n, p = collect.shape
    best, step, stalled = -np.inf, 1.0, 0
    kept, load = tolls.copy(), np.empty(p)
    for _ in range(iterations):
        bound = 0.0
        for q in range(p):
            load[q] = 0.0
            if np.isfinite(room[q]):
                bound -= tolls[q] * room[q]
        for i in range(n):
            for j in range(n):
                least, at = np.inf, 0
                for q in range(p):
                    cost = collect[i, q] + tolls[q] + via[q, j]
                    if cost < least:
                        least, at = cost, q
                bound += flow[i, j] * least
                load[at] += flow[i, j]
        stalled += 1
        if bound > best:
            best, stalled = bound, 0
            for q in range(p):
                kept[q] = tolls[q]
            if best >= cutoff:
                break
        if stalled > 3:
            step, stalled = 0.5 * step, 0
            for q in range(p):
                tolls[q] = kept[q]
        norm = 0.0
        for q in range(p):
            if np.isfinite(room[q]) and (load[q] > room[q] or tolls[q] > 0.0):
                norm += (load[q] - room[q]) ** 2
        if norm <= 0.0:
            break
        target = cutoff if cutoff < np.inf else bound + 0.05 * abs(bound)
        length = step * max(target - bound, 1e-6 * abs(bound)) / norm
        for q in range(p):
            if np.isfinite(room[q]):
                tolls[q] = max(0.0, tolls[q] + length * (load[q] - room[q]))
    for q in range(p):
        tolls[q] = kept[q]
    return best


def onward(data: Arrays, hubs: IntArray) -> tuple[FloatArray, IntArray]:
    """Return the cost from each first hub to each node ``[p, n]``, and the last hub on the way."""
    ways = data.transfer[np.ix_(hubs, hubs)][:, :, None] + data.distribute[hubs][None, :, :]
    return ways.min(axis=1), hubs[ways.argmin(axis=1)]


def split(
    data: Arrays, hubs: IntArray, left: float, cancelled: Callable[[], bool]
) -> HubLocationSolution | None:
    """Return the plan of least cost with these hubs; None when none fits or time is up."""
    i, j = np.nonzero(data.flow > 0)
    via, last = onward(data, hubs)
    pairs, p = len(i), len(hubs)
    flow = data.flow[i, j]
    cost = data.collect[np.ix_(i, hubs)] + via[:, j].T
    model = LinearModel()
    share = model.add_columns("share", (pairs, p), upper=1.0, cost=flow[:, None] * cost)
    model.add_rows("carried", pairs, (np.arange(pairs)[:, None], share, 1.0), lower=1.0, upper=1.0)
    limited = np.flatnonzero(np.isfinite(data.capacity[hubs]))
    model.add_rows(
        "capacity", len(limited), (np.arange(len(limited))[None, :], share[:, limited],
        flow[:, None]), upper=data.capacity[hubs[limited]],
    )  # fmt: skip
    outcome = solve_model(model, time_limit=max(0.05, left), gap=0.0, seed=0, cancelled=cancelled)
    if outcome.values is None or outcome.status is not Status.OPTIMAL:
        return None
    part = np.maximum(0.0, outcome.values[share])
    part /= part.sum(axis=1, keepdims=True)
    row, q = np.nonzero(part > 1e-12)
    is_open = np.zeros(len(data.sent), dtype=bool)
    is_open[hubs] = True
    return HubLocationSolution(is_open, i[row], j[row], hubs[q], last[q, j[row]], part[row, q])
