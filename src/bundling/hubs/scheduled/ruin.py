"""Ruin and recreate: take some shipments off their way, and find each a new one.

G. Schrimpf, J. Schneider, H. Stamm-Wilbrandt, G. Dueck, "Record breaking optimization results
using the ruin and recreate principle", Journal of Computational Physics 159 (2000) 139-171, with
their threshold acceptance cooled linearly. Ruins: neighbours of a shipment, everybody on a
departure, everybody on a lane, everybody at a hub (which may then be blocked, so that it can
close). Every way found is the cheapest there is, given the others (`insert.find_way`). In most
steps new departures keep to a beat: each as early as it can be would leave every vehicle in a slot
of its own, and goods that wait for the same slot can be joined by others (on 20 hubs and 1,000
shipments plans of as many steps cost 3 % less).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from bundling.hubs.scheduled.insert import find_way, put

DRAWS = 8
"""Random numbers for one step."""
_LEAST_GAIN = 1e-7
_ON, _OFF = np.int64(1), np.int64(-1)
"""Signs for `put`; bare numbers would have it compiled once for each."""
_WHOLE_HUB = 0.25
"""Part of the ruins of a hub that may take more off than other ruins, so that it can close."""
_IN_STEP = 0.75
"""Part of the steps in which new departures keep to a beat."""
_BEATS = (2, 12)
"""Slots from beat to beat, the least and the most."""


@njit(cache=True, nogil=True)
def insert_all(day, account, price, share, order, work):
    """Find a way for the shipments in `order` that have none; return the cost it adds, EUR.

    A shipment without a way stays without.
    """
    total = 0.0
    for i in order:
        if account.moves[i, 0] >= 0:
            continue
        if find_way(day, account, price, share, i, work) < np.inf:
            total += put(day, account, price, i, work.moves, work.slots, _ON)
    return total


@njit(cache=True, nogil=True)
def again_all(day, account, price, share, order, work):
    """Give the shipments in `order` one by one the cheapest way there is now."""
    for i in order:
        work.moves[:] = account.moves[i]
        work.slots[:] = account.slots[i]
        old_moves, old_slots = work.moves.copy(), work.slots.copy()
        put(day, account, price, i, work.moves, work.slots, _OFF)
        if find_way(day, account, price, share, i, work) == np.inf:
            # Full hours and floors may hide the way it had.
            work.moves[:], work.slots[:] = old_moves, old_slots
        put(day, account, price, i, work.moves, work.slots, _ON)


@njit(cache=True, nogil=True)
def put_all(day, account, price, moves, slots):
    """Take every shipment off its way, and put it on the one given, if any."""
    old_moves, old_slots = account.moves.copy(), account.slots.copy()
    for i in range(old_moves.shape[0]):
        if old_moves[i, 0] >= 0:
            put(day, account, price, i, old_moves[i], old_slots[i], _OFF)
    for i in range(old_moves.shape[0]):
        if moves[i, 0] >= 0:
            put(day, account, price, i, moves[i], slots[i], _ON)


@njit(cache=True, nogil=True)
def choose(day, account, near, draw, most, many, chosen):
    """Choose the shipments to take off; return how many stand in `chosen`, and a hub to block."""
    count = day.origin.shape[0]
    seed = min(count - 1, int(draw[0] * count))
    stage = 0
    while stage + 1 < account.moves.shape[1] and account.moves[seed, stage + 1] >= 0:
        stage += 1
    pick = min(stage, int(draw[1] * (stage + 1)))
    move, slot = account.moves[seed, pick], account.slots[seed, pick]
    if draw[2] < 0.45 or (stage == 0 and draw[2] >= 0.85):
        number = min(near.shape[1], 1 + int(draw[3] * most))
        chosen[:number] = near[seed, :number]
        return number, -1
    number = 0
    if draw[2] < 0.85:
        whole_lane = draw[2] >= 0.65
        for i in range(count):
            for s in range(account.moves.shape[1]):
                if account.moves[i, s] == move and (whole_lane or account.slots[i, s] == slot):
                    chosen[number] = i
                    number += 1
                    break
            if number == most:
                break
        return number, -1
    h = day.hub_at[day.end[account.moves[seed, min(pick, stage - 1)]]]
    place = day.hub_location[h]
    limit = many if draw[3] < _WHOLE_HUB else most
    for i in range(count):
        for s in range(account.moves.shape[1] - 1):
            if account.moves[i, s + 1] >= 0 and day.end[account.moves[i, s]] == place:
                chosen[number] = i
                number += 1
                break
        if number == limit:
            break
    block = h if account.users[h] == number and draw[3] < 0.5 else -1
    return number, block


@njit(cache=True, nogil=True)
def improve(day, account, price, near, draws, most, many, hot, cold, current, best, best_moves,
            best_slots, work):  # fmt: skip
    """Take ``len(draws)`` steps; return the cost at hand and the least cost seen, EUR.

    Parameters
    ----------
    day, account, price
        Problem, plan (changed in place), price of one vehicle of each move.
    near
        Shipments by nearness to each, itself first ``[N, n]``.
    draws
        Random numbers ``[steps, DRAWS]``.
    most, many
        Most shipments taken off at once, and from a hub that may close.
    hot, cold
        What a step may cost at first and at last, EUR.
    current, best, best_moves, best_slots
        Cost at hand; least cost, and the ways it has (changed in place).
    work
        Room to work in.
    """
    steps = draws.shape[0]
    chosen = np.empty(max(many, near.shape[1]) + 1, dtype=np.int64)
    old_moves = np.empty((chosen.shape[0], account.moves.shape[1]), dtype=np.int64)
    old_slots = np.empty_like(old_moves)
    for step in range(steps):
        draw = draws[step]
        number, block = choose(day, account, near, draw, most, many, chosen)
        change = 0.0
        for k in range(number):
            i = chosen[k]
            old_moves[k] = account.moves[i]
            old_slots[k] = account.slots[i]
            change += put(day, account, price, i, old_moves[k], old_slots[k], _OFF)
        if block >= 0:
            account.blocked[block] = True
        # Large ones first, or as they stand: by chance.
        order = np.arange(number)
        if draw[4] < 0.5:
            weight = np.empty(number)
            for k in range(number):
                weight[k] = -day.load[chosen[k], 0]
            order = np.argsort(weight)
        share = 0.0 if draw[5] < 0.4 else draw[4]
        if draw[6] < _IN_STEP:
            period = _BEATS[0] + int(draw[6] / _IN_STEP * (_BEATS[1] - _BEATS[0] + 1))
            work.beat[0], work.beat[1] = period, int(draw[7] * period)
        else:
            work.beat[0], work.beat[1] = 1, 0
        done = 0
        for k in order:
            i = chosen[k]
            cost = find_way(day, account, price, share, i, work)
            if cost == np.inf:
                break
            change += put(day, account, price, i, work.moves, work.slots, _ON)
            done += 1
        if block >= 0:
            account.blocked[block] = False
        allowed = hot + (cold - hot) * step / steps
        if done == number and change <= allowed * draw[1]:
            current += change
            if current < best - _LEAST_GAIN:
                best = current
                best_moves[:] = account.moves
                best_slots[:] = account.slots
            continue
        for k in range(number):
            i = chosen[k]
            if account.moves[i, 0] >= 0:
                work.moves[:] = account.moves[i]
                work.slots[:] = account.slots[i]
                put(day, account, price, i, work.moves, work.slots, _OFF)
        for k in range(number):
            put(day, account, price, chosen[k], old_moves[k], old_slots[k], _ON)
    work.beat[0] = 1
    return current, best
