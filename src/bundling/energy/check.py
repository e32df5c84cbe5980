"""Is a charge schedule feasible? One function a rule; no solver, no cost.

A rule is broken when it is exceeded by more than one millionth of its own limit (and of 1 kW or
kWh near zero): solvers work to about that accuracy, and a millionth of a kilowatt is far below
what any meter shows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.energy.check_seats import check_seats, count_seat_checks
from bundling.energy.check_site import check_site, count_site_checks, site_fits
from bundling.energy.flows import import_kw
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution
from bundling.result import Violation

TOLERANCE = 1e-6

FloatArray = NDArray[np.float64]


def check(problem: EnergyProblem, solution: EnergySolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible."""
    broken = _fits_the_problem(problem, solution) + site_fits(problem, solution)
    if broken:
        return broken  # the other rules need matching, finite arrays
    return [
        *_power_not_negative(problem, solution),
        *_power_within_limit_while_parked(problem, solution),
        *_draw_within_connection(problem, solution),
        *_need_is_met(problem, solution),
        *_shortfall_allowed(problem, solution),
        *check_site(problem, solution),
        *check_seats(problem, solution),
    ]


def count_checks(problem: EnergyProblem, solution: EnergySolution) -> int:
    """Count the places where `check` holds a rule against the schedule."""
    vehicles, slots = problem.num_vehicles, problem.num_slots
    plain = 2 + 2 * vehicles * slots + slots + 3 * vehicles
    return plain + count_site_checks(problem) + count_seat_checks(problem, solution)


def _fits_the_problem(problem: EnergyProblem, solution: EnergySolution) -> list[Violation]:
    """One power per vehicle and slot, one shortfall per vehicle, all finite."""
    broken = []
    for name, array, shape in (
        ("power_kw", solution.power_kw, (problem.num_vehicles, problem.num_slots)),
        ("shortfall_kwh", solution.shortfall_kwh, (problem.num_vehicles,)),
    ):
        if array.shape != shape:
            broken.append(
                Violation(
                    "one number per vehicle and slot",
                    f"{name}, {array.shape} instead of {shape}",
                    float(abs(array.size - np.prod(shape))),
                    "numbers",
                )
            )
        elif not np.isfinite(array).all():
            missing = float((~np.isfinite(array)).sum())
            broken.append(Violation("finite numbers", name, missing, "numbers"))
    return broken


def _power_not_negative(problem: EnergyProblem, solution: EnergySolution) -> list[Violation]:
    """Vehicles do not feed energy back."""
    return _in_slots(problem, "power not negative", -solution.power_kw, np.zeros(()))


def _power_within_limit_while_parked(
    problem: EnergyProblem, solution: EnergySolution
) -> list[Violation]:
    """Mean power is at most the limit of vehicle and charger, pro rata of the time parked."""
    return _in_slots(problem, "charging power while parked", solution.power_kw, problem.limit_kw)


def _draw_within_connection(problem: EnergyProblem, solution: EnergySolution) -> list[Violation]:
    """Keep what is drawn, base load and all, within the connection in every slot."""
    draw = import_kw(problem, solution)
    over = draw - problem.connection_kw
    slack = TOLERANCE * np.maximum(1.0, np.minimum(problem.connection_kw, draw))
    return [
        Violation("grid connection", f"{problem.clock(int(t))}", float(over[t]), "kW")
        for t in np.flatnonzero(over > slack)
    ]


def _need_is_met(problem: EnergyProblem, solution: EnergySolution) -> list[Violation]:
    """Charged energy and shortfall together are the need: no more, no less."""
    charged = solution.power_kw.sum(axis=1) * problem.slot_h
    missing = problem.need_kwh - charged - solution.shortfall_kwh
    slack = TOLERANCE * np.maximum(1.0, problem.need_kwh)
    return [
        Violation(
            "missing energy" if missing[j] > 0 else "energy beyond the need",
            f"vehicle {problem.vehicle_ids[j]}",
            float(abs(missing[j])),
            "kWh",
        )
        for j in np.flatnonzero(np.abs(missing) > slack)
    ]


def _shortfall_allowed(problem: EnergyProblem, solution: EnergySolution) -> list[Violation]:
    """Shortfall is not negative, and only there when the problem has a price for it."""
    slack = TOLERANCE * np.maximum(1.0, problem.need_kwh)
    negative = np.flatnonzero(-solution.shortfall_kwh > slack)
    broken = [
        Violation(
            "shortfall not negative",
            f"vehicle {problem.vehicle_ids[j]}",
            float(-solution.shortfall_kwh[j]),
            "kWh",
        )
        for j in negative
    ]
    if problem.shortfall_eur_per_kwh is None:
        broken += [
            Violation(
                "no shortfall allowed",
                f"vehicle {problem.vehicle_ids[j]}",
                float(solution.shortfall_kwh[j]),
                "kWh",
            )
            for j in np.flatnonzero(solution.shortfall_kwh > slack)
        ]
    return broken


def _in_slots(
    problem: EnergyProblem, rule: str, values: FloatArray, limits: FloatArray
) -> list[Violation]:
    """Report where `values` exceed `limits`, per vehicle and slot, in kW."""
    over = values - limits
    broken = np.argwhere(over > TOLERANCE * np.maximum(1.0, limits))
    return [
        Violation(
            rule,
            f"vehicle {problem.vehicle_ids[j]}, {problem.clock(int(t))}",
            float(over[j, t]),
            "kW",
        )
        for j, t in broken
    ]
