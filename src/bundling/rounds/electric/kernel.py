"""How the kernels are compiled: kept on disk, without the GIL, without counting references.

Numba counts a reference to every array at every call, with an atomic instruction that two threads
wait for each other to finish. Our kernels make no arrays, so there is nothing to count: without it
the search does two to three times as many iterations (measured on 100 stops). A function that makes
an array is compiled with plain `numba.njit`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit
from numba.core import types

# `_nrt` is numba's own name for it and not in its types; where it goes, the keyword goes.
_options: dict[str, Any] = {"_nrt": False}
_kernel: Any = njit(cache=True, nogil=True, error_model="numpy", **_options)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile `function`, once for whole numbers whether they are known beforehand or not.

    Numba makes another version of a function for every constant it is called with, such as a row of
    labels: four to twenty of most kernels, and with them of all that these call.
    """
    made = _kernel(function)
    compile_it = getattr(made, "compile", None)
    if compile_it is not None:  # numba is not switched off
        made.compile = lambda sig: compile_it(tuple(map(types.unliteral, sig)))
    return made
