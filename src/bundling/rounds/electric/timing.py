"""The shortest way in time to drive a fixed plan: exactly, for windows and periods of the day.

A plan is a row of stages: drive there, wait for a window, stay. The return as a function of the
departure is made of straight pieces and jumps (where a window is just missed). The departure walks
from one bend to the next, since driving forward tells how far the piece at hand goes; the shortest
duration stands at an end of a piece. It finds what `bundling.rounds.departure` finds by driving
backward from each bend, in one drive a bend. Where there is a rule on breaks, `rested` goes on.
"""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    AFTER_DRIVING,
    AFTER_S,
    DRIVE,
    FROM,
    LENGTHS,
    OVER_PER_S,
    PER_S,
    PERIODS,
    PLACE,
    SHIFT,
    STAY,
    UNTIL,
)
from bundling.rounds.electric.clock import _DAY_S, SAME_S, arrival, period_at, window_at
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.rested import shortest_rested
from bundling.rounds.electric.rules import PERIOD

_PAST_S = 1e-3
"""So far beyond a bend the next piece begins."""
_BENDS = 150
"""Pieces looked at."""


@kernel
def _until_change(car, clock, p):
    """Seconds to the end of period `p`."""
    if p + 1 < int(car.fleet[car.v, PERIODS]):
        return car.fleet[car.v, PERIOD + 2 * (p + 1)] - clock
    return _DAY_S - clock


@kernel
def forward(data, car, stage, begin, end, leave):
    """Drive the stages ``begin .. end - 1`` from departure `leave`.

    Returns
    -------
    tuple
        Return (infinite when too late), by how much it moves with the departure, and how much
        later the departure may be for both to hold.
    """
    now, slope, more = leave, 1.0, math.inf
    periods = car.fleet[car.v, PERIODS] > 0.0
    for k in range(begin, end):
        seconds = stage[k, DRIVE]
        if periods and seconds > 0.0:
            clock = now - math.floor(now / _DAY_S) * _DAY_S
            p = period_at(car, clock)
            if slope > 0.0:
                more = min(more, _until_change(car, clock, p) / slope)
            fast = car.fleet[car.v, PERIOD + 2 * p + 1]
            now = arrival(car, now, seconds)
            clock = now - math.floor(now / _DAY_S) * _DAY_S
            p = period_at(car, clock)
            slope *= fast / car.fleet[car.v, PERIOD + 2 * p + 1]
            if slope > 0.0:
                more = min(more, _until_change(car, clock, p) / slope)
        else:
            now += seconds
        c = int(stage[k, PLACE])
        opens, closes = stage[k, FROM], stage[k, UNTIL]
        if c >= 0:
            opens, closes = window_at(data, c, now)
        if now > closes + SAME_S:
            return math.inf, slope, more
        if slope > 0.0:
            more = min(more, max(0.0, (opens if now < opens else closes) - now) / slope)
        if now < opens:
            now, slope = opens, 0.0
        now += stage[k, STAY]
    return now, slope, more


@kernel
def shortest(data, car, stage, begin, end, opens, most, duty):
    """Find the shortest duration of a plan, and its departure.

    Parameters
    ----------
    data, car
        The problem, and the fleet entry.
    stage, begin, end
        The plan.
    opens
        Earliest departure.
    most
        Longer than this is of no use.
    duty
        Room for `rested`.

    Returns
    -------
    tuple
        Duration, infinite when it cannot be driven in time, the rule on breaks not be kept, or
        it is longer than `most`; and the departure.
    """
    best, leave = math.inf, opens
    least, driving = 0.0, 0.0
    for k in range(end - 1, begin - 1, -1):
        stage[k, AFTER_S], stage[k, AFTER_DRIVING] = least, driving
        least += stage[k, DRIVE] + stage[k, STAY]
        driving += stage[k, DRIVE]
    if least > most + SAME_S:
        return math.inf, opens
    # Where hours cost nothing any departure within the shift will do.
    if car.fleet[car.v, PER_S] == 0.0 and car.fleet[car.v, OVER_PER_S] == 0.0:
        least = max(least, car.fleet[car.v, SHIFT])
    now = opens
    for _ in range(_BENDS):
        back, slope, more = forward(data, car, stage, begin, end, now)
        if back == math.inf:
            break
        if back - now < best - SAME_S:
            best, leave = back - now, now
        if slope < 1.0 and more < math.inf and back - now - (1.0 - slope) * more < best - SAME_S:
            best, leave = back - now - (1.0 - slope) * more, now + more
        if best <= least + SAME_S or more == math.inf:
            break
        now += more + _PAST_S
    if best > most + SAME_S:
        return math.inf, leave
    if car.fleet[car.v, LENGTHS] == 0.0:
        return best, leave
    return shortest_rested(data, car, stage, begin, end, opens, best, leave, most, duty)
