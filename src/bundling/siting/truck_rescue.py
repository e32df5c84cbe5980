"""Amounts of energy for a way that even, early and late amounts do not serve.

With stops at ``t_1 <= ... <= t_n``, windows that hold them exist when (see `truck_windows`)
``u + Q_(i-1) - i d >= t_i``, ``Q_i <= cap + t_i - u`` and ``Q_i - Q_(i-1) <= g``. More taken by a
place is never worse, so the most that can have been taken after each number of stops is found site
by site, and the way back gives the amounts. For a given largest detour nothing is given up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_EPS = 1e-6


def amounts(
    site_km: FloatArray,
    way_km: float,
    *,
    start_km: float,
    full_km: float,
    end_km: float,
    stop_km: float,
    detour_km: float,
    most_stops: int,
) -> FloatArray | None:
    """Amounts of the fewest stops that bring a truck to the end, in km; None where none do.

    Parameters
    ----------
    site_km
        Places of the sites, ascending.
    way_km, start_km, full_km, end_km, stop_km, detour_km
        ``D``, ``u``, ``cap``, ``w``, ``g`` and ``d`` of `truck_windows`.
    most_stops
        Largest number of stops.
    """
    if not len(site_km):
        return None
    taken = np.zeros(len(site_km))  # most taken by a site, at it or before
    history: list[FloatArray] = []
    for n in range(1, most_stops + 1):
        reached = start_km + taken - n * detour_km >= site_km - _EPS
        after = np.minimum(taken + stop_km, full_km + site_km - start_km)
        after = np.where(reached & (after >= taken + detour_km), after, -np.inf)
        history.append(after)
        total = way_km + n * detour_km + end_km - start_km
        if after.max() >= total - _EPS:
            return _back(history, total)
        taken = np.maximum.accumulate(after)
        if not np.isfinite(taken).any():
            return None
    return None


def _back(history: list[FloatArray], total: float) -> FloatArray:
    """Amounts from the last stop back to the first; the last one takes what is still needed."""
    at, sums = len(history[0]), []
    for after in reversed(history):
        at = int(np.argmax(after[: at + 1]))
        sums.append(float(after[at]))
    sums[0] = min(sums[0], total)
    found: FloatArray = np.diff(np.r_[0.0, sums[::-1]])
    return found
