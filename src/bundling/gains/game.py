"""Games as arrays: coalitions by bits, their sums, and what they cost when they may split up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


def players_of(values: FloatArray) -> int:
    """Count the players of a game from its ``2 ** n`` values.

    Raises
    ------
    ValueError
        When the values are not one for each coalition, one is no number, or nobody has one.
    """
    players = int(values.size).bit_length() - 1
    if values.ndim != 1 or players < 1 or values.size != 1 << players:
        raise ValueError(f"{values.size} values are not one for each coalition")
    if np.isnan(values).any():
        raise ValueError(f"value {int(np.isnan(values).argmax())} is no number")
    if values[0] != 0:
        raise ValueError(f"value 0, of nobody, is {values[0]:g} and not 0")
    return players


def members(count: int) -> BoolArray:
    """Which players each coalition holds, ``[2 ** count, count]``."""
    coalition = np.arange(2**count)[:, None]
    held: BoolArray = (coalition >> np.arange(count)) & 1 == 1
    return held


def coalition_sums(amounts: FloatArray) -> FloatArray:
    """Sum of the players' `amounts` in every coalition, ``[2 ** players]``.

    By doubling, one addition a coalition, without the matrix of `members`.
    """
    sums = np.zeros(1 << amounts.size)
    for p, amount in enumerate(amounts.tolist()):
        sums[1 << p : 2 << p] = sums[: 1 << p] + amount
    return sums


def best_partition(cost: FloatArray) -> FloatArray:
    """Cost of every coalition when it may also split up into smaller ones that work apart.

    With it no coalition costs more than its parts together, which joint contracts alone do not
    promise. All ways to split are tried, by size: ``3 ** n`` sums.
    """
    best = np.array(cost, dtype=np.float64)
    for whole in sorted(range(best.size), key=int.bit_count):
        part = (whole - 1) & whole
        while part > whole - part:
            best[whole] = min(best[whole], best[part] + best[whole - part])
            part = (part - 1) & whole
    return best
