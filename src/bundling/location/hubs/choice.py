"""The hubs that a linear bound opens, and what they add to it."""

from __future__ import annotations

import numpy as np

from bundling.location.hubs.kernel import fast, ranked


@fast
def choose(rest, status, least, most, picked):
    """Mark the hubs of least `rest` as `status` and numbers allow; return their sum."""
    n = len(rest)
    total, count = 0.0, 0
    for k in range(n):
        picked[k] = status[k] == 1
        if picked[k]:
            total += rest[k]
            count += 1
    for k in ranked(rest):
        if status[k] != 0:
            continue
        if count >= most or (count >= least and rest[k] >= 0):
            break
        picked[k] = True
        total += rest[k]
        count += 1
    return total if count >= least else np.inf


@fast
def choose_roomy(rest, status, room, needed, least, most, part):
    """Fill `part` ``[K]`` with how much of each hub is opened at least cost; return the sum.

    The larger of two bounds: with the number of hubs between `least` and `most`, and (when `needed`
    is above 0) with hubs, or parts of them, whose `room` is `needed` together.
    """
    many = len(rest)
    picked = np.zeros(many, dtype=np.bool_)
    counted = choose(rest, status, least, most, picked)
    load = 0.0
    for k in range(many):
        part[k] = 1.0 if picked[k] else 0.0
        load += room[k] * part[k]
    if load >= needed or counted == np.inf:
        return counted
    total, load = 0.0, 0.0
    other, ratio = np.zeros(many), np.full(many, np.inf)
    for k in range(many):
        if status[k] == 1 or (status[k] == 0 and rest[k] < 0.0):
            other[k] = 1.0
            total += rest[k]
            load += room[k]
        elif status[k] == 0 and room[k] > 0.0:
            ratio[k] = rest[k] / room[k]
    if load < needed:
        for k in ranked(ratio):
            if ratio[k] == np.inf:
                return np.inf
            other[k] = min(1.0, (needed - load) / room[k])
            total += other[k] * rest[k]
            load += other[k] * room[k]
            if other[k] < 1.0 or load >= needed:
                break
    if total > counted:
        for k in range(many):
            part[k] = other[k]
        return total
    return counted
