"""How many draws each size of coalition gets, so that the worst-known player is known best."""

from __future__ import annotations

import math

import numpy as np

from bundling.gains.game import FloatArray, IntArray

_SAMPLES = 16
"""Samples aimed at; ten are the least for an interval."""
_MOST_RINGS = 200
"""Of one size in one sample."""


def rings_by_size(spread: FloatArray, target: FloatArray) -> tuple[IntArray, float]:
    """Divide rings over sizes (Neyman's allocation, by the player that varies most there).

    Parameters
    ----------
    spread
        ``[n, n]``: standard deviation, between rings, of what a player adds at each size.
    target
        ``[n]``: standard error wanted of each player's share.

    Returns
    -------
    tuple
        Rings of each size in one of some 16 samples or more, and the costs all samples ask for.
    """
    n = target.size
    need = (spread / target) ** 2
    # Neighbours are alike, and a pilot of ten rings misses what happens seldom.
    near = (
        np.abs(np.arange(n)[:, None] - np.arange(n))
        <= 1 + np.minimum(np.arange(n), np.arange(n)[::-1])[:, None] // 4
    )
    need = (near @ need) / near.sum(axis=1)[:, None]
    part = np.sqrt(need.max(axis=1))
    part = np.maximum(part, max(1e-300, float(part.mean()) / 20.0))
    rings = part * float((need / part[:, None]).sum(axis=0).max()) / n**2
    scale = min(1.0 / _SAMPLES, _MOST_RINGS / float(rings.max()))
    counts: IntArray = np.maximum(1, np.round(scale * rings)).astype(np.int64)
    return counts, 2.0 * float(rings.sum()) * n  # arcs of two lengths a size


def pairs_by_size(
    spread: FloatArray, sizes: IntArray, target: FloatArray, most_values: float
) -> tuple[IntArray, float]:
    """Divide pairs of coalitions over sizes for `bundling.gains.reuse.Reuse`.

    Parameters
    ----------
    spread
        Standard deviation of a pair around its line, of each of `sizes`.
    target
        ``[n]``: standard error wanted of each player's share.
    most_values
        That may be asked for.

    Returns
    -------
    tuple
        Pairs of each size in one of some 16 samples, and the costs all of them ask for.
    """
    n = target.size
    in_out = (sizes / n) * (1.0 - sizes / n)
    part = spread / np.sqrt(in_out)
    values = 2.0 * float(part.sum()) ** 2 / (n * float(target.min())) ** 2
    if not math.isfinite(values) or part.sum() <= 0:
        return np.full(sizes.size, 2, dtype=np.int64), 4.0 * sizes.size * _SAMPLES
    sample = min(values, most_values) / _SAMPLES / 2.0
    counts: IntArray = np.maximum(2, np.round(sample * part / part.sum())).astype(np.int64)
    return counts, values
