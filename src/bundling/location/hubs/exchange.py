"""Exchange, add and drop hubs while that pays."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from bundling.location.hubs.tree import BoolArray, FloatArray, IntArray

Price = Callable[[IntArray, float], float]
"""What a set of hubs costs without fixed costs, infinite when that is not below a limit."""


def exchange(
    price: Price, fixed: FloatArray, status: IntArray, least: int, most: int, is_open: BoolArray,
    stop: BoolArray,
) -> float:  # fmt: skip
    """Change `is_open` ``[N]`` while that pays; return the cost.

    Takes the first change that pays, and goes on with the next hub. Ends early when ``stop[0]`` is
    set; what has been found till then is kept.

    Parameters
    ----------
    price
        Prices a set of hubs.
    fixed
        Cost of each hub ``[N]``.
    status
        1 where a hub must be open, -1 where closed, 0 elsewhere ``[N]``.
    least, most
        Number of hubs.
    is_open, stop
        As above.
    """
    hubs = np.flatnonzero(is_open)
    best = price(hubs, math.inf) + float(fixed[hubs].sum())
    improved = True
    while improved and not stop[0]:
        improved = False
        for out in (-1, *np.flatnonzero(status >= 0)):
            if out >= 0 and (not is_open[out] or status[out] == 1):
                continue
            for come in _entering(status, is_open, out, least, most):
                if stop[0]:
                    return best
                trial = is_open.copy()
                if out >= 0:
                    trial[out] = False
                if come >= 0:
                    trial[come] = True
                hubs = np.flatnonzero(trial)
                aside = float(fixed[hubs].sum())
                if aside >= best or not len(hubs):
                    continue
                cost = aside + price(hubs, best - aside)
                if cost < best - 1e-9 * abs(best) or (math.isinf(best) and cost < math.inf):
                    best = cost
                    is_open[:] = trial
                    improved = True
                    if out >= 0 or is_open.sum() >= most:
                        break
    return best


def _entering(
    status: IntArray, is_open: BoolArray, out: int, least: int, most: int
) -> Iterator[int]:
    """Give the hubs that may come for `out` (-1: none goes), -1: none."""
    count = int(is_open.sum())
    if out >= 0 and count > least:
        yield -1
    if out >= 0 or count < most:
        yield from (int(k) for k in np.flatnonzero((status >= 0) & ~is_open))
