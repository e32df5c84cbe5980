"""What it costs to put a stop between two others: labels before it joined with rests after it.

The charging stations before, after and beside the stop are chosen anew by the join, as far as the
labels and rests that are kept go. Where `Data.kind` says that joins are exact the answer is the
cost; elsewhere (several charging rates, priced hours, load that draws energy) it is an estimate,
and `price_with` of `routes` tells the cost.
"""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    ARCS,
    BUSY,
    COST,
    CURVE,
    EARLY,
    EUR,
    KWH,
    LATE,
    PAY,
    PER_S,
    REST_EUR,
    REST_KWH,
    SECONDS,
    SERVICE,
    SERVICE_FACTOR,
    SHIFT,
    USABLE,
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
    length_s,
    meets,
    plug_in,
    serve,
    settle,
    ways_to_settle,
)
from bundling.rounds.electric.rests import rest_at_station, rest_before_arc


@kernel
def _money(car, lab, m, rests, q):
    """Money of a label followed by a rest; what is still to be charged at its least price."""
    money = lab[m, COST] + rests[q, REST_EUR]
    if car.fleet[car.v, PER_S] > 0.0:
        money += car.fleet[car.v, PER_S] * length_s(car, lab, m)
    if car.fleet[car.v, PAY] > 0.0:
        money += car.fleet[car.v, PAY] * max(0.0, rests[q, REST_KWH] - lab[m, Y])
    return money


@kernel
def way_on(car, data, work, lab, m, c, j, rests, count, best):
    """Cheapest way on from leaving place `c` with `lab[m]`; `best` when none is cheaper.

    What `rests` says is needed on arriving at the next place `j`.
    """
    places = data.arc.shape[1] - data.station.shape[0]
    a = data.kind[car.v, ARCS]
    arc, way = data.arc, work.rest
    pair = c * places + j
    begin, end = data.between_at[pair], data.between_at[pair + 1]
    sofar = lab[m, COST]
    for q in range(count):
        if sofar + arc[a, c, j, EUR] + rests[q, REST_EUR] >= best:
            continue
        if rest_before_arc(car, arc, a, rests, q, c, j, way, 2):
            money = _money(car, lab, m, way, 2)
            if money < best and meets(car, lab, m, way, 2):
                best = money
        for at in range(begin, end):
            k = data.between[at]
            s = places + k
            detour = arc[a, c, s, EUR] + arc[a, s, j, EUR]
            if data.curve_of[car.v, k] < 0 or sofar + detour + rests[q, REST_EUR] >= best:
                continue
            if not rest_before_arc(car, arc, a, rests, q, s, j, way, 2):
                continue
            if not rest_at_station(car, data, way, 2, k):
                continue
            if not rest_before_arc(car, arc, a, way, 2, c, s, way, 3):
                continue
            money = _money(car, lab, m, way, 3)
            if money < best and meets(car, lab, m, way, 3):
                best = money
    return best


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
        Load on the way to `c`.
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
    least += arc[a, c, j, EUR]
    pair = i * places + c
    for m in range(num):
        if labels[m, COST] + arc[a, i, c, EUR] + least >= best:
            continue
        copy_label(labels, m, lab, 3)
        fine = drive(car, arc, a, lab, 3, i, c, kg)
        if fine and data.timed:
            early = window_at(data, c, lab[3, T])[0]
        fine = fine and serve(lab, 3, early, latest, service)
        if fine and lab[3, BUSY] <= longest:
            best = way_on(car, data, work, lab, 3, c, j, rests, count, best)
        for at in range(data.between_at[pair], data.between_at[pair + 1]):
            k = data.between[at]
            s = places + k
            if data.curve_of[v, k] < 0 or arc[a, s, c, KWH] > usable:
                continue
            if labels[m, COST] + arc[a, i, s, EUR] + arc[a, s, c, EUR] + least >= best:
                continue
            if labels[m, T] + arc[a, i, s, SECONDS] + arc[a, s, c, SECONDS] > latest + EPS:
                continue
            copy_label(labels, m, lab, 3)
            if not drive(car, arc, a, lab, 3, i, s, kg):
                continue
            choices = 1 if lab[3, CURVE] < 0.0 else ways_to_settle(car, data, lab, 3, k)
            for choice in range(choices):
                copy_label(lab, 3, lab, 4)
                if not settle(car, lab, 4, choice) or not plug_in(car, data, lab, 4, k):
                    continue
                fine = drive(car, arc, a, lab, 4, s, c, kg)
                if fine and data.timed:
                    early = window_at(data, c, lab[4, T])[0]
                fine = fine and serve(lab, 4, early, latest, service)
                if fine and lab[4, BUSY] <= longest:
                    best = way_on(car, data, work, lab, 4, c, j, rests, count, best)
    return best
