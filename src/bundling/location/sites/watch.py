"""Clock, progress and Ctrl-C of a search for sites."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bundling.certify import Clock, run_info
from bundling.location.sites.found import Found
from bundling.result import Event, Limit, OnEvent, RunInfo

_RESERVE = 0.03
"""Part of the time kept back for the recomputation at the end."""
_POLL_S = 0.02
_TELL_S = 0.2
"""At least so long between two events that tell only of a better bound."""


def run_of(problem: Any, method: str, time_limit: float, gap: float, seed: int) -> RunInfo:
    """Return what is known of a run before it begins."""
    packages = ("numba", "numpy", "highspy")
    return run_info(problem, method, *packages, seed=seed, time_limit=time_limit, gap=gap)


class Watch:
    """Says when a search must stop, and tells what it has.

    `aside` is a cost beside those the search knows of; it is in all that is told.

    Attributes
    ----------
    improvements
        Seconds, cost and bound at each better solution or bound that was told.
    """

    def __init__(
        self, name: str, clock: Clock, on_event: OnEvent | None, *, aside: float = 0.0
    ) -> None:
        self.name, self.clock, self.on_event, self.aside = name, clock, on_event, aside
        self.improvements: list[tuple[float, float, float]] = []
        self._halt = threading.Event()
        self._told = (-math.inf, math.inf, -math.inf)

    def left(self) -> float:
        """Seconds left for the search."""
        return max(0.0, self.clock.left - _RESERVE * min(self.clock.time_limit, 60.0))

    def stopped(self, found: Found) -> Limit:
        """Tell progress; return the limit that has been reached."""
        now, (when, cost, bound) = self.clock.elapsed, self._told
        if found.cost < cost:
            self.improvements.append((now, found.cost + self.aside, found.bound + self.aside))
        if found.cost < cost or (found.bound > bound and now - when >= _TELL_S):
            self._told = (now, found.cost, found.bound)
            event = Event(self.name, now, found.cost + self.aside, found.bound + self.aside)
            if self.on_event is not None and self.on_event(event) is False:
                self._halt.set()
        if self._halt.is_set():
            return Limit.INTERRUPT
        return Limit.TIME if self.left() <= 0.0 else Limit.NONE

    def over(self, job: Callable[[], Found]) -> Found:
        """Run `job` in a thread of its own, so that Ctrl-C ends it with the best so far."""
        with ThreadPoolExecutor(1, self.name) as pool:
            future = pool.submit(job)
            while not future.done():
                try:
                    time.sleep(_POLL_S)
                except KeyboardInterrupt:
                    if self._halt.is_set():
                        raise
                    self._halt.set()
            return future.result()
