"""What a problem asks for that a search cannot honour: it goes to the other one, or is refused."""

from __future__ import annotations

import numpy as np

from bundling.errors import SolverError
from bundling.rounds.problem import RoundsProblem


def beyond_pyvrp(problem: RoundsProblem) -> list[str]:
    """Return the fields of `problem` that PyVRP would ignore; empty when it honours all."""
    short = problem.start_kwh < problem.usable_kwh
    rolls = (problem.delivery_rolls > 0).any() or (problem.pickup_rolls > 0).any()
    asked = {
        "curve_of": (problem.curve_of >= 0).any(),
        "start_kwh": short.any(),
        "release_s": (problem.release_s > 0).any(),
        "prize_eur": problem.has_optional_stops,
        "max_distance_m": np.isfinite(problem.max_distance_m).any(),
        "end_depot": (problem.end_depot != problem.vehicle_depot).any(),
        "rolls": rolls and np.isfinite(problem.capacity_rolls).any(),
        "overtime_eur_per_h": problem.has_overtime,
        "service_factor": (problem.service_factor != 1.0).any(),
    }
    return [name for name, there in asked.items() if there]


def unsupported(problem: RoundsProblem) -> list[str]:
    """Return the fields of `problem` that no search here honours."""
    electric = (problem.curve_of >= 0).any(axis=1)
    chargers = int(problem.count[electric].sum())
    asked = {
        "max_trips (several trips of one vehicle)": (problem.max_trips > 1).any(),
        "connectors (fewer plugs than vehicles that may charge)": (
            np.minimum(chargers, problem.num_stops) > problem.connectors
        ).any(),
    }
    return [name for name, there in asked.items() if there]


def raise_if_unsupported(problem: RoundsProblem) -> None:
    """Refuse a problem whose answer would leave something out.

    Raises
    ------
    bundling.errors.SolverError
        Naming every field that `unsupported` gives.
    """
    names = unsupported(problem)
    if names:
        raise SolverError(
            "the search for rounds cannot take into account yet: "
            + "; ".join(names)
            + ". Leave these fields out, or give `bundling.evaluate` and `bundling.check` a "
            "solution of your own."
        )
