"""Solve an energy problem: words first, then the linear model, then our own recomputation."""

from __future__ import annotations

import dataclasses
import math

from bundling.certify import Clock, certify, fingerprint, versions, without_solution
from bundling.energy.check import check, count_checks
from bundling.energy.evaluate import evaluate
from bundling.energy.explain import explain_offers, explain_shortage, explain_shortfall
from bundling.energy.minimise import method_of, minimise
from bundling.energy.problem import EnergyProblem
from bundling.energy.shortage import certain_shortages
from bundling.result import Event, Limit, OnEvent, Result, RunInfo, Status


def solve(
    problem: EnergyProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Result:
    """Find a charge schedule of least cost.

    Parameters
    ----------
    problem
        The vehicles, the connection, and what else stands behind it.
    time_limit
        Wall seconds for the whole call. When it ends a linear model, that has no solution.
    gap
        For shared plugs and odd prices, which take integers: stop at this relative gap. Linear
        models are solved to the end.
    seed
        HiGHS' random seed.
    on_event
        Called at the start and when the least cost is known. False at the start gives up; False
        at the second call skips the choice among schedules of equal cost.

    Returns
    -------
    bundling.Result
        ``OPTIMAL`` with a bound recomputed from the duals (``FEASIBLE`` with HiGHS' bound where a
        gap is left); ``INFEASIBLE`` with the missing kWh per vehicle in `reasons`; a priced
        shortfall, and the cost of every contract offer, stand in `reasons` as well.

    Raises
    ------
    bundling.ModelMismatch
        When the solver's answer and our recomputation differ.
    """
    clock = Clock(time_limit)
    method = method_of(problem)

    def run() -> RunInfo:
        return RunInfo(
            method=method,
            seed=seed,
            time_limit_s=time_limit,
            gap_target=gap,
            wall_s=clock.elapsed,
            versions=versions("highspy", "numpy"),
            problem_hash=fingerprint(problem),
        )

    if on_event is not None and on_event(Event("energy", clock.elapsed)) is False:
        return without_solution(
            problem,
            status=Status.UNKNOWN,
            limit=Limit.INTERRUPT,
            reasons=["Stopped before a schedule was found."],
            run=run(),
        )
    impossible = certain_shortages(problem)
    if impossible.certain:
        return without_solution(
            problem,
            status=Status.INFEASIBLE,
            limit=Limit.NONE,
            reasons=explain_shortage(problem, impossible, time_limit=clock.left, seed=seed),
            run=run(),
        )
    answer = minimise(
        problem, time_limit=max(clock.left, 1e-3), gap=gap, seed=seed, on_event=on_event
    )
    if answer.solution is None:
        if answer.status is Status.INFEASIBLE:
            reasons = explain_shortage(problem, impossible, time_limit=clock.left, seed=seed)
        else:
            reasons = [
                f"The time limit of {time_limit:g} s ended the linear model; give it more time."
                if answer.limit is Limit.TIME
                else f"HiGHS stopped without a schedule: {answer.message}."
            ]
        return without_solution(
            problem, status=answer.status, limit=answer.limit, reasons=reasons, run=run()
        )
    evaluation = evaluate(problem, answer.solution)
    violations = check(problem, answer.solution)
    reasons = explain_shortfall(
        problem, answer.solution, impossible, time_limit=clock.left, seed=seed
    )
    reasons += explain_offers(answer)
    return certify(
        problem,
        answer.solution,
        evaluation=evaluation,
        violations=violations,
        checks=count_checks(problem, answer.solution),
        claimed=answer.objective_eur,
        bound=answer.bound_eur,
        limit=answer.limit,
        run=dataclasses.replace(
            run(),
            improvements=(
                ((clock.elapsed, evaluation.objective, answer.bound_eur),)
                if math.isfinite(answer.bound_eur)
                else ()
            ),
        ),
        reasons=reasons,
    )
