"""Strike out hubs that are too full for a node, when others can go nowhere else."""

from __future__ import annotations

import numpy as np

from bundling.location.hubs.kernel import fast


@fast
def strike_full(sent, room, allowed):
    """Strike out hubs without room for a node; False when a node has none left."""
    n, p = allowed.shape
    changed = True
    while changed:
        changed = False
        load = np.zeros(p)
        for i in range(n):
            count, last = 0, 0
            for k in range(p):
                if allowed[i, k]:
                    count += 1
                    last = k
            if count == 0:
                return False
            if count == 1:
                load[last] += sent[i]
        for k in range(p):
            if load[k] > room[k] * (1 + 1e-9):
                return False
        for i in range(n):
            count = allowed[i].sum()
            if count == 1:
                continue
            for k in range(p):
                if allowed[i, k] and load[k] + sent[i] > room[k] * (1 + 1e-9):
                    allowed[i, k] = False
                    changed = True
    return True
