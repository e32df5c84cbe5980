"""The cheapest way of one shipment, given what all others do: a dynamic program over the day.

State: at hub `h`, handled and ready to leave by slot `t`, after `s` hubs. A departure costs what
taking the shipment along adds: nothing where a vehicle has room, the price of another vehicle
where it has not. A part `share` of that price is spread over what a vehicle can hope to carry, so
that a way in which others may join later looks as cheap as it can become (the idea of slope
scaling).
"""

from __future__ import annotations

import numpy as np
from numba import njit

_DUST = 1e-9


@njit(cache=True, nogil=True)
def swing(day, account, move, number):
    """Return what so many vehicles more on a move add to the estimate of empty trips, EUR."""
    v = day.vehicle[move]
    if v < 0 or number == 0:
        return 0.0
    start, end = day.start[move], day.end[move]
    left, came = account.net[v, start], account.net[v, end]
    return account.pull[v, start] * (abs(left - number) - abs(left)) + account.pull[v, end] * (
        abs(came + number) - abs(came)
    )


@njit(cache=True, nogil=True)
def extra(day, account, price, share, i, move, slot):
    """Return what taking shipment `i` along on a departure adds, EUR; ``inf`` if it cannot be."""
    group = 0 if day.shared[move] else day.group[i]
    full = 0.0
    own = 0.0
    alone = 0.0
    on_board = 0.0
    for r in range(day.load.shape[1]):
        load = day.load[i, r]
        if load <= 0.0:
            continue
        room = day.capacity[move, r]
        if room <= 0.0:
            return np.inf
        full = max(full, (account.load[move, slot, group, r] + load) / room)
        own = max(own, load / day.most[move, r])
        alone = max(alone, load / room)
        on_board += load * day.slot_eur[move, r]
    before = account.vehicles[move, slot, group]
    after = max(before, int(np.ceil(full - _DUST)))
    if after > day.limit[move]:
        return np.inf
    more = after - before
    whole = price[move] * more + swing(day, account, move, more)
    if share == 0.0:
        return on_board + whole
    spread = own if before == 0 else after * alone / full
    return on_board + (1.0 - share) * whole + share * spread * price[move]


@njit(cache=True, nogil=True)
def at_hub(day, account, share, i, h):
    """Return what handling shipment `i` at a hub adds, EUR; ``inf`` when full or blocked."""
    if account.blocked[h]:
        return np.inf
    total = 0.0 if account.users[h] > 0 else (1.0 - share) * day.hub_fixed[h]
    for r in range(day.load.shape[1]):
        load = day.load[i, r]
        if account.handled[h, r] + load > day.hub_capacity[h, r] * (1.0 + _DUST):
            return np.inf
        total += load * day.hub_handling[h, r]
    return total


@njit(cache=True, nogil=True)
def find_way(day, account, price, share, i, ready, back, moves, slots):
    """Find the cheapest way of shipment `i`; return its cost, ``inf`` when there is none.

    Parameters
    ----------
    day, account, price, share, i
        Problem, plan, price of a vehicle of each move, spread part of it, shipment.
    ready, back
        Room to work in: costs ``[max_hubs, H, T]``, and departures that reach them
        ``[max_hubs, H, T, 3]`` (move, slot, hub before).
    moves, slots
        Receive the way ``[max_hubs + 1]``, -1 beyond its end.
    """
    due, to = day.due[i], day.destination[i]
    hubs = day.hub_location.shape[0]
    ready[:] = np.inf
    best, best_stage, best_hub, best_move, best_slot = np.inf, -1, -1, -1, -1
    for stage in range(day.max_hubs + 1):
        places = 1 if stage == 0 else hubs
        for h in range(places):
            place = day.origin[i]
            if stage > 0:
                if ready[stage - 1, h, due] >= best:
                    continue
                place = day.hub_location[h]
            first, end = day.from_start[place], day.from_start[place + 1]
            direct = first + np.searchsorted(day.out_end[first:end], to)
            if stage == 0 and not day.direct[i]:
                direct = end
            onward = day.hub_start[place]
            while True:
                if direct < end and day.out_end[direct] == to:
                    move = day.out_move[direct]
                    direct += 1
                    there = -1
                elif stage < day.max_hubs and onward < day.hub_start[place + 1]:
                    move = day.hub_move[onward]
                    onward += 1
                    there = day.hub_at[day.end[move]]
                    if day.end[move] == to:
                        continue
                    if stage == day.max_hubs - 1 and not day.reaches[there, to]:
                        continue
                else:
                    break
                handle = 0.0
                begin = max(day.first[move], day.release[i])
                until = min(day.last[move], due - day.slots[move])
                if stage > 0:
                    begin = max(begin, day.hub_first[h])
                    until = min(until, day.hub_last[h])
                if there >= 0:
                    handle = at_hub(day, account, share, i, there)
                    if handle == np.inf:
                        continue
                    begin = max(begin, day.hub_first[there] - day.slots[move])
                    until = min(until, day.hub_last[there] - day.slots[move])
                group = 0 if day.shared[move] else day.group[i]
                alone = -1.0  # what a departure costs on which there is nothing yet
                last = np.inf
                for slot in range(begin, until + 1):
                    base = handle if stage == 0 else handle + ready[stage - 1, h, slot]
                    if base >= best:
                        continue
                    if account.vehicles[move, slot, group] == 0:
                        if base >= last:  # the one before is as cheap, and there earlier
                            continue
                        last = base
                        if alone < 0.0:
                            alone = extra(day, account, price, share, i, move, slot)
                        cost = base + alone
                    else:
                        cost = base + extra(day, account, price, share, i, move, slot)
                    if there < 0:
                        if cost < best - _DUST:
                            best, best_stage, best_hub = cost, stage, h
                            best_move, best_slot = move, slot
                        continue
                    then = slot + day.slots[move] + day.hub_dwell[there]
                    if then <= due and cost < ready[stage, there, then] - _DUST:
                        ready[stage, there, then] = cost
                        back[stage, there, then, 0] = move
                        back[stage, there, then, 1] = slot
                        back[stage, there, then, 2] = h
        if stage < day.max_hubs:
            for h in range(hubs):
                for t in range(1, due + 1):
                    if ready[stage, h, t - 1] <= ready[stage, h, t]:
                        ready[stage, h, t] = ready[stage, h, t - 1]
                        back[stage, h, t] = back[stage, h, t - 1]
    moves[:] = -1
    slots[:] = -1
    if best == np.inf:
        return best
    moves[best_stage], slots[best_stage] = best_move, best_slot
    h, slot = best_hub, best_slot
    for stage in range(best_stage - 1, -1, -1):
        moves[stage] = back[stage, h, slot, 0]
        slots[stage] = back[stage, h, slot, 1]
        h, slot = back[stage, h, slot, 2], slots[stage]
    return best


@njit(cache=True, nogil=True)
def put(day, account, price, i, moves, slots, sign):
    """Put shipment `i` on its way (`sign` 1) or take it off (-1); return what that adds, EUR."""
    total = 0.0
    resources = day.load.shape[1]
    for stage in range(moves.shape[0]):
        move = moves[stage]
        if move < 0:
            break
        slot = slots[stage]
        group = 0 if day.shared[move] else day.group[i]
        full = 0.0
        for r in range(resources):
            load = account.load[move, slot, group, r] + sign * day.load[i, r]
            if load < 1e-7:
                load = 0.0  # what is left of sums of what came and went
            account.load[move, slot, group, r] = load
            if load > 0.0:
                full = max(full, load / day.capacity[move, r])
            total += sign * day.load[i, r] * day.slot_eur[move, r]
        count = int(np.ceil(full - _DUST))
        more = count - account.vehicles[move, slot, group]
        if more != 0:
            total += price[move] * more + swing(day, account, move, more)
            v = day.vehicle[move]
            if v >= 0:
                account.net[v, day.start[move]] -= more
                account.net[v, day.end[move]] += more
            account.vehicles[move, slot, group] = count
        if stage + 1 < moves.shape[0] and moves[stage + 1] >= 0:
            h = day.hub_at[day.end[move]]
            for r in range(resources):
                account.handled[h, r] += sign * day.load[i, r]
                total += sign * day.load[i, r] * day.hub_handling[h, r]
            account.users[h] += sign
            if (sign > 0 and account.users[h] == 1) or (sign < 0 and account.users[h] == 0):
                total += sign * day.hub_fixed[h]
                if sign < 0:
                    account.handled[h] = 0.0
    for stage in range(moves.shape[0]):
        account.moves[i, stage] = moves[stage] if sign > 0 else -1
        account.slots[i, stage] = slots[stage] if sign > 0 else -1
    return total
