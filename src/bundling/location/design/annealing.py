"""Kernel of ruin and recreate: take goods off arcs, send them another way, keep it or not.

The method and its sources stand in `reroute`.
"""

from __future__ import annotations

import numpy as np

from bundling.location.design.pieces import link, unlink
from bundling.location.design.ruins import ruin
from bundling.location.design.sorting import sort_together
from bundling.location.design.ways import Fill, Room, cost_of_load, fill, send
from bundling.location.kernel import kernel

_WORDS = 4096
"""Length of the row of random numbers from which a step takes those of the arcs."""


@kernel
def anneal(net, slots, best_k, best_u, best_w, best, steps, hot, cold, rng):
    """Take steps from one plan; a better one than `best` is written. Returns the best cost."""
    num_a, num_n, num_k = len(net.tail), len(net.start) - 1, len(net.origin)
    num_s = len(slots.commodity)
    now = Fill(np.zeros(num_a), np.zeros(num_a), np.zeros(num_a))
    load = np.zeros(num_a)
    for s in range(num_s):
        if slots.commodity[s] >= 0:
            for p in range(num_n):
                if slots.way[s, p] < 0:
                    break
                load[slots.way[s, p]] += slots.units[s]
    cost_now = 0.0
    used, place, num_used = np.empty(num_a, np.int64), np.full(num_a, -1), 0
    for a in range(num_a):
        fill(net, now, a, load[a])
        cost_now += cost_of_load(load[a], net.cost[a], net.fixed[a], net.room[a])
        if now.load[a] > 0.0:
            place[a] = num_used
            used[num_used] = a
            num_used += 1
    touched, before = np.empty(num_a, np.int64), np.empty(num_a)
    is_touched, is_out = np.zeros(num_a, np.bool_), np.zeros(num_s, np.bool_)
    taken, given = np.empty(num_s, np.int64), np.empty(num_s, np.int64)
    goods, amount, key = np.empty(num_k, np.int64), np.zeros(num_k), np.empty(num_k)
    room = Room(np.empty(num_n), np.empty(num_n, np.int64), np.empty(num_n, np.bool_),
                np.empty(num_n, np.int64))  # fmt: skip
    words, price = 2.0 * rng.random(num_a + _WORDS) - 1.0, np.empty(num_a)
    for step in range(steps):
        warm = hot * (cold / hot) ** (step / steps)
        num_taken = ruin(net, slots, now.load, used, num_used, taken, is_out, rng)
        if num_taken == 0:
            break
        num_touched, num_goods = 0, 0
        for t in range(num_taken):
            s = taken[t]
            is_out[s] = False
            k = slots.commodity[s]
            if amount[k] == 0.0:
                goods[num_goods] = k
                num_goods += 1
            amount[k] += slots.units[s]
            for p in range(num_n):
                a = slots.way[s, p]
                if a < 0:
                    break
                num_touched = _touch(a, now.load, is_touched, touched, before, num_touched)
                now.load[a] -= slots.units[s]
        for t in range(num_touched):
            fill(net, now, touched[t], now.load[touched[t]])
        # Larger amounts first, with some chance.
        for g in range(num_goods):
            key[g] = -amount[goods[g]] * (0.5 + rng.random())
        sort_together(key, goods, num_goods)
        spread, offset = 0.3 * rng.random(), int(rng.random() * _WORDS)
        for a in range(num_a):
            price[a] = 1.0 + spread * words[offset + a]
        many = 1.0 if rng.random() < 0.3 else 1.0 + rng.random() * num_goods
        num_given, is_placed = 0, True
        for g in range(num_goods):
            k = goods[g]
            rest = amount[k]
            amount[k] = 0.0
            while rest > 0.0 and is_placed:
                if slots.count[0] == 0:
                    is_placed = False
                    break
                s = slots.free[slots.count[0] - 1]
                # Now and then as much as one arc takes, or arcs with little room are not opened.
                wanted = min(rest, net.room[int(rng.random() * num_a)])
                sent = send(net, now, price, many, net.origin[k], net.destination[k], wanted, room,
                            slots.way[s])  # fmt: skip
                if sent <= 0.0:
                    is_placed = False
                    break
                rest -= sent
                if rest < 1e-9 * sent:
                    sent += rest
                    rest = 0.0
                slots.count[0] -= 1
                slots.commodity[s], slots.units[s] = k, sent
                given[num_given] = s
                num_given += 1
                for p in range(num_n):
                    a = slots.way[s, p]
                    if a < 0:
                        break
                    num_touched = _touch(a, now.load, is_touched, touched, before, num_touched)
                    fill(net, now, a, now.load[a] + sent)
        change = 0.0
        for t in range(num_touched):
            a = touched[t]
            is_touched[a] = False
            change += cost_of_load(now.load[a], net.cost[a], net.fixed[a], net.room[a])
            change -= cost_of_load(before[t], net.cost[a], net.fixed[a], net.room[a])
        if not is_placed or (change > 0.0 and rng.random() >= np.exp(-change / warm)):
            for t in range(num_touched):
                fill(net, now, touched[t], before[t])
            for g in range(num_given - 1, -1, -1):
                slots.commodity[given[g]] = -1
                slots.free[slots.count[0]] = given[g]
                slots.count[0] += 1
            continue
        cost_now += change
        for t in range(num_taken):
            unlink(slots, taken[t])
        for g in range(num_given):
            link(slots, given[g])
        for t in range(num_touched):
            a = touched[t]
            if now.load[a] > 0.0 and place[a] < 0:
                place[a] = num_used
                used[num_used] = a
                num_used += 1
            elif now.load[a] == 0.0 and place[a] >= 0:
                num_used -= 1
                used[place[a]] = used[num_used]
                place[used[num_used]] = place[a]
                place[a] = -1
        if cost_now < best - 1e-9 * abs(best):
            best = cost_now
            best_k[:], best_u[:], best_w[:] = slots.commodity, slots.units, slots.way
    return best


@kernel
def _touch(a, load, is_touched, touched, before, count):
    """Note the load of an arc before a step first changes it; return how many are noted."""
    if is_touched[a]:
        return count
    is_touched[a] = True
    touched[count], before[count] = a, load[a]
    return count + 1
