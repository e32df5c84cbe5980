"""Solve a network design problem: search, then our own recomputation."""

from __future__ import annotations

import dataclasses
import math
import threading

from bundling.certify import Clock, certify, run_info, without_solution
from bundling.location.design.check import check, count_checks
from bundling.location.design.evaluate import evaluate
from bundling.location.design.explain import clashes, shortage
from bundling.location.design.knapsacks import ascend_kernel
from bundling.location.design.lagrange import Ascent, arcs_of, first_prices
from bundling.location.design.model import build, read, usable
from bundling.location.design.problem import DesignProblem, network_design
from bundling.location.design.reroute import reroute
from bundling.location.design.search import search
from bundling.location.design.slopes import first_plan
from bundling.location.sites.warm import warm_up
from bundling.result import Event, Limit, OnEvent, Result, Status

METHOD = "Lagrangian prices, ruin and recreate, regions and proof with HiGHS"
_RESERVE = 0.03
"""Part of the time, of a minute at most, kept back for the recomputation at the end."""


def solve(
    problem: DesignProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Result:
    """Find the facilities and flows of least cost.

    Parameters
    ----------
    problem
        Network and goods.
    time_limit
        Wall seconds for the whole call; compiling, once on a machine, is not counted.
    gap
        Stop when the relative gap between objective and bound is at most this; 0 asks for a proof.
    seed
        Of HiGHS and of all that is left to chance.
    on_event
        Called with progress; return False to stop with the best found so far.

    Raises
    ------
    bundling.ModelMismatch
        When the search's answer and our recomputation differ.
    bundling.SolverError
        When HiGHS fails.
    """
    compiled = warm_up(problem.family, ascend_kernel, _tiny, on_event)
    clock = Clock(time_limit)
    run = run_info(problem, METHOD, "numpy", "highspy", seed=seed, time_limit=time_limit, gap=gap)
    clash = clashes(problem)
    if clash:
        return without_solution(
            problem,
            status=Status.INFEASIBLE,
            limit=Limit.NONE,
            reasons=clash,
            run=dataclasses.replace(run, wall_s=clock.elapsed + compiled),
        )
    improvements: list[tuple[float, float, float]] = []

    def left() -> float:
        return max(0.0, clock.left - _RESERVE * min(time_limit, 60.0))

    def tell(cost: float, bound: float) -> bool:
        if cost < (improvements[-1][1] if improvements else math.inf):
            improvements.append((clock.elapsed, cost, bound))
        if on_event is None:
            return True
        return on_event(Event("location", clock.elapsed, cost, bound)) is not False

    found = search(problem, left, tell, gap=gap, seed=seed)
    run = dataclasses.replace(
        run, wall_s=clock.elapsed + compiled, improvements=tuple(improvements)
    )
    if found.plan is None:
        words = shortage(problem, clock.left) if found.is_infeasible else []
        return without_solution(
            problem,
            status=Status.INFEASIBLE if found.is_infeasible else Status.UNKNOWN,
            limit=found.limit,
            reasons=words
            or [
                "no network carries all goods within the capacities"
                if found.is_infeasible
                else f"not even the linear relaxation was solved in {clock.elapsed:.1f} s"
            ],
            run=dataclasses.replace(run, wall_s=clock.elapsed + compiled),
            bound=found.bound,
        )
    solution = read(found.whole, found.plan.flow, found.plan.facilities)
    return certify(
        problem,
        solution,
        evaluation=evaluate(problem, solution),
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=found.plan.cost,
        bound=found.bound,
        limit=found.limit,
        run=dataclasses.replace(run, wall_s=clock.elapsed + compiled),
    )


def _tiny() -> None:
    """Run the kernels on two nodes."""
    problem = network_design([("A", "B")], [("A", "B")], unit_cost=1.0, fixed_cost=1.0)
    whole = build(problem, usable(problem))
    Ascent(arcs_of(problem), first_prices(problem)).rise(1, 9.0)
    plan, _ = first_plan(problem, whole, lambda: 9.0, rounds=1)
    if plan is not None:
        reroute(
            problem, whole, plan, steps=1, left=lambda: 9.0, halt=threading.Event(),
            tell=lambda _: None, seed=0,
        )  # fmt: skip
