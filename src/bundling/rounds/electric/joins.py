"""What it costs to put a stop between two others: labels before it joined with rests after it.

The charging stations before, after and beside the stop are chosen anew by the join, as far as the
labels and rests that are kept go. Where `Data.kind` says that joins are exact the answer is the
cost; elsewhere (several charging rates, priced hours, load that draws energy) it is an estimate,
and `price_with` of `pricing` tells the cost.
"""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    ARCS,
    BUSY,
    COST,
    CURVE,
    DRIVEN,
    EARLY,
    EUR,
    EUR_PER_KWH,
    KWH,
    KWH_PER_M_KG,
    LATE,
    LATEST,
    LEAVE_BEFORE,
    LEAVE_SINCE,
    MONEY,
    OPENS,
    OVER_PER_S,
    PAY,
    PER_S,
    PRICE,
    REGULAR,
    REST_END,
    REST_EUR,
    REST_KWH,
    REST_M,
    REST_PAY,
    REST_PAY_S,
    REST_S,
    SECONDS,
    SERVICE,
    SERVICE_FACTOR,
    SHIFT,
    USABLE,
    WAIT,
    T,
    Vehicle,
    Y,
)
from bundling.rounds.electric.clock import window_at
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.labels import (
    EPS,
    copy_label,
    drive,
    meets,
    plug_in,
    price_of,
    serve,
    settle,
    ways_to_settle,
)
from bundling.rounds.electric.rests import rest_at_station, rest_before_arc


@kernel
def _money(car, lab, m, rests, q):
    """Money of a label followed by a rest; what is still to be charged at its least price."""
    money = lab[m, COST] + rests[q, REST_EUR]
    per_s, over_per_s = car.fleet[car.v, PER_S], car.fleet[car.v, OVER_PER_S]
    timed = per_s > 0.0 or over_per_s > 0.0
    short = rests[q, REST_KWH] - lab[m, Y]
    seconds = 0.0
    if short > 0.0 and (timed or car.fleet[car.v, PAY] > 0.0):
        pay, pay_s = rests[q, REST_PAY], rests[q, REST_PAY_S]
        if lab[m, CURVE] >= 0.0:
            pay = min(pay, lab[m, PRICE])
            pay_s = min(pay_s, car.curve[int(lab[m, CURVE]), 1, 2])
        if pay == math.inf:
            return math.inf
        money += max(0.0, pay) * short
        seconds = pay_s * short
    if timed:
        busy = lab[m, BUSY] + rests[q, REST_S] + seconds
        ends = lab[m, T] + rests[q, REST_S] + max(0.0, seconds - lab[m, WAIT])
        ends = max(ends, rests[q, REST_END])
        leave = min(lab[m, LEAVE_BEFORE], lab[m, LEAVE_SINCE])
        leave = min(leave, rests[q, LATEST] - lab[m, BUSY])
        lasts = max(busy, ends - max(car.fleet[car.v, OPENS], leave))
        if lasts > car.fleet[car.v, SHIFT] + EPS:
            return math.inf
        money += per_s * (lasts - rests[q, REST_S])
        money += over_per_s * max(0.0, lasts - car.fleet[car.v, REGULAR])
    return money


@kernel
def way_on(car, data, work, lab, m, c, j, kg, more_kg, rests, count, best):
    """Cheapest way on from leaving place `c` with `lab[m]`; `best` when none is cheaper.

    What `rests` says is needed on arriving at the next place `j`, with `more_kg` less than there
    will be on board from there on.
    """
    places = data.arc.shape[1] - data.station.shape[0]
    a = data.kind[car.v, ARCS]
    arc, way = data.arc, work.rest
    pair = c * places + j
    begin, end = data.between_at[pair], data.between_at[pair + 1]
    per_s, pay = car.fleet[car.v, PER_S], max(0.0, car.fleet[car.v, PAY])
    sofar = price_of(car, lab, m)
    more = car.fleet[car.v, KWH_PER_M_KG] * more_kg
    ahead = arc[a, c, j, EUR] + per_s * arc[a, c, j, SECONDS]
    for q in range(count):
        least = sofar + rests[q, REST_EUR]
        least += pay * max(0.0, arc[a, c, j, KWH] + rests[q, REST_KWH] - lab[m, Y])
        if least + ahead >= best:
            continue
        if rest_before_arc(car, arc, a, rests, q, c, j, kg, way, 2):
            way[2, REST_KWH] += more * rests[q, REST_M]
            money = _money(car, lab, m, way, 2)
            if money < best and meets(car, lab, m, way, 2):
                best = money
            if lab[m, Y] >= way[2, REST_KWH] and not data.full:
                continue  # it needs no station
        for at in range(begin, end):
            k = data.between[at]
            s = places + k
            detour = arc[a, c, s, EUR] + arc[a, s, j, EUR]
            detour += per_s * (arc[a, c, s, SECONDS] + arc[a, s, j, SECONDS])
            if data.curve_of[car.v, k] < 0 or least + detour >= best:
                continue
            if not rest_before_arc(car, arc, a, rests, q, s, j, kg, way, 2):
                continue
            if not rest_at_station(car, data, way, 2, k):
                continue
            if not rest_before_arc(car, arc, a, way, 2, c, s, kg, way, 3):
                continue
            way[3, REST_KWH] += more * rests[q, REST_M]
            money = _money(car, lab, m, way, 3)
            if money < best and meets(car, lab, m, way, 3):
                best = money
    return best


@kernel
def _carry(car, lab, m, kg):
    """Let `lab[m]` have had `kg` more on board since the depot."""
    extra = car.fleet[car.v, KWH_PER_M_KG] * kg * lab[m, DRIVEN]
    lab[m, Y] -= extra
    lab[m, COST] += extra * car.fleet[car.v, EUR_PER_KWH]


@kernel
def join_with(data, work, v, labels, num, i, c, j, kg, rests, count, latest, best):
    """Cost of the route with stop `c` between node `i` and node `j`; `best` when not cheaper.

    Parameters
    ----------
    data, work, v
        The problem, room for labels, and the fleet entry.
    labels, num
        Labels on leaving `i`.
    i, c, j
        Nodes.
    kg
        Load on leaving `i`, without what `c` asks for.
    rests, count
        What is needed on arriving at `j`.
    latest
        Latest start of service at `c`, batteries aside.
    best
        Money above which an answer is of no use.
    """
    places = data.arc.shape[1] - data.station.shape[0]
    a = data.kind[v, ARCS]
    car = Vehicle(data.fleet, v, data.curve, data.points, data.full)
    arc, lab = data.arc, work.steps
    early = data.stop[c, EARLY]
    latest = min(latest, data.stop[c, LATE])
    service = data.stop[c, SERVICE] * data.fleet[v, SERVICE_FACTOR]
    usable, longest = data.fleet[v, USABLE] + EPS, data.fleet[v, SHIFT] + EPS
    least = math.inf
    for q in range(count):
        least = min(least, rests[q, REST_EUR])
    per_s = data.fleet[v, PER_S]
    least += arc[a, c, j, EUR] + per_s * (arc[a, c, j, SECONDS] + service)
    out, back = data.freight[c, 0, 0], data.freight[c, 1, 0]
    pair = i * places + c
    for m in range(num):
        ahead = arc[a, i, c, EUR] + per_s * arc[a, i, c, SECONDS]
        if labels[m, MONEY] + ahead + least >= best:
            continue
        copy_label(labels, m, lab, 3)
        _carry(car, lab, 3, out)
        fine = drive(car, arc, a, lab, 3, i, c, kg + out)
        if fine and data.timed:
            early = window_at(data, c, lab[3, T])[0]
        fine = fine and serve(lab, 3, early, latest, service)
        if fine and lab[3, BUSY] <= longest:
            best = way_on(car, data, work, lab, 3, c, j, kg + back, back, rests, count, best)
        for at in range(data.between_at[pair], data.between_at[pair + 1]):
            k = data.between[at]
            s = places + k
            if data.curve_of[v, k] < 0 or arc[a, s, c, KWH] > usable:
                continue
            ahead = arc[a, i, s, EUR] + arc[a, s, c, EUR]
            ahead += per_s * (arc[a, i, s, SECONDS] + arc[a, s, c, SECONDS])
            if labels[m, MONEY] + ahead + least >= best:
                continue
            if labels[m, T] + arc[a, i, s, SECONDS] + arc[a, s, c, SECONDS] > latest + EPS:
                continue
            copy_label(labels, m, lab, 3)
            _carry(car, lab, 3, out)
            if not drive(car, arc, a, lab, 3, i, s, kg + out):
                continue
            choices = 1 if lab[3, CURVE] < 0.0 else ways_to_settle(car, data, lab, 3, k)
            for choice in range(choices):
                copy_label(lab, 3, lab, 4)
                if not settle(car, lab, 4, choice) or not plug_in(car, data, lab, 4, k):
                    continue
                fine = drive(car, arc, a, lab, 4, s, c, kg + out)
                if fine and data.timed:
                    early = window_at(data, c, lab[4, T])[0]
                fine = fine and serve(lab, 4, early, latest, service)
                if fine and lab[4, BUSY] <= longest:
                    best = way_on(
                        car, data, work, lab, 4, c, j, kg + back, back, rests, count, best
                    )
    return best
