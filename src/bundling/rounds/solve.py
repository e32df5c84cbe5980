"""Solve a rounds problem: domain checks, independent parts, exact or PyVRP, exact choice, proof."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from bundling.certify import Clock, certify, fingerprint, versions, without_solution
from bundling.result import Limit, OnEvent, Result, RunInfo, Status
from bundling.rounds.bound import lower_bound
from bundling.rounds.candidates import Choice
from bundling.rounds.check import check, count_checks
from bundling.rounds.coupling import eased, is_coupled, no_docks, released_loaded
from bundling.rounds.coupling_links import links
from bundling.rounds.coupling_plan import in_order
from bundling.rounds.coupling_pool import as_route, pooled
from bundling.rounds.coupling_result import SEARCH_OF_COUPLED, certify_together, heard_before
from bundling.rounds.enumeration import MOST_STOPS, solve_exactly
from bundling.rounds.evaluate import evaluate
from bundling.rounds.explain import impossible_stops, missing_vehicles, short_fleet
from bundling.rounds.parts import independent_parts
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.reach import find_reach
from bundling.rounds.search import best_of
from bundling.rounds.solution import RoundsSolution
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
    quality of the solution. Charging on the way, several windows a stop, pairs, breaks and periods
    of the day go to the electric search instead, which proves no bound. Docks, connectors, and
    power and prices at depots are not in these searches: where there are any, rounds and departures
    are chosen from what was found (`coupling_choice`), and when none of those go together the
    status is UNKNOWN.

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
    base = eased(problem)
    raise_if_unsupported(base)
    clock = Clock(time_limit)
    coupled = is_coupled(problem)
    run = _run_info(problem, seed, time_limit, gap, clock)
    reach = find_reach(base)
    possible = reach.possible(base)
    reasons = [*impossible_stops(base, reach), *short_fleet(base, possible)]
    if reasons:
        return without_solution(
            problem,
            status=Status.INFEASIBLE,
            limit=Limit.NONE,
            reasons=[*no_docks(problem), *reasons],
            run=_timed(run, clock),
        )
    if beyond_pyvrp(base):
        return solve_electric(
            problem,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
            on_event=on_event,
            max_iterations=max_iterations,
            clock=clock,
        )
    parts = independent_parts(possible, links(problem))
    choices: dict[int, Choice] = {
        k: solve_exactly(base, part, seed=seed)
        for k, part in enumerate(parts)
        if len(part.stops) <= MOST_STOPS
    }
    large = [k for k in range(len(parts)) if k not in choices]
    if large:
        run = replace(run, method=f"PyVRP + set partitioning by HiGHS ({len(large)} parts)")
    # What is left of the time is for what the rounds share.
    search_clock = Clock(SEARCH_OF_COUPLED * time_limit) if coupled else clock
    tasks = share_out(parts, large, seed, SEARCH_SHARE * search_clock.left - 0.1)
    # Stops that no vehicle can serve are in no part.
    apart = {s for part in parts for s in part.stops}.symmetric_difference(range(problem.num_stops))
    unserved_eur = math.fsum(float(problem.prize_eur[s]) for s in sorted(apart))
    fixed_eur = unserved_eur + math.fsum(choice.cost_eur for choice in choices.values())
    limit, improvements = search_parts(
        released_loaded(base),
        parts,
        tasks,
        search_clock,
        heard_before(on_event) if coupled else on_event,
        max_iterations,
        fixed_eur,
    )
    runs = {k: [task.found for task in tasks if task.part == k] for k in large}
    for done, k in enumerate(large):
        # A hard choice must not eat all that an early end of the search has left.
        seconds = min(0.8 * search_clock.left / (len(large) - done), 0.2 * time_limit)
        choices[k] = best_of(base, parts[k], runs[k], time_limit=max(0.1, seconds), seed=seed)
    unsolved = [k for k in range(len(parts)) if choices[k].routes is None]
    if unsolved:
        proved = [k for k in unsolved if k not in large]
        words = [
            reason
            for k in unsolved
            for reason in missing_vehicles(
                base, parts[k], runs.get(k, []), proved=k in proved, seconds=clock.left
            )
        ]
        return without_solution(
            problem,
            status=Status.INFEASIBLE if proved else Status.UNKNOWN,
            limit=Limit.NONE if proved else limit,
            reasons=words,
            run=_timed(run, clock, improvements),
        )
    routes = [
        as_route(problem, found) for k in range(len(parts)) for found in choices[k].routes or ()
    ]
    bound = unserved_eur + math.fsum(
        lower_bound(base, parts[k]) if k in large else choices[k].bound for k in range(len(parts))
    )
    if coupled:
        return certify_together(
            problem,
            base,
            routes,
            pooled(base, parts, runs, lambda: clock.left),
            bound=bound,
            limit=limit,
            seed=seed,
            clock=clock,
            run=run,
        )
    solution = RoundsSolution(in_order(problem, routes))
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
