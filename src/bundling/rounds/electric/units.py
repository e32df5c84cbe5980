"""Freight from stop to stop: which stops belong together, and how they leave a route together.

A stop may bring what it fetched and fetch what the next brings, so a unit is a row of two or more
stops.
"""

from __future__ import annotations

from bundling.rounds.electric.arrays import BRING, FETCH, PRIZE
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.routes import unlink


@kernel
def head_of(data, c):
    """First stop of the unit of stop `c`."""
    while data.stop[c, FETCH] >= 0.0:
        c = int(data.stop[c, FETCH])
    return c


@kernel
def is_in_unit(data, c):
    """Whether stop `c` belongs together with another."""
    return data.stop[c, FETCH] >= 0.0 or data.stop[c, BRING] >= 0.0


@kernel
def remove_mates(data, state, absent, since, num, touched, begin, num_touched):
    """Take the rest of each unit out that has a stop in ``absent[since:num]``; return the number.

    The routes are those of ``touched[begin:num_touched]``; their labels are all out of date then.
    """
    first = num
    m = since
    while m < num:
        c = head_of(data, absent[m])
        while c >= 0:
            if state.route[c] >= 0:
                unlink(state, c)
                absent[num] = c
                num += 1
            c = int(data.stop[c, BRING])
        m += 1
    if num > first:
        for t in range(begin, num_touched):
            r = touched[t]
            state.stale[r, 0], state.stale[r, 1] = 0, state.size[r] - 1
    return num


@kernel
def group_units(data, absent, num):
    """Let the stops of each unit follow its first in ``absent[:num]``, where any of them stood."""
    m = 0
    while m < num:
        c = head_of(data, absent[m])
        while c >= 0:
            at = m
            while at < num and absent[at] != c:
                at += 1
            if at < num:
                while at > m:
                    absent[at] = absent[at - 1]
                    at -= 1
                absent[m] = c
                m += 1
            c = int(data.stop[c, BRING])


@kernel
def note_unit(data, head, r, absent, left):
    """Write a unit that found no route (`r` -1) into `absent` from `left` on; return the number."""
    c = head
    while r < 0 and c >= 0:
        absent[left] = c
        left += 1
        c = int(data.stop[c, BRING])
    return left


@kernel
def prize_of(data, head):
    """Money it costs to leave a unit out."""
    total = 0.0
    c = head
    while c >= 0:
        total += data.stop[c, PRIZE]
        c = int(data.stop[c, BRING])
    return total
