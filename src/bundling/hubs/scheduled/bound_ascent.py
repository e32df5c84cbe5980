"""Better shares of the prices of vehicles, by mirror ascent: kernels."""

from __future__ import annotations

import numpy as np
from numba import njit

from bundling.hubs.scheduled.bound_ways import load_on

_MOST = 1e150
"""Weights are scaled down beyond this."""


@njit(cache=True, nogil=True)
def ascend(freight, ends, shares, shift, first_rate, chosen, used):
    """Let those who use a vehicle take over more of its price; sum up what is used of each move.

    `used` receives what one euro more on each move would add, vehicles ``[K + Q]``.
    """
    for move in range(used.shape[0]):
        used[move] = 0.0
    shipments = freight.due.shape[0]
    for i in range(shipments):  # all at the shares that the ways were found at
        for side in range(2):
            e = chosen[i, 2 * side]
            if e >= 0:
                at = chosen[i, 2 * side + 1] >> shift
                row = ends.row[e]
                own = shares.own[ends.offset[e] + at] * ends.vehicles[e]
                used[ends.move[e]] += (own + shares.load[row, at] * ends.full[e]) / shares.total[
                    row, at
                ]
        move = chosen[i, 4]
        if move >= 0:
            row, at = (
                shares.row_of[move, 0 if freight.shared[move] else freight.group[i]],
                chosen[i, 5] >> shift,
            )
            full, _, _ = load_on(freight, ends.scarce, i, move)
            used[move] += full * shares.load[row, at] / shares.total[row, at]
    shares.now[0] += 1
    for i in range(shipments):
        for side in range(2):
            e = chosen[i, 2 * side]
            if e < 0:
                continue
            at, row = chosen[i, 2 * side + 1] >> shift, ends.row[e]
            rate = _rate(shares, first_rate, row, at)
            place = ends.offset[e] + at
            more = shares.own[place] * (np.exp(rate) - 1.0)
            shares.own[place] += more
            more_load = shares.load[row, at] * (np.exp(rate * ends.full[e]) - 1.0)
            shares.load[row, at] += more_load
            shares.total[row, at] += more + more_load
            if chosen[i, 2] >= 0 and (side == 0 or chosen[i, 4] >= 0):
                _use_hub(shares, i, ends.hub[e], first_rate / np.sqrt(shares.now[0]))
        move = chosen[i, 4]
        if move >= 0:
            row = shares.row_of[move, 0 if freight.shared[move] else freight.group[i]]
            if shares.has_ends[row]:
                full, _, _ = load_on(freight, ends.scarce, i, move)
                at = chosen[i, 5] >> shift
                rate = _rate(shares, first_rate, row, at)
                more_load = shares.load[row, at] * (np.exp(rate * full) - 1.0)
                shares.load[row, at] += more_load
                shares.total[row, at] += more_load
    _scale(ends, shares, shift)


@njit(cache=True, nogil=True)
def _rate(shares, first_rate, row, at):
    """Return the rate of a price that was used in so many steps: rare ones move faster."""
    if shares.turn[row, at] != shares.now[0]:
        shares.turn[row, at] = shares.now[0]
        shares.turns[row, at] += 1
    return first_rate / np.sqrt(shares.turns[row, at])


@njit(cache=True, nogil=True)
def _use_hub(shares, i, h, rate):
    more = shares.hub[i, h] * (np.exp(rate) - 1.0)
    shares.hub[i, h] += more
    shares.hub_total[h] += more


@njit(cache=True, nogil=True)
def _scale(ends, shares, shift):
    """Take weights down before they overflow, and sum them anew."""
    over = False
    for row in range(shares.total.shape[0]):
        for at in range(shares.total.shape[1]):
            if shares.total[row, at] > _MOST:
                shares.load[row, at] /= _MOST
                over = True
    if over:
        for e in range(ends.row.shape[0]):
            for at in range(ends.begin[e] >> shift, (ends.until[e] >> shift) + 1):
                if shares.total[ends.row[e], at] > _MOST:
                    shares.own[ends.offset[e] + at] /= _MOST
    for h in range(shares.hub_total.shape[0]):
        if shares.hub_total[h] > _MOST:
            over = True
            for i in range(shares.hub.shape[0]):
                shares.hub[i, h] /= _MOST
    if over:
        sum_up(ends, shares, shift)


@njit(cache=True, nogil=True)
def sum_up(ends, shares, shift):
    """Sum up the weights of each row and period, and of each hub."""
    for row in range(shares.total.shape[0]):
        for at in range(shares.total.shape[1]):
            shares.total[row, at] = shares.load[row, at]
    for e in range(ends.row.shape[0]):
        for at in range(ends.begin[e] >> shift, (ends.until[e] >> shift) + 1):
            shares.total[ends.row[e], at] += shares.own[ends.offset[e] + at]
    for h in range(shares.hub_total.shape[0]):
        shares.hub_total[h] = 0.0
        for i in range(shares.hub.shape[0]):
            shares.hub_total[h] += shares.hub[i, h]
