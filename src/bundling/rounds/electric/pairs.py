"""Where the stops of a pair fit best: in one route, the pickup first.

The first two of a unit (`units`) go to the best pair of places, those of the least detours priced
first; each further one goes to its best place after them.
"""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    ARCS,
    BRING,
    CLOSES,
    COUNT,
    END,
    FIXED,
    LATE,
    LOADS,
    RELEASE,
    SECONDS,
    SERVICE,
    SERVICE_FACTOR,
    START,
)
from bundling.rounds.electric.clock import first_start
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.labels import EPS
from bundling.rounds.electric.memo import AT_LEAST, EXACTLY, code_of_order, recall, remember
from bundling.rounds.electric.random import uniform
from bundling.rounds.electric.routes import arc_money, link, unlink, update
from bundling.rounds.electric.sequence import order_with, price_order
from bundling.rounds.electric.units import prize_of

_LOOKED_AT = 16
"""Pairs of places that are priced, those of the least detours."""


@kernel
def _insert_sorted(places_of, num, r, before, after, detour):
    """Keep a pair of places among those of the least detours; return how many there are."""
    if num == _LOOKED_AT:
        if detour >= places_of[num - 1, 3]:
            return num
        num -= 1
    at = num
    while at > 0 and places_of[at - 1, 3] > detour:
        for f in range(4):
            places_of[at, f] = places_of[at - 1, f]
        at -= 1
    places_of[at, 0], places_of[at, 1] = r, before
    places_of[at, 2], places_of[at, 3] = after, detour
    return num + 1


@kernel
def _detour(data, v, i, c, j):
    return arc_money(data, v, i, c) + arc_money(data, v, c, j) - arc_money(data, v, i, j)


@kernel
def _note_room(data, state, work, r, p):
    """Write for route `r` whether what stop `p` fetches can stay on board on leaving each place.

    Rows of `Work.along` are positions in the route, the first that of the depot.
    """
    v = state.entry[r]
    for at in range(state.size[r] + 1):
        work.along[at, 0] = 1.0
    for d in range(LOADS):
        most = data.capacity[v, d] + EPS - data.freight[p, 1, d]
        load, at, c = state.start_peak[r, 0, d], 0, state.first[r]
        while True:
            if load > most:
                work.along[at, 0] = 0.0
            if c < 0:
                break
            load += data.freight[c, 1, d] - data.freight[c, 0, d]
            at, c = at + 1, state.nxt[c]


@kernel
def _places(data, state, work, r, p, q, blink, rng, places_of, num):
    """Add the pairs of places in route `r` for `p` and, after it, `q`; return how many there are.

    Times are the earliest, along straight ways; what is kept is not certain to be possible.
    """
    v = state.entry[r]
    a, end, arc = data.kind[v, ARCS], data.kind[v, END], data.arc
    slow = data.fleet[v, SERVICE_FACTOR]
    ready = max(state.depart_s[r], max(data.stop[p, RELEASE], data.stop[q, RELEASE]))
    _note_room(data, state, work, r, p)
    before, i, at = -1, data.kind[v, START], 0
    while True:
        start = ready + arc[a, i, p, SECONDS]
        if start > data.stop[p, LATE] + EPS:
            return num
        after = state.first[r] if before < 0 else state.nxt[before]
        j = end if after < 0 else after
        if work.along[at, 0] > 0.0:
            now = first_start(data, p, start) + data.stop[p, SERVICE] * slow
            begun = _detour(data, v, i, p, j)
            here, follows, passed = p, after, at
            while True:
                # `q` after `here`, and `follows` after it.
                k = end if follows < 0 else follows
                latest = data.fleet[v, CLOSES] if follows < 0 else state.latest_s[follows]
                start = now + arc[a, here, q, SECONDS]
                if start > data.stop[q, LATE] + EPS:
                    break
                left = first_start(data, q, start) + data.stop[q, SERVICE] * slow
                if left + arc[a, q, k, SECONDS] <= latest + EPS and uniform(rng) >= blink:
                    if here == p:
                        money = arc_money(data, v, i, p) + arc_money(data, v, p, q)
                        money += arc_money(data, v, q, j) - arc_money(data, v, i, j)
                    else:
                        money = begun + _detour(data, v, here, q, k)
                    num = _insert_sorted(places_of, num, r, before, here, money)
                if follows < 0:
                    break
                now += arc[a, here, k, SECONDS]
                passed += 1
                if now > latest + EPS or work.along[passed, 0] == 0.0:
                    break
                now = first_start(data, follows, now) + data.stop[follows, SERVICE] * slow
                here, follows = follows, state.nxt[follows]
        if after < 0:
            return num
        before, i, ready, at = after, after, max(state.ready_s[after], ready), at + 1


@kernel
def _order_with_both(state, work, r, before, p, node, q):
    """Write route `r` with `p` after `before` and `q` after `node`; return how many stops."""
    m = order_with(state, work, r, before, p)
    at = m
    while work.order[at - 1] != node:
        work.order[at] = work.order[at - 1]
        at -= 1
    work.order[at] = q
    return m + 1


@kernel
def _price(data, work, v, m, bound):
    """Cost of ``work.order[:m]`` for fleet entry `v`, remembered; infinite when not below."""
    code = code_of_order(work, v, m)
    kind, eur = recall(work, code)
    if kind == EXACTLY:
        return eur
    if kind == AT_LEAST and eur >= bound - EPS:
        return math.inf
    eur = price_order(data, work, v, m, bound)
    if eur < bound - EPS or bound == math.inf:
        remember(work, code, EXACTLY, eur)
        return eur
    remember(work, code, AT_LEAST, bound)
    return math.inf


@kernel
def _best_places(data, state, work, places_of, p, q, blink, rng):
    """Find the best route and places for `p` and `q`: route, stops before them, and money."""
    num = 0
    for r in range(len(state.size)):
        if state.size[r] == 0 or state.frozen[r]:
            continue
        v = state.entry[r]
        if data.allowed[v, p] and data.allowed[v, q]:
            num = _places(data, state, work, r, p, q, blink, rng, places_of, num)
    best, best_eur = -1, math.inf
    for m in range(num):
        if places_of[m, 3] >= best_eur - EPS:
            break
        r, before, node = int(places_of[m, 0]), int(places_of[m, 1]), int(places_of[m, 2])
        many = _order_with_both(state, work, r, before, p, node, q)
        eur = _price(data, work, state.entry[r], many, state.eur[r] + best_eur) - state.eur[r]
        if eur < best_eur - EPS:
            best, best_eur = m, eur
    return best, best_eur


@kernel
def _new_route(data, state, work, head, spread, rng):
    """Find the fleet entry that serves a unit alone at the least cost: route, entry, money."""
    free = -1
    for r in range(len(state.size)):
        if state.size[r] == 0:
            free = r
            break
    if free < 0:
        return -1, -1, math.inf
    best_v, best, seen = -1, math.inf, math.inf
    for v in range(len(data.kind)):
        fine = state.used[v] < data.kind[v, COUNT]
        m, c = 0, head
        while c >= 0:
            fine = fine and data.allowed[v, c]
            work.order[m] = c
            m += 1
            c = int(data.stop[c, BRING])
        if not fine:
            continue
        eur = _price(data, work, v, m, math.inf)
        felt = eur if spread <= 0.0 else eur * (1.0 + spread * (2.0 * uniform(rng) - 1.0))
        if felt < seen:
            best_v, best, seen = v, eur, felt
    if best_v < 0:
        return -1, -1, math.inf
    return free, best_v, best


@kernel
def _add_after(data, state, work, r, before, c):
    """Put stop `c` into route `r` at its best place after stop `before`; False when none is."""
    best, best_eur = -1, math.inf
    node = before
    while node >= 0:
        m = order_with(state, work, r, node, c)
        eur = _price(data, work, state.entry[r], m, best_eur)
        if eur < best_eur - EPS:
            best, best_eur = node, eur
        node = state.nxt[node]
    if best < 0 or not data.allowed[state.entry[r], c]:
        return False
    link(state, r, best, c)
    state.station_before[c] = -1
    return True


@kernel
def place_unit(data, state, work, places_of, head, may_open, blink, rng):
    """Put the unit that begins with stop `head` into the solution; return its route, or -1."""
    second = int(data.stop[head, BRING])
    best, eur = _best_places(data, state, work, places_of, head, second, blink, rng)
    least_fixed = math.inf
    for v in range(len(data.kind)):
        least_fixed = min(least_fixed, data.fleet[v, FIXED])
    opened, v, cost = -1, -1, math.inf
    if may_open and (best < 0 or least_fixed < eur):
        spread = 0.3 if len(data.kind) > 1 else 0.0
        opened, v, cost = _new_route(data, state, work, head, spread, rng)
    if min(eur, cost) == math.inf or min(eur, cost) > prize_of(data, head):
        return -1
    if opened >= 0 and cost < eur - EPS:
        state.entry[opened] = v
        state.used[v] += 1
        before, c = -1, head
        while c >= 0:
            link(state, opened, before, c)
            state.station_before[c] = -1
            before, c = c, int(data.stop[c, BRING])
        update(data, state, work, opened, -1)
        return opened
    r, before, node = int(places_of[best, 0]), int(places_of[best, 1]), int(places_of[best, 2])
    link(state, r, before, head)
    link(state, r, node, second)
    state.station_before[head], state.station_before[second] = -1, -1
    fine, last, c = True, second, int(data.stop[second, BRING])
    while fine and c >= 0:
        fine = _add_after(data, state, work, r, last, c)
        last, c = c, int(data.stop[c, BRING])
    if not fine:
        c = head
        while c >= 0:
            if state.route[c] >= 0:
                unlink(state, c)
            c = int(data.stop[c, BRING])
    update(data, state, work, r, -1)
    return r if fine else -1
