"""Where a stop fits best: cheap refusals first, then charging labels for the promising places.

Places are tried in the order of their direct detour. A detour is measured along the way the route
really goes, stations included, so a place beside a station that is visited anyway counts as cheap.
"""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    ARCS,
    CLOSES,
    COUNT,
    END,
    EXACT,
    LATE,
    RELEASE,
    SECONDS,
    SERVICE,
    SERVICE_FACTOR,
    START,
)
from bundling.rounds.electric.clock import first_start
from bundling.rounds.electric.joins import join_with, way_on
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.labels import EPS, start_label
from bundling.rounds.electric.memo import AT_LEAST, EXACTLY, code_of, code_with, recall, remember
from bundling.rounds.electric.pricing import price_with
from bundling.rounds.electric.random import uniform
from bundling.rounds.electric.rests import rest_at_end
from bundling.rounds.electric.routes import (
    arc_money,
    car_of,
    labels_to,
    loads_fit,
    rests_to,
)
from bundling.rounds.electric.sequence import order_with, price_order


@kernel
def detour(data, v, i, j, station, c, places):
    """Money of going by stop `c` between `i` and `j`, where the route goes by `station` (or -1)."""
    add = arc_money(data, v, i, c) + arc_money(data, v, c, j)
    if station < 0:
        return add - arc_money(data, v, i, j)
    s = places + station
    first = arc_money(data, v, i, c) + arc_money(data, v, c, s) - arc_money(data, v, i, s)
    second = arc_money(data, v, s, c) + arc_money(data, v, c, j) - arc_money(data, v, s, j)
    without = add - arc_money(data, v, i, s) - arc_money(data, v, s, j)
    return min(min(first, second), max(0.0, without))


@kernel
def joined(data, state, work, r, before, c, bound):
    """Cost of route `r` with stop `c` after `before` by a join; `bound` when it is not less.

    Minus infinity when a join cannot tell: the freight of `c` is there later than the rest. Where
    joins are no more than estimates, what the join of the route as it is leaves out is added.
    """
    v = state.entry[r]
    if data.stop[c, RELEASE] > state.depart_s[r]:
        return -math.inf
    after = state.first[r] if before < 0 else state.nxt[before]
    if before >= 0:
        labels_to(data, state, work, r, before)
    if after >= 0:
        rests_to(data, state, work, r, after)
    if before < 0:
        start_label(car_of(data, v), state.depart_s[r], work.here, 0)
        labels, num, i = work.here, 1, data.kind[v, START]
    else:
        labels, num, i = state.labels[before], state.num[before], before
    service = data.stop[c, SERVICE] * data.fleet[v, SERVICE_FACTOR]
    a = data.kind[v, ARCS]
    kg = state.load_kg[r] if before < 0 else state.after_kg[before]
    if after < 0:
        rest_at_end(data, v, work.end)
        rests, count, j = work.end, 1, data.kind[v, END]
        latest = data.fleet[v, CLOSES]
    else:
        rests, count, j = state.rests[after], state.num_rests[after], after
        latest = state.latest_s[after]
    latest -= data.arc[a, c, j, SECONDS] + service
    under = 0.0
    if data.kind[v, EXACT] == 0 and state.eur[r] < math.inf:
        k = before if before >= 0 else len(state.nxt) + r
        code = code_of(state, work, r)
        if state.under_code[k] != code:
            eur, car = math.inf, car_of(data, v)
            for m in range(num):
                eur = way_on(car, data, work, labels, m, i, j, kg, 0.0, rests, count, eur)
            state.under_code[k], state.under_eur[k] = code, max(0.0, state.eur[r] - eur)
        under = state.under_eur[k]
    return under + join_with(
        data, work, v, labels, num, i, c, j, kg, rests, count, latest, bound - under
    )  # fmt: skip


@kernel
def _look_at(data, state, work, r, before, c, bound):
    """Return what is quickly told of the cost of route `r` with stop `c` after `before`.

    That it is exactly so much, or at least about so much; infinite when not below `bound`.
    """
    code = code_with(state, work, r, before, c)
    kind, eur = recall(work, code)
    if kind == EXACTLY:
        return EXACTLY, eur
    if kind == AT_LEAST and eur >= bound - EPS:
        return AT_LEAST, math.inf
    eur = joined(data, state, work, r, before, c, bound)
    if eur >= bound - EPS:
        if data.chains and joined(data, state, work, r, before, c, math.inf) == math.inf:
            return AT_LEAST, -math.inf  # two stations in a row may do it, of which no join knows
        remember(work, code, AT_LEAST, bound)
        return AT_LEAST, math.inf
    if eur == -math.inf or data.kind[state.entry[r], EXACT] == 0:
        return AT_LEAST, eur
    remember(work, code, EXACTLY, eur)
    return EXACTLY, eur


@kernel
def _price(data, state, work, r, before, c, bound):
    """Cost of route `r` with stop `c` after `before`; infinite when it is not below `bound`."""
    code = code_with(state, work, r, before, c)
    kind, eur = recall(work, code)
    if kind == EXACTLY:
        return eur
    if data.timed:
        m = order_with(state, work, r, before, c)
        eur = price_order(data, work, state.entry[r], m, bound)
    else:
        if before >= 0:
            labels_to(data, state, work, r, before)
        eur = price_with(data, state, work, r, before, c, bound)
    if eur < bound - EPS or bound == math.inf:
        remember(work, code, EXACTLY, eur)
        return eur
    remember(work, code, AT_LEAST, bound)
    return math.inf


@kernel
def best_place(data, state, work, places_of, c, blink, rng):
    """Find the cheapest place for stop `c` among the routes there are.

    Parameters
    ----------
    places_of
        Room for ``[routes + stops, 4]`` numbers.
    blink
        Chance to overlook a place.

    Returns
    -------
    tuple
        Route, stop before (-1: first), and the money it adds; route -1 when there is none.
    """
    places = data.arc.shape[1] - data.station.shape[0]
    num = 0
    for r in range(len(state.size)):
        if state.size[r] == 0 or state.frozen[r]:
            continue
        v = state.entry[r]
        if not data.allowed[v, c]:
            continue
        a = data.kind[v, ARCS]
        end = data.kind[v, END]
        service = data.stop[c, SERVICE] * data.fleet[v, SERVICE_FACTOR]
        late = data.stop[c, LATE]
        before = -1
        i = data.kind[v, START]
        ready = max(state.depart_s[r], data.stop[c, RELEASE])
        while True:
            start = ready + data.arc[a, i, c, SECONDS]
            if start > late + EPS:
                break
            after = state.first[r] if before < 0 else state.nxt[before]
            j = end if after < 0 else after
            latest = data.fleet[v, CLOSES] if after < 0 else state.latest_s[after]
            left = first_start(data, c, start) + service
            if left + data.arc[a, c, j, SECONDS] <= latest + EPS and (
                loads_fit(data, state, r, before, c)
            ):
                station = state.station_end[r] if after < 0 else state.station_before[after]
                if blink <= 0.0 or uniform(rng) >= blink:
                    places_of[num, 0] = r
                    places_of[num, 1] = before
                    places_of[num, 2] = detour(data, v, i, j, station, c, places)
                    places_of[num, 3] = 0.0
                    num += 1
            if after < 0:
                break
            before, i = after, after
            ready = state.ready_s[after]
    best_r, best_before, best, told = -1, -1, math.inf, math.inf
    while num > 0:
        k = 0
        for m in range(1, num):
            if places_of[m, 2] < places_of[k, 2]:
                k = m
        if places_of[k, 2] >= best - EPS:
            break
        r, before = int(places_of[k, 0]), int(places_of[k, 1])
        bound = state.eur[r] + best
        if places_of[k, 3] == 0.0:
            near = state.eur[r] + told + data.margin_eur
            kind, eur = _look_at(data, state, work, r, before, c, min(bound, near))
            if kind == AT_LEAST and eur < math.inf:  # its turn comes again
                places_of[k, 2], places_of[k, 3] = eur - state.eur[r], 1.0
                if eur > -math.inf:
                    told = min(told, places_of[k, 2])
                continue
        else:
            near = bound
            if places_of[k, 2] > -math.inf:
                near = min(bound, state.eur[r] + places_of[k, 2] + data.margin_eur)
            eur = _price(data, state, work, r, before, c, near)
            if eur == math.inf and near < bound:  # it was told too low
                eur = _price(data, state, work, r, before, c, bound)
        num -= 1
        for f in range(4):
            places_of[k, f] = places_of[num, f]
        if eur - state.eur[r] < best - EPS:
            best_r, best_before, best = r, before, eur - state.eur[r]
    return best_r, best_before, best


@kernel
def best_new_route(data, state, work, c, spread, rng):
    """Find the fleet entry that serves stop `c` alone at the least cost.

    Parameters
    ----------
    spread
        Costs are multiplied by a random number in ``[1 - spread, 1 + spread]``, so that other
        types than the cheapest for one stop are tried as well.

    Returns
    -------
    tuple
        Free route, fleet entry, cost; route -1 when there is none.
    """
    free = -1
    for r in range(len(state.size)):
        if state.size[r] == 0:
            free = r
            break
    if free < 0:
        return -1, -1, math.inf
    best_v, best, seen = -1, math.inf, math.inf
    keep_entry = state.entry[free]
    for v in range(len(data.kind)):
        if not data.allowed[v, c] or state.used[v] >= data.kind[v, COUNT]:
            continue
        state.entry[free] = v
        if not loads_fit(data, state, free, -1, c):
            continue
        eur = _price(data, state, work, free, -1, c, math.inf)
        felt = eur if spread <= 0.0 else eur * (1.0 + spread * (2.0 * uniform(rng) - 1.0))
        if felt < seen:
            best_v, best, seen = v, eur, felt
    state.entry[free] = keep_entry
    if best_v < 0:
        return -1, -1, math.inf
    return free, best_v, best
