"""Which stations are worth a visit between two places."""

from __future__ import annotations

import numpy as np

from bundling.rounds.electric.arrays import FloatArray, IntArray
from bundling.rounds.electric.kernel import kernel


def stations_between(
    metres: FloatArray, places: int, stations: int, *, most: int
) -> tuple[IntArray, IntArray]:
    """List the stations worth a visit on the way from any node to any place.

    A station is left out when another one is nearer to both places. (Montoya et al., "The
    electric vehicle routing problem with nonlinear charging function", Transportation Research
    Part B 103, 2017, restrict to these; with one charging technology nothing is lost.)

    Parameters
    ----------
    metres
        Distances ``[N, N]``: places first, then stations.
    places, stations
        How many of each.
    most
        Longest list kept, by detour.

    Returns
    -------
    at, between
        Stations (numbered from 0) between node ``i`` and place ``j`` are
        ``between[at[i * places + j] : at[i * places + j + 1]]``; where ``i`` is a station itself,
        those to visit after it.
    """
    nodes = places + stations
    at = np.zeros(nodes * places + 1, dtype=np.int64)
    if stations == 0:
        return at, np.zeros(0, dtype=np.int64)
    there = np.ascontiguousarray(metres[:, places:])
    back = np.ascontiguousarray(metres[places:, :places].T)
    kept = np.full((nodes, places, most), -1, dtype=np.int64)
    _fill(there, back, kept, np.zeros(stations))
    chosen = kept.reshape(nodes * places, most)
    at[1:] = np.cumsum((chosen >= 0).sum(axis=1))
    return at, chosen[chosen >= 0]


@kernel
def _fill(there, back, kept, left):
    nodes, stations = there.shape
    places = nodes - stations
    for i in range(nodes):
        for j in range(places):
            for k in range(stations):
                left[k] = there[i, k] + back[j, k]
            if i >= places:
                left[i - places] = np.inf
            num = 0
            while num < kept.shape[2]:
                best = -1
                for k in range(stations):
                    if left[k] < np.inf and (best < 0 or left[k] < left[best]):
                        best = k
                if best < 0:
                    break
                left[best] = np.inf
                worth = True
                for m in range(num):
                    other = kept[i, j, m]
                    if there[i, other] <= there[i, best] and back[j, other] <= back[j, best]:
                        worth = False
                        break
                if worth:
                    kept[i, j, num] = best
                    num += 1
