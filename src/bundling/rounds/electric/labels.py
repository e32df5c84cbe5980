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
charging, and the latest departure that keeps every window, before and since the last station.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from bundling.rounds.electric.arrays import (
    BUSY,
    CHARGED,
    COST,
    CURVE,
    FIELDS,
    LEAVE_BEFORE,
    LEAVE_SINCE,
    METRES,
    MONEY,
    PRICE,
    SETTLED,
    SETTLED_BEFORE,
    SLACK,
    WAIT,
    T,
    Y,
    Z,
)  # fmt: skip

EPS = 1e-7


@njit(cache=True, nogil=True)
def seconds_to(data, curve, level):
    """Seconds to charge from empty to `level`."""
    last = data.points[curve] - 1
    for p in range(1, last + 1):
        if level <= data.curve_kwh[curve, p] or p == last:
            k0, k1 = data.curve_kwh[curve, p - 1], data.curve_kwh[curve, p]
            s0, s1 = data.curve_s[curve, p - 1], data.curve_s[curve, p]
            return s0 + (level - k0) * (s1 - s0) / (k1 - k0)
    return 0.0


@njit(cache=True, nogil=True)
def level_after(data, curve, seconds):
    """Level reached after charging `seconds` from empty."""
    last = data.points[curve] - 1
    for p in range(1, last + 1):
        if seconds <= data.curve_s[curve, p]:
            k0, k1 = data.curve_kwh[curve, p - 1], data.curve_kwh[curve, p]
            s0, s1 = data.curve_s[curve, p - 1], data.curve_s[curve, p]
            return k0 + (seconds - s0) * (k1 - k0) / (s1 - s0)
    return data.curve_kwh[curve, last]


@njit(cache=True, nogil=True)
def start_label(data, v, depart, label):
    """Write the label of a vehicle that leaves its depot at `depart`."""
    label[COST] = data.fixed_eur[v]
    label[T] = depart
    label[Y] = data.start_kwh[v]
    label[Z] = 0.0
    label[CURVE] = -1.0
    label[WAIT] = 0.0
    label[SLACK] = 0.0
    label[PRICE] = 0.0
    label[CHARGED] = 0.0
    label[BUSY] = 0.0
    label[LEAVE_BEFORE] = math.inf
    label[LEAVE_SINCE] = math.inf
    label[METRES] = 0.0
    label[MONEY] = label[COST]
    label[SETTLED] = 0.0
    label[SETTLED_BEFORE] = 0.0


@njit(cache=True, nogil=True)
def charge_more(data, v, label, kwh):
    """Charge `kwh` more at the last station, looking back; False when that cannot be."""
    if label[CURVE] < 0.0 or label[Z] + kwh > data.usable_kwh[v] + EPS:
        return False
    curve = int(label[CURVE])
    longer = seconds_to(data, curve, label[Z] + kwh) - seconds_to(data, curve, label[Z])
    if longer > label[SLACK] + EPS:
        return False
    free = min(label[WAIT], longer)
    label[WAIT] -= free
    label[SLACK] -= longer
    label[T] += longer - free
    label[BUSY] += longer
    label[LEAVE_SINCE] -= longer
    label[Z] += kwh
    label[Y] += kwh
    label[CHARGED] += kwh
    label[COST] += label[PRICE] * kwh
    return True


@njit(cache=True, nogil=True)
def drive(data, v, label, i, j, kg):
    """Move a label along the arc from node `i` to node `j`; False when the battery cannot."""
    a = data.arcs[v]
    seconds = data.time_s[a, i, j]
    extra = data.kwh_per_m_kg[v] * kg * data.metres[i, j]
    label[COST] += data.eur[a, i, j] + extra * data.eur_per_kwh[v]
    label[T] += seconds
    label[BUSY] += seconds
    label[METRES] += data.metres[i, j]
    label[Y] -= data.kwh[a, i, j] + extra
    if label[Y] < -EPS and not charge_more(data, v, label, -label[Y]):
        return False
    return label[METRES] <= data.max_m[v] + EPS


@njit(cache=True, nogil=True)
def serve(label, early, latest, service):
    """Start service in ``[early, latest]``; False when it is too late."""
    if label[T] > latest + EPS:
        return False
    label[LEAVE_SINCE] = min(label[LEAVE_SINCE], latest - label[BUSY])
    if label[T] < early:
        label[WAIT] += early - label[T]
        label[T] = early
    label[SLACK] = min(label[SLACK], latest - label[T] + label[WAIT])
    label[T] += service
    label[BUSY] += service
    return True


@njit(cache=True, nogil=True)
def price_at(data, k, seconds):
    """Price of a kWh at station `k` when charging starts at `seconds`."""
    return data.station_eur_per_kwh[k, int(seconds // 3600.0) % 24]


@njit(cache=True, nogil=True)
def plug_in(data, v, label, k):
    """Arrive at station `k`; what was charged before is settled. False when it is no use."""
    if label[T] < data.station_open_s[k]:
        label[T] = data.station_open_s[k]
    if label[T] > data.station_close_s[k] + EPS or label[Y] >= data.usable_kwh[v] - EPS:
        return False
    if label[CURVE] >= 0.0 and label[CHARGED] <= EPS:
        return False  # the station before was a detour for nothing
    label[LEAVE_BEFORE] = min(label[LEAVE_BEFORE], label[LEAVE_SINCE])
    label[LEAVE_SINCE] = data.station_close_s[k] - label[BUSY]
    label[Z] = label[Y]
    label[CURVE] = float(data.curve_of[v, k])
    label[SETTLED_BEFORE] = label[SETTLED]
    label[SETTLED] = label[CHARGED]
    label[WAIT] = 0.0
    label[SLACK] = data.station_close_s[k] - label[T]
    label[CHARGED] = 0.0
    # Energy drawn is already paid at the depot's price.
    label[PRICE] = price_at(data, k, label[T]) - data.eur_per_kwh[v]
    if data.full:
        if not charge_more(data, v, label, data.usable_kwh[v] - label[Y]):
            return False
        label[SLACK] = 0.0
    return True


@njit(cache=True, nogil=True)
def length_s(data, v, label):
    """Shortest duration of the route so far."""
    leave = min(label[LEAVE_BEFORE], label[LEAVE_SINCE])
    depart = max(data.open_s[v], min(label[T] - label[BUSY], leave))
    return max(label[T] - depart, label[BUSY])


@njit(cache=True, nogil=True)
def price_of(data, v, label):
    """Money of the label, its hours included."""
    seconds = length_s(data, v, label)
    over = max(0.0, seconds - data.regular_s[v])
    return label[COST] + data.eur_per_s[v] * seconds + data.overtime_eur_per_s[v] * over


@njit(cache=True, nogil=True)
def time_with(data, v, label, level):
    """Time at which the label has `level` kWh on board; infinite when it cannot."""
    more = level - label[Y]
    if more <= EPS:
        return label[T]
    if label[CURVE] < 0.0 or label[Z] + more > data.usable_kwh[v] + EPS:
        return math.inf
    curve = int(label[CURVE])
    longer = seconds_to(data, curve, label[Z] + more) - seconds_to(data, curve, label[Z])
    if longer > label[SLACK] + EPS:
        return math.inf
    return label[T] + max(0.0, longer - label[WAIT])


@njit(cache=True, nogil=True)
def reach_with(data, v, label, seconds):
    """Level on board when charging `seconds` longer at the last station."""
    if label[CURVE] < 0.0 or seconds <= 0.0:
        return label[Y]
    curve = int(label[CURVE])
    level = level_after(data, curve, seconds_to(data, curve, label[Z]) + seconds)
    return label[Y] + max(0.0, min(level, data.usable_kwh[v]) - label[Z])


@njit(cache=True, nogil=True)
def dominates(data, v, a, b, eur_a, eur_b):
    """Whether label `a` is at least as good as `b` wherever the battery may need to be."""
    if eur_a > eur_b + EPS or a[T] > b[T] + EPS:
        return False
    if a[COST] > b[COST] + EPS and data.eur_per_s[v] > 0.0 and a[BUSY] > b[BUSY] + EPS:
        return False
    if a[METRES] > b[METRES] + EPS and data.max_m[v] < math.inf:
        return False
    if b[CURVE] < 0.0 or b[SLACK] <= 0.0:  # `b` is a single point
        return time_with(data, v, a, b[Y]) <= b[T] + EPS
    free = reach_with(data, v, b, min(b[WAIT], b[SLACK]))
    if time_with(data, v, a, free) > b[T] + EPS:
        return False
    most = reach_with(data, v, b, b[SLACK])
    if time_with(data, v, a, most) > time_with(data, v, b, most) + EPS:
        return False
    for which in range(2):
        label = a if which == 0 else b
        if label[CURVE] < 0.0:
            continue
        curve = int(label[CURVE])
        for p in range(1, data.points[curve] - 1):
            level = label[Y] + data.curve_kwh[curve, p] - label[Z]
            if free < level < most and (
                time_with(data, v, a, level) > time_with(data, v, b, level) + EPS
            ):
                return False
    return True


@njit(cache=True, nogil=True)
def keep(data, v, label, kept, num, parent, before, s1, s2):
    """Add `label` to the `num` labels of `kept` unless dominated; return how many there are."""
    eur = label[MONEY]
    m = 0
    while m < num:
        other = kept[m, MONEY]
        if dominates(data, v, kept[m], label, other, eur):
            return num
        if dominates(data, v, label, kept[m], eur, other):
            num -= 1
            kept[m] = kept[num]
            parent[m] = parent[num]
        else:
            m += 1
    if num == kept.shape[0]:  # no room: the dearest goes
        worst, most = -1, eur
        for m in range(num):
            other = kept[m, MONEY]
            if other > most:
                worst, most = m, other
        if worst < 0:
            return num
        m = worst
    else:
        m = num
        num += 1
    kept[m] = label
    parent[m, 0] = before
    parent[m, 1] = s1
    parent[m, 2] = s2
    return num


@njit(cache=True, nogil=True)
def _arrive(data, v, label, early, latest, service, limit, kept, num, parent, before, s1, s2):
    if label[T] > latest + EPS or not serve(label, early, latest, service):
        return num
    label[MONEY] = price_of(data, v, label)
    if label[MONEY] > limit or length_s(data, v, label) > data.shift_s[v] + EPS:
        return num
    return keep(data, v, label, kept, num, parent, before, s1, s2)


@njit(cache=True, nogil=True)
def extend(data, v, labels, count, i, j, kg, rest_kwh, window, limit, kept, parent):
    """Move all labels from leaving node `i` to leaving node `j`, by stations where it may help.

    Parameters
    ----------
    data, v
        The problem and the fleet entry.
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
    limit
        Labels dearer than this are of no use.
    kept, parent
        Written: labels on leaving `j`, and where they came from.

    Returns
    -------
    int
        Labels written.
    """
    early, latest, service = window
    num = 0
    places = data.metres.shape[0] - data.station_open_s.shape[0]
    a = data.arcs[v]
    usable = data.usable_kwh[v]
    label = np.empty(FIELDS)
    there = np.empty(FIELDS)
    settled = np.empty(FIELDS)
    onward = np.empty(FIELDS)
    for m in range(count):
        for f in range(FIELDS):
            label[f] = labels[m, f]
        if label[Y] >= rest_kwh - EPS or data.curve_kwh.shape[0] == 0:
            if drive(data, v, label, i, j, kg):
                num = _arrive(
                    data, v, label, early, latest, service, limit, kept, num, parent, m, -1, -1
                )
            continue
        if drive(data, v, label, i, j, kg):
            num = _arrive(
                data, v, label, early, latest, service, limit, kept, num, parent, m, -1, -1
            )
        pair = i * places + j
        for at in range(data.between_at[pair], data.between_at[pair + 1]):
            k = data.between[at]
            if data.curve_of[v, k] < 0:
                continue
            s = places + k
            base = labels[m]
            # Cheap refusals first: too late even without charging, too dear.
            seconds = data.time_s[a, i, s] + data.time_s[a, s, j]
            if base[T] + seconds > latest + EPS:
                continue
            if base[COST] + data.eur[a, i, s] + data.eur[a, s, j] > limit:
                continue
            for f in range(FIELDS):
                there[f] = base[f]
            if not drive(data, v, there, i, s, kg):
                continue
            choices = 1 if there[CURVE] < 0.0 else _choices(data, v, there, k)
            for choice in range(choices):
                for f in range(FIELDS):
                    settled[f] = there[f]
                if not _settle(data, v, settled, choice) or not plug_in(data, v, settled, k):
                    continue
                reachable = data.kwh[a, s, j] <= usable + EPS
                if reachable:
                    for f in range(FIELDS):
                        onward[f] = settled[f]
                    if drive(data, v, onward, s, j, kg):
                        num = _arrive(
                            data, v, onward, early, latest, service, limit, kept, num, parent,
                            m, k, -1,
                        )  # fmt: skip
                    if not data.chains:
                        continue
                # One more station on the way: no battery reaches `j` from here, or it is cheaper.
                for k2 in range(data.station_open_s.shape[0]):
                    s2 = places + k2
                    if k2 == k or data.curve_of[v, k2] < 0 or data.kwh[a, s2, j] > usable + EPS:
                        continue
                    for f in range(FIELDS):
                        onward[f] = settled[f]
                    if onward[T] + data.time_s[a, s, s2] + data.time_s[a, s2, j] > latest + EPS:
                        continue
                    if not drive(data, v, onward, s, s2, kg) or not plug_in(data, v, onward, k2):
                        continue
                    if drive(data, v, onward, s2, j, kg):
                        num = _arrive(
                            data, v, onward, early, latest, service, limit, kept, num, parent,
                            m, k, k2,
                        )  # fmt: skip
    return num


@njit(cache=True, nogil=True)
def _choices(data, v, label, k):
    """How many ways there are to settle the last charge on arriving at station `k`."""
    curve = int(label[CURVE])
    if data.full:
        return 1
    if curve == data.curve_of[v, k]:
        # The same curve is at least as fast here, where the battery is emptier. Only what costs
        # no time is worth charging there, and only if energy is no dearer there.
        return 2 if label[WAIT] > 0.0 and label[PRICE] > 0.0 else 1
    return 1 + data.points[curve]


@njit(cache=True, nogil=True)
def _settle(data, v, label, choice):
    """Settle the last charge: 0 what costs no time, 1 no more, beyond that a bend of the curve."""
    if label[CURVE] < 0.0:
        return True
    curve = int(label[CURVE])
    if choice == 0:
        level = reach_with(data, v, label, min(label[WAIT], label[SLACK]))
        more = level - label[Y]
        return more <= EPS or charge_more(data, v, label, more)
    if choice == 1:
        return label[WAIT] > 0.0
    more = data.curve_kwh[curve, choice - 1] - label[Z]
    return more > EPS and charge_more(data, v, label, more)
