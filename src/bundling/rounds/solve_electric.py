"""Solve a rounds problem with the electric search: charging on the way, and what PyVRP lacks."""

from __future__ import annotations

import math
from dataclasses import replace

from bundling.certify import Clock, certify, fingerprint, versions, without_solution
from bundling.result import OnEvent, Result, RunInfo, Status
from bundling.rounds.check import check, count_checks
from bundling.rounds.evaluate import evaluate
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution

_RESERVE_S = 0.2
"""Seconds kept for reading the plan back and checking it."""


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

    The first run on a machine compiles the kernels, about a minute, beyond the time limit; they
    are kept on disk.
    """
    from bundling.rounds.electric.engine import search
    from bundling.rounds.electric.warm import warm_up

    compiled = warm_up()
    found = search(
        problem,
        seed=seed,
        time_limit=time_limit - _RESERVE_S,
        elapsed=lambda: clock.elapsed - compiled,
        on_event=on_event,
        max_iterations=max_iterations,
    )
    run = RunInfo(
        method="ruin and recreate with charging labels (numba)",
        seed=seed,
        time_limit_s=time_limit,
        gap_target=gap,
        wall_s=clock.elapsed,
        versions=versions("numba", "numpy"),
        problem_hash=fingerprint(problem),
    )
    run = replace(run, improvements=tuple(found.improvements))
    if found.routes is None:
        words = [f"no round was found for stop {stop}" for stop in found.absent]
        return without_solution(
            problem, status=Status.UNKNOWN, limit=found.limit, reasons=words, run=run
        )
    order = {vehicle: v for v, vehicle in enumerate(problem.vehicle_ids)}
    routes = sorted(found.routes, key=lambda r: (order[r.vehicle], r.departure_s, r.stops))
    solution = RoundsSolution(tuple(routes))
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
