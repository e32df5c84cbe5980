r"""A lower bound for a day too large for the whole model: the price of a vehicle, shared out.

Forget the clock: a lane with freight has at least one vehicle, and enough of them for its load.
Give each lane's price away, a part :math:`\lambda_{ik}` to each shipment `i` that could use lane
`k` and a part :math:`\mu_{kr}` to each unit of its load, so that

.. math:: \sum_r q_{kr} \mu_{kr} + \sum_i \lambda_{ik} \le p_k

with room :math:`q` and price :math:`p`. Whatever the parts, the sum over all shipments of their
cheapest ways at :math:`\lambda_{ik} + \sum_r \mu_{kr} l_{ir}` costs no more than any plan (weak
duality of the linear relaxation, or Lagrangian relaxation of the rooms). Hub costs are shared
alike. The parts are made better by mirror ascent: those whose cheapest way uses a lane take over
more of its price (A. Beck, M. Teboulle, "Mirror descent and nonlinear projected subgradient
methods", Operations Research Letters 31 (2003) 167-175). Between two hubs all is given to the load.
Sailings and empty vehicles count nothing. Sharing out the price of each hour of a lane by itself
was tried: with windows of several hours all can meet in one, and the bound is no better.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.problem import ScheduledProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_STEPS = 400
_FIRST_STEP = 3.0
_TINY = 1e-300


@dataclass(frozen=True, eq=False)
class _Ends:
    """Pairs of a shipment and a lane at one of its ends, and the hub there.

    Attributes
    ----------
    shipment, lane, hub
        One row a pair; hub -1 for a lane from origin to destination.
    full
        Share of one vehicle that the shipment fills; at least one vehicle is full at 1.
    """

    shipment: IntArray
    lane: IntArray
    hub: IntArray
    full: FloatArray


def shared_bound(
    problem: ScheduledProblem,
    cancelled: Callable[[], bool],
    tell: Callable[[float], object] | None = None,
) -> float:
    """Return a lower bound on the cost of the day, EUR.

    Parameters
    ----------
    problem
        The problem; with more than two hubs on the way nothing is proved (``-inf``).
    cancelled
        Asked between steps; True ends with what is proved.
    tell
        Called with each better bound.
    """
    if problem.max_hubs > 2:
        return -math.inf
    ends = [_direct(problem), _at_end(problem, first=True), _at_end(problem, first=False)]
    price = problem.lane_price_eur / _roles(problem, ends)
    weights = [_Weights(price, end) for end in ends]
    on_hub = np.zeros((problem.num_shipments, problem.num_hubs))
    between = _between(problem, price)
    handling = problem.shipment_load @ problem.hub_handling_eur.T
    best = -math.inf
    for step in range(_STEPS):
        if cancelled():
            break
        hub_part = _softmax(on_hub) * problem.hub_fixed_eur
        cost = [w.cost() for w in weights]
        bound, used, hubs = _cheapest(problem, ends, cost, handling + hub_part, between)
        if bound > best:
            best = bound
            if tell is not None:
                tell(best)
        rate = _FIRST_STEP / math.sqrt(1.0 + step)
        for w, chosen in zip(weights, used, strict=True):
            w.ascend(chosen, rate)
        on_hub += rate * hubs
    return best


class _Weights:
    """How the price of each lane is shared out, as exponents of mirror ascent."""

    def __init__(self, price: FloatArray, ends: _Ends) -> None:
        self.ends = ends
        self.price = price
        self.own = np.zeros(len(ends.lane))
        self.load = np.zeros(len(price))

    def _parts(self) -> tuple[FloatArray, FloatArray]:
        lane = self.ends.lane
        top = self.load.copy()
        np.maximum.at(top, lane, self.own)
        own, load = np.exp(self.own - top[lane]), np.exp(self.load - top)
        total = load + np.bincount(lane, weights=own, minlength=len(load))
        return own / total[lane], load / total

    def cost(self) -> FloatArray:
        """Return what each pair pays for its lane, EUR."""
        own, load = self._parts()
        price: FloatArray = self.price[self.ends.lane] * (
            own + load[self.ends.lane] * self.ends.full
        )
        return price

    def ascend(self, chosen: BoolArray, rate: float) -> None:
        """Move the parts towards those that use the lanes."""
        self.own += rate * chosen
        lane, full = self.ends.lane[chosen], self.ends.full[chosen]
        np.add.at(self.load, lane, rate * full)


def _roles(problem: ScheduledProblem, ends: list[_Ends]) -> FloatArray:
    """In how many roles each lane stands, at least 1 [K]: its price is shared out once only."""
    roles = (
        (problem.hub_at[problem.lane_from] >= 0) & (problem.hub_at[problem.lane_to] >= 0)
    ) * 1.0
    for end in ends:
        roles[np.unique(end.lane)] += 1.0
    at_least: FloatArray = np.maximum(roles, 1.0)
    return at_least


def _softmax(exponents: FloatArray) -> FloatArray:
    """Share each column out over its rows."""
    if not exponents.size:
        return exponents
    parts = np.exp(exponents - exponents.max(axis=0))
    shared: FloatArray = parts / parts.sum(axis=0)
    return shared


def _full(problem: ScheduledProblem, shipment: IntArray, lane: IntArray) -> FloatArray:
    """Share of a vehicle that a shipment fills, by the resource that weighs most over all."""
    capacity = problem.vehicle_capacity[problem.lane_vehicle[lane]]
    total = problem.shipment_load.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        scarce = int(np.argmax(np.nan_to_num(total / problem.vehicle_capacity.max(axis=0))))
        full = problem.shipment_load[shipment, scarce] / capacity[:, scarce]
    share: FloatArray = np.where(np.isfinite(full), full, 0.0)
    return share


def _direct(problem: ScheduledProblem) -> _Ends:
    places = problem.num_locations
    key = problem.shipment_origin * places + problem.shipment_destination
    shipment, lane = _matching(key, problem.lane_from * places + problem.lane_to)
    depart = np.maximum(problem.shipment_release_slot[shipment], problem.lane_first_slot[lane])
    fits = depart + problem.lane_slots[lane] <= problem.shipment_due_slot[shipment]
    fits &= (depart <= problem.lane_last_slot[lane]) & problem.shipment_direct[shipment]
    shipment, lane = shipment[fits], lane[fits]
    return _Ends(shipment, lane, np.full(len(lane), -1), _full(problem, shipment, lane))


def _at_end(problem: ScheduledProblem, *, first: bool) -> _Ends:
    """Pairs of a shipment and a lane from its origin to a hub, or from a hub to its destination."""
    own, other = problem.lane_from, problem.lane_to
    place = problem.shipment_origin
    if not first:
        own, other, place = other, own, problem.shipment_destination
    lanes = np.flatnonzero(problem.hub_at[other] >= 0)
    shipment, at = _matching(place, own[lanes])
    lane = lanes[at]
    return _Ends(shipment, lane, problem.hub_at[other[lane]], _full(problem, shipment, lane))


def _matching(wanted: IntArray, given: IntArray) -> tuple[IntArray, IntArray]:
    """All pairs of positions with equal values."""
    order = np.argsort(given, kind="stable")
    low = np.searchsorted(given[order], wanted, side="left")
    high = np.searchsorted(given[order], wanted, side="right")
    count = high - low
    left = np.repeat(np.arange(len(wanted)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return left, order[np.repeat(low, count) + offset]


def _between(problem: ScheduledProblem, lane_price: FloatArray) -> FloatArray:
    """Least price of a full vehicle's share of 1 from hub to hub, per unit of `_full` [H, H].

    In units of the largest vehicle's room; sailings count nothing but their price on board, which
    is left out.
    """
    hubs = problem.num_hubs
    price = np.full((hubs, hubs), np.inf)
    start, end = problem.hub_at[problem.lane_from], problem.hub_at[problem.lane_to]
    both = np.flatnonzero((start >= 0) & (end >= 0))
    np.minimum.at(price, (start[both], end[both]), lane_price[both])
    sail_from, sail_to = problem.hub_at[problem.sailing_from], problem.hub_at[problem.sailing_to]
    by_water = (sail_from >= 0) & (sail_to >= 0)
    price[sail_from[by_water], sail_to[by_water]] = 0.0
    return price


def _cheapest(
    problem: ScheduledProblem,
    ends: list[_Ends],
    cost: list[FloatArray],
    at_hub: FloatArray,
    between: FloatArray,
) -> tuple[float, list[BoolArray], FloatArray]:
    """Cheapest ways of all shipments: their sum, the pairs they use, and the hubs [N, H]."""
    count, hubs = problem.num_shipments, problem.num_hubs
    rows = np.arange(count)
    direct, direct_at = _least(ends[0].shipment, cost[0], count)
    used = [np.zeros(len(end.lane), dtype=bool) for end in ends]
    visits = np.zeros((count, hubs))
    if not hubs or problem.max_hubs == 0:
        _for_nothing(problem, direct, np.zeros((count, hubs)), np.zeros((count, hubs)))
        used[0][direct_at[np.isfinite(direct)]] = True
        return float(direct.sum()), used, visits
    into, into_at = _least_matrix(ends[1], cost[1], count, hubs)
    out, out_at = _least_matrix(ends[2], cost[2], count, hubs)
    _for_nothing(problem, direct, into, out)
    one = into + at_hub + out
    hub_one = one.argmin(axis=1)
    best, via = one[rows, hub_one], np.stack([hub_one, hub_one], axis=1)
    if problem.max_hubs == 2:
        share = _unit_share(problem)
        for h in range(hubs):
            some = np.flatnonzero(np.isfinite(into[:, h]))
            if not some.size:
                continue
            two = share[some, None] * between[h][None, :] + at_hub[some] + out[some]
            g = two.argmin(axis=1)
            total = into[some, h] + at_hub[some, h] + two[np.arange(len(some)), g]
            better = total < best[some]
            best[some[better]] = total[better]
            via[some[better], 0], via[some[better], 1] = h, g[better]
    by_hub = best < direct
    used[0][direct_at[~by_hub & np.isfinite(direct) & (direct > 0)]] = True
    i = rows[by_hub]
    for use, least, at, hub in (
        (used[1], into, into_at, via[i, 0]),
        (used[2], out, out_at, via[i, 1]),
    ):
        by_lane = least[i, hub] > 0
        use[at[i, hub][by_lane]] = True
    visits[i, via[i, 0]] = visits[i, via[i, 1]] = 1.0
    return float(np.minimum(best, direct).sum()), used, visits


def _for_nothing(
    problem: ScheduledProblem, direct: FloatArray, into: FloatArray, out: FloatArray
) -> None:
    """Let sailings from an origin or to a destination cost nothing, in place."""
    origin, to = problem.shipment_origin, problem.shipment_destination
    for start, end in np.unique(
        np.stack([problem.sailing_from, problem.sailing_to], axis=1), axis=0
    ).reshape(-1, 2):
        direct[(origin == start) & (to == end)] = 0.0
        if problem.hub_at[end] >= 0:
            into[origin == start, problem.hub_at[end]] = 0.0
        if problem.hub_at[start] >= 0:
            out[to == end, problem.hub_at[start]] = 0.0


def _unit_share(problem: ScheduledProblem) -> FloatArray:
    """Share of the largest vehicle that each shipment fills [N]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = problem.shipment_load.sum(axis=0)
        scarce = int(np.argmax(np.nan_to_num(total / problem.vehicle_capacity.max(axis=0))))
        full = problem.shipment_load[:, scarce] / problem.vehicle_capacity[:, scarce].max()
    share: FloatArray = np.where(np.isfinite(full), full, 0.0)
    return share


def _least(shipment: IntArray, cost: FloatArray, count: int) -> tuple[FloatArray, IntArray]:
    """Least cost of each shipment, and the pair that has it; ``inf`` without any."""
    order = np.lexsort((cost, shipment))
    first = np.searchsorted(shipment[order], np.arange(count))
    there = first < len(order)
    there[there] = shipment[order[first[there]]] == np.flatnonzero(there)
    least, at = np.full(count, np.inf), np.zeros(count, dtype=np.int64)
    at[there] = order[first[there]]
    least[there] = cost[at[there]]
    return least, at


def _least_matrix(
    ends: _Ends, cost: FloatArray, count: int, hubs: int
) -> tuple[FloatArray, IntArray]:
    least, at = _least(ends.shipment * hubs + ends.hub, cost, count * hubs)
    return least.reshape(count, hubs), at.reshape(count, hubs)
