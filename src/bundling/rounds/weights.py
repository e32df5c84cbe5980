"""Another objective by other prices: a weighted mix of vehicles, EUR, km, hours and CO2e."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.errors import Fault, raise_if

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem


def weighted_prices(problem: RoundsProblem, weights: Mapping[str, float]) -> dict[str, Any]:
    """Return the price fields of `problem` that cost a solution by `weights`.

    Parameters
    ----------
    problem
        The problem with its own prices and emission factors.
    weights
        Of ``vehicles``, ``eur``, ``km``, ``hours``, ``co2e_kg`` and ``prizes``, as
        `RoundsProblem.weighted` describes them.

    Raises
    ------
    bundling.InputError
        When a weight is negative or no number, or the emissions of a charge are not the same for
        every vehicle that may charge on the way.
    """
    wrong = [name for name, weight in weights.items() if not 0.0 <= weight < math.inf]
    rule, remedy = "is negative or no number", "Give 0 or more."
    raise_if(Fault("weights", name, (), rule, remedy) for name in wrong)
    eur, co2e = weights["eur"], weights["co2e_kg"]
    # An infinite prize stays infinite: a stop that must be served has no price.
    prizes = np.full(problem.num_stops, np.inf)
    optional = np.isfinite(problem.prize_eur)
    prizes[optional] = weights["prizes"] * problem.prize_eur[optional]
    return {
        "fixed_eur": weights["vehicles"] + eur * problem.fixed_eur,
        "eur_per_km": weights["km"] + eur * problem.eur_per_km + co2e * problem.co2e_kg_per_km,
        "eur_per_h": weights["hours"] + eur * problem.eur_per_h,
        "levy_eur_per_km": eur * problem.levy_eur_per_km,
        "overtime_eur_per_h": eur * problem.overtime_eur_per_h,
        "eur_per_kwh": eur * problem.eur_per_kwh + co2e * problem.co2e_kg_per_kwh,
        "station_eur_per_kwh": eur * problem.station_eur_per_kwh
        + (co2e * _station_co2e(problem) if co2e > 0 else 0.0),
        "depot_eur_per_kwh": eur * problem.depot_eur_per_kwh,
        "prize_eur": prizes,
    }


def _station_co2e(problem: RoundsProblem) -> float:
    """Emissions of a kWh charged on the way, the same for all that may; kg CO2e/kWh."""
    charging = (problem.curve_of >= 0).any(axis=1)
    factors = np.unique(problem.co2e_kg_per_kwh[charging])
    if factors.size > 1:
        ids = tuple(problem.vehicle_ids[v] for v in np.flatnonzero(charging))
        rule = "differs between vehicles that may charge on the way, where a kWh has one price"
        remedy = "Give them the same factor, or do not weight CO2e."
        raise_if([Fault("vehicles", "co2e_kg_per_kwh", ids, rule, remedy)])
    return float(factors[0]) if factors.size else 0.0
