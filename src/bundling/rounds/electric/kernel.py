"""How the kernels are compiled: kept on disk, without the GIL, without counting references.

Numba counts a reference to every array at every call, with an atomic instruction that two threads
wait for each other to finish. Our kernels make no arrays, so there is nothing to count: without it
the search does two to three times as many iterations (measured on 100 stops). A function that makes
an array is compiled with plain `numba.njit`.
"""

from __future__ import annotations

from typing import Any

from numba import njit

# `_nrt` is numba's own name for it and not in its types; where it goes, the keyword goes.
_options: dict[str, Any] = {"_nrt": False}
kernel: Any = njit(cache=True, nogil=True, error_model="numpy", **_options)
