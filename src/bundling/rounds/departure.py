"""The best departure where no closed form holds: several windows, periods of the day, breaks.

The return is a nondecreasing function of the departure, made of straight pieces, since driving by
period (`periods`), waiting for a window and service are such functions. Between two bends the
duration is straight, so the shortest one stands at a bend (or at the latest departure that is in
time, which is one). A bend is a departure from which the vehicle, somewhere on its way, arrives
just as a window opens or closes, or arrives or leaves just as a period begins. All of them are
found by driving backwards from each such moment, and driven forwards: O(n^2 (P + W)) for n stops.

A rule on breaks may forbid the shortest departure, since waiting counts as a break when it is long
enough. The moments from which waiting lasts as long as a part of a break are looked at as well; the
rule is looked at there only, so that a still shorter round between two of them can be missed when a
limit on driving or work is met exactly there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bundling.rounds.defaults import SECONDS_PER_DAY
from bundling.rounds.periods import DayClock
from bundling.rounds.windows import opening_s

SAME_S = 1e-6
"""Times this close are the same, for rounding."""
ALWAYS = ((-math.inf, math.inf),)


class Stage(NamedTuple):
    """One place on the way: driving there, when it can begin, and how long it lasts.

    Attributes
    ----------
    driving_s
        To this place at speed 1.
    windows
        Earliest and latest start, in order.
    lasts_s
        Service, charge, reload or break.
    rest_s
        What of that, and of breaks that follow at once, counts as rest.
    """

    driving_s: float
    windows: tuple[tuple[float, float], ...]
    lasts_s: float
    rest_s: float = 0.0


@dataclass(frozen=True)
class Way:
    """A fixed sequence with all that bears on its times.

    Attributes
    ----------
    stages
        In order; the last is the end, whose window closes with the depot.
    open_s
        Earliest departure.
    clock
        Driving by period of the day; None when all hours are alike.
    parts_s
        How long waiting must last to count as part of a break, increasing; empty without a rule.
    """

    stages: tuple[Stage, ...]
    open_s: float
    clock: DayClock | None = None
    parts_s: tuple[float, ...] = ()

    @property
    def is_simple(self) -> bool:
        """Whether the closed form holds."""
        one = all(len(stage.windows) == 1 for stage in self.stages)
        return one and self.clock is None and not self.parts_s

    def arrive(self, leave_s: float, driving_s: float) -> float:
        """When a leg ends."""
        if self.clock is None:
            return leave_s + driving_s
        return self.clock.arrival_s(leave_s, driving_s)

    def forward(self, departure_s: float) -> tuple[float, float]:
        """Return time, and by how much the worst window is missed (0 or less: in time)."""
        now, worst = departure_s, -math.inf
        for stage in self.stages:
            now = self.arrive(now, stage.driving_s)
            now = max(now, opening_s(stage.windows, now))
            worst = max(worst, now - stage.windows[-1][1])
            now += stage.lasts_s
        return now, worst

    def latest(self, stage: int, arrival_s: float) -> float:
        """Latest departure from which the vehicle is at a stage by `arrival_s`; -inf if none."""
        now = self._leave(arrival_s, self.stages[stage].driving_s)
        for before in reversed(self.stages[:stage]):
            start = now - before.lasts_s
            opened = [late for early, late in before.windows if early <= start]
            if not opened:
                return -math.inf
            now = self._leave(min(start, opened[-1]), before.driving_s)
        return now

    def bends(self) -> list[float]:
        """Departures at which the return may bend, increasing, the earliest departure first."""
        horizon = self.stages[-1].windows[-1][1]
        horizon = min(horizon, self.forward(self.open_s)[0] + SECONDS_PER_DAY)
        found = {self.open_s}
        for k, stage in enumerate(self.stages):
            for moment in self._moments(k, stage, horizon):
                departure = self.latest(k, moment)
                if self.open_s < departure < math.inf:
                    found.add(departure)
        return sorted(found)

    def _leave(self, arrive_s: float, driving_s: float) -> float:
        if self.clock is None or math.isinf(arrive_s):
            return arrive_s - driving_s
        return self.clock.departure_s(arrive_s, driving_s)

    def _moments(self, number: int, stage: Stage, horizon: float) -> Iterator[float]:
        """Arrivals at a stage at which something changes."""
        for early, late in stage.windows:
            yield early
            yield late
            yield from (early - part + stage.rest_s for part in self.parts_s)
        if self.clock is not None:
            changes = self.clock.changes_s(self.open_s, horizon)
            yield from changes
            yield from (moment - stage.lasts_s for moment in changes)
            if not number:  # leaving the depot as a period begins
                yield from (self.clock.arrival_s(m, stage.driving_s) for m in changes)


def search_departure(
    way: Way, accept: Callable[[float], bool] | None = None
) -> tuple[float, float, float]:
    """Find the departure with the shortest duration; the earliest of those that tie.

    Parameters
    ----------
    way
        The sequence.
    accept
        Says whether a departure keeps what windows do not say; all do when None.

    Returns
    -------
    tuple of float
        Departure, return, and lateness: 0 when in time, infinite when no departure that is in time
        is accepted.
    """
    back, worst = way.forward(way.open_s)
    if math.isinf(back):
        return way.open_s, math.inf, math.inf
    if worst > SAME_S:  # leaving later is no help
        return way.open_s, back, worst
    tried = [(t, *way.forward(t)) for t in way.bends()]
    in_time = [(t, back) for t, back, late in tried if late <= SAME_S]
    ranked = sorted(in_time, key=lambda pair: (_rounded(pair[1] - pair[0]), pair[0]))
    for t, back in ranked:
        if accept is None or accept(t):
            return t, back, 0.0
    return *ranked[0], math.inf


def spread(values: Sequence[float], most: int) -> list[float]:
    """At most `most` of `values`, evenly over their order, the first and the last among them."""
    if len(values) <= most:
        return list(values)
    step = (len(values) - 1) / (most - 1)
    return [values[round(i * step)] for i in range(most)]


def _rounded(seconds: float) -> int:
    """Durations that differ by rounding only are equal."""
    return round(seconds / SAME_S)
