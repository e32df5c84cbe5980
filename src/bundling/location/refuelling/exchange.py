"""Open the site that helps most, exchange sites while that pays: flows need several at once."""

from __future__ import annotations

import numpy as np

from bundling.location.kernel import kernel
from bundling.location.sites.relax import CLOSED, OPEN

_EPS = 1e-9


@kernel
def count_hits(windows, is_open, hits):
    """Write how many open sites each window holds ``[W]``."""
    for w in range(len(hits)):
        hits[w] = 0
        for t in range(windows.start[w], windows.start[w + 1]):
            hits[w] += is_open[windows.site[t]]


@kernel
def unserved(windows, hits):
    """Volume of the flows with an empty window."""
    total = 0.0
    for f in range(len(windows.volume)):
        for w in range(windows.flow[f], windows.flow[f + 1]):
            if hits[w] == 0:
                total += windows.volume[f]
                break
    return total


@kernel
def _gains(windows, hits, gain, hope, times):
    """Write what each site alone would serve, and its part in what it would help to serve."""
    gain[:], hope[:] = 0.0, 0.0
    for f in range(len(windows.volume)):
        empty = 0
        for w in range(windows.flow[f], windows.flow[f + 1]):
            empty += hits[w] == 0
        if empty == 0:
            continue
        for w in range(windows.flow[f], windows.flow[f + 1]):
            if hits[w] == 0:
                for t in range(windows.start[w], windows.start[w + 1]):
                    times[windows.site[t]] = 0
        for w in range(windows.flow[f], windows.flow[f + 1]):
            if hits[w] == 0:
                for t in range(windows.start[w], windows.start[w + 1]):
                    j = windows.site[t]
                    times[j] += 1
                    hope[j] += windows.volume[f] / (empty * empty)
                    if times[j] == empty:
                        gain[j] += windows.volume[f]


@kernel
def greedy_windows(windows, fixed, status, least, most, is_open):
    """Open sites one by one: what they serve, and a part of what they help to serve."""
    num_sites = len(fixed)
    hits = np.zeros(len(windows.start) - 1, np.int64)
    gain, hope = np.zeros(num_sites), np.zeros(num_sites)
    times = np.zeros(num_sites, np.int64)
    count = 0
    for j in range(num_sites):
        is_open[j] = status[j] == OPEN
        count += is_open[j]
    while count < most:
        count_hits(windows, is_open, hits)
        _gains(windows, hits, gain, hope, times)
        best = -1
        for j in range(num_sites):
            if is_open[j] or status[j] == CLOSED:
                continue
            if best < 0 or gain[j] + hope[j] - fixed[j] > gain[best] + hope[best] - fixed[best]:
                best = j
        if best < 0 or (count >= least and gain[best] + hope[best] <= fixed[best]):
            break
        is_open[best] = True
        count += 1


@kernel
def exchange_windows(windows, fixed, status, least, most, is_open, rounds):
    """Open, close and exchange sites for the better until no change pays; return the cost."""
    num_sites = len(fixed)
    hits = np.zeros(len(windows.start) - 1, np.int64)
    gain, hope = np.zeros(num_sites), np.zeros(num_sites)
    times = np.zeros(num_sites, np.int64)
    cost = 0.0
    for turn in range(rounds + 1):
        count_hits(windows, is_open, hits)
        cost, count = unserved(windows, hits), 0
        for j in range(num_sites):
            if is_open[j]:
                cost += fixed[j]
                count += 1
        if turn == rounds:
            break
        best, come, go = -_EPS * max(1.0, abs(cost)), -1, -1
        for out in range(-1, num_sites):
            if out >= 0 and (not is_open[out] or status[out] == OPEN):
                continue
            if out < 0 and count >= most:
                continue
            change = 0.0
            if out >= 0:
                is_open[out] = False
                count_hits(windows, is_open, hits)
                is_open[out] = True
                change = unserved(windows, hits) - fixed[out]
                for j in range(num_sites):
                    if is_open[j]:
                        change += fixed[j]
                change -= cost
                if count - 1 >= least and change < best:
                    best, come, go = change, -1, out
            else:
                count_hits(windows, is_open, hits)
            _gains(windows, hits, gain, hope, times)
            for j in range(num_sites):
                if is_open[j] or status[j] == CLOSED:
                    continue
                if change + fixed[j] - gain[j] < best:
                    best, come, go = change + fixed[j] - gain[j], j, out
        if come < 0 and go < 0:
            break
        if come >= 0:
            is_open[come] = True
        if go >= 0:
            is_open[go] = False
    return cost
