"""Kernels of ruin and recreate: take goods off arcs, send them another way, keep it or not.

The method and its sources stand in `reroute`.
"""

from __future__ import annotations

import numpy as np

from bundling.location.design.sorting import sort_together
from bundling.location.design.ways import add, cost_of_load, send, take
from bundling.location.kernel import kernel

MOST_TAKEN = 30
"""Pieces that a step takes off at most."""


@kernel
def anneal(start, leaving, tail, head, cost, fixed, room, most, origin, destination, commodity,
            units, way, best_k, best_u, best_w, best, steps, hot, cold, rng):  # fmt: skip
    """Take steps from one plan; a better one than `best` is written. Returns the best cost."""
    num_a, num_n, slots = len(tail), len(start) - 1, len(commodity)
    load = np.zeros(num_a)
    for s in range(slots):
        if commodity[s] >= 0:
            add(way[s], units[s], load)
    now = 0.0
    for a in range(num_a):
        now += cost_of_load(load[a], cost[a], fixed[a], room[a])
    taken, given = np.empty(slots, np.int64), np.empty(slots, np.int64)
    rest, amount_of = np.empty(slots), np.zeros(len(origin))
    goods, goods_taken = np.zeros(len(origin), np.bool_), np.empty(len(origin), np.int64)
    free = np.empty(slots, np.int64)
    used = np.empty(num_a, np.int64)
    dist, before = np.empty(num_n), np.empty(num_n, np.int64)
    done, noise = np.empty(num_n, np.bool_), np.ones(num_a)
    is_out = np.zeros(slots, np.bool_)
    mark = np.zeros(num_a, np.bool_)
    for step in range(steps):
        warm = hot * (cold / hot) ** (step / steps)
        num_taken = _ruin(load, used, commodity, way, taken, is_out, mark, goods, rng)
        if num_taken == 0:
            break
        saved = 0.0
        num_goods = 0
        for t in range(num_taken):
            s = taken[t]
            k = commodity[s]
            saved += take(way[s], units[s], load, cost, fixed, room)
            if amount_of[k] == 0.0:
                goods_taken[num_goods] = k
                num_goods += 1
            amount_of[k] += units[s]
            goods[k] = False
        # Larger amounts first, with some chance.
        for t in range(num_goods):
            rest[t] = -amount_of[goods_taken[t]] * (0.5 + rng.random())
        sort_together(rest, goods_taken, num_goods)
        spread = 0.3 * rng.random()
        for a in range(num_a):
            noise[a] = 1.0 + spread * (2.0 * rng.random() - 1.0)
        many = 1.0 if rng.random() < 0.3 else 1.0 + rng.random() * num_goods
        num_free = 0
        for s in range(slots):
            if commodity[s] < 0:
                free[num_free] = s
                num_free += 1
                if num_free >= 6 * MOST_TAKEN:
                    break
        num_given, spent, is_placed = 0, 0.0, True
        for t in range(num_goods):
            k = goods_taken[t]
            amount = amount_of[k]
            amount_of[k] = 0.0
            while amount > 0.0 and is_placed:
                if num_given >= num_free:
                    is_placed = False
                    break
                slot = free[num_given]
                sent = send(start, leaving, tail, head, cost, fixed, room, most, noise, many, load,
                            origin[k], destination[k], amount, dist, before, done,
                            way[slot])  # fmt: skip
                if sent <= 0.0:
                    is_placed = False
                    break
                units[slot] = sent
                spent -= take(way[slot], -sent, load, cost, fixed, room)
                given[num_given] = slot
                num_given += 1
                commodity[slot] = k
                amount -= sent
                if amount < 1e-9 * sent:
                    units[slot] += amount
                    amount = 0.0
        change = spent - saved
        if is_placed and (change <= 0.0 or rng.random() < np.exp(-change / warm)):
            now += change
            for t in range(num_taken):
                commodity[taken[t]] = -1
                is_out[taken[t]] = False
            if now < best - 1e-9 * abs(best):
                best = now
                best_k[:], best_u[:], best_w[:] = commodity, units, way
            continue
        for g in range(num_given):
            take(way[given[g]], units[given[g]], load, cost, fixed, room)
            commodity[given[g]] = -1
        for t in range(num_taken):
            add(way[taken[t]], units[taken[t]], load)
            is_out[taken[t]] = False
    return best


@kernel
def _ruin(load, used, commodity, way, taken, is_out, mark, goods, rng):
    """Choose pieces that share an arc, or one of two arcs that meet; return how many."""
    count = 0
    for a in range(len(load)):
        if load[a] > 1e-9:
            used[count] = a
            count += 1
    if count == 0:
        return 0
    first = used[int(rng.random() * count)]
    other = used[int(rng.random() * count)]
    if load[other] < load[first]:
        first = other
    mark[:] = False
    mark[first] = True
    most = 1 + int(rng.random() * MOST_TAKEN)
    num = 0
    offset = int(rng.random() * len(commodity))
    both = rng.random() < 0.5
    for turn in range(2):
        grown = False
        for p in range(len(commodity)):
            s = (p + offset) % len(commodity)
            if commodity[s] < 0 or is_out[s]:
                continue
            hit = False
            for q in range(way.shape[1]):
                a = way[s, q]
                if a < 0:
                    break
                if mark[a]:
                    hit = True
                    break
            if hit:
                is_out[s] = True
                goods[commodity[s]] = True
                taken[num] = s
                num += 1
                grown = True
                if num >= most:
                    break
        if not both or not grown or turn == 1 or num >= most:
            break
        # An arc of one of the pieces as well.
        s = taken[int(rng.random() * num)]
        length = 0
        while length < way.shape[1] and way[s, length] >= 0:
            length += 1
        mark[way[s, int(rng.random() * length)]] = True
    # What else there is of the same goods, so that pieces do not become ever smaller.
    for s in range(len(commodity)):
        if commodity[s] >= 0 and not is_out[s] and goods[commodity[s]]:
            is_out[s] = True
            taken[num] = s
            num += 1
    return num
