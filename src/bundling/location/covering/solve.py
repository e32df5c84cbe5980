"""Solve a covering problem: merge clients, search, then our own recomputation."""

from __future__ import annotations

import dataclasses
import math

from bundling.certify import Clock, certify, without_solution
from bundling.location.covering.check import check, count_checks
from bundling.location.covering.evaluate import evaluate
from bundling.location.covering.explain import beyond_reach
from bundling.location.covering.merge import merged
from bundling.location.covering.problem import CoveringProblem
from bundling.location.covering.solution import CoveringSolution
from bundling.location.sites.clients import Clients
from bundling.location.sites.exchange import exchange
from bundling.location.sites.found import Found
from bundling.location.sites.relax import status_of
from bundling.location.sites.tree import search
from bundling.location.sites.warm import warm_up
from bundling.location.sites.watch import Watch, run_of
from bundling.result import Limit, OnEvent, Result, Status

METHOD = "branch and Benders cut on merged clients, LP by HiGHS"


def solve(
    problem: CoveringProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Result:
    """Find the sites that leave the least weight uncovered, fixed costs included.

    Parameters
    ----------
    problem
        Sites and what they cover.
    time_limit
        Wall seconds for the whole call; compiling, once on a machine, is not counted.
    gap
        Stop when the relative gap between objective (what is *not* covered) and bound is at most
        this; 0 asks for a proof.
    seed
        Kept with the result; nothing here is random.
    on_event
        Called with progress; return False to stop with the best found so far.

    Raises
    ------
    bundling.ModelMismatch
        When the search's answer and our recomputation differ.
    """
    compiled = warm_up(problem.family, exchange, _tiny, on_event)
    clock = Clock(time_limit)
    run = run_of(problem, METHOD, time_limit, gap, seed)
    clash = beyond_reach(problem)
    if clash:
        return without_solution(
            problem,
            status=Status.INFEASIBLE,
            limit=Limit.NONE,
            reasons=clash,
            run=dataclasses.replace(run, wall_s=clock.elapsed + compiled),
        )
    watch = Watch("location", clock, on_event)
    found = watch.over(lambda: _search(problem, gap, watch))
    run = dataclasses.replace(
        run,
        wall_s=clock.elapsed + compiled,
        improvements=tuple(watch.improvements),
        iterations=found.nodes,
    )
    if math.isinf(found.cost):
        done = found.limit is Limit.NONE
        words = f"no {problem.most_open} sites cover all clients that must be covered"
        return without_solution(
            problem,
            status=Status.INFEASIBLE if done else Status.UNKNOWN,
            limit=found.limit,
            reasons=[words if done else f"no plan was found in {clock.elapsed:.1f} s"],
            run=run,
            bound=-math.inf if done else found.bound,
        )
    solution = CoveringSolution(found.is_open)
    return certify(
        problem,
        solution,
        evaluation=evaluate(problem, solution),
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=found.cost,
        bound=found.bound,
        limit=found.limit,
        run=dataclasses.replace(run, wall_s=clock.elapsed + compiled),
    )


def _tiny() -> Found:
    """Solve two sites for three clients."""
    small = CoveringProblem.of([[1, 0], [1, 1], [0, 1]], weight=[1.0, 2.0, 3.0], most_open=1)
    return _search(small, 0.0, Watch("location", Clock(math.inf), None))


def _search(problem: CoveringProblem, gap: float, watch: Watch) -> Found:
    start, site, weight, _ = merged(problem.start, problem.site, problem.weight, problem.num_sites)
    status = status_of(problem)
    clients = Clients(
        start, site, weight, problem.fixed_cost, problem.least_open, problem.most_open
    )
    starts = [clients.greedy(status)]
    return search(clients, status, starts, gap=gap, stopped=watch.stopped, left=watch.left)
