"""What is needed to end a route: labels backward, from the depot to each stop.

A rest says for a place: who arrives there with at least ``NEED`` kWh, not after ``LATEST`` and not
after ``LINE + SLOPE * kWh``, can end the route at ``REST_EUR``. The line is the time that charging
takes: a kWh more on board is a kWh less to charge. With one linear charging rate rests are exact,
otherwise an estimate; `joins` brings them together with the labels of `labels`. For vehicles whose
hours count a rest also knows the driving and service it holds, and when it ends at the earliest
(``REST_S``, ``REST_END``), and for energy that is paid for what a kWh costs at least at its
stations (``REST_PAY``, ``REST_PAY_S``).

The idea of a battery as forward and backward segments that are joined in constant time is of
Schiffer and Walther, "An adaptive large neighborhood search for the location-routing problem with
intra-route facilities" (Transportation Science 52, 2018). Here a place has several of them, one for
each worthwhile choice of stations, so that a join chooses the stations anew.
"""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    ARCS,
    CLOSES,
    EARLY,
    EUR,
    EUR_PER_KWH,
    KWH,
    KWH_PER_M_KG,
    LATE,
    LATEST,
    LINE,
    MAX_M,
    METRES,
    NEED,
    PAY,
    PAY_S,
    PER_S,
    REST_END,
    REST_EUR,
    REST_FIELDS,
    REST_KWH,
    REST_M,
    REST_PAY,
    REST_PAY_S,
    REST_S,
    SECONDS,
    SERVICE,
    SERVICE_FACTOR,
    SLOPE,
    USABLE,
    Vehicle,
)
from bundling.rounds.electric.clock import last_start
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.labels import EPS


@kernel
def rest_at_end(data, v, rests):
    """Write the rest of a vehicle that arrives at the end of its route."""
    rests[0, REST_EUR] = 0.0
    rests[0, NEED] = 0.0
    rests[0, LATEST] = data.fleet[v, CLOSES]
    rests[0, LINE] = math.inf
    rests[0, SLOPE] = 0.0
    rests[0, REST_KWH] = 0.0
    rests[0, REST_M] = 0.0
    rests[0, REST_S] = 0.0
    rests[0, REST_END] = -math.inf
    rests[0, REST_PAY] = math.inf
    rests[0, REST_PAY_S] = math.inf


@kernel
def rest_before_arc(car, arc, a, rests, q, i, j, kg, out, w):
    """Write into `out[w]` what `rests[q]` of `j` needs on leaving `i` with `kg` on board.

    False when that is too much.
    """
    extra = car.fleet[car.v, KWH_PER_M_KG] * kg * arc[a, i, j, METRES]
    kwh, seconds = arc[a, i, j, KWH] + extra, arc[a, i, j, SECONDS]
    need = rests[q, NEED] + kwh
    if need > car.fleet[car.v, USABLE] + EPS:
        return False
    out[w, REST_EUR] = rests[q, REST_EUR] + arc[a, i, j, EUR] + car.fleet[car.v, PER_S] * seconds
    out[w, REST_EUR] += extra * car.fleet[car.v, EUR_PER_KWH]
    out[w, NEED] = need
    out[w, LATEST] = rests[q, LATEST] - seconds
    out[w, LINE] = rests[q, LINE] - seconds - rests[q, SLOPE] * kwh
    out[w, SLOPE] = rests[q, SLOPE]
    out[w, REST_KWH] = rests[q, REST_KWH] + kwh
    out[w, REST_M] = rests[q, REST_M] + arc[a, i, j, METRES]
    out[w, REST_S] = rests[q, REST_S] + seconds
    out[w, REST_END] = rests[q, REST_END]
    out[w, REST_PAY], out[w, REST_PAY_S] = rests[q, REST_PAY], rests[q, REST_PAY_S]
    return True


@kernel
def rest_at_station(car, data, rests, q, k):
    """Turn `rests[q]`, needed on leaving station `k`, into what is needed on arriving there."""
    curve = data.curve_of[car.v, k]
    slope = data.curve[curve, 1, 2]
    latest = min(rests[q, LATEST], data.station[k, 1])
    if data.full:
        whole = slope * car.fleet[car.v, USABLE]
        filled = rests[q, LINE] + rests[q, SLOPE] * car.fleet[car.v, USABLE]
        line = min(latest, filled) - whole
    else:
        line = min(rests[q, LINE], latest - slope * rests[q, NEED])
    need = max(0.0, (data.station[k, 0] - line) / slope)
    rests[q, NEED] = need
    rests[q, LATEST] = latest
    rests[q, LINE] = line
    rests[q, SLOPE] = slope
    rests[q, REST_END] = max(rests[q, REST_END], data.station[k, 0] + rests[q, REST_S])
    pay = data.station[k, 2] - car.fleet[car.v, EUR_PER_KWH]
    rests[q, REST_PAY] = min(rests[q, REST_PAY], pay)
    rests[q, REST_PAY_S] = min(rests[q, REST_PAY_S], slope)
    return need <= car.fleet[car.v, USABLE] + EPS and data.station[k, 0] <= latest + EPS


@kernel
def _before_service(car, data, c, rests, q):
    """Turn `rests[q]`, needed on leaving stop `c`, into what is needed on arriving there."""
    seconds = data.stop[c, SERVICE] * car.fleet[car.v, SERVICE_FACTOR]
    early = data.stop[c, EARLY]
    rests[q, REST_EUR] += car.fleet[car.v, PER_S] * seconds
    rests[q, REST_S] += seconds
    rests[q, REST_END] = max(rests[q, REST_END], early + rests[q, REST_S])
    rests[q, LINE] -= seconds
    rests[q, LATEST] = min(data.stop[c, LATE], rests[q, LATEST] - seconds)
    if data.timed:
        rests[q, LATEST] = last_start(data, c, rests[q, LATEST])
    if rests[q, LATEST] < early - EPS:
        return False
    if rests[q, LINE] < early:
        if rests[q, SLOPE] <= 0.0:
            return False
        rests[q, NEED] = max(rests[q, NEED], (early - rests[q, LINE]) / rests[q, SLOPE])
    return rests[q, NEED] <= car.fleet[car.v, USABLE] + EPS


@kernel
def _until(rests, q, level):
    return min(rests[q, LATEST], rests[q, LINE] + rests[q, SLOPE] * level)


@kernel
def _as_good(car, one, a, two, b):
    """Whether `one[a]` allows at no more money all that `two[b]` allows."""
    if one[a, REST_EUR] > two[b, REST_EUR] + EPS or one[a, NEED] > two[b, NEED] + EPS:
        return False
    if one[a, REST_M] > two[b, REST_M] + EPS and car.fleet[car.v, MAX_M] < math.inf:
        return False
    paid = car.fleet[car.v, PAY] > 0.0
    if car.fleet[car.v, PER_S] > 0.0:
        paid = paid or car.fleet[car.v, PAY_S] > 0.0
        if one[a, REST_END] > two[b, REST_END] + EPS:
            return False
    if paid and one[a, REST_KWH] > two[b, REST_KWH] + EPS:
        return False
    if one[a, SLOPE] == two[b, SLOPE]:
        return one[a, LATEST] >= two[b, LATEST] - EPS and one[a, LINE] >= two[b, LINE] - EPS
    most = car.fleet[car.v, USABLE]
    if most == math.inf:
        return one[a, LATEST] >= two[b, LATEST] - EPS
    if (
        _until(one, a, two[b, NEED]) < _until(two, b, two[b, NEED]) - EPS
        or _until(one, a, most) < _until(two, b, most) - EPS
    ):
        return False
    if two[b, SLOPE] > 0.0:
        bend = (two[b, LATEST] - two[b, LINE]) / two[b, SLOPE]
        if two[b, NEED] < bend < most and _until(one, a, bend) < _until(two, b, bend) - EPS:
            return False
    return True


@kernel
def _copy(source, q, target, w):
    for f in range(REST_FIELDS):
        target[w, f] = source[q, f]


@kernel
def _keep(car, rests, q, kept, num):
    m = 0
    while m < num:
        if _as_good(car, kept, m, rests, q):
            return num
        if _as_good(car, rests, q, kept, m):
            num -= 1
            _copy(kept, num, kept, m)
        else:
            m += 1
    m = num
    if num == kept.shape[0]:  # no room: the dearest goes
        m, most = -1, rests[q, REST_EUR]
        for other in range(num):
            if kept[other, REST_EUR] > most:
                m, most = other, kept[other, REST_EUR]
        if m < 0:
            return num
    else:
        num += 1
    _copy(rests, q, kept, m)
    return num


@kernel
def rests_before(data, work, v, c, j, kg, rests, count, kept):
    """Move all rests from arriving at node `j` to arriving at stop `c`, which comes before it.

    Parameters
    ----------
    data, work, v
        The problem, room for labels, and the fleet entry.
    c, j
        Stop, and the node after it.
    kg
        Load on leaving `c`.
    rests, count
        What is needed on arriving at `j`.
    kept
        Written: what is needed on arriving at `c`.

    Returns
    -------
    int
        Rests written.
    """
    num = 0
    places = data.arc.shape[1] - data.station.shape[0]
    a = data.kind[v, ARCS]
    car = Vehicle(data.fleet, v, data.curve, data.points, data.full)
    arc, way = data.arc, work.rest
    pair = c * places + j
    for m in range(count):
        fine = rest_before_arc(car, arc, a, rests, m, c, j, kg, way, 0)
        if fine and _before_service(car, data, c, way, 0):
            num = _keep(car, way, 0, kept, num)
        for at in range(data.between_at[pair], data.between_at[pair + 1]):
            k = data.between[at]
            s = places + k
            if data.curve_of[v, k] < 0:
                continue
            if not rest_before_arc(car, arc, a, rests, m, s, j, kg, way, 0):
                continue
            if not rest_at_station(car, data, way, 0, k):
                continue
            if not rest_before_arc(car, arc, a, way, 0, c, s, kg, way, 1):
                continue
            if _before_service(car, data, c, way, 1):
                num = _keep(car, way, 1, kept, num)
    return num
