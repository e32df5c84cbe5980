"""The last step of a solve where rounds share something: choose, check, and say what is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bundling.certify import Clock, certify, without_solution
from bundling.result import Event, Limit, OnEvent, Result, RunInfo, Status
from bundling.rounds.check import check, count_checks
from bundling.rounds.coupling import not_eased_eur
from bundling.rounds.coupling_choice import fit_together
from bundling.rounds.coupling_plan import Together
from bundling.rounds.evaluate import evaluate
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution, Route

SEARCH_OF_COUPLED = 0.8
"""Part of the time for the search when rounds share something; the rest is for the choice."""
MESSAGE = "before docks, connectors and power are looked at"


def heard_before(on_event: OnEvent | None) -> OnEvent | None:
    """Pass events on without the cost, which is not yet that of rounds that go together."""
    if on_event is None:
        return None
    hear = on_event

    def tell(event: Event) -> bool | None:
        return hear(replace(event, objective=math.inf, message=MESSAGE))

    return tell


def certify_together(
    problem: RoundsProblem,
    base: RoundsProblem,
    routes: Sequence[Route],
    pool: Iterable[Route],
    *,
    bound: float,
    limit: Limit,
    seed: int,
    clock: Clock,
    run: RunInfo,
) -> Result:
    """Choose rounds and departures that keep what they share, and check them.

    Parameters
    ----------
    problem, base
        What was asked, and what was searched (`coupling.eased`).
    routes, pool
        The best rounds of the search, and others it saw.
    bound
        Lower bound on the cost of `base`.
    limit, seed, clock, run
        Of the search and the whole solve.
    """
    found = fit_together(
        problem,
        routes,
        pool,
        least_eur=least_eur(base, routes),
        time_left=lambda: clock.left,
        seed=seed,
    )
    return result_of(problem, found, bound=bound, limit=limit, clock=clock, run=run)


def least_eur(base: RoundsProblem, routes: Sequence[Route]) -> float:
    """Cost of rounds when nothing is shared."""
    return evaluate(base, RoundsSolution(tuple(routes))).objective


def result_of(
    problem: RoundsProblem,
    found: Together,
    *,
    bound: float,
    limit: Limit,
    clock: Clock,
    run: RunInfo,
) -> Result:
    """Return the result of a choice; `bound` is that of the problem without what is shared."""
    run = replace(run, method=f"{run.method}; departures chosen together by HiGHS")
    if found.solution is None:
        return without_solution(
            problem,
            status=Status.UNKNOWN,
            limit=limit,
            reasons=found.reasons,
            run=replace(run, wall_s=clock.elapsed),
        )
    return certify(
        problem,
        found.solution,
        evaluation=evaluate(problem, found.solution),
        violations=check(problem, found.solution),
        checks=count_checks(problem, found.solution),
        claimed=found.eur,
        bound=bound + not_eased_eur(problem),
        limit=limit,
        run=replace(
            run, wall_s=clock.elapsed, improvements=((clock.elapsed, found.eur, -math.inf),)
        ),
    )
