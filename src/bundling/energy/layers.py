"""Map layers of a charge schedule."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.energy.baseline import charge_on_arrival
from bundling.energy.evaluate import evaluate, grid_kw
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution
from bundling.features import collection, feature, positions


def layers(problem: EnergyProblem, solution: EnergySolution) -> dict[str, dict[str, Any]]:
    """Return the layer ``depots``: one point with peak, connection, energy and shortfall.

    Contract, battery and PV are added where the problem has them. GeoJSON in WGS84. The layer has
    no features when the depot's place is unknown.
    """
    features: list[dict[str, Any]] = []
    if problem.x_m is not None and problem.y_m is not None:
        [at] = positions(problem.x_m, problem.y_m)
        indicators = evaluate(problem, solution).indicators
        site = ("contract_kw", "battery_kwh", "pv_kwp")
        unplanned = problem.base_load_kw + grid_kw(problem, charge_on_arrival(problem))
        limit = float(problem.connection_kw.min())
        facts = {
            "name": problem.name,
            "vehicles": problem.num_vehicles,
            "peak_kw": round(indicators["peak_kw"], 1),
            "peak_on_arrival_kw": round(float(unplanned.max()), 1),
            "connection_kw": round(limit, 1) if np.isfinite(limit) else None,
            "kwh_grid": round(indicators["kwh_grid"], 1),
            "shortfall_kwh": round(indicators["shortfall_kwh"], 1),
            **{name: round(indicators[name], 1) for name in site if name in indicators},
        }
        features.append(feature("Point", at, facts))
    return {"depots": collection(features)}
