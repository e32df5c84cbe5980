"""Routes as linked lists: labels forward, limits backward, loads, and the best plan to charge."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from bundling.rounds.electric.arrays import LOADS, MONEY
from bundling.rounds.electric.labels import EPS, extend, start_label


@njit(cache=True, nogil=True)
def kg_matters(data, v):
    """Whether the load changes the consumption of fleet entry `v`."""
    return data.kwh_per_m_kg[v] > 0.0


@njit(cache=True, nogil=True)
def arc_money(data, v, i, j):
    """Money of an arc with the hours it takes, for an empty vehicle."""
    a = data.arcs[v]
    return data.eur[a, i, j] + data.eur_per_s[v] * data.time_s[a, i, j]


@njit(cache=True, nogil=True)
def link(state, r, before, c):
    """Put stop `c` into route `r` after stop `before` (-1: as the first)."""
    after = state.first[r] if before < 0 else state.nxt[before]
    state.prv[c], state.nxt[c], state.route[c] = before, after, r
    if before < 0:
        state.first[r] = c
    else:
        state.nxt[before] = c
    if after < 0:
        state.last[r] = c
    else:
        state.prv[after] = c
    state.size[r] += 1


@njit(cache=True, nogil=True)
def unlink(state, c):
    """Take stop `c` out of its route."""
    r, before, after = state.route[c], state.prv[c], state.nxt[c]
    if before < 0:
        state.first[r] = after
    else:
        state.nxt[before] = after
    if after < 0:
        state.last[r] = before
    else:
        state.prv[after] = before
    state.route[c] = -1
    state.size[r] -= 1


@njit(cache=True, nogil=True)
def _backward(data, state, r):
    v = state.entry[r]
    a = data.arcs[v]
    j = data.end_node[v]
    latest, rest_eur, rest_kwh = data.close_s[v], 0.0, 0.0
    c = state.last[r]
    while c >= 0:
        service = data.service_s[c] * data.service_factor[v]
        rest_eur += arc_money(data, v, c, j)
        rest_kwh += data.kwh[a, c, j]
        latest = min(data.late_s[c], latest - data.time_s[a, c, j] - service)
        state.latest_s[c], state.rest_eur[c], state.rest_kwh[c] = latest, rest_eur, rest_kwh
        rest_eur += data.eur_per_s[v] * service
        j = c
        c = state.prv[c]


@njit(cache=True, nogil=True)
def _loads(data, state, r):
    for d in range(LOADS):
        load = 0.0
        c = state.first[r]
        while c >= 0:
            load += data.delivery[c, d]
            c = state.nxt[c]
        state.start_peak[r, 0, d] = load
        peak = load
        if d == 0:
            state.load_kg[r] = load
        c = state.first[r]
        while c >= 0:
            load += data.pickup[c, d] - data.delivery[c, d]
            peak = max(peak, load)
            state.peak_before[c, d] = peak
            state.peak_after[c, d] = load
            c = state.nxt[c]
        peak = -math.inf
        c = state.last[r]
        while c >= 0:
            peak = max(peak, state.peak_after[c, d])
            state.peak_after[c, d] = peak
            c = state.prv[c]
        state.start_peak[r, 1, d] = max(state.start_peak[r, 0, d], peak)


@njit(cache=True, nogil=True)
def refresh(data, state, work, r, since):
    """Bring all that is known of route `r` up to date; labels from stop `since` on (-1: all).

    Returns False when the route cannot be driven; its cost is then infinite.
    """
    v = state.entry[r]
    a = data.arcs[v]
    if state.size[r] == 0:
        state.eur[r] = 0.0
        return True
    _backward(data, state, r)
    _loads(data, state, r)
    depart = data.open_s[v]
    c = state.first[r]
    while c >= 0:
        depart = max(depart, data.release_s[c])
        c = state.nxt[c]
    heavy = kg_matters(data, v)
    if heavy or depart != state.depart_s[r]:
        since = -1
    state.depart_s[r] = depart
    state.eur[r] = math.inf
    c = state.first[r] if since < 0 else since
    before = state.prv[c]
    kg = state.load_kg[r]
    share = 1.0 + data.more_per_kg[v] * max(0.0, state.start_peak[r, 1, 0])
    while c >= 0:
        arc_kg = kg if heavy else 0.0
        rest = state.rest_kwh[c] * share
        service = data.service_s[c] * data.service_factor[v]
        window = (data.early_s[c], state.latest_s[c], service)
        if before < 0:
            start_label(data, v, depart, work.here[0])
            i = data.start_node[v]
            rest += data.kwh[a, i, c] * share
            num = extend(data, v, work.here, 1, i, c, arc_kg, rest, window, math.inf,
                         state.labels[c], state.parent[c])  # fmt: skip
        else:
            rest += data.kwh[a, before, c] * share
            num = extend(data, v, state.labels[before], state.num[before], before, c, arc_kg, rest,
                         window, math.inf, state.labels[c], state.parent[c])  # fmt: skip
        state.num[c] = num
        if num == 0:
            return False
        ready = math.inf
        for m in range(num):
            ready = min(ready, state.labels[c, m, 1])
        state.ready_s[c] = ready
        kg += data.pickup[c, 0] - data.delivery[c, 0]
        before = c
        c = state.nxt[c]
    end = data.end_node[v]
    rest = data.kwh[a, before, end] * share
    num = extend(data, v, state.labels[before], state.num[before], before, end,
                 kg if heavy else 0.0, rest, (0.0, data.close_s[v], 0.0), math.inf,
                 work.there, work.parent)  # fmt: skip
    best = -1
    for m in range(num):
        eur = work.there[m, MONEY]
        if eur < state.eur[r]:
            best, state.eur[r] = m, eur
    if best < 0:
        return False
    m = work.parent[best, 0]
    state.station_end[r] = work.parent[best, 1]
    while before >= 0:
        state.station_before[before] = state.parent[before, m, 1]
        m = state.parent[before, m, 0]
        before = state.prv[before]
    return True


@njit(cache=True, nogil=True)
def copy_route(source, target, r):
    """Make route `r` of `target` what it is in `source`, its stops included."""
    target.used[target.entry[r]] -= target.size[r] > 0
    target.first[r], target.last[r] = source.first[r], source.last[r]
    target.size[r], target.entry[r] = source.size[r], source.entry[r]
    target.eur[r], target.depart_s[r] = source.eur[r], source.depart_s[r]
    target.load_kg[r], target.station_end[r] = source.load_kg[r], source.station_end[r]
    target.start_peak[r] = source.start_peak[r]
    target.used[target.entry[r]] += target.size[r] > 0
    c = source.first[r]
    while c >= 0:
        num = source.num[c]
        target.nxt[c], target.prv[c], target.route[c] = source.nxt[c], source.prv[c], r
        target.num[c], target.ready_s[c] = num, source.ready_s[c]
        target.labels[c, :num] = source.labels[c, :num]
        target.parent[c, :num] = source.parent[c, :num]
        target.latest_s[c], target.rest_eur[c] = source.latest_s[c], source.rest_eur[c]
        target.rest_kwh[c] = source.rest_kwh[c]
        target.peak_before[c] = source.peak_before[c]
        target.peak_after[c] = source.peak_after[c]
        target.station_before[c] = source.station_before[c]
        c = source.nxt[c]


@njit(cache=True, nogil=True)
def _step(data, v, here, count, there, parent, i, j, kg, rest, window, limit):
    return extend(data, v, here, count, i, j, kg, rest, window, limit, there, parent)


@njit(cache=True, nogil=True)
def price_with(data, state, work, r, before, c, bound):
    """Cost of route `r` with stop `c` after stop `before` (-1: as the first).

    Infinite when it cannot be driven, or not for less than `bound`. Loads are not looked at.
    """
    v = state.entry[r]
    a = data.arcs[v]
    heavy = kg_matters(data, v)
    end = data.end_node[v]
    after = -1
    if state.size[r] > 0:
        after = state.first[r] if before < 0 else state.nxt[before]
    j = end if after < 0 else after
    latest = data.close_s[v] if after < 0 else state.latest_s[after]
    service = data.service_s[c] * data.service_factor[v]
    latest_c = min(data.late_s[c], latest - data.time_s[a, c, j] - service)
    rest_eur = arc_money(data, v, c, j)
    rest_kwh = data.kwh[a, c, j]
    if after >= 0:
        rest_eur += state.rest_eur[after] + (
            data.eur_per_s[v] * data.service_s[after] * data.service_factor[v]
        )
        rest_kwh += state.rest_kwh[after]
    empty = state.size[r] == 0
    depart = data.open_s[v] if empty else state.depart_s[r]
    late_freight = data.release_s[c] > depart
    depart = max(depart, data.release_s[c])
    kg = data.delivery[c, 0] + (0.0 if empty else state.load_kg[r])
    share = 1.0
    if heavy:
        share += data.more_per_kg[v] * (kg + data.pickup[c, 0])
    here, there = work.here, work.there
    # Labels on leaving `before`.
    if before < 0:
        start_label(data, v, depart, here[0])
        count, i = 1, data.start_node[v]
    elif heavy or late_freight:
        start_label(data, v, depart, here[0])
        count, i = 1, data.start_node[v]
        node = state.first[r]
        extra = data.kwh[a, before, c] + rest_kwh - state.rest_kwh[before]
        while True:
            rest = (data.kwh[a, i, node] + state.rest_kwh[node] + extra) * share
            time_there = data.service_s[node] * data.service_factor[v]
            window = (data.early_s[node], state.latest_s[node], time_there)
            count = _step(data, v, here, count, there, work.parent, i, node,
                          kg if heavy else 0.0, rest, window, bound)  # fmt: skip
            here, there = there, here
            kg += data.pickup[node, 0] - data.delivery[node, 0]
            if count == 0:
                return math.inf
            i = node
            if node == before:
                break
            node = state.nxt[node]
    else:
        count, i = state.num[before], before
        here[:count] = state.labels[before, :count]
    rest = (data.kwh[a, i, c] + rest_kwh) * share
    count = _step(data, v, here, count, there, work.parent, i, c, kg if heavy else 0.0, rest,
                  (data.early_s[c], latest_c, service), bound - rest_eur)  # fmt: skip
    kg += data.pickup[c, 0] - data.delivery[c, 0]
    i = c
    while after >= 0:
        if count == 0:
            return math.inf
        here, there = there, here
        rest = (data.kwh[a, i, after] + state.rest_kwh[after]) * share
        time_there = data.service_s[after] * data.service_factor[v]
        window = (data.early_s[after], state.latest_s[after], time_there)
        count = _step(data, v, here, count, there, work.parent, i, after, kg if heavy else 0.0,
                      rest, window, bound - state.rest_eur[after])  # fmt: skip
        kg += data.pickup[after, 0] - data.delivery[after, 0]
        i = after
        after = state.nxt[after]
    if count == 0:
        return math.inf
    here, there = there, here
    count = _step(data, v, here, count, there, work.parent, i, end, kg if heavy else 0.0,
                  data.kwh[a, i, end] * share, (0.0, data.close_s[v], 0.0), bound)  # fmt: skip
    best = math.inf
    for m in range(count):
        best = min(best, there[m, MONEY])
    return best


@njit(cache=True, nogil=True)
def loads_fit(data, state, r, before, c):
    """Whether the vehicle of route `r` has room for stop `c` after stop `before`."""
    v = state.entry[r]
    for d in range(LOADS):
        out, back = data.delivery[c, d], data.pickup[c, d]
        if state.size[r] == 0:
            ahead, behind = 0.0, 0.0
        elif before < 0:
            ahead, behind = state.start_peak[r, 0, d], state.start_peak[r, 1, d]
        else:
            ahead, behind = state.peak_before[before, d], state.peak_after[before, d]
        most = data.capacity[v, d] + EPS
        if ahead + out > most or behind + back > most:
            return False
    return True


@njit(cache=True, nogil=True)
def total_eur(data, state):
    """Cost of all routes, and the prizes of the stops that are not served."""
    total = 0.0
    for r in range(len(state.size)):
        if state.size[r] > 0:
            total += state.eur[r]
    for c in range(len(state.route)):
        if state.route[c] < 0 and data.prize_eur[c] < np.inf:
            total += data.prize_eur[c]
    return total
