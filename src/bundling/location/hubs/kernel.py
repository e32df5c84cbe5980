"""How the kernels of this room are compiled: sums may be taken in any order."""

from __future__ import annotations

from typing import Any

from numba import njit

fast: Any = njit(
    cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract", "arcp"}
)
"""Infinite numbers keep their meaning; the order of a sum is the compiler's, always the same."""
