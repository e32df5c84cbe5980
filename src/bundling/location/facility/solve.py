"""Solve a facility problem: search, then our own recomputation."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from bundling.certify import Clock, certify, without_solution
from bundling.location.facility.capacitated import Capacitated
from bundling.location.facility.center import center
from bundling.location.facility.check import check, count_checks
from bundling.location.facility.evaluate import evaluate
from bundling.location.facility.explain import clashes
from bundling.location.facility.knapsacks import ascend_capacitated
from bundling.location.facility.problem import FacilityProblem
from bundling.location.facility.solution import FacilitySolution
from bundling.location.facility.transport import nearest, transport
from bundling.location.sites.branch import search
from bundling.location.sites.exchange import exchange
from bundling.location.sites.found import Found
from bundling.location.sites.lists import sorted_lists
from bundling.location.sites.plain import Plain
from bundling.location.sites.relax import ascend, status_of
from bundling.location.sites.warm import warm_up
from bundling.location.sites.watch import Watch, run_of
from bundling.result import Limit, OnEvent, Result, Status

METHOD = "branch and bound on Lagrangian prices"


def solve(
    problem: FacilityProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Result:
    """Find the sites of least cost.

    Parameters
    ----------
    problem
        Sites, clients and costs.
    time_limit
        Wall seconds for the whole call; compiling, once on a machine, is not counted.
    gap
        Stop when the relative gap between objective and bound is at most this; 0 asks for a proof.
    seed
        Kept with the result; nothing here is random.
    on_event
        Called with progress; return False to stop with the best found so far.

    Raises
    ------
    bundling.ModelMismatch
        When the search's answer and our recomputation differ.
    bundling.SolverError
        When HiGHS fails on a transport problem.
    """
    compiled = warm_up(_name(problem), _kernel(problem), lambda: _tiny(problem), on_event)
    clock = Clock(time_limit)
    run = run_of(problem, METHOD, time_limit, gap, seed)
    clash = clashes(problem)
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
        return without_solution(
            problem,
            status=Status.INFEASIBLE if done else Status.UNKNOWN,
            limit=found.limit,
            reasons=[
                "no sites serve all clients within their capacities"
                if done
                else f"no sites that serve all clients were found in {clock.elapsed:.1f} s"
            ],
            run=run,
            bound=-math.inf if done else found.bound,
        )
    shares = (transport if problem.has_capacity else nearest)(problem, found.is_open)
    solution = FacilitySolution(found.is_open, shares.client, shares.site, shares.share)
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


def _search(problem: FacilityProblem, gap: float, watch: Watch) -> Found:
    status = status_of(problem)
    if problem.worst:
        return center(problem, status, gap=gap, stopped=watch.stopped, left=watch.left)
    if problem.has_capacity:
        limited = Capacitated(problem)
        starts = [limited.greedy(status)]
        return search(limited, status, starts, gap=gap, stopped=watch.stopped, left=watch.left)
    must = np.full(problem.num_clients, np.inf)
    plain = Plain(
        sorted_lists(problem.cost, must),
        must,
        problem.fixed_cost,
        problem.least_open,
        problem.most_open,
    )
    starts = [plain.greedy(status)]
    return search(plain, status, starts, gap=gap, stopped=watch.stopped, left=watch.left)


def _name(problem: FacilityProblem) -> str:
    kind = "worst" if problem.worst else "capacity" if problem.has_capacity else "plain"
    return f"{problem.family} {kind}"


def _kernel(problem: FacilityProblem) -> Any:
    if problem.worst:
        return exchange
    return ascend_capacitated if problem.has_capacity else ascend


def _tiny(problem: FacilityProblem) -> Found:
    """Solve two sites for three clients, in the way `problem` asks for."""
    small = FacilityProblem.of(
        [[1.0, 4.0], [3.0, 2.0], [5.0, 1.0]],
        least_open=1,
        most_open=1 if problem.worst else 2,
        fixed_cost=0.0 if problem.worst else 1.0,
        capacity=2.0 if problem.has_capacity else np.inf,
        worst=problem.worst,
    )
    return _search(small, 0.0, Watch("location", Clock(math.inf), None))
