"""Charging labels: every worthwhile way to drive a fixed sequence of stops, battery included.

A label is one way to reach a point of the route. It fixes where was charged, but not how much at
the last station: that is settled only when the energy is needed. So a label stands for a trade-off
curve between time and energy: at time ``T`` the battery holds ``Y``; for ``x`` kWh more the vehicle
would have stayed ``curve(Z + x) - curve(Z)`` seconds longer at the last station, of which ``WAIT``
seconds cost nothing because the vehicle waited for a window since, and ``SLACK`` seconds at most
are possible before a window since would be missed.

The idea of a state of charge decided afterwards is of Froger, Mendoza, Jabali and Laporte,
"Improved formulations and algorithmic components for the electric vehicle routing problem with
nonlinear charging functions" (Computers & Operations Research 104, 2019), who carry it in a label
as a function; the waiting and the windows are added here. With one linear charging rate and a
price of distance the labels are exact, as long as none was dropped for want of room.

The duration of the route is counted as in `schedule`: ``BUSY`` seconds of driving, service and
charging, and the latest departure that keeps every window, before and since the last station. With
periods of the day ``BUSY`` is that of the fastest and ``T`` that of the earliest departure, so that
the duration is a limit from below; so it is with several windows, of which the last says how late
the departure may be. `timing` then tells the cost.
"""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    ARCS,
    BUSY,
    CHARGED,
    COST,
    CURVE,
    DRIVEN,
    EUR,
    EUR_PER_KWH,
    FIELDS,
    FIXED,
    KWH,
    KWH_PER_M_KG,
    LATEST,
    LEAVE_BEFORE,
    LEAVE_SINCE,
    LINE,
    MAX_M,
    METRES,
    MONEY,
    NEED,
    NUM_WINDOWS,
    OPENS,
    OVER_PER_S,
    PAY,
    PAY_S,
    PER_S,
    PERIODS,
    PRICE,
    REGULAR,
    REST_M,
    SECONDS,
    SETTLED,
    SETTLED_BEFORE,
    SHIFT,
    SLACK,
    SLOPE,
    START_KWH,
    USABLE,
    WAIT,
    WINDOW,
    T,
    Vehicle,
    Y,
    Z,
)  # fmt: skip
from bundling.rounds.electric.clock import arrival
from bundling.rounds.electric.kernel import kernel

EPS = 1e-7


@kernel
def _bent_seconds(points, bends, curve, level):
    p = 1
    while p < bends[curve] - 1 and level > points[curve, p, 0]:
        p += 1
    return points[curve, p, 1] + (level - points[curve, p, 0]) * points[curve, p, 2]


@kernel
def _bent_level(points, bends, curve, seconds):
    p = 1
    while p < bends[curve] - 1 and seconds > points[curve, p, 1]:
        p += 1
    return points[curve, p, 0] + (seconds - points[curve, p, 1]) / points[curve, p, 2]


@kernel
def seconds_to(car, curve, level):
    """Seconds to charge from empty to `level`."""
    if car.points[curve] == 2:
        return level * car.curve[curve, 1, 2]
    return _bent_seconds(car.curve, car.points, curve, level)


@kernel
def level_after(car, curve, seconds):
    """Level reached after charging `seconds` from empty, were the last part endless."""
    if car.points[curve] == 2:
        return seconds / car.curve[curve, 1, 2]
    return _bent_level(car.curve, car.points, curve, seconds)


@kernel
def start_label(car, depart, lab, m):
    """Write the label of a vehicle that leaves its depot at `depart`."""
    lab[m, COST] = car.fleet[car.v, FIXED]
    lab[m, T] = depart
    lab[m, Y] = car.fleet[car.v, START_KWH]
    lab[m, Z] = 0.0
    lab[m, CURVE] = -1.0
    lab[m, WAIT] = 0.0
    lab[m, SLACK] = 0.0
    lab[m, PRICE] = 0.0
    lab[m, CHARGED] = 0.0
    lab[m, BUSY] = 0.0
    lab[m, LEAVE_BEFORE] = math.inf
    lab[m, LEAVE_SINCE] = math.inf
    lab[m, DRIVEN] = 0.0
    lab[m, MONEY] = lab[m, COST]
    lab[m, SETTLED] = 0.0
    lab[m, SETTLED_BEFORE] = 0.0


@kernel
def charge_more(car, lab, m, kwh):
    """Charge `kwh` more at the last station, looking back; False when that cannot be."""
    if lab[m, CURVE] < 0.0 or lab[m, Z] + kwh > car.fleet[car.v, USABLE] + EPS:
        return False
    curve = int(lab[m, CURVE])
    longer = seconds_to(car, curve, lab[m, Z] + kwh) - seconds_to(car, curve, lab[m, Z])
    if longer > lab[m, SLACK] + EPS:
        return False
    free = min(lab[m, WAIT], longer)
    lab[m, WAIT] -= free
    lab[m, SLACK] -= longer
    lab[m, T] += longer - free
    lab[m, BUSY] += longer
    lab[m, LEAVE_SINCE] -= longer
    lab[m, Z] += kwh
    lab[m, Y] += kwh
    lab[m, CHARGED] += kwh
    lab[m, COST] += lab[m, PRICE] * kwh
    return True


@kernel
def drive(car, arc, a, lab, m, i, j, kg):
    """Move a label along the arc from node `i` to node `j`; False when the battery cannot."""
    seconds = arc[a, i, j, SECONDS]
    if car.fleet[car.v, PERIODS] > 0.0:
        lab[m, T] = arrival(car, lab[m, T], seconds)
    else:
        lab[m, T] += seconds
    extra = car.fleet[car.v, KWH_PER_M_KG] * kg * arc[a, i, j, METRES]
    lab[m, COST] += arc[a, i, j, EUR] + extra * car.fleet[car.v, EUR_PER_KWH]
    lab[m, BUSY] += seconds
    lab[m, DRIVEN] += arc[a, i, j, METRES]
    lab[m, Y] -= arc[a, i, j, KWH] + extra
    if lab[m, Y] < -EPS and not charge_more(car, lab, m, -lab[m, Y]):
        return False
    return lab[m, DRIVEN] <= car.fleet[car.v, MAX_M] + EPS


@kernel
def serve(lab, m, early, latest, service):
    """Start service in ``[early, latest]``; False when it is too late."""
    if lab[m, T] > latest + EPS:
        return False
    lab[m, LEAVE_SINCE] = min(lab[m, LEAVE_SINCE], latest - lab[m, BUSY])
    if lab[m, T] < early:
        lab[m, WAIT] += early - lab[m, T]
        lab[m, T] = early
    lab[m, SLACK] = min(lab[m, SLACK], latest - lab[m, T] + lab[m, WAIT])
    lab[m, T] += service
    lab[m, BUSY] += service
    return True


@kernel
def price_at(data, k, seconds):
    """Price of a kWh at station `k` when charging starts at `seconds`."""
    return data.price[k, int(seconds // 3600.0) % 24]


@kernel
def plug_in(car, data, lab, m, k):
    """Arrive at station `k`; what was charged before is settled. False when it is no use."""
    if lab[m, T] < data.station[k, 0]:
        lab[m, T] = data.station[k, 0]
    if lab[m, T] > data.station[k, 1] + EPS or lab[m, Y] >= car.fleet[car.v, USABLE] - EPS:
        return False
    if lab[m, CURVE] >= 0.0 and lab[m, CHARGED] <= EPS:
        return False  # the station before was a detour for nothing
    lab[m, LEAVE_BEFORE] = min(lab[m, LEAVE_BEFORE], lab[m, LEAVE_SINCE])
    lab[m, LEAVE_SINCE] = data.station[k, 1] - lab[m, BUSY]
    lab[m, Z] = lab[m, Y]
    lab[m, CURVE] = float(data.curve_of[car.v, k])
    lab[m, SETTLED_BEFORE] = lab[m, SETTLED]
    lab[m, SETTLED] = lab[m, CHARGED]
    lab[m, WAIT] = 0.0
    lab[m, SLACK] = data.station[k, 1] - lab[m, T]
    lab[m, CHARGED] = 0.0
    # Energy drawn is already paid at the depot's price.
    lab[m, PRICE] = price_at(data, k, lab[m, T]) - car.fleet[car.v, EUR_PER_KWH]
    if data.full:
        if not charge_more(car, lab, m, car.fleet[car.v, USABLE] - lab[m, Y]):
            return False
        lab[m, SLACK] = 0.0
    return True


@kernel
def length_s(car, lab, m):
    """Shortest duration of the route so far."""
    leave = min(lab[m, LEAVE_BEFORE], lab[m, LEAVE_SINCE])
    depart = max(car.fleet[car.v, OPENS], min(lab[m, T] - lab[m, BUSY], leave))
    return max(lab[m, T] - depart, lab[m, BUSY])


@kernel
def price_of(car, lab, m):
    """Money of the label, its hours included."""
    seconds = length_s(car, lab, m)
    over = max(0.0, seconds - car.fleet[car.v, REGULAR])
    return lab[m, COST] + car.fleet[car.v, PER_S] * seconds + car.fleet[car.v, OVER_PER_S] * over


@kernel
def time_with(car, lab, m, level):
    """Time at which the label has `level` kWh on board; infinite when it cannot."""
    more = level - lab[m, Y]
    if more <= EPS:
        return lab[m, T]
    if lab[m, CURVE] < 0.0 or lab[m, Z] + more > car.fleet[car.v, USABLE] + EPS:
        return math.inf
    curve = int(lab[m, CURVE])
    longer = seconds_to(car, curve, lab[m, Z] + more) - seconds_to(car, curve, lab[m, Z])
    if longer > lab[m, SLACK] + EPS:
        return math.inf
    return lab[m, T] + max(0.0, longer - lab[m, WAIT])


@kernel
def reach_with(car, lab, m, seconds):
    """Level on board when charging `seconds` longer at the last station."""
    if lab[m, CURVE] < 0.0 or seconds <= 0.0:
        return lab[m, Y]
    curve = int(lab[m, CURVE])
    level = level_after(car, curve, seconds_to(car, curve, lab[m, Z]) + seconds)
    return lab[m, Y] + max(0.0, min(level, car.fleet[car.v, USABLE]) - lab[m, Z])


@kernel
def _bends_spoil(car, lab, m, one, a, two, b, free, most):
    """Whether at a bend of the curve of `lab[m]` label `one[a]` is later than `two[b]`."""
    curve = int(lab[m, CURVE])
    for p in range(1, car.points[curve] - 1):
        level = lab[m, Y] + car.curve[curve, p, 0] - lab[m, Z]
        if free < level < most and (
            time_with(car, one, a, level) > time_with(car, two, b, level) + EPS
        ):
            return True
    return False


@kernel
def dominates(car, one, a, two, b):
    """Whether label `one[a]` is as good as `two[b]` wherever the battery may need to be."""
    if one[a, MONEY] > two[b, MONEY] + EPS or one[a, T] > two[b, T] + EPS:
        return False
    if (
        one[a, COST] > two[b, COST] + EPS
        and car.fleet[car.v, PER_S] > 0.0
        and one[a, BUSY] > two[b, BUSY] + EPS
    ):
        return False
    if one[a, DRIVEN] > two[b, DRIVEN] + EPS and car.fleet[car.v, MAX_M] < math.inf:
        return False
    if two[b, CURVE] < 0.0 or two[b, SLACK] <= 0.0:  # `b` is a single point
        return time_with(car, one, a, two[b, Y]) <= two[b, T] + EPS
    free = reach_with(car, two, b, min(two[b, WAIT], two[b, SLACK]))
    if time_with(car, one, a, free) > two[b, T] + EPS:
        return False
    most = reach_with(car, two, b, two[b, SLACK])
    if time_with(car, one, a, most) > time_with(car, two, b, most) + EPS:
        return False
    if one[a, CURVE] >= 0.0 and _bends_spoil(car, one, a, one, a, two, b, free, most):
        return False
    return not _bends_spoil(car, two, b, one, a, two, b, free, most)


@kernel
def keep(car, lab, row, kept, num, parent, before, s1, s2):
    """Add `lab[row]` to the `num` labels of `kept` unless dominated; return how many there are."""
    m = 0
    while m < num:
        if dominates(car, kept, m, lab, row):
            return num
        if dominates(car, lab, row, kept, m):
            num -= 1
            copy_label(kept, num, kept, m)
            for f in range(3):
                parent[m, f] = parent[num, f]
        else:
            m += 1
    m = num
    if num == kept.shape[0]:  # no room: the dearest goes
        m, most = -1, lab[row, MONEY]
        for other in range(num):
            if kept[other, MONEY] > most:
                m, most = other, kept[other, MONEY]
        if m < 0:
            return num
    else:
        num += 1
    copy_label(lab, row, kept, m)
    parent[m, 0] = before
    parent[m, 1] = s1
    parent[m, 2] = s2
    return num


@kernel
def meets(car, lab, m, rests, q):
    """Whether a vehicle with `lab[m]` can do what `rests[q]` needs, by charging more before.

    Both are of the same place.
    """
    if lab[m, T] > rests[q, LATEST] + EPS:
        return False
    if (
        car.fleet[car.v, MAX_M] < math.inf
        and lab[m, DRIVEN] + rests[q, REST_M] > car.fleet[car.v, MAX_M]
    ):
        return False
    level = lab[m, Y]
    if lab[m, CURVE] < 0.0 or lab[m, SLACK] <= 0.0:
        return level >= rests[q, NEED] - EPS and (
            rests[q, LINE] == math.inf
            or lab[m, T] <= rests[q, LINE] + rests[q, SLOPE] * level + EPS
        )
    if lab[m, WAIT] > 0.0:
        level = reach_with(car, lab, m, min(lab[m, WAIT], lab[m, SLACK]))
    if level >= rests[q, NEED] - EPS and (
        rests[q, LINE] == math.inf or lab[m, T] <= rests[q, LINE] + rests[q, SLOPE] * level + EPS
    ):
        return True
    more = max(level, rests[q, NEED]) - lab[m, Y]
    if lab[m, Z] + more > car.fleet[car.v, USABLE] + EPS:
        return False
    curve = int(lab[m, CURVE])
    longer = seconds_to(car, curve, lab[m, Z] + more) - seconds_to(car, curve, lab[m, Z])
    if longer > lab[m, SLACK] + EPS:
        return False
    leaves = lab[m, T] + max(0.0, longer - lab[m, WAIT])
    return leaves <= rests[q, LATEST] + EPS and (
        rests[q, LINE] == math.inf
        or leaves <= rests[q, LINE] + rests[q, SLOPE] * (lab[m, Y] + more) + EPS
    )


@kernel
def _least_ahead(car, lab, m, ahead):
    """Least money for what is still to be charged: time that is waited anyway costs nothing."""
    kwh, seconds, ends = ahead
    short = kwh - lab[m, Y]
    if short <= 0.0:
        return 0.0
    eur = max(0.0, car.fleet[car.v, PAY]) * short
    if car.fleet[car.v, PER_S] > 0.0:
        lasts = car.fleet[car.v, PAY_S] * short - lab[m, WAIT]
        lasts -= max(0.0, ends - lab[m, T] - seconds)
        eur += car.fleet[car.v, PER_S] * max(0.0, lasts)
    return eur


@kernel
def _is_dear(car, lab, m, limit, ahead):
    """Whether what the label costs so far, and charging at its least, comes to more than `limit`.

    And whether its duration is too long.
    """
    if length_s(car, lab, m) > car.fleet[car.v, SHIFT] + EPS or lab[m, MONEY] > limit:
        return True
    return limit < math.inf and lab[m, MONEY] + _least_ahead(car, lab, m, ahead) > limit


@kernel
def _arrive(
    car, lab, m, window, ahead, limit, rests, num_rests, kept, num, parent, before, s1, s2
):  # fmt: skip
    early, latest, service = window
    if lab[m, T] > latest + EPS:
        return num
    useful = num_rests == 0
    q = 0
    while not useful and q < num_rests:
        useful = meets(car, lab, m, rests, q)
        q += 1
    if not useful or not serve(lab, m, early, latest, service):
        return num
    lab[m, MONEY] = price_of(car, lab, m)
    if _is_dear(car, lab, m, limit, ahead):
        return num
    return keep(car, lab, m, kept, num, parent, before, s1, s2)


@kernel
def _arrive_in_windows(
    data, car, j, lab, m, window, ahead, limit, rests, num_rests, kept, num, parent, before, s1, s2
):  # fmt: skip
    """Serve stop `j` in its first window that is not missed.

    Where the last charge may still grow also in each later one: to charge longer may miss a window.
    """
    _, latest, service = window
    useful = num_rests == 0
    q = 0
    while not useful and q < num_rests:
        useful = meets(car, lab, m, rests, q)
        q += 1
    if not useful:
        return num
    for w in range(int(data.stop[j, NUM_WINDOWS])):
        closes = min(latest, data.stop[j, WINDOW + 2 * w + 1])
        if lab[m, T] > closes + EPS or data.stop[j, WINDOW + 2 * w] > latest + EPS:
            continue
        copy_label(lab, m, lab, 5)
        leave = min(lab[5, LEAVE_SINCE], latest - lab[5, BUSY])
        serve(lab, 5, data.stop[j, WINDOW + 2 * w], closes, service)
        lab[5, LEAVE_SINCE] = leave
        lab[5, MONEY] = price_of(car, lab, 5)
        if not _is_dear(car, lab, 5, limit, ahead):
            num = keep(car, lab, 5, kept, num, parent, before, s1, s2)
        if lab[m, CURVE] < 0.0:
            break
    return num


@kernel
def copy_label(source, m, target, k):
    """Write `source[m]` into `target[k]`."""
    for f in range(FIELDS):
        target[k, f] = source[m, f]


@kernel
def extend(
    data, work, v, labels, count, i, j, kg, rest_kwh, window, ahead, limit, rests, num_rests, kept,
    parent,
):  # fmt: skip
    """Move all labels from leaving node `i` to leaving node `j`, by stations where it may help.

    Parameters
    ----------
    data, work, v
        The problem, room for labels, and the fleet entry.
    labels, count
        Labels on leaving `i`.
    i, j
        Nodes.
    kg
        Load on the way.
    rest_kwh
        Energy from `i` to the end of the route without detours: a label that has it needs no
        station.
    window
        Earliest and latest start of service at `j`, and its duration.
    ahead
        From leaving `j` to the end of the route without detours: energy, seconds of driving and
        service, and the earliest end.
    limit
        Labels dearer than this are of no use, with what they must still charge.
    rests, num_rests
        What is needed on arriving at `j`: labels that meet none of these are of no use. None: 0.
    kept, parent
        Written: labels on leaving `j`, and where they came from.

    Returns
    -------
    int
        Labels written.
    """
    latest = window[1]
    num = 0
    places = data.arc.shape[1] - data.station.shape[0]
    a = data.kind[v, ARCS]
    car = Vehicle(data.fleet, v, data.curve, data.points, data.full)
    usable = data.fleet[v, USABLE]
    arc, lab = data.arc, work.steps
    pair = i * places + j
    several = data.timed and j < data.stop.shape[0] and data.stop[j, NUM_WINDOWS] > 1.0
    for m in range(count):
        copy_label(labels, m, lab, 0)
        if drive(car, arc, a, lab, 0, i, j, kg):
            if several:
                num = _arrive_in_windows(
                    data, car, j, lab, 0, window, ahead, limit, rests, num_rests, kept, num,
                    parent, m, -1, -1,
                )  # fmt: skip
            else:
                num = _arrive(
                    car, lab, 0, window, ahead, limit, rests, num_rests, kept, num, parent, m,
                    -1, -1,
                )  # fmt: skip
        if labels[m, Y] >= rest_kwh - EPS:
            continue
        for at in range(data.between_at[pair], data.between_at[pair + 1]):
            k = data.between[at]
            if data.curve_of[v, k] < 0:
                continue
            s = places + k
            # Cheap refusals first: too late even without charging, too dear.
            if labels[m, T] + arc[a, i, s, SECONDS] + arc[a, s, j, SECONDS] > latest + EPS:
                continue
            if labels[m, COST] + arc[a, i, s, EUR] + arc[a, s, j, EUR] > limit:
                continue
            reachable = arc[a, s, j, KWH] <= usable + EPS
            if not reachable and not data.chains:
                continue
            copy_label(labels, m, lab, 0)
            if not drive(car, arc, a, lab, 0, i, s, kg):
                continue
            choices = 1 if lab[0, CURVE] < 0.0 else ways_to_settle(car, data, lab, 0, k)
            for choice in range(choices):
                copy_label(lab, 0, lab, 1)
                if not settle(car, lab, 1, choice) or not plug_in(car, data, lab, 1, k):
                    continue
                if reachable:
                    copy_label(lab, 1, lab, 2)
                    if drive(car, arc, a, lab, 2, s, j, kg):
                        if several:
                            num = _arrive_in_windows(
                                data, car, j, lab, 2, window, ahead, limit, rests, num_rests, kept,
                                num, parent, m, k, -1,
                            )  # fmt: skip
                        else:
                            num = _arrive(
                                car, lab, 2, window, ahead, limit, rests, num_rests, kept, num,
                                parent, m, k, -1,
                            )  # fmt: skip
                if not data.chains:
                    continue
                # One more station on the way: no battery reaches `j` from here, or it is cheaper.
                onward = s * places + j
                for at2 in range(data.between_at[onward], data.between_at[onward + 1]):
                    k2 = data.between[at2]
                    s2 = places + k2
                    if data.curve_of[v, k2] < 0 or arc[a, s2, j, KWH] > usable + EPS:
                        continue
                    seconds = arc[a, s, s2, SECONDS] + arc[a, s2, j, SECONDS]
                    if lab[1, T] + seconds > latest + EPS:
                        continue
                    if lab[1, COST] + arc[a, s, s2, EUR] + arc[a, s2, j, EUR] > limit:
                        continue
                    copy_label(lab, 1, lab, 2)
                    if not drive(car, arc, a, lab, 2, s, s2, kg):
                        continue
                    if plug_in(car, data, lab, 2, k2) and drive(car, arc, a, lab, 2, s2, j, kg):
                        if several:
                            num = _arrive_in_windows(
                                data, car, j, lab, 2, window, ahead, limit, rests, num_rests, kept,
                                num, parent, m, k, k2,
                            )  # fmt: skip
                        else:
                            num = _arrive(
                                car, lab, 2, window, ahead, limit, rests, num_rests, kept, num,
                                parent, m, k, k2,
                            )  # fmt: skip
    return num


@kernel
def ways_to_settle(car, data, lab, m, k):
    """How many ways there are to settle the last charge on arriving at station `k`."""
    curve = int(lab[m, CURVE])
    if data.full:
        return 1
    if curve == data.curve_of[car.v, k]:
        # The same curve is at least as fast here, where the battery is emptier. Only what costs
        # no time is worth charging there, and only if energy is no dearer there.
        return 2 if lab[m, WAIT] > 0.0 and lab[m, PRICE] > 0.0 else 1
    return 1 + car.points[curve]


@kernel
def settle(car, lab, m, choice):
    """Settle the last charge: 0 what costs no time, 1 no more, beyond that a bend of the curve."""
    if lab[m, CURVE] < 0.0:
        return True
    curve = int(lab[m, CURVE])
    if choice == 0:
        level = reach_with(car, lab, m, min(lab[m, WAIT], lab[m, SLACK]))
        more = level - lab[m, Y]
        return more <= EPS or charge_more(car, lab, m, more)
    if choice == 1:
        return lab[m, WAIT] > 0.0
    more = car.curve[curve, choice - 1, 0] - lab[m, Z]
    return more > EPS and charge_more(car, lab, m, more)
