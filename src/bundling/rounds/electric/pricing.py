"""What a route costs with one more stop, label by label from where the stop goes to the end.

From the start where the load draws energy: freight for the stop is then on board before it.
"""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    ARCS,
    CLOSES,
    EARLY,
    END,
    KWH,
    LATE,
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
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.labels import copy_label, extend, start_label
from bundling.rounds.electric.routes import arc_money, car_of, kg_matters


@kernel
def _step(data, work, v, here, count, there, i, j, kg, rest, window, ahead, limit):
    return extend(data, work, v, here, count, i, j, kg, rest, window, ahead, limit, work.end, 0,
                  there, work.parent)  # fmt: skip


@kernel
def price_with(data, state, work, r, before, c, bound):
    """Cost of route `r` with stop `c` after stop `before` (-1: as the first).

    Infinite when it cannot be driven, or not for less than `bound`. Loads are not looked at.
    Problems with rules are priced in `sequence`.
    """
    v = state.entry[r]
    a = data.kind[v, ARCS]
    heavy = kg_matters(data, v)
    end = data.kind[v, END]
    after = -1
    if state.size[r] > 0:
        after = state.first[r] if before < 0 else state.nxt[before]
    j = end if after < 0 else after
    latest = data.fleet[v, CLOSES] if after < 0 else state.latest_s[after]
    service = data.stop[c, SERVICE] * data.fleet[v, SERVICE_FACTOR]
    latest_c = min(data.stop[c, LATE], latest - data.arc[a, c, j, SECONDS] - service)
    rest_eur = arc_money(data, v, c, j)
    rest_kwh = data.arc[a, c, j, KWH]
    rest_s, ends = data.arc[a, c, j, SECONDS], -math.inf
    if after >= 0:
        rest_s += state.rest_s[after] + data.stop[after, SERVICE] * data.fleet[v, SERVICE_FACTOR]
        late = data.stop[after, EARLY] - data.arc[a, c, j, SECONDS] + rest_s
        ends = max(state.rest_end[after], late)
        rest_eur += state.rest_eur[after] + (
            data.fleet[v, PER_S] * data.stop[after, SERVICE] * data.fleet[v, SERVICE_FACTOR]
        )
        rest_kwh += state.rest_kwh[after]
    empty = state.size[r] == 0
    depart = data.fleet[v, OPENS] if empty else state.depart_s[r]
    late_freight = data.stop[c, RELEASE] > depart
    depart = max(depart, data.stop[c, RELEASE])
    kg = data.freight[c, 0, 0] + (0.0 if empty else state.load_kg[r])
    share = 1.0
    if heavy:
        share += data.fleet[v, MORE_PER_KG] * (kg + data.freight[c, 1, 0])
    here, there = work.here, work.there
    # Labels on leaving `before`.
    if before < 0:
        start_label(car_of(data, v), depart, here, 0)
        count, i = 1, data.kind[v, START]
    elif heavy or late_freight:
        start_label(car_of(data, v), depart, here, 0)
        count, i = 1, data.kind[v, START]
        node = state.first[r]
        extra = data.arc[a, before, c, KWH] + rest_kwh - state.rest_kwh[before]
        more_s = data.arc[a, before, c, SECONDS] + service + rest_s - state.rest_s[before]
        ends_c = max(ends, data.stop[c, EARLY] + service + rest_s)
        while True:
            rest = (data.arc[a, i, node, KWH] + state.rest_kwh[node] + extra) * share
            time_there = data.stop[node, SERVICE] * data.fleet[v, SERVICE_FACTOR]
            window = (data.stop[node, EARLY], state.latest_s[node], time_there)
            ahead = (state.rest_kwh[node] + extra, state.rest_s[node] + more_s,
                     max(state.rest_end[node] + max(0.0, more_s), ends_c))  # fmt: skip
            count = _step(data, work, v, here, count, there, i, node, kg if heavy else 0.0, rest,
                          window, ahead, bound - state.rest_eur[node])  # fmt: skip
            here, there = there, here
            kg += data.freight[node, 1, 0] - data.freight[node, 0, 0]
            if count == 0:
                return math.inf
            i = node
            if node == before:
                break
            node = state.nxt[node]
    else:
        count, i = state.num[before], before
        for m in range(count):
            copy_label(state.labels[before], m, here, m)
    rest = (data.arc[a, i, c, KWH] + rest_kwh) * share
    count = _step(data, work, v, here, count, there, i, c, kg if heavy else 0.0, rest,
                  (data.stop[c, EARLY], latest_c, service), (rest_kwh, rest_s, ends),
                  bound - rest_eur)  # fmt: skip
    kg += data.freight[c, 1, 0] - data.freight[c, 0, 0]
    i = c
    while after >= 0:
        if count == 0:
            return math.inf
        here, there = there, here
        rest = (data.arc[a, i, after, KWH] + state.rest_kwh[after]) * share
        time_there = data.stop[after, SERVICE] * data.fleet[v, SERVICE_FACTOR]
        window = (data.stop[after, EARLY], state.latest_s[after], time_there)
        ahead = (state.rest_kwh[after], state.rest_s[after], state.rest_end[after])
        count = _step(data, work, v, here, count, there, i, after, kg if heavy else 0.0,
                      rest, window, ahead, bound - state.rest_eur[after])  # fmt: skip
        kg += data.freight[after, 1, 0] - data.freight[after, 0, 0]
        i = after
        after = state.nxt[after]
    if count == 0:
        return math.inf
    here, there = there, here
    rest = data.arc[a, i, end, KWH] * share
    count = _step(data, work, v, here, count, there, i, end, kg if heavy else 0.0, rest,
                  (0.0, data.fleet[v, CLOSES], 0.0), (0.0, 0.0, -math.inf), bound)  # fmt: skip
    best = math.inf
    for m in range(count):
        best = min(best, there[m, MONEY])
    return best
