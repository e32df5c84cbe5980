"""Solve a rounds problem with the electric search: charging on the way, and what PyVRP lacks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bundling.certify import Clock, certify, fingerprint, versions, without_solution
from bundling.result import Limit, OnEvent, Result, RunInfo, Status
from bundling.rounds.check import check, count_checks
from bundling.rounds.coupling import (
    eased,
    is_coupled,
    no_docks,
    released_loaded,
    tight_connectors,
)
from bundling.rounds.coupling_charges import with_other_charges
from bundling.rounds.coupling_choice import fit_together
from bundling.rounds.coupling_plan import Together, in_order
from bundling.rounds.coupling_result import (
    SEARCH_OF_COUPLED,
    heard_before,
    least_eur,
    result_of,
)
from bundling.rounds.evaluate import evaluate
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.schedule import best_timed
from bundling.rounds.solution import RoundsSolution
from bundling.rounds.why import why_absent

if TYPE_CHECKING:
    from bundling.rounds.electric.engine import Found

_RESERVE_S = 0.2
"""Seconds kept for reading the plan back and checking it."""
_RESERVE_S_PER_STOP, _RESERVE_SHARE = 0.01, 0.2
"""Seconds a stop more where breaks must be planned, and the part of the time limit that may be."""
_MOST_DAYS = 1_000
"""Days of several trips among which is chosen when rounds share something."""
_TOLD = 5
"""Stops that are named when no days were found; how many there are depends on the choice."""
_NO_DAYS = (
    "no trips were found that the vehicles can drive one after the other to serve every stop; more "
    "vehicles (count), more or shorter trips (max_trips, reload_s), a longer shift_s, a faster "
    "station at the depot or a longer time limit may do"
)
_ANOTHER = 0.6
"""Part of the time that is left for another search, when rounds found do not go together."""


def solve_electric(
    problem: RoundsProblem,
    *,
    time_limit: float,
    gap: float,
    seed: int,
    on_event: OnEvent | None,
    max_iterations: int | None,
    clock: Clock,
) -> Result:
    """Find cheap rounds by ruin and recreate with charging labels; no bound is proved.

    Windows, periods of the day, pairs and breaks are planned with them; departures and breaks of
    the answer are those of `schedule`.

    Several trips a day are put together from single ones (`trip_search`). What rounds share is
    looked at afterwards, as in `bundling.rounds.solve.solve`. The first run
    on a machine compiles the kernels, beyond the time limit; they are kept on disk.
    """
    from bundling.rounds.electric.engine import search
    from bundling.rounds.electric.warm import warm_up
    from bundling.rounds.trip_search import search_trips

    compiled = warm_up(on_event)
    coupled, base = is_coupled(problem), eased(problem)
    heard = heard_before(on_event) if coupled else on_event

    def elapsed() -> float:
        return clock.elapsed - compiled

    several = bool((base.max_trips > 1).any())

    def searched(asked: RoundsProblem, until: float, number: int) -> Found:
        return (search_trips if several else search)(
            asked if several else released_loaded(asked),
            seed=number,
            time_limit=until,
            elapsed=elapsed,
            on_event=heard,
            max_iterations=max_iterations,
        )

    reserve_s = _RESERVE_S
    if base.break_rule:
        reserve_s += min(_RESERVE_S_PER_STOP * base.num_stops, _RESERVE_SHARE * time_limit)
    found = searched(base, (SEARCH_OF_COUPLED if coupled else 1.0) * time_limit - reserve_s, seed)
    method = "ruin and recreate with charging labels (numba)"
    run = RunInfo(
        method=f"{method}; trips put together into days by HiGHS" if several else method,
        seed=seed,
        time_limit_s=time_limit,
        gap_target=gap,
        wall_s=clock.elapsed,
        versions=versions("numba", "numpy"),
        problem_hash=fingerprint(problem),
    )
    run = replace(run, improvements=tuple(found.improvements), iterations=found.iterations)
    if found.routes is None:
        return without_solution(
            problem,
            status=Status.UNKNOWN,
            limit=found.limit,
            reasons=[
                *no_docks(problem),
                *why_absent(base, found.absent[:_TOLD] if several else found.absent),
                *([_NO_DAYS] if several else []),
            ],
            run=run,
        )
    if coupled:
        together = _together(
            problem,
            base,
            found,
            another=lambda asked: searched(
                asked, elapsed() + _ANOTHER * (time_limit - elapsed()), seed + 1
            ),
            time_left=lambda: time_limit - elapsed(),
            seed=seed,
        )
        return result_of(
            problem, together, bound=-math.inf, limit=found.limit, clock=clock, run=run
        )
    solution = RoundsSolution(in_order(problem, found.routes))
    evaluation = evaluate(problem, solution)
    return certify(
        problem,
        solution,
        evaluation=evaluation,
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=math.fsum(evaluation.costs_eur.values()),
        bound=-math.inf,
        limit=found.limit,
        run=replace(run, wall_s=clock.elapsed),
    )


def _together(
    problem: RoundsProblem,
    base: RoundsProblem,
    found: Found,
    *,
    another: Callable[[RoundsProblem], Found],
    time_left: Callable[[], float],
    seed: int,
) -> Together:
    """Choose among the rounds found and others with other charges.

    When none go together, another search goes round the stations with few connectors.
    """
    routes = [best_timed(problem, route) for route in found.routes or ()]
    pool = [*with_other_charges(problem, routes), *found.pool[:_MOST_DAYS]]
    together = fit_together(
        problem, routes, pool, least_eur=least_eur(base, routes), time_left=time_left, seed=seed
    )
    if together.solution is not None or found.limit is Limit.INTERRUPT:
        return together
    curves = np.where(tight_connectors(problem)[None, :], -1, base.curve_of)
    more = another(base.replace(curve_of=curves))
    if more.routes is None:
        return together
    others = [best_timed(problem, route) for route in more.routes]
    again = fit_together(
        problem,
        others,
        [*routes, *pool],
        least_eur=least_eur(base, others),
        time_left=time_left,
        seed=seed,
    )
    return together if again.solution is None else again
