"""What a given row of stops costs, driven as one route: for problems with rules.

The stops stand in `Work.order`. Labels are carried from the depot on, and where windows, periods or
breaks are asked for the plans of the last ones are timed (`stages`).
"""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    ARCS,
    CLOSES,
    EARLY,
    END,
    KWH,
    LOADS,
    MONEY,
    MORE_PER_KG,
    OPENS,
    PER_S,
    RELEASE,
    SECONDS,
    SERVICE,
    SERVICE_FACTOR,
    START,
)
from bundling.rounds.electric.clock import last_start
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.labels import EPS, extend, start_label
from bundling.rounds.electric.routes import arc_money, car_of, kg_matters
from bundling.rounds.electric.stages import LOAD, least_timed

_LATEST, _REST_EUR, _REST_KWH = range(3)


@kernel
def order_with(state, work, r, before, c):
    """Write the stops of route `r` with `c` after `before` (-1: as the first); return how many."""
    m = 0
    if before < 0 or state.size[r] == 0:
        work.order[0], m = c, 1
    node = state.first[r] if state.size[r] > 0 else -1
    while node >= 0:
        work.order[m] = node
        m += 1
        if node == before:
            work.order[m] = c
            m += 1
        node = state.nxt[node]
    return m


@kernel
def _loads(data, work, v, m):
    """Write the load on each leg; return the largest load in kg, infinite when there is no room."""
    peak_kg = 0.0
    for d in range(LOADS):
        load = 0.0
        for k in range(m):
            load += data.freight[work.order[k], 0, d]
        most = data.capacity[v, d] + EPS
        if load > most:
            return math.inf
        for k in range(m):
            if d == 0:
                work.along[k, LOAD] = load
                peak_kg = max(peak_kg, load)
            c = work.order[k]
            load += data.freight[c, 1, d] - data.freight[c, 0, d]
            if load > most:
                return math.inf
        if d == 0:
            work.along[m, LOAD] = load
            peak_kg = max(peak_kg, load)
    return peak_kg


@kernel
def _limits(data, work, v, m):
    """Write what can be told from the end back: latest starts, money and energy to the end."""
    a, j = data.kind[v, ARCS], data.kind[v, END]
    latest, eur, kwh = data.fleet[v, CLOSES], 0.0, 0.0
    for k in range(m - 1, -1, -1):
        c = work.order[k]
        service = data.stop[c, SERVICE] * data.fleet[v, SERVICE_FACTOR]
        eur += arc_money(data, v, c, j)
        kwh += data.arc[a, c, j, KWH]
        latest = last_start(data, c, latest - data.arc[a, c, j, SECONDS] - service)
        work.along[k, _LATEST], work.along[k, _REST_EUR] = latest, eur
        work.along[k, _REST_KWH] = kwh
        eur += data.fleet[v, PER_S] * service
        j = c


@kernel
def price_order(data, work, v, m, bound):
    """Cost of the first `m` stops of `work.order` as a route of fleet entry `v`.

    Infinite when it cannot be driven, or not for less than `bound`.
    """
    peak_kg = _loads(data, work, v, m)
    if peak_kg == math.inf:
        return math.inf
    _limits(data, work, v, m)
    car, a = car_of(data, v), data.kind[v, ARCS]
    depart = data.fleet[v, OPENS]
    for k in range(m):
        depart = max(depart, data.stop[work.order[k], RELEASE])
    heavy = kg_matters(data, v)
    share = 1.0 + (data.fleet[v, MORE_PER_KG] * peak_kg if heavy else 0.0)
    start_label(car, depart, work.here, 0)
    num, i = 1, data.kind[v, START]
    for k in range(m):
        c = work.order[k]
        kg = work.along[k, LOAD] if heavy else 0.0
        rest = (data.arc[a, i, c, KWH] + work.along[k, _REST_KWH]) * share
        service = data.stop[c, SERVICE] * data.fleet[v, SERVICE_FACTOR]
        window = (data.stop[c, EARLY], work.along[k, _LATEST], service)
        limit = bound - work.along[k, _REST_EUR]
        ahead = (work.along[k, _REST_KWH], 0.0, math.inf)
        if k == 0:
            num = extend(data, work, v, work.here, num, i, c, kg, rest, window, ahead, limit,
                         work.end, 0, work.labels[c], work.parents[c])  # fmt: skip
        else:
            num = extend(data, work, v, work.labels[i], num, i, c, kg, rest, window, ahead,
                         limit, work.end, 0, work.labels[c], work.parents[c])  # fmt: skip
        if num == 0:
            return math.inf
        i = c
    end = data.kind[v, END]
    num = extend(data, work, v, work.labels[i], num, i, end,
                 work.along[m, LOAD] if heavy else 0.0, data.arc[a, i, end, KWH] * share,
                 (0.0, data.fleet[v, CLOSES], 0.0), (0.0, 0.0, math.inf), bound, work.end, 0,
                 work.there, work.parent)  # fmt: skip
    if data.timed:
        best, eur = least_timed(data, car, work, m, num, depart, work.labels, work.parents, bound)
        return eur if best >= 0 else math.inf
    best_eur = math.inf
    for row in range(num):
        best_eur = min(best_eur, work.there[row, MONEY])
    return best_eur
