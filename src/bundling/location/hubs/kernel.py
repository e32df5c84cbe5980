"""How the kernels of this room are compiled: sums may be taken in any order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

fast: Any = njit(
    cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract", "arcp"}
)
"""Infinite numbers keep their meaning; the order of a sum is the compiler's, always the same."""


@fast
def ranked(values):
    """Return the indices of `values`, the least first (Shell's sort).

    numpy's takes two seconds to compile, and there are no more than some hundred values here.
    """
    n = len(values)
    order = np.empty(n, dtype=np.int64)
    for i in range(n):
        order[i] = i
    gap = n // 2
    while gap > 0:
        for i in range(gap, n):
            k, at = order[i], i
            while at >= gap and values[order[at - gap]] > values[k]:
                order[at] = order[at - gap]
                at -= gap
            order[at] = k
        gap //= 2
    return order
