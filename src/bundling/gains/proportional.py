"""Split in proportion to a weight: kilograms, tonne-kilometres, what each pays alone."""

from __future__ import annotations

import numpy as np

from bundling.gains.game import FloatArray


def proportional(weights: FloatArray, total: float) -> FloatArray:
    """Split `total` in proportion to `weights`, equally when all are 0."""
    weights = np.asarray(weights, dtype=np.float64)
    sum_of = float(weights.sum())
    if sum_of <= 0:
        return np.full(weights.size, total / max(1, weights.size))
    return total * weights / sum_of
