"""Solve a siting problem: words first, then the model, then our own recomputation."""

from __future__ import annotations

import dataclasses

from bundling.certify import Clock, certify, run_info, without_solution
from bundling.result import Limit, OnEvent, Result, Status
from bundling.siting.check import check, count_checks
from bundling.siting.clash import explain_clash
from bundling.siting.evaluate import evaluate
from bundling.siting.explain import explain_unserved
from bundling.siting.overloads import all_upgrades, base_overloads
from bundling.siting.problem import SitingProblem
from bundling.siting.search import METHOD, minimise
from bundling.siting.solution import SitingSolution
from bundling.siting.start import cure, keep_better, plan_of


def solve(
    problem: SitingProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
    start: SitingSolution | Result | None = None,
) -> Result:
    """Find the charging sites of least net present cost.

    Parameters
    ----------
    problem
        Sites, chargers, demand and grid.
    time_limit
        Wall seconds for the whole call.
    gap
        Stop when the relative gap between objective and bound is at most this.
    seed
        Same input, seed and version give the same answer unless the time limit ends the search.
    on_event
        Called with progress; return False to stop with the best found so far.
    start
        A plan to start from, or the result that has it: of this problem, or of one with the same
        years, sites, chargers and connection steps. A plan that is feasible here is never
        followed by a dearer one; of another, the sites and chargers are tried.

    Returns
    -------
    bundling.Result
        Unserved energy is priced, so only base loads above the headroom that no reinforcement
        cures, and limits of a board that clash, can make a problem `INFEASIBLE`; `reasons` then
        names them. Otherwise it says where energy stays unserved and what stands in its way.

    Raises
    ------
    bundling.InputError
        When `start` is no plan of such a problem, with everything in which they differ.
    bundling.ModelMismatch
        When the solver's answer and our recomputation differ.
    """
    clock = Clock(time_limit)
    run = run_info(problem, METHOD, "highspy", "numpy", seed=seed, time_limit=time_limit, gap=gap)
    plan = cure(problem) if start is None else plan_of(problem, start)
    incurable = base_overloads(problem, all_upgrades(problem))
    if incurable and problem.base_overload == "forbidden":
        return without_solution(
            problem,
            status=Status.INFEASIBLE,
            limit=Limit.NONE,
            reasons=incurable,
            run=dataclasses.replace(run, wall_s=clock.elapsed),
        )
    answer = minimise(
        problem, time_limit=max(clock.left, 0.05), gap=gap, seed=seed, on_event=on_event, plan=plan
    )
    answer = keep_better(problem, plan, answer)
    if answer.solution is None and answer.status is Status.INFEASIBLE:
        return without_solution(
            problem,
            status=Status.INFEASIBLE,
            limit=Limit.NONE,
            reasons=explain_clash(problem, time_limit=max(clock.left, 1.0), seed=seed),
            run=dataclasses.replace(run, wall_s=clock.elapsed),
        )
    if answer.solution is None:
        return without_solution(
            problem,
            status=Status.UNKNOWN if answer.limit is not Limit.NONE else Status.FAILED,
            limit=answer.limit,
            reasons=[f"HiGHS stopped without a plan after {clock.elapsed:.1f} s: {answer.message}"],
            run=dataclasses.replace(run, wall_s=clock.elapsed),
            bound=answer.bound_eur,
        )
    evaluation = evaluate(problem, answer.solution)
    violations = check(problem, answer.solution)
    overloads = base_overloads(problem, answer.solution.upgraded)
    reasons = [*overloads, *explain_unserved(problem, answer.solution)]
    return certify(
        problem,
        answer.solution,
        evaluation=evaluation,
        violations=violations,
        checks=count_checks(problem, answer.solution),
        claimed=answer.objective_eur,
        bound=answer.bound_eur,
        limit=answer.limit,
        run=dataclasses.replace(run, wall_s=clock.elapsed, improvements=answer.improvements),
        reasons=reasons,
    )
