"""Solve a refuelling problem: windows, search, then every flow is driven."""

from __future__ import annotations

import dataclasses
import math

from bundling.certify import Clock, certify
from bundling.location.refuelling.check import check, count_checks
from bundling.location.refuelling.detours import Detours, exchange_stations
from bundling.location.refuelling.evaluate import evaluate
from bundling.location.refuelling.exchange import exchange_windows
from bundling.location.refuelling.flows import Flows
from bundling.location.refuelling.problem import RefuellingProblem
from bundling.location.refuelling.solution import RefuellingSolution
from bundling.location.refuelling.windows import windows_of
from bundling.location.sites.found import Found
from bundling.location.sites.relax import status_of
from bundling.location.sites.tree import search
from bundling.location.sites.warm import warm_up
from bundling.location.sites.watch import Watch, run_of
from bundling.result import OnEvent, Result

METHODS = (
    "branch and Benders cut on windows of flows, LP by HiGHS",
    "branch and Benders cut on flows with detours, LP by HiGHS",
)


def solve(
    problem: RefuellingProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Result:
    """Find the sites that leave the least volume unserved, fixed costs included.

    Parameters
    ----------
    problem
        Flows and sites.
    time_limit
        Wall seconds for the whole call; compiling, once on a machine, is not counted.
    gap
        Stop when the relative gap between objective (what is *not* served) and bound is at most
        this; 0 asks for a proof.
    seed
        Kept with the result; nothing here is random.
    on_event
        Called with progress; return False to stop with the best found so far.

    Raises
    ------
    bundling.ModelMismatch
        When the flows that can be driven are not those that the windows promise.
    """
    detours = problem.detour_share > 0.0
    compiled = warm_up(
        f"{problem.family} {'detours' if detours else 'paths'}",
        exchange_stations if detours else exchange_windows,
        lambda: _tiny(detours=detours),
        on_event,
    )
    clock = Clock(time_limit)
    run = run_of(problem, METHODS[detours], time_limit, gap, seed)
    flows, lost = _flows(problem)
    watch = Watch("location", clock, on_event, aside=lost)
    found = watch.over(lambda: _search(problem, flows, gap, watch))
    solution = RefuellingSolution(found.is_open)
    return certify(
        problem,
        solution,
        evaluation=evaluate(problem, solution),
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=found.cost + lost,
        bound=found.bound + lost,
        limit=found.limit,
        run=dataclasses.replace(
            run,
            wall_s=clock.elapsed + compiled,
            improvements=tuple(watch.improvements),
            iterations=found.nodes,
        ),
        reasons=[f"{lost:,.6g} {problem.unit} that no sites serve"] if lost > 0 else [],
    )


def _flows(problem: RefuellingProblem) -> tuple[Flows | Detours, float]:
    """Return the flows as the search sees them, and the volume that it does not look at."""
    if problem.detour_share > 0.0:
        return Detours(problem), 0.0
    windows, lost = windows_of(problem)
    return Flows(windows, problem.fixed_cost, problem.least_open, problem.most_open), lost


def _tiny(*, detours: bool) -> Found:
    """Solve one flow past two sites."""
    small = RefuellingProblem.on_paths(
        [[0, 1]], [[1.0]], volume=1.0, reach=1.0, most_open=1,
        detour_share=1.0 if detours else 0.0, distance=[[0.0, 1.0], [1.0, 0.0]],
    )  # fmt: skip
    flows, _ = _flows(small)
    return _search(small, flows, 0.0, Watch("location", Clock(math.inf), None))


def _search(problem: RefuellingProblem, flows: Flows | Detours, gap: float, watch: Watch) -> Found:
    status = status_of(problem)
    starts = [flows.greedy(status)]
    return search(flows, status, starts, gap=gap, stopped=watch.stopped, left=watch.left)
