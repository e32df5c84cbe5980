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

from bundling.hubs.scheduled.stay import at_hub, note_stay, stands, takes

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
def find_way(day, account, price, share, i, work):
    """Find the cheapest way of shipment `i`; return its cost, ``inf`` when there is none.

    Only slots that can matter are looked at: those in which a departure has vehicles already, and
    for a new departure those from which on the shipment can be there at less cost, or the next
    ones in step with the beat in `work` where there still are such.

    Parameters
    ----------
    day, account, price, share, i
        Problem, plan, price of a vehicle of each move, spread part of it, shipment.
    work
        Room to work in; receives the way in its `moves` and `slots`, -1 beyond its end.
    """
    due, to = day.due[i], day.destination[i]
    times, best = work.times, work.best
    best[0] = np.inf
    work.ready[0, 0, day.release[i]] = 0.0
    work.reached[0, 0], work.reach[0] = 0, 1
    for stage in range(day.max_hubs + 1):
        for n in range(work.reach[stage]):
            h = work.reached[stage, n]
            ready = work.ready[stage, h]
            number = _falls(ready, due, times)
            least = ready[times[number - 1]]
            if least >= best[0]:
                continue
            place = day.hub_location[h] if stage > 0 else day.origin[i]
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
                    if day.end[move] == to or day.end[move] == day.origin[i]:
                        continue  # no way comes back to where it began
                    if stage == day.max_hubs - 1 and not day.reaches[there, to]:
                        continue
                else:
                    break
                begin = max(day.first[move], times[0])
                until = min(day.last[move], due - day.slots[move])
                if stage > 0:
                    begin = max(begin, day.hub_first[h])
                    until = min(until, day.hub_last[h])
                handle = 0.0
                if there >= 0:
                    begin = max(begin, day.hub_first[there] - day.slots[move])
                    until = min(until, day.hub_last[there] - day.slots[move])
                if begin > until:
                    continue
                if there >= 0:
                    handle = at_hub(day, account, share, i, there)
                if least + handle >= best[0]:
                    continue
                group = 0 if day.shared[move] else day.group[i]
                running, runs = account.running[move, group], account.runs[move, group]
                leaves_timed = stage > 0 and day.hub_timed[h]
                timed = there >= 0 and day.hub_timed[there]
                under_way = day.slots[move]
                at = 0
                for d in range(runs):  # on board of what departs anyway
                    slot = np.int64(running[d])  # of a smaller type: all below compiled twice
                    if slot < begin:
                        continue
                    if slot > until:
                        break
                    while at + 1 < number and times[at + 1] <= slot:
                        at += 1
                    if timed and not takes(day, account, i, there, slot + under_way):
                        continue
                    if leaves_timed and not stands(
                        day, account, i, h, times[at] - day.hub_dwell[h], slot
                    ):
                        continue
                    base = handle + ready[times[at]]
                    if base < best[0]:
                        cost = base + extra(day, account, price, share, i, move, slot)
                        _arrive(day, work, stage, h, times[at], there, cost, move, slot, due)
                alone, d = -1.0, 0
                period, phase = work.beat[0], work.beat[1]
                for at in range(number):  # on a new departure
                    slot = max(begin, times[at])
                    later = slot + (phase - slot) % period
                    if later <= until:
                        slot = later
                    while slot <= until:
                        if d < runs and running[d] <= slot:
                            slot += period * (running[d] == slot)
                            d += 1
                        elif timed and not takes(day, account, i, there, slot + under_way):
                            slot += period
                        else:
                            break
                    if slot > until:
                        break
                    if leaves_timed and not stands(
                        day, account, i, h, times[at] - day.hub_dwell[h], slot
                    ):
                        continue
                    base = handle + ready[times[at]]
                    if base >= best[0] or (at + 1 < number and times[at + 1] <= slot):
                        continue
                    if alone < 0.0:
                        alone = extra(day, account, price, share, i, move, slot)
                    _arrive(day, work, stage, h, times[at], there, base + alone, move, slot, due)
    _way(day, work)
    return best[0]


@njit(cache=True, nogil=True)
def _falls(ready, due, times):
    """Write the slots at which waiting has made it cheaper into `times`; return how many."""
    number, least = 0, np.inf
    for t in range(due + 1):
        if ready[t] < least:
            least = ready[t]
            times[number] = t
            number += 1
    return number


@njit(cache=True, nogil=True)
def _arrive(day, work, stage, h, time, there, cost, move, slot, due):
    """Note a departure at `slot` that leads on from hub `h`, where it was ready at `time`.

    To the destination where `there` is -1, else to that hub, ready to leave after its dwell time.
    """
    if there < 0:
        if cost < work.best[0] - _DUST:
            work.best[0] = cost
            work.last[0], work.last[1], work.last[2] = stage, h, time
            work.last[3], work.last[4] = move, slot
        return
    then = slot + day.slots[move] + day.hub_dwell[there]
    if then > due or not cost < work.ready[stage + 1, there, then] - _DUST:
        return
    if not work.is_reached[stage + 1, there]:
        work.is_reached[stage + 1, there] = True
        work.reached[stage + 1, work.reach[stage + 1]] = there
        work.reach[stage + 1] += 1
    work.ready[stage + 1, there, then] = cost
    back = work.back[stage + 1, there, then]
    back[0], back[1], back[2], back[3] = h, time, move, slot


@njit(cache=True, nogil=True)
def _way(day, work):
    """Write the best way into `moves` and `slots`, and clear the room for the next one."""
    work.moves[:] = -1
    work.slots[:] = -1
    if work.best[0] < np.inf:
        stage, h, time = work.last[0], work.last[1], work.last[2]
        work.moves[stage], work.slots[stage] = work.last[3], work.last[4]
        while stage > 0:
            back = work.back[stage, h, time]
            stage -= 1
            work.moves[stage], work.slots[stage] = back[2], back[3]
            h, time = back[0], back[1]
    for stage in range(day.max_hubs + 1):
        for n in range(work.reach[stage]):
            work.ready[stage, work.reached[stage, n]] = np.inf
            work.is_reached[stage, work.reached[stage, n]] = False
        work.reach[stage] = 0


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
            if count == 0 or count == more:
                _run(account.running[move, group], account.runs, move, group, slot, count > 0)
        if stage + 1 < moves.shape[0] and moves[stage + 1] >= 0:
            h = day.hub_at[day.end[move]]
            if day.hub_timed[h]:
                note_stay(day, account, i, h, slot + day.slots[move], slots[stage + 1], sign)
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


@njit(cache=True, nogil=True)
def _run(running, runs, move, group, slot, starts):
    """Add a slot to those in which a move departs, or take it away; they stay in order."""
    number = runs[move, group]
    at = 0
    while at < number and running[at] < slot:
        at += 1
    if starts:
        for d in range(number, at, -1):
            running[d] = running[d - 1]
        running[at] = slot
        runs[move, group] = number + 1
    else:
        for d in range(at, number - 1):
            running[d] = running[d + 1]
        runs[move, group] = number - 1
