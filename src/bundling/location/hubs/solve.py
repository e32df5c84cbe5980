"""Solve a hub location problem: search, then our own recomputation."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from bundling.certify import Clock, certify, without_solution
from bundling.location.hubs.arrays import arrays_of, status_of
from bundling.location.hubs.capacitated import Capacitated
from bundling.location.hubs.check import check, count_checks
from bundling.location.hubs.cover import cover
from bundling.location.hubs.evaluate import evaluate
from bundling.location.hubs.explain import clashes
from bundling.location.hubs.label_tree import solve_labels
from bundling.location.hubs.multiple import Multiple, cheapest_ways
from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.route_prices import slopes
from bundling.location.hubs.single import Single
from bundling.location.hubs.solution import HubLocationSolution
from bundling.location.hubs.tree import BoolArray, search, stop_flag
from bundling.location.hubs.warm import run_kernels
from bundling.location.sites.found import Found
from bundling.location.sites.warm import warm_up
from bundling.location.sites.watch import Watch, run_of
from bundling.result import Limit, OnEvent, Result, Status

METHOD = "branch and bound on hubs, messages and prices"
MODEL_METHOD = "integer model by HiGHS"
Plan = tuple[Found, HubLocationSolution | None]


def solve(
    problem: HubLocationProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Result:
    """Find the hubs of least cost.

    Parameters
    ----------
    problem
        Nodes, flows and costs.
    time_limit
        Wall seconds for the whole call; compiling, once on a machine, is not counted.
    gap
        Stop when the relative gap between objective and bound is at most this; 0 asks for a proof.
    seed
        For HiGHS, where it solves the problem; nothing else here is random.
    on_event
        Called with progress; return False to stop with the best found so far.

    Raises
    ------
    bundling.ModelMismatch
        When the search's answer and our recomputation differ.
    bundling.SolverError
        When HiGHS fails.
    """
    by_model = problem.covering
    compiled = 0.0
    if not by_model or not problem.single:  # covering looks for the cheapest ways
        kind = f"{problem.family} {'single' if problem.single else 'multiple'}"
        kernel = solve_labels if problem.single else slopes
        compiled = warm_up(kind, kernel, lambda: run_kernels(problem.single), on_event)
    clock = Clock(time_limit)
    run = run_of(problem, MODEL_METHOD if by_model else METHOD, time_limit, gap, seed)
    clash = clashes(problem)
    if clash:
        return without_solution(
            problem, status=Status.INFEASIBLE, limit=Limit.NONE, reasons=clash,
            run=dataclasses.replace(run, wall_s=clock.elapsed + compiled),
        )  # fmt: skip
    watch = Watch("location", clock, on_event)
    kept: list[HubLocationSolution | None] = [None]

    def job() -> Found:
        if by_model:
            found, kept[0] = _by_model(problem, gap, seed, watch)
        else:
            found, kept[0] = _by_search(problem, gap, watch)
        return found

    found = watch.over(job)
    run = dataclasses.replace(
        run, wall_s=clock.elapsed + compiled, improvements=tuple(watch.improvements),
        iterations=found.nodes,
    )  # fmt: skip
    solution = kept[0]
    if solution is None:
        done = found.limit is Limit.NONE
        reason = (
            "no hubs and ways keep all limits"
            if done
            else f"no plan was found in {clock.elapsed:.1f} s"
        )
        return without_solution(
            problem, status=Status.INFEASIBLE if done else Status.UNKNOWN, limit=found.limit,
            reasons=[reason], run=run, bound=-math.inf if done else found.bound,
        )  # fmt: skip
    return certify(
        problem, solution, evaluation=evaluate(problem, solution),
        violations=check(problem, solution), checks=count_checks(problem, solution),
        claimed=found.cost, bound=found.bound, limit=found.limit,
        run=dataclasses.replace(run, wall_s=clock.elapsed + compiled),
    )  # fmt: skip


def _by_search(problem: HubLocationProblem, gap: float, watch: Watch) -> Plan:
    data, status = arrays_of(problem), status_of(problem)
    found = Found(np.zeros(problem.num_nodes, dtype=bool), math.inf)
    least, most = max(1, problem.least_open), problem.most_open
    can = int((status >= 0).sum())
    if not problem.single and not problem.flow.any() and can >= problem.least_open:
        return _without_flow(problem, status, found)
    if can < least:
        return found, None
    with stop_flag(watch.stopped, found) as (stop, why):
        if problem.single:
            single = Single(data, least, most)
            _start_single(single, status, found, stop)
            search(single, status, found, gap=gap, stop=stop)
        elif problem.has_capacity:
            shared = Capacitated(
                data, least, most, watch.left,
                lambda: watch.stopped(found) is not Limit.NONE,
            )  # fmt: skip
            shared.start(status, found, stop)
            search(shared, status, found, gap=gap, stop=stop)
        else:
            multiple = Multiple(data, least, most)
            multiple.start(status, found, stop)
            search(multiple, status, found, gap=gap, stop=stop)
    if why[0] is not Limit.NONE and found.limit is Limit.NONE:
        found.limit = why[0]
    watch.stopped(found)
    if math.isinf(found.cost):
        return found, None
    if problem.has_capacity and not problem.single:
        return found, shared.plan
    if problem.single:
        return found, HubLocationSolution.allocated(problem.flow, single.hub, found.is_open)
    first, last = cheapest_ways(data, found.is_open)
    i, j = np.nonzero(problem.flow > 0)
    ones = np.ones(len(i))
    return found, HubLocationSolution(found.is_open, i, j, first[i, j], last[i, j], ones)


def _without_flow(problem: HubLocationProblem, status: np.ndarray, found: Found) -> Plan:
    """Open no more hubs than must be, the cheapest."""
    free = np.flatnonzero(status == 0)
    more = max(0, problem.least_open - int((status == 1).sum()))
    found.is_open = status == 1
    found.is_open[free[np.argsort(problem.fixed_cost[free], kind="stable")[:more]]] = True
    found.cost = found.bound = float(problem.fixed_cost[found.is_open].sum())
    none = np.zeros(0, dtype=np.int64)
    return found, HubLocationSolution(found.is_open, none, none, none, none, np.zeros(0))


def _start_single(single: Single, status: np.ndarray, found: Found, stop: BoolArray) -> None:
    """Begin with the hubs that are best when each pair goes its own way; or with the largest.

    Those are exchanged later, when bounds have closed most of the others.
    """
    data, can = single.data, status >= 0
    guess = Found(np.zeros(len(status), dtype=bool), math.inf)
    Multiple(data, single.least, single.most).start(status, guess, stop)
    starts = [guess.is_open]
    if np.isfinite(data.capacity).any():
        room = np.where(status == 1, np.inf, np.where(can, data.capacity, -1.0))
        largest = np.argsort(-room, kind="stable")
        for most in range(1, min(single.most, int(can.sum())) + 1):
            both = guess.is_open.copy()
            both[largest[:most]] = True
            if both.sum() <= single.most:
                starts.append(both)
        starts += [
            np.isin(np.arange(len(status)), largest[:count])
            for count in sorted({single.least, min(single.most, int(can.sum()))})
        ]
    for is_open in starts:
        single.improve(np.where(is_open, status, -1), is_open, found, stop)
        if math.isfinite(found.cost) or stop[0]:
            return


def _by_model(problem: HubLocationProblem, gap: float, seed: int, watch: Watch) -> Plan:
    found = Found(np.zeros(problem.num_nodes, dtype=bool), math.inf)
    outcome, solution = cover(
        problem, left=watch.left, gap=gap, seed=seed,
        cancelled=lambda: watch.stopped(found) is not Limit.NONE,
    )  # fmt: skip
    found.bound, found.limit = outcome.bound, outcome.limit
    if outcome.limit is Limit.INTERRUPT and watch.left() <= 0:
        found.limit = Limit.TIME  # it was the clock that cancelled
    if solution is None:
        if outcome.status is not Status.INFEASIBLE and found.limit is Limit.NONE:
            found.limit = Limit.TIME
        return found, None
    found.is_open = solution.is_open
    # HiGHS counts small values that are no plan; what the plan costs is what counts.
    found.cost = evaluate(problem, solution).objective
    found.bound = min(found.bound, found.cost)
    watch.stopped(found)
    return found, solution
