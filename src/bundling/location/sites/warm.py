"""Compile the kernels of a problem once, before its clock runs, with a word to the user."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bundling.notice import tell
from bundling.result import Event, OnEvent

COMPILING = "compiling the search: some ten seconds, once on this machine"
_LONG_S = 0.2
_DONE: set[str] = set()


def warm_up(
    family: str, kernel: Any, tiny: Callable[[], object], on_event: OnEvent | None
) -> float:
    """Run the search on a problem so small that only compiling takes time.

    The seconds are not taken from the caller's time limit: a first run would else have none left.
    Before kernels are compiled for the first time on this machine, `on_event` hears of it.

    Parameters
    ----------
    family
        Whose search it is; once in a process is enough.
    kernel
        One of its kernels: what numba has kept of it on disk tells whether all are there.
    tiny
        Runs the search.
    on_event
        Receiver of progress.

    Returns
    -------
    float
        Seconds it took, 0 when that was not long.
    """
    if family in _DONE:
        return 0.0
    if not _is_kept(kernel):
        tell(Event("location", 0.0, math.inf, -math.inf, COMPILING), on_event)
    begun = time.perf_counter()
    tiny()
    _DONE.add(family)
    took = time.perf_counter() - begun
    return took if took > _LONG_S else 0.0


def _is_kept(kernel: Any) -> bool:
    stats = getattr(kernel, "stats", None)
    if stats is None:  # numba is switched off
        return True
    name = kernel.py_func.__name__
    return stats.cache_path is not None and any(Path(stats.cache_path).glob(f"*.{name}-*.nbi"))
