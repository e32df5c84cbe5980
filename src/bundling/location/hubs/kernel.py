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
    """Return the indices of `values`, the least first: sorting is long to compile, so only here."""
    return np.argsort(values)
