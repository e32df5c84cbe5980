"""How long a charge on the way takes, and what a kWh costs there."""

from __future__ import annotations

import numpy as np

from bundling.rounds.problem import RoundsProblem
from bundling.units import SECONDS_PER_HOUR

_SAME_MOMENT_S = 1e-3
"""A charge that starts this close before the hour pays the price of that hour; for rounding."""


def charging_s(
    problem: RoundsProblem, vehicle: int, station: int, from_kwh: float, kwh: float
) -> float:
    """Seconds that fleet entry `vehicle` takes to charge `kwh` from the level `from_kwh`.

    The curve gives the time ``c(y)`` from empty to level ``y``, linear between its points, so this
    is ``c(from + kwh) - c(from)``: Montoya, Gueret, Mendoza and Villegas, "The electric vehicle
    routing problem with nonlinear charging function" (Transportation Research B 103, 2017). Levels
    outside the curve count as its ends; 0 where the vehicle may not charge (`check` reports both).
    """
    curve = int(problem.curve_of[vehicle, station])
    if curve < 0:
        return 0.0
    levels, seconds = problem.curve_kwh[curve], problem.curve_s[curve]
    begin, end = np.interp([from_kwh, from_kwh + kwh], levels, seconds)
    return float(end - begin)


def price_eur_per_kwh(problem: RoundsProblem, station: int, start_s: float) -> float:
    """Price at a station by the hour of the day in which a charge starts, EUR/kWh."""
    hour = (
        int((start_s + _SAME_MOMENT_S) // SECONDS_PER_HOUR) % problem.station_eur_per_kwh.shape[1]
    )
    return float(problem.station_eur_per_kwh[station, hour])
