"""The shortest way in time to drive a fixed plan with the breaks that its driver must have.

As `bundling.rounds.break_plan`: for a fixed departure labels are carried along the plan, and before
each leg the driver drives on, or rests as long as makes a part of a break. Few departures are
tried: that of the shortest plan without breaks, and earlier ones by what breaks may take.
"""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    AFTER_DRIVING,
    AFTER_S,
    DRIVE,
    DRIVEN_S,
    DUTY_FIELDS,
    FIRST_PART,
    FROM,
    HAS_FIRST,
    IDLE,
    LENGTHS,
    LINES,
    MOST_DRIVING,
    NOW,
    PERIODS,
    PLACE,
    RESTED,
    SECOND_PART,
    STAY,
    UNTIL,
    WHOLE,
    WORK_PART,
)
from bundling.rounds.electric.clock import SAME_S, arrival, window_at
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.rules import LENGTH, LINE_OF_WORK


@kernel
def _ended(car, driven, first, rested, rest):
    """Driving since a whole break, whether its first part was taken, and rest: after a rest."""
    v = car.v
    if rest >= car.fleet[v, WHOLE] - SAME_S or (
        first > 0.0 and rest >= car.fleet[v, SECOND_PART] - SAME_S
    ):
        driven, first = 0.0, 0.0
    elif rest >= car.fleet[v, FIRST_PART] - SAME_S:
        first = 1.0
    if rest >= car.fleet[v, WORK_PART] - SAME_S:
        rested += rest
    return driven, first, rested


@kernel
def _keep(duty, num, now, driven, first, rested, idle):
    """Add a label to `duty` unless another is as good in all; return how many there are."""
    m = 0
    while m < num:
        if (
            duty[m, NOW] <= now + SAME_S
            and duty[m, DRIVEN_S] <= driven + SAME_S
            and duty[m, HAS_FIRST] >= first
            and duty[m, RESTED] >= rested - SAME_S
            and duty[m, IDLE] >= idle - SAME_S
        ):
            return num
        if (
            now <= duty[m, NOW] + SAME_S
            and driven <= duty[m, DRIVEN_S] + SAME_S
            and first >= duty[m, HAS_FIRST]
            and rested >= duty[m, RESTED] - SAME_S
            and idle >= duty[m, IDLE] - SAME_S
        ):
            num -= 1
            for f in range(DUTY_FIELDS):
                duty[m, f] = duty[num, f]
        else:
            m += 1
    m = num
    if num == duty.shape[0]:  # no room: the latest goes
        m, most = -1, now
        for other in range(num):
            if duty[other, NOW] > most:
                m, most = other, duty[other, NOW]
        if m < 0:
            return num
    else:
        num += 1
    duty[m, NOW], duty[m, DRIVEN_S], duty[m, HAS_FIRST] = now, driven, first
    duty[m, RESTED], duty[m, IDLE] = rested, idle
    return num


@kernel
def _stage(data, car, stage, k, begin, lengths, until, before, num, after):
    """Move the `num` labels of `before` over stage `k` into `after`; return how many there are.

    Those that cannot be back by `until` are dropped.
    """
    kept = 0
    seconds, place = stage[k, DRIVE], int(stage[k, PLACE])
    if k == begin:  # no break before the first leg
        lengths = 0
    asked = 0.0
    for line in range(int(car.fleet[car.v, LINES])):
        asked = max(asked, car.fleet[car.v, LINE_OF_WORK + 2 * line + 1])
    left_s = stage[k, DRIVE] + stage[k, AFTER_DRIVING]
    plain = car.fleet[car.v, PERIODS] == 0.0
    for m in range(num):
        # Who has had all the rest there is to ask for needs no other break.
        rests = lengths
        if (
            plain
            and before[m, DRIVEN_S] + left_s <= car.fleet[car.v, MOST_DRIVING]
            and before[m, RESTED] >= asked
        ):
            rests = 0
        for part in range(rests + 1):
            now, idle = before[m, NOW], before[m, IDLE]
            if part > 0:
                length = car.fleet[car.v, LENGTH + part - 1]
                if length - idle <= SAME_S:
                    continue
                now, idle = now + length - idle, length
            driven, first = before[m, DRIVEN_S], before[m, HAS_FIRST]
            rested = before[m, RESTED]
            if seconds > 0.0:
                driven, first, rested = _ended(car, driven, first, rested, idle)
                idle = 0.0
            there = arrival(car, now, seconds)
            driven += there - now
            if driven > car.fleet[car.v, MOST_DRIVING] + SAME_S:
                continue
            opens, closes = stage[k, FROM], stage[k, UNTIL]
            if place >= 0:
                opens, closes = window_at(data, place, there)
            start = max(there, opens)
            if start > closes + SAME_S:
                continue
            idle += start - there
            if place >= 0:
                # Rest before anything was done is none.
                if k > begin or seconds > 0.0:
                    driven, first, rested = _ended(car, driven, first, rested, idle)
                idle = 0.0
            else:
                idle += stage[k, STAY]
            start += stage[k, STAY]
            if start + stage[k, AFTER_S] > until:
                continue
            kept = _keep(after, kept, start, driven, first, rested, idle)
    return kept


@kernel
def return_rested(data, car, stage, begin, end, leave, lengths, most, duty):
    """Earliest return that keeps the rule from departure `leave`, within `most` seconds.

    Infinite when there is none.

    With `lengths` 0 nobody takes a break, but waits and charges.
    """
    for f in range(DUTY_FIELDS):
        duty[begin & 1, 0, f] = 0.0
    duty[begin & 1, 0, NOW] = leave
    num, until = 1, leave + most + SAME_S
    for k in range(begin, end):
        num = _stage(data, car, stage, k, begin, lengths, until, duty[k & 1], num,
                     duty[(k + 1) & 1])  # fmt: skip
    last = duty[end & 1]
    back = math.inf
    for m in range(num):
        work = last[m, NOW] - leave - last[m, RESTED]
        fine = True
        for line in range(int(car.fleet[car.v, LINES])):
            above = car.fleet[car.v, LINE_OF_WORK + 2 * line]
            total = car.fleet[car.v, LINE_OF_WORK + 2 * line + 1]
            fine = fine and (work <= above + SAME_S or last[m, RESTED] >= total - SAME_S)
        if fine:
            back = min(back, last[m, NOW])
    return back


@kernel
def _least_rest(car, driving, work):
    """Rest that so much driving and work ask for at least."""
    least = 0.0
    if driving > car.fleet[car.v, MOST_DRIVING] + SAME_S:
        pauses = math.ceil(driving / car.fleet[car.v, MOST_DRIVING] - SAME_S) - 1.0
        whole = car.fleet[car.v, FIRST_PART] + car.fleet[car.v, SECOND_PART]
        least = pauses * min(car.fleet[car.v, WHOLE], whole)
    for line in range(int(car.fleet[car.v, LINES])):
        if work > car.fleet[car.v, LINE_OF_WORK + 2 * line] + SAME_S:
            least = max(least, car.fleet[car.v, LINE_OF_WORK + 2 * line + 1])
    return least


@kernel
def shortest_rested(data, car, stage, begin, end, opens, bare, leave, most, duty):
    """Find the shortest duration with breaks among some departures, and the departure.

    Parameters
    ----------
    data, car, stage, begin, end, opens, most, duty
        As for `timing.shortest`.
    bare, leave
        Shortest duration without breaks, and its departure.
    """
    if return_rested(data, car, stage, begin, end, leave, 0, bare, duty) < math.inf:
        return bare, leave
    driving, work = 0.0, 0.0
    for k in range(begin, end):
        driving += stage[k, DRIVE]
        work += stage[k, DRIVE] + (stage[k, STAY] if stage[k, PLACE] >= 0.0 else 0.0)
    need = _least_rest(car, driving, work)
    least = max(bare, work + need)
    best, best_leave, depart = math.inf, leave, math.inf
    lengths = int(car.fleet[car.v, LENGTHS])
    for t in range(4):
        before = depart
        if t == 0:
            depart = leave
        elif t == 1:
            depart = leave - car.fleet[car.v, LENGTH]
        elif t == 2:
            depart = leave - need
        else:  # as early as can be: where that is not in time nothing is
            depart = opens
        depart = max(opens, depart)
        if least > most + SAME_S or best <= least + SAME_S or (t == 3 and best < math.inf):
            break
        if depart == before:
            continue
        back = return_rested(data, car, stage, begin, end, depart, lengths, most, duty)
        if back - depart < best - SAME_S:
            best, best_leave = back - depart, depart
            most = best
    return best, best_leave
