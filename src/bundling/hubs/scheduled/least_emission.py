"""When no plan keeps the cap on CO2e: how little CO2e any plan has."""

from __future__ import annotations

import math
from collections.abc import Callable

from bundling.certify import Clock
from bundling.hubs.scheduled.bound import shared_bound
from bundling.hubs.scheduled.capped import emissions_only
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.milp import build, read
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.search import Search
from bundling.mip import solve_model
from bundling.result import Status


def least_emission(
    problem: ScheduledProblem,
    known_kg: float,
    *,
    small: bool,
    clock: Clock,
    seed: int,
    tell: Callable[[float], bool],
) -> tuple[float, float]:
    """Look for the plan with the least CO2e of all, whatever it costs.

    Parameters
    ----------
    problem
        The problem; its cap is left out.
    known_kg
        Least CO2e of a plan known, ``inf`` for none.
    small
        Whether the whole model may be given to HiGHS.
    clock
        Ends the search.
    seed, tell
        As in `Search`.

    Returns
    -------
    tuple of float
        Least found, ``inf`` when nothing was, and the least that is proved, both in kg. Both are
        ``inf`` when it is proved that there is no plan with or without a cap.
    """
    least = emissions_only(problem)
    if small:
        built = build(least)
        outcome = solve_model(
            built.model, time_limit=max(0.05, clock.left), gap=1e-6, seed=seed,
            step="hubs.scheduled",
        )  # fmt: skip
        if outcome.status is Status.INFEASIBLE:
            return math.inf, math.inf
        if outcome.values is not None:
            plan = read(problem, built, outcome.values)
            known_kg = min(known_kg, evaluate(problem, plan).indicators["co2e_kg"])
        return known_kg, outcome.bound
    proved = shared_bound(least, lambda: clock.left <= 0.5 * clock.time_limit or not tell(math.inf))
    found = Search(least, seed).run(Clock(max(0.05, clock.left)), lambda _: tell(math.inf))
    return min(known_kg, found.cost_eur), proved


def words(problem: ScheduledProblem, found_kg: float, proved_kg: float) -> str:
    """Say what is known of the least CO2e beside the cap."""
    cap = f"the cap is {problem.co2e_cap_kg:,.1f} kg CO2e"
    found = (
        f"the least found for a plan is {found_kg:,.1f} kg"
        if math.isfinite(found_kg)
        else "no plan was found, with or without it"
    )
    proved = f", and none has less than {proved_kg:,.1f} kg" if math.isfinite(proved_kg) else ""
    return f"{cap}; {found}{proved}"
