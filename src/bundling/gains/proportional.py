"""Split in proportion to a weight: kilograms, tonne-kilometres, what each pays alone."""

from __future__ import annotations

import numpy as np

from bundling.gains.game import FloatArray


def proportional(weights: FloatArray, total: float) -> FloatArray:
    """Split `total` in proportion to `weights`, equally when all are 0.

    Raises
    ------
    ValueError
        When a weight is no number from 0 up.
    """
    weights = np.asarray(weights, dtype=np.float64)
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise ValueError("a weight is no number from 0 up")
    sum_of = float(weights.sum())
    if sum_of <= 0:
        return np.full(weights.size, total / max(1, weights.size))
    return total * weights / sum_of


def proportional_range(
    low: FloatArray, high: FloatArray, total_low: float, total_high: float
) -> tuple[FloatArray, FloatArray]:
    """Bound proportional shares: they rise with the total and one's weight, and fall with others'.

    Parameters
    ----------
    low, high
        Least and most that each player's weight can be ``[players]``.
    total_low, total_high
        The same of what is split.

    Returns
    -------
    tuple of arrays
        Least and most that each share can be ``[players]``; infinite where nothing is known.
    """
    least, most = np.maximum(0.0, low), np.maximum(0.0, high)
    with np.errstate(invalid="ignore", divide="ignore"):
        lowest = total_low * least / (least + (most.sum() - most))
        highest = total_high * most / (most + (least.sum() - least))
    lowest = np.where(np.isnan(lowest), -np.inf, np.minimum(lowest, total_low))
    return lowest, np.where(np.isnan(highest), np.inf, highest)
