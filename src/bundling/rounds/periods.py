"""Driving times that depend on the hour: one speed for each period of the day.

A way that takes ``w`` seconds at speed 1 is driven at the speed of the period at hand, which
changes under way when the next period begins: Ichoua, Gendreau and Potvin, "Vehicle dispatching
with time-dependent travel times" (EJOR 144, 2003). With ``W(t)`` the integral of the speed up to
``t``, leaving at ``t`` means arriving at ``W^-1(W(t) + w)``. ``W`` increases, so who leaves later
never arrives earlier.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from bundling.rounds.defaults import SECONDS_PER_DAY


class DayClock:
    """Driving by period of the day; every day is the same.

    Parameters
    ----------
    start_s
        Starts of the periods, increasing, the first 0.
    speed
        Speeds in them, relative to the driving times.
    """

    def __init__(self, start_s: Sequence[float], speed: Sequence[float]) -> None:
        self.start_s = list(start_s)
        self.speed = list(speed)
        self._done = [0.0]
        ends = [*self.start_s, SECONDS_PER_DAY]
        for (begin, end), fast in zip(pairwise(ends), self.speed, strict=True):
            self._done.append(self._done[-1] + (end - begin) * fast)
        self._day = self._done.pop()

    def arrival_s(self, leave_s: float, lasts_s: float) -> float:
        """When a vehicle arrives that leaves at `leave_s` on a way of `lasts_s` at speed 1."""
        return self._when(self._progress(leave_s) + lasts_s) if lasts_s > 0 else leave_s

    def departure_s(self, arrive_s: float, lasts_s: float) -> float:
        """When a vehicle must leave to arrive at `arrive_s`; the inverse of `arrival_s`."""
        return self._when(self._progress(arrive_s) - lasts_s) if lasts_s > 0 else arrive_s

    def changes_s(self, from_s: float, to_s: float) -> list[float]:
        """Moments between two times at which the speed changes."""
        first, last = int(from_s // SECONDS_PER_DAY), int(to_s // SECONDS_PER_DAY)
        moments = [
            day * SECONDS_PER_DAY + start
            for day in range(first, last + 1)
            for start in self.start_s
        ]
        return [moment for moment in moments if from_s < moment < to_s]

    def _progress(self, time_s: float) -> float:
        day, clock = divmod(time_s, SECONDS_PER_DAY)
        p = bisect_right(self.start_s, clock) - 1
        return day * self._day + self._done[p] + (clock - self.start_s[p]) * self.speed[p]

    def _when(self, progress: float) -> float:
        day, done = divmod(progress, self._day)
        p = bisect_right(self._done, done) - 1
        return day * SECONDS_PER_DAY + self.start_s[p] + (done - self._done[p]) / self.speed[p]
