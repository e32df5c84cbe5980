"""Routes as linked lists: labels forward, limits backward, loads, and the best plan to charge.

Labels and rests are kept up lazily: `State.stale` says from which position on the labels of a
route are out of date, and up to which its rests are. An insertion or a cut moves these limits;
`labels_to` and `rests_to` move them back as far as somebody asks.
"""

from __future__ import annotations

import math

import numpy as np

from bundling.rounds.electric.arrays import (
    ARCS,
    CLOSES,
    EARLY,
    END,
    EUR,
    EXACT,
    FIELDS,
    FIXED,
    KWH,
    KWH_PER_M_KG,
    LATE,
    LOADS,
    MONEY,
    MORE_PER_KG,
    OPENS,
    PER_S,
    PRIZE,
    RELEASE,
    REST_EUR,
    REST_FIELDS,
    SECONDS,
    SERVICE,
    SERVICE_FACTOR,
    START,
    T,
    Vehicle,
)
from bundling.rounds.electric.clock import first_start, last_start
from bundling.rounds.electric.joins import way_on
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.labels import EPS, copy_label, extend, start_label
from bundling.rounds.electric.memo import EXACTLY, code_of, note_codes, recall, remember
from bundling.rounds.electric.rests import rest_at_end, rests_before
from bundling.rounds.electric.stages import LOAD, least_timed

SINCE, UNTIL = 0, 1
"""Columns of `State.stale`."""
CUT = -2
"""Instead of the stop inserted: `note_cut` said what changed."""


@kernel
def car_of(data, v):
    """Fleet entry `v` as the label kernels ask for it."""
    return Vehicle(data.fleet, v, data.curve, data.points, data.full)


@kernel
def kg_matters(data, v):
    """Whether the load changes the consumption of fleet entry `v`."""
    return data.fleet[v, KWH_PER_M_KG] > 0.0


@kernel
def arc_money(data, v, i, j):
    """Money of an arc with the hours it takes, for an empty vehicle."""
    a = data.kind[v, ARCS]
    return data.arc[a, i, j, EUR] + data.fleet[v, PER_S] * data.arc[a, i, j, SECONDS]


@kernel
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


@kernel
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


@kernel
def _backward(data, state, r):
    v = state.entry[r]
    a = data.kind[v, ARCS]
    j = data.kind[v, END]
    latest, rest_eur, rest_kwh = data.fleet[v, CLOSES], 0.0, 0.0
    rest_s, rest_end = 0.0, math.inf if data.timed else -math.inf
    c = state.last[r]
    while c >= 0:
        service = data.stop[c, SERVICE] * data.fleet[v, SERVICE_FACTOR]
        rest_eur += arc_money(data, v, c, j)
        rest_kwh += data.arc[a, c, j, KWH]
        latest = min(data.stop[c, LATE], latest - data.arc[a, c, j, SECONDS] - service)
        if data.timed:
            latest = last_start(data, c, latest)
        state.latest_s[c], state.rest_eur[c], state.rest_kwh[c] = latest, rest_eur, rest_kwh
        rest_s += data.arc[a, c, j, SECONDS]
        state.rest_s[c], state.rest_end[c] = rest_s, rest_end
        rest_s += service
        rest_end = max(rest_end, data.stop[c, EARLY] + rest_s)
        rest_eur += data.fleet[v, PER_S] * service
        j = c
        c = state.prv[c]


@kernel
def rests_to(data, state, work, r, c):
    """Have what is needed to end route `r` up to date from its end back to stop `c`.

    Returns False when the route cannot be ended from some stop on.
    """
    v = state.entry[r]
    until = state.stale[r, UNTIL]
    if state.at[c] > until:
        return True
    node = c
    while state.at[node] < until:
        node = state.nxt[node]
    fine = True
    while True:
        after = state.nxt[node]
        if after < 0:
            rest_at_end(data, v, work.end)
            rests, count, j = work.end, 1, data.kind[v, END]
        else:
            rests, count, j = state.rests[after], state.num_rests[after], after
        state.num_rests[node] = rests_before(
            data, work, v, node, j, state.after_kg[node], rests, count, state.rests[node]
        )
        fine = fine and state.num_rests[node] > 0
        if node == c:
            break
        node = state.prv[node]
    state.stale[r, UNTIL] = state.at[c] - 1
    return fine


@kernel
def _note_order(data, state, work, r):
    """Write the stops of route `r` and the load on each leg for `stages`."""
    c, at, kg = state.first[r], 0, state.load_kg[r]
    while c >= 0:
        work.order[at], work.along[at, LOAD] = c, kg
        kg += data.freight[c, 1, 0] - data.freight[c, 0, 0]
        at += 1
        c = state.nxt[c]
    work.along[at, LOAD] = kg


@kernel
def _least(state, c):
    """Least money from arriving at stop `c` to the end of its route."""
    least = math.inf
    for m in range(state.num_rests[c]):
        least = min(least, state.rests[c, m, REST_EUR])
    return least


@kernel
def _loads(data, state, r):
    for d in range(LOADS):
        load = 0.0
        c = state.first[r]
        while c >= 0:
            load += data.freight[c, 0, d]
            c = state.nxt[c]
        state.start_peak[r, 0, d] = load
        peak = load
        if d == 0:
            state.load_kg[r] = load
        c = state.first[r]
        while c >= 0:
            load += data.freight[c, 1, d] - data.freight[c, 0, d]
            peak = max(peak, load)
            state.peak_before[c, d] = peak
            state.peak_after[c, d] = load
            if d == 0:
                state.after_kg[c] = load
            c = state.nxt[c]
        peak = -math.inf
        c = state.last[r]
        while c >= 0:
            peak = max(peak, state.peak_after[c, d])
            state.peak_after[c, d] = peak
            c = state.prv[c]
        state.start_peak[r, 1, d] = max(state.start_peak[r, 0, d], peak)


@kernel
def _overview(data, state, work, r, c):
    """Bring up to date what needs no labels, and note which labels are out of date.

    All of them (`c` -1), those that `note_cut` named, or those the insertion of `c` touched.
    """
    v = state.entry[r]
    _backward(data, state, r)
    _loads(data, state, r)
    note_codes(state, work, r)
    depart = data.fleet[v, OPENS]
    node = state.first[r]
    while node >= 0:
        depart = max(depart, data.stop[node, RELEASE])
        node = state.nxt[node]
    stale = state.stale[r]
    if c == -1 or depart != state.depart_s[r] or state.eur[r] == math.inf:
        stale[0], stale[1] = 0, state.size[r] - 1  # nothing known of the route is of use
    elif c >= 0:
        stale[UNTIL] = max(stale[UNTIL] + 1, state.at[c])
        stale[SINCE] = min(stale[SINCE], state.at[c])
        _note_kg(data, state, r, data.freight[c, 0, 0], data.freight[c, 1, 0])
    state.depart_s[r] = depart


@kernel
def note_cut(data, state, r, start, kept, removed, out_kg, back_kg):
    """Note that `removed` stops went from position `start` on, around `kept` that stayed.

    And with them so much freight to them and from them.
    """
    stale = state.stale[r]
    stale[SINCE] = min(stale[SINCE], start)
    stale[UNTIL] = max(stale[UNTIL] - removed, start + kept - 1)
    _note_kg(data, state, r, out_kg, back_kg)


@kernel
def _note_kg(data, state, r, out_kg, back_kg):
    """Where load draws energy: freight that goes out alters what comes before, and back, after."""
    if kg_matters(data, state.entry[r]):
        if out_kg > 0.0:
            state.stale[r, SINCE] = 0
        if back_kg > 0.0:
            state.stale[r, UNTIL] = state.size[r] - 1


@kernel
def same_route(one, two, r):
    """Whether route `r` of both is the same; both have stops or `one` has."""
    if one.size[r] != two.size[r] or one.entry[r] != two.entry[r]:
        return False
    c, d = one.first[r], two.first[r]
    while c >= 0 and c == d:
        c, d = one.nxt[c], two.nxt[d]
    return c == d


@kernel
def _ready(data, state, r, c):
    """Earliest departures after the insertion of stop `c` or a cut: not later than with labels.

    What labels said of the stops before the change holds, and an insertion makes none earlier.
    """
    v = state.entry[r]
    a = data.kind[v, ARCS]
    i, ready = data.kind[v, START], state.depart_s[r]
    at = 0
    node = state.first[r]
    while node >= 0:
        ready = first_start(data, node, ready + data.arc[a, i, node, SECONDS])
        ready += data.stop[node, SERVICE] * data.fleet[v, SERVICE_FACTOR]
        if at < state.stale[r, SINCE] or (c >= 0 and node != c):
            ready = max(ready, state.ready_s[node])
        state.ready_s[node] = ready
        i = node
        at += 1
        node = state.nxt[node]


@kernel
def update(data, state, work, r, c):
    """Bring route `r` up to date after the insertion of stop `c`, or after a cut.

    Labels and rests wait until they are asked for, where the cost is known without them.
    """
    if state.size[r] == 0:
        state.eur[r] = 0.0
        state.stale[r, 0], state.stale[r, 1] = 0, -1
        return
    _overview(data, state, work, r, c)
    kind, eur = recall(work, code_of(state, work, r))
    if kind != EXACTLY or eur == math.inf:
        eur = math.inf
        if data.kind[state.entry[r], EXACT] == 1:
            eur = _met(data, state, work, r)
        if eur == math.inf:
            state.eur[r] = math.inf  # what it cost before is no limit to what it costs now
            _refresh(data, state, work, r)
            return
        remember(work, code_of(state, work, r), EXACTLY, eur)
    state.eur[r] = eur
    if c >= 0:
        state.station_before[c] = -1
    _ready(data, state, r, c)


@kernel
def _met(data, state, work, r):
    """Cost of route `r` from the labels of its sound head and the rests of its sound tail."""
    v = state.entry[r]
    until = state.stale[r, UNTIL]
    before, after = -1, state.first[r]
    while after >= 0 and state.at[after] <= until:
        before, after = after, state.nxt[after]
    if before < 0:
        start_label(car_of(data, v), state.depart_s[r], work.here, 0)
        labels, num, i = work.here, 1, data.kind[v, START]
    elif not labels_to(data, state, work, r, before):
        return math.inf
    else:
        labels, num, i = state.labels[before], state.num[before], before
    if after < 0:
        rest_at_end(data, v, work.end)
        rests, count, j = work.end, 1, data.kind[v, END]
    else:
        rests, count, j = state.rests[after], state.num_rests[after], after
    eur = math.inf
    for m in range(num):
        eur = way_on(car_of(data, v), data, work, labels, m, i, j, 0.0, 0.0, rests, count, eur)
    return eur


@kernel
def refresh(data, state, work, r):
    """Find all that is known of route `r` afresh.

    Returns False when the route cannot be driven; its cost is then infinite.
    """
    if state.size[r] == 0:
        state.eur[r] = 0.0
        state.stale[r, 0], state.stale[r, 1] = 0, -1
        return True
    state.eur[r] = math.inf
    _overview(data, state, work, r, -1)
    return _refresh(data, state, work, r)


@kernel
def labels_to(data, state, work, r, c):
    """Have the labels of route `r` up to date up to stop `c`.

    Returns False when the route cannot be driven up to there.
    """
    v = state.entry[r]
    since = state.stale[r, SINCE]
    if state.at[c] < since:
        return state.num[c] > 0
    node = c
    while state.at[node] > since:
        node = state.prv[node]
    a = data.kind[v, ARCS]
    heavy = kg_matters(data, v)
    exact = data.kind[v, EXACT] == 1
    until = state.stale[r, UNTIL]
    kg = 0.0
    if heavy:
        kg = state.load_kg[r]
        other = state.first[r]
        while other != node:
            kg += data.freight[other, 1, 0] - data.freight[other, 0, 0]
            other = state.nxt[other]
    share = 1.0 + data.fleet[v, MORE_PER_KG] * max(0.0, state.start_peak[r, 1, 0])
    bound = state.eur[r] + data.margin_eur
    before = state.prv[node]
    while True:
        useful = exact and state.at[node] > until  # what is needed from here on is known
        needs = state.num_rests[node] if useful else 0
        limit = bound - state.rest_eur[node]
        if useful:
            limit = bound - _least(state, node)
        elif exact:
            limit = math.inf
        rest = state.rest_kwh[node] * share
        service = data.stop[node, SERVICE] * data.fleet[v, SERVICE_FACTOR]
        window = (data.stop[node, EARLY], state.latest_s[node], service)
        ahead = (state.rest_kwh[node], state.rest_s[node], state.rest_end[node])
        if before < 0:
            start_label(car_of(data, v), state.depart_s[r], work.here, 0)
            i = data.kind[v, START]
            rest += data.arc[a, i, node, KWH] * share
            num = extend(data, work, v, work.here, 1, i, node, kg, rest, window, ahead,
                         limit, state.rests[node], needs, state.labels[node],
                         state.parent[node])  # fmt: skip
        else:
            rest += data.arc[a, before, node, KWH] * share
            num = extend(data, work, v, state.labels[before], state.num[before], before, node, kg,
                         rest, window, ahead, limit, state.rests[node], needs,
                         state.labels[node], state.parent[node])  # fmt: skip
        state.num[node] = num
        state.stale[r, SINCE] = state.at[node] + 1
        if num == 0:
            return False
        ready = math.inf
        for m in range(num):
            ready = min(ready, state.labels[node, m, T])
        state.ready_s[node] = ready
        if node == c:
            return True
        if heavy:
            kg += data.freight[node, 1, 0] - data.freight[node, 0, 0]
        before = node
        node = state.nxt[node]


@kernel
def _refresh(data, state, work, r):
    """Bring labels and rests of route `r` up to date where they are not, and its plan."""
    v = state.entry[r]
    a = data.kind[v, ARCS]
    exact = data.kind[v, EXACT] == 1
    first, before = state.first[r], state.last[r]
    if exact and not rests_to(data, state, work, r, first):
        state.eur[r] = math.inf
        return False
    if exact and state.eur[r] == math.inf:
        # Labels are kept by what the route costs at least.
        state.eur[r] = data.fleet[v, FIXED] + _least(state, first)
        state.eur[r] += data.arc[a, data.kind[v, START], first, EUR]
    fine = labels_to(data, state, work, r, before)
    state.eur[r] = math.inf
    if not fine:
        return False
    heavy = kg_matters(data, v)
    kg = 0.0
    if heavy:
        kg = state.load_kg[r]
        c = first
        while c >= 0:
            kg += data.freight[c, 1, 0] - data.freight[c, 0, 0]
            c = state.nxt[c]
    share = 1.0 + data.fleet[v, MORE_PER_KG] * max(0.0, state.start_peak[r, 1, 0])
    end = data.kind[v, END]
    rest = data.arc[a, before, end, KWH] * share
    num = extend(data, work, v, state.labels[before], state.num[before], before, end, kg, rest,
                 (0.0, data.fleet[v, CLOSES], 0.0), (0.0, 0.0, -math.inf), math.inf, work.end, 0,
                 work.there, work.parent)  # fmt: skip
    best = -1
    if data.timed:
        _note_order(data, state, work, r)
        best, state.eur[r] = least_timed(data, car_of(data, v), work, state.size[r], num,
                                         state.depart_s[r],
                                         state.labels, state.parent, math.inf)  # fmt: skip
    else:
        for m in range(num):
            eur = work.there[m, MONEY]
            if eur < state.eur[r]:
                best, state.eur[r] = m, eur
    if best < 0:
        return False
    if best > 0:  # the first row is where `plan` looks
        copy_label(work.there, best, work.there, 0)
        for f in range(3):
            work.parent[0, f] = work.parent[best, f]
    m = work.parent[0, 0]
    state.station_end[r] = work.parent[0, 1]
    while before >= 0:
        state.station_before[before] = state.parent[before, m, 1]
        m = state.parent[before, m, 0]
        before = state.prv[before]
    remember(work, code_of(state, work, r), EXACTLY, state.eur[r])
    return True


@kernel
def copy_route(source, target, r):
    """Make route `r` of `target` what it is in `source`, its stops included."""
    target.used[target.entry[r]] -= target.size[r] > 0
    target.first[r], target.last[r] = source.first[r], source.last[r]
    target.size[r], target.entry[r] = source.size[r], source.entry[r]
    target.eur[r], target.depart_s[r] = source.eur[r], source.depart_s[r]
    target.load_kg[r], target.station_end[r] = source.load_kg[r], source.station_end[r]
    target.code_all[r] = source.code_all[r]
    since, until = source.stale[r, 0], source.stale[r, 1]
    target.stale[r, 0], target.stale[r, 1] = since, until
    for d in range(LOADS):
        target.start_peak[r, 0, d] = source.start_peak[r, 0, d]
        target.start_peak[r, 1, d] = source.start_peak[r, 1, d]
    target.used[target.entry[r]] += target.size[r] > 0
    c = source.first[r]
    while c >= 0:
        num = source.num[c] if source.at[c] < since else 0
        target.nxt[c], target.prv[c], target.route[c] = source.nxt[c], source.prv[c], r
        target.num[c], target.ready_s[c] = num, source.ready_s[c]
        for m in range(num):
            for f in range(FIELDS):
                target.labels[c, m, f] = source.labels[c, m, f]
            for f in range(3):
                target.parent[c, m, f] = source.parent[c, m, f]
        target.num_rests[c] = source.num_rests[c] if source.at[c] > until else 0
        for m in range(target.num_rests[c]):
            for f in range(REST_FIELDS):
                target.rests[c, m, f] = source.rests[c, m, f]
        target.latest_s[c], target.rest_eur[c] = source.latest_s[c], source.rest_eur[c]
        target.rest_kwh[c], target.rest_s[c] = source.rest_kwh[c], source.rest_s[c]
        target.rest_end[c] = source.rest_end[c]
        for d in range(LOADS):
            target.peak_before[c, d] = source.peak_before[c, d]
            target.peak_after[c, d] = source.peak_after[c, d]
        target.station_before[c] = source.station_before[c]
        target.code[c], target.at[c] = source.code[c], source.at[c]
        target.after_kg[c] = source.after_kg[c]
        c = source.nxt[c]


@kernel
def loads_fit(data, state, r, before, c):
    """Whether the vehicle of route `r` has room for stop `c` after stop `before`."""
    v = state.entry[r]
    for d in range(LOADS):
        out, back = data.freight[c, 0, d], data.freight[c, 1, d]
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


@kernel
def total_fixed(data, state):
    """Cost of having the vehicles."""
    total = 0.0
    for r in range(len(state.size)):
        if state.size[r] > 0:
            total += data.fleet[state.entry[r], FIXED]
    return total


@kernel
def total_eur(data, state):
    """Cost of all routes, and the prizes of the stops that are not served."""
    total = 0.0
    for r in range(len(state.size)):
        if state.size[r] > 0:
            total += state.eur[r]
    for c in range(len(state.route)):
        if state.route[c] < 0 and data.stop[c, PRIZE] < np.inf:
            total += data.stop[c, PRIZE]
    return total
