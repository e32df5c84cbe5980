"""A siting plan held in another problem: its sites stay, all else is chosen anew.

The model of a problem leaves out what cannot be of use there: a site nobody needs, a ninth charger
where eight are enough. A plan made for another problem may have it all the same, and must pay for
it. So the model is opened up at the sites of the plan before its decisions are fixed in it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock, certify, run_info, without_solution
from bundling.mip import LinearModel, solve_model
from bundling.result import Limit, Result, Status
from bundling.siting.check import check, count_checks
from bundling.siting.evaluate import evaluate
from bundling.siting.limits import PowerRules
from bundling.siting.milp import EUR_PER_UNIT, Built, build, read
from bundling.siting.overloads import all_upgrades, base_overloads
from bundling.siting.problem import SitingProblem
from bundling.siting.search import columns_of
from bundling.siting.settle import settle
from bundling.siting.solution import SitingSolution

BoolArray = NDArray[np.bool_]

METHOD = "sites held, the rest by MIP by HiGHS"


def open_model(problem: SitingProblem, sites: BoolArray) -> Built:
    """State the model so that any plan at the marked sites [S] fits into it.

    The cost of a plan and the limits it must keep are those of `build`; only cuts that assume a
    sensible plan are left out at these sites.
    """
    # A rule that asks for nothing keeps the sites in the model.
    built = build(_with_rule(problem, sites & problem.buildable))
    model = built.model
    upper, row_upper = model.upper, model.row_upper
    spots = np.flatnonzero(sites[built.build])
    upper[built.step[spots]] = 1.0
    upper[built.chargers[spots]] = problem.max_chargers[built.build[spots]][:, None, None]
    for block in model.row_blocks:
        if block.name == "chargers need a connection":
            row_upper[block.index[spots]] = np.inf  # "room for chargers" says it, less tightly
    opened = model.with_bounds(model.lower, upper, row_upper=row_upper)
    return replace(built, model=opened)


def _with_rule(problem: SitingProblem, sites: BoolArray) -> SitingProblem:
    years = problem.num_years
    old = problem.power_rules
    if old is None:
        none = np.zeros((0, len(sites)), dtype=bool)
        old = PowerRules((), none, np.zeros((0, years)), np.zeros(0))
    name = "held"
    while name in old.ids:
        name += "+"
    rules = PowerRules(
        ids=(*old.ids, name),
        member=np.vstack([old.member, sites[None, :]]),
        min_kw=np.vstack([old.min_kw, np.zeros((1, years))]),
        min_charger_kw=np.append(old.min_charger_kw, 0.0),
    )
    return problem.replace(power_rules=rules)


def hold(problem: SitingProblem, plan: SitingSolution, years: int) -> tuple[Built, LinearModel]:
    """State the model with the steps and chargers of the first `years` planning years fixed."""
    opened: BoolArray = np.any(plan.step >= 0, axis=1)
    built = open_model(problem, opened)
    values = columns_of(built, plan.step, plan.chargers)
    model = built.model
    lower, upper = model.lower, model.upper
    for block in (built.step, built.chargers):
        fixed = block[:, :, :years]
        lower[fixed] = upper[fixed] = values[fixed]
    return built, model.with_bounds(lower, upper)


def solve_held(
    problem: SitingProblem,
    plan: SitingSolution,
    *,
    years: int,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> Result:
    """Find the least cost in `problem` when the first decisions of `plan` stand.

    Parameters
    ----------
    problem
        Another problem with the same sites, chargers, connections and planning years.
    plan
        Its steps and chargers of the first `years` planning years are kept, also where it builds
        nothing. Who charges where, batteries, panels, reinforcements and later years are chosen
        anew.
    years
        Number of planning years held, from the first.
    time_limit, gap, seed
        As in `solve`.

    Returns
    -------
    bundling.Result
        `INFEASIBLE` with its reason when the problem does not allow what the plan builds.

    Raises
    ------
    bundling.ModelMismatch
        When the solver's answer and our recomputation differ.
    """
    clock = Clock(time_limit)
    run = run_info(problem, METHOD, "highspy", "numpy", seed=seed, time_limit=time_limit, gap=gap)
    reasons = _not_allowed(problem, plan, years)
    if reasons:
        return without_solution(
            problem, status=Status.INFEASIBLE, limit=Limit.NONE, reasons=reasons, run=run
        )
    built, model = hold(problem, plan, years)
    first = columns_of(built, plan.step, plan.chargers)
    if plan.upgraded.shape == built.upgraded.shape:
        first[built.upgraded] = plan.upgraded
    start, _ = settle(model, first, seed)
    outcome = solve_model(
        model, time_limit=max(0.05, 0.97 * clock.left), gap=gap, seed=seed, start=start
    )
    values, objective = settle(model, outcome.values, seed)
    if start is not None and (values is None or float(model.cost @ start) < objective):
        values, objective = start, float(model.cost @ start)
    run = replace(run, wall_s=clock.elapsed)
    if values is None:
        proved = outcome.status is Status.INFEASIBLE
        why = "the limits cannot be kept" if proved else f"HiGHS found nothing: {outcome.message}"
        return without_solution(
            problem,
            status=outcome.status if proved else Status.UNKNOWN,
            limit=outcome.limit,
            reasons=[f"With these sites held, {why}."],
            run=run,
            bound=outcome.bound * EUR_PER_UNIT,
        )
    solution = read(problem, built, values)
    return certify(
        problem,
        solution,
        evaluation=evaluate(problem, solution),
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=objective * EUR_PER_UNIT,
        bound=outcome.bound * EUR_PER_UNIT,
        limit=outcome.limit,
        run=run,
    )


def _not_allowed(problem: SitingProblem, plan: SitingSolution, years: int) -> list[str]:
    """Say why the problem cannot have what the plan builds; nothing when it can."""
    if problem.base_overload == "forbidden":
        incurable = base_overloads(problem, all_upgrades(problem))
        if incurable:
            return incurable
    words = []
    for s in np.flatnonzero((plan.step[:, :years] >= 0).any(axis=1)):
        count = int(plan.chargers[s, :, :years].sum(axis=0).max(initial=0))
        if problem.forbidden[s]:
            words.append(f"{problem.site_names[s]} may not get new chargers here.")
        elif count > problem.max_chargers[s]:
            words.append(
                f"{problem.site_names[s]} has room for {problem.max_chargers[s]} chargers here, "
                f"not for {count}."
            )
    return words
