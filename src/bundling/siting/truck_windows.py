"""Windows of a way: stretches in each of which a truck must charge once, any site of each will do.

All in kilometres of driving: energy over kWh per km. A truck leaves with ``u`` above its reserve,
holds at most ``cap`` above it, drives ``D``, wants ``w`` above it at the end, takes at most ``g``
at a stop, and every stop costs at most ``d`` of detour. With ``n`` stops that take ``q_i`` and
``Q_i = q_1 + ... + q_i``, where ``Q_n = D + n d + w - u``, stop ``i`` may lie anywhere in::

    [u + Q_i - cap,  u + Q_(i-1) - i d]          and 0 <= q_i <= g, q_i >= d

**Any choice of one site in each window is feasible.** Visit the chosen sites in the order of the
way, each for the amount of its window. *Never empty*: before a stop at ``t``, let ``m`` be the
first window not yet visited. It is visited at ``t_m >= t``, and all windows before ``m`` were, so
``t <= t_m <= u + Q_(m-1) - m d``; the windows after ``m`` that were visited brought ``q_k >= d``
each, which pays for their detours. *Never over full*: after a stop at ``t``, let ``M`` be the last
window visited; ``t >= t_M >= u + Q_M - cap``, and not more than ``Q_M`` was taken. *The end*:
all ``Q_n`` were taken. So windows may overlap, and a site in two windows may serve both: the truck
then stays for both amounts.

What is given up: a flow gets one set of windows, so that open sites outside them do not help it.
Amounts are even, early or late; where these serve no site, those of `truck_rescue` do if any can.
The number of stops is the least one for which every window holds a site (or up to ``spare_stops``
more), and every stop is charged the largest detour among the sites that are kept. Sites with a long
detour are dropped (all above a half, a quarter or none of the longest) where that makes windows
wider. Of all these choices the one counts whose smallest window has most sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundling.siting.truck_paths import Stops
from bundling.siting.truck_rescue import amounts

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_EPS = 1e-6
SPLITS = ("even", "early", "late")
LEVELS = (1.0, 0.5, 0.25, 0.0)
"""Shares of the longest detour above which sites are dropped."""


@dataclass(frozen=True, eq=False)
class Stretches:
    """Windows as stretches of the way; W windows.

    Attributes
    ----------
    flow
        Flow of each window, ascending [W].
    from_km, to_km
        Where the stop may lie, from the origin [W].
    take_km
        What a truck takes there, in kilometres of driving [W].
    first, last, most_detour_km
        Sites inside: those of the stops ``first[w] : last[w]`` with no longer detour [W].
    unserved
        Flows that need a stop and for which no windows were found.
    """

    flow: IntArray
    from_km: FloatArray
    to_km: FloatArray
    take_km: FloatArray
    first: IntArray
    last: IntArray
    most_detour_km: FloatArray
    unserved: IntArray


def stretches(
    stops: Stops,
    flows: IntArray,
    way_km: FloatArray,
    *,
    start_km: float,
    full_km: float,
    end_km: float,
    stop_km: float,
    most_stops: int,
    spare_stops: int = 0,
) -> Stretches:
    """Windows of `flows`, each with the least number of stops for which sites are found.

    Parameters
    ----------
    stops
        Sites along the ways, by flow and distance.
    flows, way_km
        Flows that must charge, and the length of the way of every flow.
    start_km, full_km, end_km
        ``u``, ``cap`` and ``w`` of the module text.
    stop_km
        ``g``: the most that a stop gives.
    most_stops, spare_stops
        Largest number of stops to try, and how many more than the least one may be taken.
    """
    longest = float(stops.detour_km.max(initial=0.0))
    levels = [longest * share for share in (LEVELS if longest > 0 else LEVELS[:1])]
    kept = [stops.detour_km <= level + _EPS for level in levels]
    counted = [np.r_[0, np.cumsum(some)] for some in kept]
    detours = [np.zeros(len(way_km)) for _ in levels]
    for detour, some in zip(detours, kept, strict=True):
        np.maximum.at(detour, stops.flow[some], stops.detour_km[some])
    wide = float(max(np.max(way_km[flows], initial=0.0), full_km)) * 4.0 + 1.0
    key = stops.flow * wide + stops.km

    def option(
        left: IntArray, take: FloatArray, level: float, detour: FloatArray, number: IntArray
    ) -> _Option:
        """Windows of flows that take these amounts, where each holds a site."""
        n = take.shape[1]
        away, length = detour[left], way_km[left]
        total = length + n * away + end_km - start_km
        sums = np.cumsum(take, axis=1)
        low = np.maximum(start_km + sums - full_km, 0.0)
        high = start_km + sums - take - np.arange(1, n + 1) * away[:, None]
        high = np.minimum(high, length[:, None])
        base = left[:, None] * wide
        begin = np.searchsorted(key, base + low - _EPS)
        # A window that is no stretch stays inside its own flow's part of the keys.
        end = np.searchsorted(key, base + np.maximum(high, -1.0) + _EPS, side="right")
        count = np.where(high >= low - _EPS, number[end] - number[begin], 0)
        legal = ((take <= stop_km + _EPS) & (take >= away[:, None] - _EPS)).all(axis=1)
        legal &= (take >= 0).all(axis=1)
        legal &= sums[:, -1] >= total - _EPS  # too little brings nobody there
        score = np.where(legal, count.min(axis=1), 0)
        good = score > 0
        return _Option(
            left[good],
            score[good],
            low[good],
            high[good],
            take[good],
            begin[good],
            end[good],
            level,
        )

    options: list[_Option] = []
    least = np.full(len(way_km), most_stops + 1)
    left = flows
    for n in range(1, most_stops + 1):
        left = left[n <= least[left] + spare_stops]
        if not len(left):
            break
        for level, detour, number in zip(levels, detours, counted, strict=True):
            for split in SPLITS:
                away = detour[left]
                total = way_km[left] + n * away + end_km - start_km
                take = _amounts(split, total, n, stop_km, away)
                one = option(left, take, level, detour, number)
                least[one.flow] = np.minimum(least[one.flow], n)
                options.append(one)
    ends = np.searchsorted(stops.flow, np.arange(len(way_km) + 1))
    for flow in flows[least[flows] > most_stops].tolist():
        mine = slice(int(ends[flow]), int(ends[flow + 1]))
        for level, detour, number, some in zip(levels, detours, counted, kept, strict=True):
            found = amounts(
                stops.km[mine][some[mine]],
                float(way_km[flow]),
                start_km=start_km,
                full_km=full_km,
                end_km=end_km,
                stop_km=stop_km,
                detour_km=float(detour[flow]),
                most_stops=most_stops,
            )
            if found is not None:
                options.append(
                    option(np.array([flow], np.int64), found[None, :], level, detour, number)
                )
                break
    return _best(options, flows)


class _Option(NamedTuple):
    """Windows of one number of stops, split and level, for the flows that it serves."""

    flow: IntArray
    score: IntArray
    low: FloatArray  # [flow, n], as all that follow
    high: FloatArray
    take: FloatArray
    begin: IntArray
    end: IntArray
    level: float


def _best(options: list[_Option], flows: IntArray) -> Stretches:
    """Keep the best option of each flow; the first of equal ones, so fewer stops go first."""
    flow = np.concatenate([np.zeros(0, np.int64), *(one.flow for one in options)])
    score = np.concatenate([np.zeros(0, np.int64), *(one.score for one in options)])
    option = np.repeat(np.arange(len(options)), [len(one.flow) for one in options])
    row = np.concatenate([np.zeros(0, np.int64), *(np.arange(len(one.flow)) for one in options)])
    order = np.lexsort((option, -score, flow))
    first = order[np.r_[True, np.diff(flow[order]) != 0]] if len(order) else order
    parts = []
    for k in np.unique(option[first]):
        one, mine = options[k], row[first[option[first] == k]]
        n = one.low.shape[1]
        fields = (one.low, one.high, one.take, one.begin, one.end)
        parts.append(
            (
                np.repeat(one.flow[mine], n),
                *(field[mine].ravel() for field in fields),
                np.full(len(mine) * n, one.level),
            )
        )
    left = np.setdiff1d(flows, flow)
    if not parts:
        none, zero = np.zeros(0, dtype=np.int64), np.zeros(0)
        return Stretches(none, zero, zero, zero, none, none, zero, left)
    found = [np.concatenate(part) for part in zip(*parts, strict=True)]
    order = np.argsort(found[0], kind="stable")
    of, low, high, take, begin, end, level = (part[order] for part in found)
    return Stretches(
        of.astype(np.int64), low, high, take, begin.astype(np.int64), end.astype(np.int64), level,
        left,
    )  # fmt: skip


def _amounts(split: str, total: FloatArray, n: int, most: float, least: FloatArray) -> FloatArray:
    """Amounts of ``n`` stops that sum to `total`: even, or as much as can be early or late."""
    if split == "even" or n == 1:
        return np.repeat(total[:, None] / n, n, axis=1)
    left = total - n * least
    room = np.maximum(most - least, 0.0)
    filled = np.clip(left[:, None] - np.arange(n) * room[:, None], 0.0, room[:, None])
    take = least[:, None] + filled
    return take if split == "early" else take[:, ::-1]
