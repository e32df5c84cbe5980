"""What a hub takes, by day, by the hour and on the floor, for the compiled search."""

from __future__ import annotations

import numpy as np
from numba import njit

_DUST = 1e-9
_NOTHING = 1e-7
"""What is left of sums of what came and went."""


@njit(cache=True, nogil=True)
def at_hub(day, account, share, i, h):
    """Return what handling shipment `i` at a hub adds, EUR; ``inf`` when full or blocked."""
    if account.blocked[h] or not day.hub_may[h, i]:
        return np.inf
    total = 0.0 if account.users[h] > 0 else (1.0 - share) * day.hub_fixed[h]
    for r in range(day.load.shape[1]):
        load = day.load[i, r]
        if account.handled[h, r] + load > day.hub_capacity[h, r] * (1.0 + _DUST):
            return np.inf
        total += load * day.hub_handling[h, r]
    return total


@njit(cache=True, nogil=True)
def takes(day, account, i, h, slot):
    """Tell whether hub `h` can take shipment `i` in at `slot`: its hour, and floor to handle it."""
    hour = day.hour[min(slot, day.num_slots - 1)]
    for r in range(day.load.shape[1]):
        load = account.hourly[h, hour, r] + day.load[i, r]
        if day.load[i, r] > 0.0 and load > day.hub_hourly[h, r] * (1.0 + _DUST):
            return False
    return stands(day, account, i, h, slot, slot + day.hub_dwell[h])


@njit(cache=True, nogil=True)
def stands(day, account, i, h, begin, end):
    """Tell whether there is floor for shipment `i` from slot `begin` up to, not with, `end`."""
    for r in range(day.load.shape[1]):
        load, most = day.load[i, r], day.hub_floor[h, r] * (1.0 + _DUST)
        if load <= 0.0 or most == np.inf:
            continue
        for t in range(begin, min(end, day.num_slots)):
            if account.floor[h, t, r] + load > most:
                return False
    return True


@njit(cache=True, nogil=True)
def note_stay(day, account, i, h, begin, end, sign):
    """Add (`sign` 1) or take away (-1) a stay of shipment `i` at a hub, from slot to slot."""
    hour = day.hour[begin]
    for r in range(day.load.shape[1]):
        change = sign * day.load[i, r]
        load = account.hourly[h, hour, r] + change
        account.hourly[h, hour, r] = load if load > _NOTHING else 0.0
        for t in range(begin, end):
            load = account.floor[h, t, r] + change
            account.floor[h, t, r] = load if load > _NOTHING else 0.0
