"""A route with its charges as a row of stages, read back from its labels; and its cost in time."""

from __future__ import annotations

import math

from bundling.rounds.electric.arrays import (
    AMOUNT,
    ARCS,
    CHARGED,
    CLOSES,
    COST,
    DRAWS,
    DRIVE,
    END,
    FROM,
    KWH,
    KWH_PER_M_KG,
    METRES,
    MONEY,
    OVER_PER_S,
    PER_S,
    PLACE,
    RATE,
    REGULAR,
    SECONDS,
    SERVICE,
    SERVICE_FACTOR,
    SETTLED,
    SETTLED_BEFORE,
    SHIFT,
    START,
    START_KWH,
    STAY,
    UNTIL,
)
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.labels import EPS, seconds_to
from bundling.rounds.electric.timing import shortest

LOAD = 3
"""Column of `Work.along` with the load on the way to each stop, and to the end."""


@kernel
def _write(data, car, stage, at, i, j, kg, place, stay):
    """Write stage `at`: from node `i` to node `j` with so much on board."""
    a = data.kind[car.v, ARCS]
    stage[at, DRIVE] = data.arc[a, i, j, SECONDS]
    stage[at, DRAWS] = data.arc[a, i, j, KWH]
    stage[at, DRAWS] += car.fleet[car.v, KWH_PER_M_KG] * kg * data.arc[a, i, j, METRES]
    stage[at, PLACE], stage[at, STAY] = place, stay
    stage[at, FROM], stage[at, UNTIL] = -math.inf, car.fleet[car.v, CLOSES]
    stage[at, AMOUNT], stage[at, RATE] = 0.0, -1.0


@kernel
def _write_charge(data, car, stage, at, i, k, kg, kwh):
    places = data.arc.shape[1] - data.station.shape[0]
    _write(data, car, stage, at, i, places + k, kg, -1.0, 0.0)
    stage[at, FROM], stage[at, UNTIL] = data.station[k, 0], data.station[k, 1]
    stage[at, AMOUNT], stage[at, RATE] = kwh, float(data.curve_of[car.v, k])


@kernel
def write_stages(data, car, work, m, row, labels, parents):
    """Write the plan of the end label `work.there[row]`; return where it begins in `work.stage`.

    Parameters
    ----------
    data, car, work
        The problem, the fleet entry, and the stops in `work.order`, their loads in `work.along`.
    m
        Number of stops.
    row
        Which label.
    labels, parents
        Labels on leaving each stop, and where they came from.
    """
    stage, places = work.stage, data.arc.shape[1] - data.station.shape[0]
    at = stage.shape[0]
    kwh, settled = work.there[row, CHARGED], work.there[row, SETTLED]
    settled_before = work.there[row, SETTLED_BEFORE]
    before, s1, s2 = work.parent[row, 0], work.parent[row, 1], work.parent[row, 2]
    node, place, stay = data.kind[car.v, END], -2.0, 0.0
    charges = False
    for k in range(m, -1, -1):
        i = work.order[k - 1] if k > 0 else data.kind[car.v, START]
        kg = work.along[k, LOAD]
        at -= 1
        if s1 < 0:
            _write(data, car, stage, at, i, node, kg, place, stay)
        else:
            charges = True
            if s2 >= 0:
                _write(data, car, stage, at, places + s2, node, kg, place, stay)
                _write_charge(data, car, stage, at - 1, places + s1, s2, kg, kwh)
                _write_charge(data, car, stage, at - 2, i, s1, kg, settled)
                at -= 2
                kwh = settled_before
            else:
                _write(data, car, stage, at, places + s1, node, kg, place, stay)
                _write_charge(data, car, stage, at - 1, i, s1, kg, kwh)
                at -= 1
                kwh = settled
        if k > 0:
            node, place = i, float(i)
            stay = data.stop[i, SERVICE] * car.fleet[car.v, SERVICE_FACTOR]
            settled, settled_before = labels[i, before, SETTLED], labels[i, before, SETTLED_BEFORE]
            s1, s2 = parents[i, before, 1], parents[i, before, 2]
            before = parents[i, before, 0]
    if charges:
        _charge_seconds(car, stage, at)
    return at


@kernel
def _charge_seconds(car, stage, begin):
    """Let each charge last as long as its energy takes from the level it begins with."""
    level = car.fleet[car.v, START_KWH]
    for k in range(begin, stage.shape[0]):
        level -= stage[k, DRAWS]
        if stage[k, RATE] >= 0.0:
            curve = int(stage[k, RATE])
            lasts = seconds_to(car, curve, level + stage[k, AMOUNT]) - seconds_to(car, curve, level)
            stage[k, STAY] = lasts
            stage[k, UNTIL] -= lasts
            level += stage[k, AMOUNT]


@kernel
def least_timed(data, car, work, m, num, depart, labels, parents, bound):
    """Cost of the cheapest of the `num` plans whose end labels stand in `work.there`.

    Parameters
    ----------
    data, car, work, m, labels, parents
        As for `write_stages`.
    depart
        Earliest departure.
    bound
        Money above which an answer is of no use.

    Returns
    -------
    tuple
        Which label, -1 when none can be driven for less than `bound`, and the money;
        `work.leave` is its departure.
    """
    best, eur = -1, bound
    for row in range(num):
        if work.there[row, MONEY] >= eur - EPS:  # that is a limit from below
            continue
        begin = write_stages(data, car, work, m, row, labels, parents)
        most = car.fleet[car.v, SHIFT] + EPS
        if car.fleet[car.v, PER_S] > 0.0:
            most = min(most, (eur - work.there[row, COST]) / car.fleet[car.v, PER_S])
        lasts, leave = shortest(
            data, car, work.stage, begin, work.stage.shape[0], depart, most, work.duty
        )
        if lasts == math.inf:
            continue
        over = max(0.0, lasts - car.fleet[car.v, REGULAR])
        money = work.there[row, COST]
        money += car.fleet[car.v, PER_S] * lasts + car.fleet[car.v, OVER_PER_S] * over
        if money < eur - EPS or (best < 0 and eur == math.inf):
            best, eur, work.leave[0] = row, money, leave
    return best, eur
