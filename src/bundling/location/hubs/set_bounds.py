"""What a set of hubs costs at least with single allocation, for many sets at once."""

# ruff: noqa: FURB136 - a plain choice is what the compiler turns into vector code
from __future__ import annotations

import numpy as np

from bundling.location.hubs.kernel import fast
from bundling.location.hubs.routes import carry


@fast
def bound_sets(flow, sent, collect, transfer, distribute, fixed, capacity, labels, costs, tolls,
               sets, sizes, cutoff, stop, bounds):  # fmt: skip
    """Fill `bounds` ``[s]``, infinite where not below `cutoff`; return how many are done.

    A set costs no less than the messages say (`costs` of `gathered` ``[n, K]`` and `tolls` ``[K]``,
    both of `labels`; `sets` ``[s, p]`` has indices of labels), and no less than carrying each pair
    its own way. Ends early when ``stop[0]`` is set.
    """
    n = len(sent)
    for s in range(len(sizes)):
        if stop[0]:
            return s
        bounds[s] = np.inf
        picked = sets[s, : sizes[s]]
        aside, bound = 0.0, 0.0
        full = False
        for q in picked:
            k = labels[q]
            aside += fixed[k]
            full |= sent[k] > capacity[k] * (1 + 1e-9)
            if np.isfinite(capacity[k]):
                bound -= tolls[q] * capacity[k]
        if full or aside >= cutoff:
            continue
        bound += aside
        for i in range(n):
            least = np.inf
            for q in picked:
                cost = costs[i, q] + tolls[q] * sent[i]
                if labels[q] == i:
                    least = cost
                    break
                least = cost if cost < least else least
            bound += least
        if bound >= cutoff * (1 - 1e-10):
            continue
        ways = carry(flow, collect, transfer, distribute, labels[picked], cutoff - aside)
        bounds[s] = max(bound, ways + aside)
    return len(sizes)
