"""What a vehicle or vessel brings about besides its cost: CO2e, NOx, km, a trip into the zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from bundling.units import GRAMS_PER_KG

if TYPE_CHECKING:
    from bundling.hubs.scheduled.problem import ScheduledProblem

FloatArray = NDArray[np.float64]

PRICES: Final = {
    "co2e_kg": "co2e_eur_per_kg",
    "nox_kg": "nox_eur_per_kg",
    "vehicle_km": "driven_eur_per_km",
    "trips_into_zone": "zone_eur_per_trip",
}
"""Indicators of a plan that have a price, and the field with it."""


def amounts(problem: ScheduledProblem, indicator: str) -> tuple[FloatArray, FloatArray]:
    """Return how much of an indicator one vehicle of each lane and one vessel bring about.

    An empty vehicle brings about as much as a loaded one. Vessels count no vehicle-km, and none
    sails into the zone.

    Parameters
    ----------
    problem
        The problem.
    indicator
        One of `PRICES`.

    Returns
    -------
    tuple of arrays
        By lane [K] and by sailing [Q], in the unit of the indicator.
    """
    none = np.zeros(problem.num_sailings)
    if indicator == "co2e_kg":
        return problem.lane_co2e_kg, problem.sailing_co2e_kg
    if indicator == "nox_kg":
        return problem.lane_nox_g / GRAMS_PER_KG, problem.sailing_nox_g / GRAMS_PER_KG
    if indicator == "vehicle_km":
        return problem.lane_km, none
    return problem.location_in_zone[problem.lane_to].astype(np.float64), none


def beside_eur(problem: ScheduledProblem) -> tuple[FloatArray, FloatArray]:
    """Return what all of that costs at its prices, by lane [K] and by sailing [Q], EUR."""
    lane, sailing = np.zeros(problem.num_lanes), np.zeros(problem.num_sailings)
    for indicator, price in PRICES.items():
        eur = float(getattr(problem, price))
        if eur:
            by_lane, by_sailing = amounts(problem, indicator)
            lane, sailing = lane + eur * by_lane, sailing + eur * by_sailing
    return lane, sailing
