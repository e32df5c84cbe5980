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

What is given up: the number of stops is the least one for which every window holds a site, amounts
are fixed (even, early or late), and every stop is charged the largest detour of the flow's sites.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.siting.truck_paths import Stops

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_EPS = 1e-6
SPLITS = ("even", "early", "late")


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
    first, last
        Sites inside: ``first[w] : last[w]`` of the stops [W].
    unserved
        Flows that need a stop and for which no windows were found.
    """

    flow: IntArray
    from_km: FloatArray
    to_km: FloatArray
    take_km: FloatArray
    first: IntArray
    last: IntArray
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
    most_stops
        Largest number of stops to try.
    """
    detour = np.zeros(len(way_km))
    np.maximum.at(detour, stops.flow, stops.detour_km)
    wide = float(max(np.max(way_km[flows], initial=0.0), full_km)) * 4.0 + 1.0
    key = stops.flow * wide + stops.km
    parts: list[tuple[FloatArray | IntArray, ...]] = []
    left = flows
    for n in range(1, most_stops + 1):
        if not len(left):
            break
        away, length = detour[left], way_km[left]
        total = length + n * away + end_km - start_km
        best = np.zeros(len(left), dtype=np.int64)
        chosen = [np.zeros((len(left), n)) for _ in range(3)]
        inside = [np.zeros((len(left), n), dtype=np.int64) for _ in range(2)]
        for split in SPLITS:
            take = _amounts(split, total, n, stop_km, away)
            sums = np.cumsum(take, axis=1)
            order = np.arange(1, n + 1)
            low = np.maximum(start_km + sums - full_km, 0.0)
            high = np.minimum(start_km + sums - take - order * away[:, None], length[:, None])
            # A window stays inside its own flow's part of the keys.
            base = left[:, None] * wide
            begin = np.searchsorted(key, base + low - _EPS)
            end = np.searchsorted(key, base + np.maximum(high, -1.0) + _EPS, side="right")
            count = np.where(high >= low - _EPS, end - begin, 0)
            legal = (take <= stop_km + _EPS) & (take >= away[:, None] - _EPS) & (take >= 0)
            full = sums[:, -1] >= total - _EPS  # stops that give too little bring nobody there
            score = np.where(legal.all(axis=1) & full, count.min(axis=1), 0)
            better = score > best
            best[better] = score[better]
            for kept, new in zip(chosen, (low, high, take), strict=True):
                kept[better] = new[better]
            for held, bound in zip(inside, (begin, end), strict=True):
                held[better] = bound[better]
        good = best > 0
        if good.any():
            parts.append(
                (
                    np.repeat(left[good], n),
                    *(one[good].ravel() for one in chosen),
                    *(one[good].ravel() for one in inside),
                )
            )
        left = left[~good]
    if not parts:
        none, zero = np.zeros(0, dtype=np.int64), np.zeros(0)
        return Stretches(none, zero, zero, zero, none, none, left)
    flow, low, high, take, begin, end = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.argsort(flow, kind="stable")
    return Stretches(
        flow[order].astype(np.int64),
        low[order],
        high[order],
        take[order],
        begin[order].astype(np.int64),
        end[order].astype(np.int64),
        left,
    )


def _amounts(split: str, total: FloatArray, n: int, most: float, least: FloatArray) -> FloatArray:
    """Amounts of ``n`` stops that sum to `total`: even, or as much as can be early or late."""
    if split == "even" or n == 1:
        return np.repeat(total[:, None] / n, n, axis=1)
    left = total - n * least
    room = np.maximum(most - least, 0.0)
    filled = np.clip(left[:, None] - np.arange(n) * room[:, None], 0.0, room[:, None])
    take = least[:, None] + filled
    return take if split == "early" else take[:, ::-1]
