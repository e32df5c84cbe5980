"""Solve a rounds problem: domain checks, independent parts, exact or PyVRP, exact choice, proof."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from bundling.certify import Clock, certify, fingerprint, versions, without_solution
from bundling.result import Limit, OnEvent, Result, RunInfo, Status
from bundling.rounds.bound import lower_bound
from bundling.rounds.candidates import Candidate, Choice
from bundling.rounds.check import check, count_checks
from bundling.rounds.enumeration import MOST_STOPS, solve_exactly
from bundling.rounds.evaluate import evaluate
from bundling.rounds.explain import impossible_stops, missing_vehicles, short_fleet
from bundling.rounds.parts import independent_parts
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.reach import find_reach
from bundling.rounds.search import best_of
from bundling.rounds.solution import RoundsSolution, Route
from bundling.rounds.solve_electric import solve_electric
from bundling.rounds.supported import beyond_pyvrp, raise_if_unsupported
from bundling.rounds.workers import SEARCH_SHARE, search_parts, share_out


def solve(
    problem: RoundsProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
    max_iterations: int | None = None,
) -> Result:
    """Find cheap rounds for `problem`.

    Parts of up to five stops are solved to proved optimality by enumeration; larger ones by
    PyVRP's iterated local search on two threads, followed by an exact choice among all routes
    seen. The bound is proved but weak where PyVRP was used, so a large gap says little about the
    quality of the solution.

    Parameters
    ----------
    problem
        What to solve.
    time_limit
        Wall seconds for the whole call.
    gap
        Recorded; the search does not use it, since its bound is weak.
    seed
        Random seed.
    on_event
        Called a few times a second while searching; return False to stop with the best so far.
    max_iterations
        Stop each search after this many iterations. With it, and a time limit that is not
        reached, the same input and seed give the same answer.

    Returns
    -------
    Result
        INFEASIBLE only when proved; UNKNOWN when no solution was found, with what was short in the
        best attempt.

    Raises
    ------
    bundling.errors.SolverError
        When the problem has fields this search cannot honour; it names them.
    """
    raise_if_unsupported(problem)
    clock = Clock(time_limit)
    if beyond_pyvrp(problem):
        return solve_electric(
            problem,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
            on_event=on_event,
            max_iterations=max_iterations,
            clock=clock,
        )
    run = _run_info(problem, seed, time_limit, gap, clock)
    reach = find_reach(problem)
    possible = reach.possible(problem)
    reasons = [*impossible_stops(problem, reach), *short_fleet(problem, possible)]
    if reasons:
        return without_solution(
            problem,
            status=Status.INFEASIBLE,
            limit=Limit.NONE,
            reasons=reasons,
            run=_timed(run, clock),
        )
    parts = independent_parts(possible)
    choices: dict[int, Choice] = {
        k: solve_exactly(problem, part, seed=seed)
        for k, part in enumerate(parts)
        if len(part.stops) <= MOST_STOPS
    }
    large = [k for k in range(len(parts)) if k not in choices]
    if large:
        run = replace(run, method=f"PyVRP + set partitioning by HiGHS ({len(large)} parts)")
    tasks = share_out(parts, large, seed, SEARCH_SHARE * clock.left - 0.1)
    # Stops that no vehicle can serve are in no part.
    apart = {s for part in parts for s in part.stops}.symmetric_difference(range(problem.num_stops))
    unserved_eur = math.fsum(float(problem.prize_eur[s]) for s in sorted(apart))
    fixed_eur = unserved_eur + math.fsum(choice.cost_eur for choice in choices.values())
    limit, improvements = search_parts(
        problem, parts, tasks, clock, on_event, max_iterations, fixed_eur
    )
    runs = {k: [task.found for task in tasks if task.part == k] for k in large}
    for done, k in enumerate(large):
        # A hard choice must not eat all that an early end of the search has left.
        seconds = min(0.8 * clock.left / (len(large) - done), 0.2 * time_limit)
        choices[k] = best_of(problem, parts[k], runs[k], time_limit=max(0.1, seconds), seed=seed)
    unsolved = [k for k in range(len(parts)) if choices[k].routes is None]
    if unsolved:
        proved = [k for k in unsolved if k not in large]
        words = [
            reason
            for k in unsolved
            for reason in missing_vehicles(
                problem, parts[k], runs.get(k, []), proved=k in proved, seconds=clock.left
            )
        ]
        return without_solution(
            problem,
            status=Status.INFEASIBLE if proved else Status.UNKNOWN,
            limit=Limit.NONE if proved else limit,
            reasons=words,
            run=_timed(run, clock, improvements),
        )
    routes = [route for k in range(len(parts)) for route in choices[k].routes or ()]
    solution = _solution(problem, routes)
    bound = unserved_eur + math.fsum(
        lower_bound(problem, parts[k]) if k in large else choices[k].bound
        for k in range(len(parts))
    )
    return certify(
        problem,
        solution,
        evaluation=evaluate(problem, solution),
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=unserved_eur + math.fsum(choice.cost_eur for choice in choices.values()),
        bound=bound,
        limit=limit,
        run=_timed(run, clock, improvements),
    )


def _run_info(
    problem: RoundsProblem, seed: int, time_limit: float, gap: float, clock: Clock
) -> RunInfo:
    return RunInfo(
        method="enumeration + set partitioning by HiGHS",
        seed=seed,
        time_limit_s=time_limit,
        gap_target=gap,
        wall_s=clock.elapsed,
        versions=versions("pyvrp", "highspy", "numpy"),
        problem_hash=fingerprint(problem),
    )


def _timed(
    run: RunInfo, clock: Clock, improvements: Sequence[tuple[float, float, float]] = ()
) -> RunInfo:
    return replace(run, wall_s=clock.elapsed, improvements=tuple(improvements))


def _solution(problem: RoundsProblem, routes: Sequence[Candidate]) -> RoundsSolution:
    ordered = sorted(routes, key=lambda r: (r.vehicle, r.departure_s, r.stops))
    return RoundsSolution(
        tuple(
            Route(
                problem.vehicle_ids[r.vehicle],
                tuple(problem.stop_ids[s] for s in r.stops),
                r.departure_s,
                reloads=r.reloads,
            )
            for r in ordered
        )
    )
