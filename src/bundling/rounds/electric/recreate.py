"""Recreate: put the absent stops back, one by one, each at its cheapest place, with blinks."""

from __future__ import annotations

import numpy as np

from bundling.rounds.electric.arrays import EARLY, FIXED, LATE, METRES, PRIZE, START
from bundling.rounds.electric.insertion import best_new_route, best_place
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.labels import EPS
from bundling.rounds.electric.pairs import place_unit
from bundling.rounds.electric.random import uniform
from bundling.rounds.electric.routes import link, update
from bundling.rounds.electric.units import group_units, head_of, is_in_unit, note_unit

BLINK = 0.01
_ORDERS = (4.0, 4.0, 2.0, 1.0, 2.0, 2.0, 2.0)
"""Weights of the orders: random, demand, far, close, short window, window's end, window's start."""
_ALL = sum(_ORDERS)


@kernel
def sort_absent(data, absent, num, key, rng):
    """Bring the first `num` stops of `absent` into a random one of seven orders."""
    ticket = uniform(rng) * _ALL
    which = 0
    while which < len(_ORDERS) - 1 and ticket >= _ORDERS[which]:
        ticket -= _ORDERS[which]
        which += 1
    depot = data.kind[0, START]
    for m in range(num):
        c = absent[m]
        if which == 0:
            key[m] = uniform(rng)
        elif which == 1:
            key[m] = -(data.freight[c, 0, 0] + data.freight[c, 1, 0])
        elif which == 2:
            key[m] = -data.arc[0, depot, c, METRES]
        elif which == 3:
            key[m] = data.arc[0, depot, c, METRES]
        elif which == 4:
            key[m] = data.stop[c, LATE] - data.stop[c, EARLY]
        elif which == 5:
            key[m] = data.stop[c, LATE]
        else:
            key[m] = -data.stop[c, EARLY]
    for m in range(1, num):
        c, k = absent[m], key[m]
        at = m - 1
        while at >= 0 and key[at] > k:
            absent[at + 1], key[at + 1] = absent[at], key[at]
            at -= 1
        absent[at + 1], key[at + 1] = c, k


@kernel
def recreate(data, state, work, room, absent, num, touched, num_touched, most_eur, rng):
    """Insert the first `num` stops of `absent`.

    Parameters
    ----------
    room
        Numbers ``[routes + stops, 4]``, and 16 rows at least.
    most_eur
        What a new route with one stop may cost; no new routes are opened when it is negative.

    Returns
    -------
    tuple
        How many stops are still absent (at the head of `absent`), and the length of `touched`.
    """
    left = 0
    least_fixed = np.inf
    for v in range(len(data.kind)):
        least_fixed = min(least_fixed, data.fleet[v, FIXED])
    if data.pairs:
        group_units(data, absent, num)
    for m in range(num):
        c = absent[m]
        if data.pairs and is_in_unit(data, c):
            if head_of(data, c) == c:  # the others follow it and come with it
                r = place_unit(data, state, work, room, c, most_eur >= 0.0, BLINK, rng)
                left = note_unit(data, c, r, absent, left)
                num_touched = note_touched(r, touched, num_touched)
            continue
        r, before, eur = best_place(data, state, work, room, c, BLINK, rng)
        opened, v, cost = -1, -1, np.inf
        if most_eur >= 0.0 and (r < 0 or least_fixed < eur):
            spread = 0.3 if len(data.kind) > 1 else 0.0
            opened, v, cost = best_new_route(data, state, work, c, spread, rng)
        if opened >= 0 and cost < eur - EPS and cost <= most_eur:
            r, before, eur = opened, -1, cost
            state.entry[r] = v
            state.used[v] += 1
        if r < 0 or eur > data.stop[c, PRIZE]:
            if r >= 0 and r == opened:
                state.used[v] -= 1
            absent[left] = c
            left += 1
            continue
        link(state, r, before, c)
        update(data, state, work, r, c)
        num_touched = note_touched(r, touched, num_touched)
    return left, num_touched


@kernel
def note_touched(r, touched, num_touched):
    """Add route `r`, if it is one, to `touched`; return how many there are."""
    if r < 0:
        return num_touched
    for t in range(num_touched):
        if touched[t] == r:
            return num_touched
    touched[num_touched] = r
    return num_touched + 1
