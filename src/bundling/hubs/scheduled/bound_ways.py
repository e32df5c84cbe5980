"""Cheapest ways of all shipments when each pays its part of the vehicles it uses: kernels.

The price of a vehicle of a move in a period is shared out by weights: one for each shipment that
begins or ends its way on it (an end), one for the load on board. What a shipment pays for an end is
the price times its own weight plus the load's, over the sum of all; between two hubs it pays for
its load only.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def cheapest(freight, ends, shares, price, shift, work, chosen):
    """Find the cheapest way of each shipment at the shares at hand; return their sum, EUR.

    Parameters
    ----------
    freight
        What the ways need of the problem (`bound_ends.Freight`).
    ends
        Pairs of a shipment and a move at an end of its way (`bound_ends.Ends`).
    shares
        Weights (`bound_ends.Shares`).
    price
        Of one vehicle of each move, EUR ``[K + Q]``.
    shift
        A period of the weights has ``2**shift`` slots.
    work
        Room (`bound_ends.Room`).
    chosen
        Receives for each shipment the first end, its slot, the last end, its slot, the move between
        hubs, its slot (-1 for none) ``[N, 6]``. A direct way has no last end.
    """
    total = 0.0
    for i in range(freight.due.shape[0]):
        total += _way(freight, ends, shares, price, shift, work, i, chosen[i])
    return total


@njit(cache=True, nogil=True)
def _end_eur(ends, shares, price, shift, e, slot):
    row, at = ends.row[e], slot >> shift
    own = shares.own[ends.offset[e] + at] * ends.vehicles[e]
    part = (own + shares.load[row, at] * ends.full[e]) / shares.total[row, at]
    return price[ends.move[e]] * part + ends.aboard_eur[e]


@njit(cache=True, nogil=True)
def _at_hub(freight, shares, i, h):
    eur = freight.hub_fixed[h] * shares.hub[i, h] / shares.hub_total[h]
    for r in range(freight.load.shape[1]):
        if freight.load[i, r] > 0.0:
            eur += freight.load[i, r] * freight.hub_handling[h, r]
    return eur


@njit(cache=True, nogil=True)
def _way(freight, ends, shares, price, shift, work, i, chosen):
    for n in range(6):
        chosen[n] = -1
    best, due = np.inf, freight.due[i]
    for e in range(ends.start[i], ends.first[i]):  # from origin to destination
        slot = ends.begin[e]
        while slot <= ends.until[e]:
            eur = _end_eur(ends, shares, price, shift, e, slot)
            if eur < best:
                best = eur
                chosen[0], chosen[1] = e, slot
            slot = ((slot >> shift) + 1) << shift
    number = 0
    for e in range(ends.last[i], ends.start[i + 1]):  # what is left to pay from each hub and slot
        h = ends.hub[e]
        tail, by = work.tail[h], work.tail_by[h]
        if not work.has_tail[h]:
            work.has_tail[h] = True
            work.tails[number] = h
            number += 1
            for t in range(due + 1):
                tail[t] = np.inf
            work.handle[h] = _at_hub(freight, shares, i, h)
        least, slot = np.inf, ends.until[e]
        at = slot
        while slot >= 0:
            if slot >= ends.begin[e]:
                eur = _end_eur(ends, shares, price, shift, e, slot)
                if eur < least:
                    least, at = eur, slot
                until = max(ends.begin[e], slot >> shift << shift)
            else:
                until = 0
            for t in range(until, slot + 1):
                if least < tail[t]:
                    tail[t] = least
                    by[t, 0], by[t, 1] = e, at
            slot = until - 1
    reached = 0
    for e in range(ends.first[i], ends.last[i]):  # from the origin to a hub
        h = ends.hub[e]
        if not work.has_tail[h]:
            work.handle[h] = _at_hub(freight, shares, i, h)
        handle = work.handle[h]
        slot = ends.begin[e]
        while slot <= ends.until[e]:
            eur = handle + _end_eur(ends, shares, price, shift, e, slot)
            then = slot + freight.slots[ends.move[e]] + freight.hub_dwell[h]
            if then <= due and eur < best:
                if not work.is_reached[h]:
                    work.is_reached[h] = True
                    work.reached[reached] = h
                    reached += 1
                    for t in range(due + 1):
                        work.ready[h, t] = np.inf
                if eur < work.ready[h, then]:
                    work.ready[h, then] = eur
                    work.ready_by[h, then, 0], work.ready_by[h, then, 1] = e, slot
            slot = ((slot >> shift) + 1) << shift
    for n in range(reached):
        h, falls, least = work.reached[n], np.int64(0), np.inf
        for t in range(due + 1):
            if work.ready[h, t] >= least:
                continue
            least = work.ready[h, t]
            if least >= best:
                continue
            work.times[falls] = t
            falls += 1
            if work.has_tail[h] and least + work.tail[h, t] < best:
                best = least + work.tail[h, t]
                by = work.ready_by[h, t]
                chosen[0], chosen[1] = by[0], by[1]
                by = work.tail_by[h, t]
                chosen[2], chosen[3] = by[0], by[1]
                chosen[4] = -1
        if freight.max_hubs == 2:
            for m in range(number):
                there = work.tails[m]
                for move in ends.between[
                    ends.between_start[h, there] : ends.between_start[h, there + 1]
                ]:
                    best = _onward(
                        freight, ends, shares, price, shift, work, i, move, falls, best, chosen
                    )
    for n in range(number):
        work.has_tail[work.tails[n]] = False
    for n in range(reached):
        work.is_reached[work.reached[n]] = False
    return best


@njit(cache=True, nogil=True)
def _onward(freight, ends, shares, price, shift, work, i, move, falls, best, chosen):
    """Try a move between two hubs at each slot from which it can be cheaper; return the least."""
    h, there = freight.from_hub[move], freight.to_hub[move]
    if freight.end[move] == freight.destination[i]:
        return best
    full, _, aboard = load_on(freight, ends.scarce, i, move)
    if full == np.inf:
        return best
    under_way = freight.slots[move] + freight.hub_dwell[there]
    first = max(
        freight.first[move], freight.hub_first[h], freight.hub_first[there] - freight.slots[move]
    )
    until = min(freight.last[move], freight.due[i] - under_way, freight.hub_last[h])
    until = min(until, freight.hub_last[there] - freight.slots[move])
    row = shares.row_of[move, 0 if freight.shared[move] else freight.group[i]]
    for n in range(falls):
        slot = max(first, work.times[n])
        base = work.ready[h, work.times[n]] + aboard + work.handle[there]
        while slot <= until:
            part = full
            if shares.has_ends[row]:
                part *= shares.load[row, slot >> shift] / shares.total[row, slot >> shift]
            eur = base + price[move] * part + work.tail[there, slot + under_way]
            if eur < best:
                best = eur
                by = work.ready_by[h, work.times[n]]
                chosen[0], chosen[1] = by[0], by[1]
                by = work.tail_by[there, slot + under_way]
                chosen[2], chosen[3] = by[0], by[1]
                chosen[4], chosen[5] = move, slot
            if not shares.has_ends[row]:
                break  # later is no cheaper
            slot = ((slot >> shift) + 1) << shift
    return best


@njit(cache=True, nogil=True)
def load_on(freight, scarce, i, move):
    """Share of one vehicle's scarcest room, vehicles it takes at least, price on board, EUR."""
    aboard, vehicles, full = 0.0, 1.0, 0.0
    for r in range(freight.load.shape[1]):
        load = freight.load[i, r]
        if load <= 0.0:
            continue
        room = freight.capacity[move, r]
        if room <= 0.0:
            return np.inf, 1.0, 0.0
        aboard += load * freight.slot_eur[move, r]
        vehicles = max(vehicles, np.ceil(load / room - 1e-7))
        if r == scarce:
            full = load / room
    return full, vehicles, aboard
