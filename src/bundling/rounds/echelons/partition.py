"""The cheapest way to share stops out over rounds, when the price of every round is known."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray


@cache
def _kernel() -> Any:
    """Compile, or take from the disk, the loop over all sets and their subsets."""
    import numba

    @numba.njit(nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
    def fill(cost: NDArray[np.float64], best: NDArray[np.float64], stops: int) -> None:
        most = best.shape[0] - 1
        for everything in range(1, 1 << stops):
            top = 1
            while top * 2 <= everything:
                top *= 2
            rest = everything ^ top
            part = rest
            while True:
                price = cost[part | top]
                if price < np.inf:
                    for rounds in range(most):
                        total = best[rounds, rest ^ part] + price
                        if total < best[rounds + 1, everything]:
                            best[rounds + 1, everything] = total
                if part == 0:
                    break
                part = (part - 1) & rest

    return fill


def warm_up() -> None:
    """Compile the kernel."""
    cost = np.array([np.inf, 1.0])
    best = np.full((2, 2), np.inf)
    best[0, 0] = 0.0
    _kernel()(cost, best, 1)


def cheapest_partition(
    cost: NDArray[np.float64], stops: int, most: int
) -> tuple[float, list[int]] | None:
    """Choose rounds that serve every stop once, at most so many; None when there are none.

    Parameters
    ----------
    cost
        Of the cheapest round for each set of stops, as bits; infinite where there is none.
    stops, most
        Number of stops, and of rounds at most.

    Returns
    -------
    tuple of float and list of int
        The cost and the sets.
    """
    best = np.full((min(most, stops) + 1, 1 << stops), np.inf)
    best[0, 0] = 0.0
    _kernel()(cost, best, stops)
    everything = (1 << stops) - 1
    rounds = int(np.argmin(best[:, everything]))
    total = float(best[rounds, everything])
    if math.isinf(total):
        return None
    chosen = []
    left = everything
    while left:
        top = 1 << (left.bit_length() - 1)
        sets = np.flatnonzero(np.isfinite(cost))
        fits = sets[((sets & left) == sets) & ((sets & top) > 0)]
        at = int(np.argmin(cost[fits] + best[rounds - 1, left ^ fits]))
        chosen.append(int(fits[at]))
        left ^= chosen[-1]
        rounds -= 1
    return total, chosen
