"""When a vehicle arrives and may be served: periods of the day, and several windows a stop."""

from __future__ import annotations

import math

from bundling.rounds.defaults import SECONDS_PER_DAY
from bundling.rounds.electric.arrays import EARLY, NUM_WINDOWS, PERIODS, WINDOW
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.rules import PERIOD

SAME_S = 1e-7
_DAY_S = float(SECONDS_PER_DAY)


@kernel
def period_at(car, clock):
    """Which period of the day it is `clock` seconds after midnight."""
    p = int(car.fleet[car.v, PERIODS]) - 1
    while p > 0 and clock < car.fleet[car.v, PERIOD + 2 * p]:
        p -= 1
    return p


@kernel
def arrival(car, leave, seconds):
    """When a way ends that begins at `leave` and takes `seconds` in the fastest period.

    The speed changes under way as in `bundling.rounds.periods`.
    """
    if car.fleet[car.v, PERIODS] == 0.0 or seconds <= 0.0:
        return leave + seconds
    day = math.floor(leave / _DAY_S) * _DAY_S
    clock = leave - day
    last = int(car.fleet[car.v, PERIODS]) - 1
    p = period_at(car, clock)
    while True:
        ends = car.fleet[car.v, PERIOD + 2 * (p + 1)] if p < last else _DAY_S
        speed = car.fleet[car.v, PERIOD + 2 * p + 1]
        room = (ends - clock) * speed
        if seconds <= room:
            return day + clock + seconds / speed
        seconds -= room
        clock = ends
        p += 1
        if p > last:
            p, clock, day = 0, 0.0, day + _DAY_S


@kernel
def window_at(data, c, at):
    """Return when the first window of stop `c` that has not ended opens and closes, or the last."""
    last = int(data.stop[c, NUM_WINDOWS]) - 1
    for w in range(last):
        if at <= data.stop[c, WINDOW + 2 * w + 1] + SAME_S:
            return data.stop[c, WINDOW + 2 * w], data.stop[c, WINDOW + 2 * w + 1]
    return data.stop[c, WINDOW + 2 * last], data.stop[c, WINDOW + 2 * last + 1]


@kernel
def first_start(data, c, at):
    """Start of service at stop `c` of a vehicle that arrives at `at`; windows it misses aside."""
    if not data.timed:
        return max(at, data.stop[c, EARLY])
    return max(at, window_at(data, c, at)[0])


@kernel
def last_start(data, c, limit):
    """Latest start of service at stop `c` that is not after `limit`; `limit` when there is none."""
    w = int(data.stop[c, NUM_WINDOWS]) - 1
    while w > 0 and data.stop[c, WINDOW + 2 * w] > limit + SAME_S:
        w -= 1
    return min(limit, data.stop[c, WINDOW + 2 * w + 1])
