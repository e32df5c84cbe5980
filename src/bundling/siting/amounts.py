"""When an amount is above a limit, for the checker."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

TOLERANCE = 1e-6


def over(amount: FloatArray, limit: FloatArray) -> FloatArray:
    """How far `amount` lies above `limit`, 0 within tolerance."""
    limit = np.broadcast_to(limit, amount.shape)
    finite = np.where(np.isinf(limit), 0.0, limit)
    excess = np.where(np.isinf(limit), 0.0, amount - finite)
    return np.where(excess > TOLERANCE * np.maximum(1.0, np.abs(finite)), excess, 0.0)
