"""Solve a rounds problem: domain checks, independent parts, exact or PyVRP, exact choice, proof."""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from bundling.certify import Clock, certify, fingerprint, versions, without_solution
from bundling.result import Event, Limit, OnEvent, Result, RunInfo, Status
from bundling.rounds.bound import lower_bound
from bundling.rounds.candidates import Candidate, Choice
from bundling.rounds.check import check, count_checks
from bundling.rounds.enumeration import MOST_STOPS, solve_exactly
from bundling.rounds.evaluate import evaluate
from bundling.rounds.explain import impossible_stops, missing_vehicles, short_fleet
from bundling.rounds.parts import Part, independent_parts
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.reach import find_reach
from bundling.rounds.search import Found, best_of, search
from bundling.rounds.solution import RoundsSolution, Route
from bundling.rounds.solve_electric import solve_electric
from bundling.rounds.supported import beyond_pyvrp, raise_if_unsupported

_WORKERS = 2
_POLL_S = 0.05
_nap = time.sleep  # a name of its own, so that a test can interrupt the wait
_SEARCH_SHARE = 0.9
"""Part of the time for PyVRP; the rest is for the choice among routes, and for proof."""
_SHARE_POWER = 1.5
"""Search time of a part grows with (number of stops) to this power."""


@dataclass
class _Task:
    """One PyVRP run: a part, a seed, its share of the time, and what it has found."""

    part: int
    seed: int
    seconds: float
    found: Found = field(default_factory=Found)
    limit: Limit = Limit.ITERATIONS


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
    tasks = _share_out(parts, large, seed, _SEARCH_SHARE * clock.left - 0.1)
    limit, improvements = _search(problem, parts, tasks, clock, on_event, max_iterations, choices)
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
    bound = math.fsum(
        lower_bound(problem, parts[k]) if k in large else choices[k].bound
        for k in range(len(parts))
    )
    return certify(
        problem,
        solution,
        evaluation=evaluate(problem, solution),
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=math.fsum(route.cost_eur for route in routes),
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
            )
            for r in ordered
        )
    )


def _share_out(
    parts: Sequence[Part], large: Sequence[int], seed: int, seconds: float
) -> list[_Task]:
    """Give each large part its share of two workers' time; one too big runs with two seeds."""
    if not large:
        return []
    weight = {k: len(parts[k].stops) ** _SHARE_POWER for k in large}
    each = _WORKERS * max(0.05, seconds) / sum(weight.values())
    tasks = []
    for k in large:
        share = weight[k] * each
        runs = _WORKERS if share > 1.2 * seconds else 1
        for j in range(runs):
            state = np.random.SeedSequence([seed % 2**32, k, j]).generate_state(1)
            tasks.append(_Task(k, int(state[0]), share / runs))
    return sorted(tasks, key=lambda task: (-task.seconds, task.part, task.seed))


def _search(
    problem: RoundsProblem,
    parts: Sequence[Part],
    tasks: Sequence[_Task],
    clock: Clock,
    on_event: OnEvent | None,
    max_iterations: int | None,
    exact: dict[int, Choice],
) -> tuple[Limit, list[tuple[float, float, float]]]:
    """Run all tasks on the workers, watching for the end, Ctrl-C and a caller who has enough.

    PyVRP gives the interpreter lock free while it searches: two runs in two threads take 1.1 times
    as long as one on two cores.
    """
    if not tasks:
        return Limit.NONE, []
    halt = threading.Event()
    deadline = max(0.05, _SEARCH_SHARE * clock.time_limit - 0.1)
    waiting = [task.seconds for task in tasks]
    improvements: list[tuple[float, float, float]] = []
    interrupted = False
    base = math.fsum(choice.cost_eur for choice in exact.values())
    with warnings.catch_warnings(), ThreadPoolExecutor(_WORKERS, "rounds") as workers:
        # PyVRP warns that it struggles to find a feasible solution; we look at that ourselves.
        warnings.filterwarnings("ignore", message=r"\s*A penalty parameter has reached")
        futures: list[Future[None]] = [
            workers.submit(
                _work,
                problem,
                parts[task.part],
                task,
                clock,
                deadline,
                halt,
                max_iterations,
                waiting,
            )
            for task in tasks
        ]
        while not all(future.done() for future in futures):
            try:
                _nap(_POLL_S)
                cost = base + _cost_now(tasks)
                if not improvements or cost < improvements[-1][1]:
                    improvements.append((clock.elapsed, cost, -math.inf))
                if on_event is not None and not halt.is_set():
                    event = Event("rounds", clock.elapsed, cost, -math.inf)
                    if on_event(event) is False:
                        interrupted = True
                        halt.set()
            except KeyboardInterrupt:
                if interrupted:
                    raise
                interrupted = True
                halt.set()
            except BaseException:
                halt.set()
                raise
        for future in futures:
            future.result()
    if interrupted:
        return Limit.INTERRUPT, improvements
    timed = any(task.limit is Limit.TIME for task in tasks)
    return (Limit.TIME if timed else Limit.ITERATIONS), improvements


def _cost_now(tasks: Sequence[_Task]) -> float:
    best: dict[int, float] = {}
    for task in tasks:
        best[task.part] = min(best.get(task.part, math.inf), task.found.cost_eur)
    return math.fsum(best.values())


def _work(
    problem: RoundsProblem,
    part: Part,
    task: _Task,
    clock: Clock,
    deadline: float,
    halt: threading.Event,
    max_iterations: int | None,
    waiting: list[float],
) -> None:
    # Tasks start in order. What earlier ones left unused goes to the rest, by their shares.
    share = min(1.0, _WORKERS * task.seconds / sum(waiting))
    waiting.pop(0)
    ends = clock.elapsed + share * max(0.0, deadline - clock.elapsed)
    patience = 2000 + 200 * len(part.stops)

    def stop(iterations: int, since_best: int) -> bool:
        if halt.is_set():
            return True
        if clock.elapsed >= ends:
            task.limit = Limit.TIME
            return True
        return since_best >= patience or (
            max_iterations is not None and iterations >= max_iterations
        )

    search(problem, part, seed=task.seed, stop=stop, found=task.found)
