"""How the kernels of this room are compiled: kept on disk, without the GIL."""

from __future__ import annotations

from typing import Any

from numba import njit

kernel: Any = njit(cache=True, nogil=True, error_model="numpy")
