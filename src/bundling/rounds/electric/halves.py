"""One annealing on two threads: each has half of the routes, cut anew every second.

Two searches that each anneal the whole of a large problem both stay far from its best. So for many
stops the routes are split in two by how far they lie from a random stop; each thread anneals its
half, the other half is frozen; then the halves come together, and another cut is made. Splitting
what lies apart is an old idea (Taillard, "Parallel iterative search methods for vehicle routing
problems", Networks 23, 1993).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bundling.rounds.electric.arrays import COUNT, METRES, PRIZE, BoolArray, Data, IntArray
from bundling.rounds.electric.searcher import Searcher

_STOPS, _ROUTES = 150, 8
"""Least size of a problem that is worth it."""


def worth_halving(data: Data, routes: IntArray) -> bool:
    """Whether the routes are many, and every stop must be served."""
    served = routes[:, 1].sum()
    used = (routes[:, 1] > 0).sum()
    all_in = served == len(data.stop) and bool(np.isinf(data.stop[:, PRIZE]).all())
    return all_in and bool(served >= _STOPS) and bool(used >= _ROUTES)


def halve(data: Data, routes: IntArray, rng: np.random.Generator) -> BoolArray:
    """Choose half of the stops, whole routes together: those nearest to a random stop ``[n]``."""
    n = len(data.stop)
    seed = int(rng.integers(n))
    away = data.arc[0, seed, :n, METRES]
    used = np.flatnonzero(routes[:, 1] > 0)
    means = [float(away[routes[r, 2 : 2 + routes[r, 1]]].mean()) for r in used]
    order = used[np.argsort(means, kind="stable")]
    upto = int(np.searchsorted(np.cumsum(routes[order, 1]), n / 2)) + 1
    near = np.zeros(n, dtype=bool)
    for r in order[: min(upto, len(order) - 1)]:
        near[routes[r, 2 : 2 + routes[r, 1]]] = True
    return near


def hand_out(searchers: Sequence[Searcher], routes: IntArray, near: BoolArray) -> float:
    """Give each of two searches the solution, with the other's half frozen; return its cost."""
    first = near[routes[:, 2]] & (routes[:, 1] > 0)
    for searcher, frozen in zip(searchers, (~first & (routes[:, 1] > 0), first), strict=True):
        searcher.take(routes, np.inf)
        searcher.best_eur[0] = searcher.now_eur
        searcher.freeze(frozen)
    return searchers[0].eur


def bring_together(
    data: Data, one: IntArray, two: IntArray, eur: tuple[float, float, float], near: BoolArray
) -> tuple[IntArray, float]:
    """Return the solution of both halves, and its cost.

    Parameters
    ----------
    one, two
        Solutions of the two searches ``[R, 2 + n]``.
    eur
        Cost of the solution that both began with, and of `one` and `two`.
    near
        Stops of the first half.

    Returns
    -------
    tuple
        When both took the last vehicles of a type the better of the two comes back instead.
    """
    mine = one[near[one[:, 2]] & (one[:, 1] > 0)]
    other = two[~near[two[:, 2]] & (two[:, 1] > 0)]
    both = np.concatenate([mine, other])
    used = np.bincount(both[:, 0], minlength=len(data.kind))
    if len(both) > len(one) or bool((used > data.kind[:, COUNT]).any()):
        return (one.copy(), eur[1]) if eur[1] <= eur[2] else (two.copy(), eur[2])
    merged = np.zeros_like(one)
    merged[: len(both)] = both
    return merged, eur[1] + eur[2] - eur[0]
