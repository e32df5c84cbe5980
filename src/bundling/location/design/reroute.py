"""Make a plan better by taking goods off an arc and sending them another way, many times a second.

Ruin and recreate: G. Schrimpf, J. Schneider, H. Stamm-Wilbrandt, G. Dueck, "Record breaking
optimization results using the ruin and recreate principle", Journal of Computational Physics 159
(2000) 139-171. What is taken off goes back piece by piece, each on the way that costs least with
the facilities that it makes necessary; a worse plan is taken with the chance of simulated annealing
(S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, Science 220 (1983) 671-680).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.lagrange import arcs_of
from bundling.location.design.model import Built
from bundling.location.design.plan import Plan, plan_of, settle
from bundling.location.design.problem import DesignProblem
from bundling.location.design.routing import pieces_of
from bundling.location.design.sorting import sort_together
from bundling.location.design.ways import add, cost_of_load, send, take
from bundling.location.kernel import kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_HOT, _COLD = 1e-2, 2e-5
"""First and last temperature, as a share of the plan's cost."""
_MOST_TAKEN = 30
"""Pieces that a step takes off at most."""
_STEPS_EACH = 6000
"""Steps for each commodity at most."""
_PARTS = 40
"""Parts of the steps, between which it is asked whether to stop."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Goods by the ways that they take.

    Attributes
    ----------
    commodity, units
        Of each piece ``[S]``; commodity -1 where there is none.
    way
        Arcs of each piece ``[S, N]``, -1 after the last.
    """

    commodity: IntArray
    units: FloatArray
    way: IntArray


class Rerouting:
    """A plan that is made better step by step.

    Parameters
    ----------
    problem
        The network and its goods.
    pieces
        A plan that keeps the capacities.
    seed
        Of all that is left to chance.
    """

    def __init__(self, problem: DesignProblem, pieces: Pieces, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        arcs = arcs_of(problem)
        order = np.argsort(arcs.tail, kind="stable")
        first = np.zeros(problem.num_nodes + 1, dtype=np.int64)
        np.add.at(first, arcs.tail + 1, 1)
        self._net = (
            np.cumsum(first), order.astype(np.int64), arcs.tail, arcs.head, arcs.cost, arcs.fixed,
            np.maximum(arcs.room, 1e-12), np.where(arcs.room > 0, arcs.most, 0.0),
            arcs.origin, arcs.destination,
        )  # fmt: skip
        room = max(len(pieces.commodity), problem.num_commodities) * 2 + 8 * _MOST_TAKEN + 100
        self._now = (
            np.full(room, -1, dtype=np.int64),
            np.zeros(room),
            np.full((room, problem.num_nodes), -1, dtype=np.int64),
        )
        self._best = (self._now[0].copy(), self._now[1].copy(), self._now[2].copy())
        self.set(pieces)

    def set(self, pieces: Pieces) -> None:
        """Go on from another plan."""
        count = len(pieces.commodity)
        for part, given in zip(
            self._now, (pieces.commodity, pieces.units, pieces.way), strict=True
        ):
            part[:] = -1
            part[:count] = given
        for part, now in zip(self._best, self._now, strict=True):
            part[:] = now

    def anneal(self, steps: int, first: float, last: float, cost: float) -> float:
        """Take steps while it cools from `first` to `last`, shares of it; return the best cost."""
        hot = cost * _HOT * (_COLD / _HOT) ** first
        cold = cost * _HOT * (_COLD / _HOT) ** last
        return float(
            _anneal(*self._net, *self._now, *self._best, cost, steps, hot, cold, self._rng)
        )

    def flows(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Return commodity, arc and units of every part of every way."""
        commodity, units, way = self._best
        piece, place = np.nonzero((way >= 0) & (commodity >= 0)[:, None])
        return commodity[piece], way[piece, place], units[piece]


def reroute(
    problem: DesignProblem,
    whole: Built,
    plan: Plan,
    *,
    steps: int,
    left: Callable[[], float],
    halt: threading.Event,
    tell: Callable[[Plan], object],
    seed: int,
    first: float = 0.0,
) -> Plan:
    """Return a plan that costs no more.

    Parameters
    ----------
    problem, whole
        The problem and its whole model.
    plan
        To begin with.
    steps
        How many to take while it cools down.
    left
        Seconds left.
    halt
        Set when the search should end.
    tell
        Called with each better plan.
    seed
        Of all that is left to chance.
    first
        Share of the cooling that is left out: 0 begins hot.
    """
    pieces = Pieces(*pieces_of(problem, whole.commodity, whole.arc, plan.flow))
    search, best, cost = Rerouting(problem, pieces, seed), plan, plan.cost
    each = max(1, steps // _PARTS)
    for part in range(_PARTS):
        if left() <= 0 or halt.is_set():
            break
        begins, ends = ((part + end) / _PARTS for end in (0, 1))
        found = search.anneal(each, first + (1 - first) * begins, first + (1 - first) * ends, cost)
        if found < cost * (1 - 1e-9):
            cost = found
            best = plan_of(problem, whole, _as_flow(problem, whole, search))
            tell(best)
    if best is plan or left() <= 0:
        return best
    settled = settle(problem, whole, best.facilities, left())
    return settled if settled is not None and settled.cost < best.cost else best


def _as_flow(problem: DesignProblem, whole: Built, search: Rerouting) -> FloatArray:
    """Return the best plan's flows on the pairs of the whole model ``[P]``."""
    commodity, arc, units = search.flows()
    keys = whole.commodity * problem.num_arcs + whole.arc
    flow = np.zeros(len(keys))
    np.add.at(flow, np.searchsorted(keys, commodity * problem.num_arcs + arc), units)
    return flow


def steps_for(problem: DesignProblem, seconds: float) -> int:
    """Return how many steps take some seconds on a machine of 2026; the same on every machine."""
    rate = 7e6 / (0.3 * problem.num_arcs + 1.5 * problem.num_commodities)
    return int(min(rate * seconds, _STEPS_EACH * problem.num_commodities))


@kernel
def _anneal(start, leaving, tail, head, cost, fixed, room, most, origin, destination, commodity,
            units, way, best_k, best_u, best_w, best, steps, hot, cold, rng):  # fmt: skip
    """Take steps from one plan; a better one than `best` is written. Returns the best cost."""
    num_a, num_n, slots = len(tail), len(start) - 1, len(commodity)
    load = np.zeros(num_a)
    for s in range(slots):
        if commodity[s] >= 0:
            add(way[s], units[s], load)
    now = 0.0
    for a in range(num_a):
        now += cost_of_load(load[a], cost[a], fixed[a], room[a])
    taken, given = np.empty(slots, np.int64), np.empty(slots, np.int64)
    rest, amount_of = np.empty(slots), np.zeros(len(origin))
    goods, goods_taken = np.zeros(len(origin), np.bool_), np.empty(len(origin), np.int64)
    free = np.empty(slots, np.int64)
    used = np.empty(num_a, np.int64)
    dist, before = np.empty(num_n), np.empty(num_n, np.int64)
    done, noise = np.empty(num_n, np.bool_), np.ones(num_a)
    is_out = np.zeros(slots, np.bool_)
    mark = np.zeros(num_a, np.bool_)
    for step in range(steps):
        warm = hot * (cold / hot) ** (step / steps)
        num_taken = _ruin(load, used, commodity, way, taken, is_out, mark, goods, rng)
        if num_taken == 0:
            break
        saved = 0.0
        num_goods = 0
        for t in range(num_taken):
            s = taken[t]
            k = commodity[s]
            saved += take(way[s], units[s], load, cost, fixed, room)
            if amount_of[k] == 0.0:
                goods_taken[num_goods] = k
                num_goods += 1
            amount_of[k] += units[s]
            goods[k] = False
        # Larger amounts first, with some chance.
        for t in range(num_goods):
            rest[t] = -amount_of[goods_taken[t]] * (0.5 + rng.random())
        sort_together(rest, goods_taken, num_goods)
        spread = 0.3 * rng.random()
        for a in range(num_a):
            noise[a] = 1.0 + spread * (2.0 * rng.random() - 1.0)
        many = 1.0 if rng.random() < 0.3 else 1.0 + rng.random() * num_goods
        num_free = 0
        for s in range(slots):
            if commodity[s] < 0:
                free[num_free] = s
                num_free += 1
                if num_free >= 6 * _MOST_TAKEN:
                    break
        num_given, spent, is_placed = 0, 0.0, True
        for t in range(num_goods):
            k = goods_taken[t]
            amount = amount_of[k]
            amount_of[k] = 0.0
            while amount > 0.0 and is_placed:
                if num_given >= num_free:
                    is_placed = False
                    break
                slot = free[num_given]
                sent = send(start, leaving, tail, head, cost, fixed, room, most, noise, many, load,
                            origin[k], destination[k], amount, dist, before, done,
                            way[slot])  # fmt: skip
                if sent <= 0.0:
                    is_placed = False
                    break
                units[slot] = sent
                spent -= take(way[slot], -sent, load, cost, fixed, room)
                given[num_given] = slot
                num_given += 1
                commodity[slot] = k
                amount -= sent
                if amount < 1e-9 * sent:
                    units[slot] += amount
                    amount = 0.0
        change = spent - saved
        if is_placed and (change <= 0.0 or rng.random() < np.exp(-change / warm)):
            now += change
            for t in range(num_taken):
                commodity[taken[t]] = -1
                is_out[taken[t]] = False
            if now < best - 1e-9 * abs(best):
                best = now
                best_k[:], best_u[:], best_w[:] = commodity, units, way
            continue
        for g in range(num_given):
            take(way[given[g]], units[given[g]], load, cost, fixed, room)
            commodity[given[g]] = -1
        for t in range(num_taken):
            add(way[taken[t]], units[taken[t]], load)
            is_out[taken[t]] = False
    return best


@kernel
def _ruin(load, used, commodity, way, taken, is_out, mark, goods, rng):
    """Choose pieces that share an arc, or one of two arcs that meet; return how many."""
    count = 0
    for a in range(len(load)):
        if load[a] > 1e-9:
            used[count] = a
            count += 1
    if count == 0:
        return 0
    first = used[int(rng.random() * count)]
    other = used[int(rng.random() * count)]
    if load[other] < load[first]:
        first = other
    mark[:] = False
    mark[first] = True
    most = 1 + int(rng.random() * _MOST_TAKEN)
    num = 0
    offset = int(rng.random() * len(commodity))
    both = rng.random() < 0.5
    for turn in range(2):
        grown = False
        for p in range(len(commodity)):
            s = (p + offset) % len(commodity)
            if commodity[s] < 0 or is_out[s]:
                continue
            hit = False
            for q in range(way.shape[1]):
                a = way[s, q]
                if a < 0:
                    break
                if mark[a]:
                    hit = True
                    break
            if hit:
                is_out[s] = True
                goods[commodity[s]] = True
                taken[num] = s
                num += 1
                grown = True
                if num >= most:
                    break
        if not both or not grown or turn == 1 or num >= most:
            break
        # An arc of one of the pieces as well.
        s = taken[int(rng.random() * num)]
        length = 0
        while length < way.shape[1] and way[s, length] >= 0:
            length += 1
        mark[way[s, int(rng.random() * length)]] = True
    # What else there is of the same goods, so that pieces do not become ever smaller.
    for s in range(len(commodity)):
        if commodity[s] >= 0 and not is_out[s] and goods[commodity[s]]:
            is_out[s] = True
            taken[num] = s
            num += 1
    return num
