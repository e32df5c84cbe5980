"""Match shippers: pairs first, then larger groups by columns, then the best partition."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

from bundling.certify import Clock, certify, run_info
from bundling.hubs.matching.all_groups import listed, plan_all
from bundling.hubs.matching.bounds import ideal_eur
from bundling.hubs.matching.check import check, count_checks
from bundling.hubs.matching.evaluate import evaluate
from bundling.hubs.matching.groups import best_partition_of, grow
from bundling.hubs.matching.pairs import Group, savings_of_pairs
from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.matching.solution import MatchingSolution
from bundling.hubs.matching.trips import Planner
from bundling.result import Event, Limit, OnEvent, Result

_PAIRS_SHARE, _GROWN_SHARE, _ALL_SHARE = 0.6, 0.85, 0.9
_GROUPS_PER_S = 250
"""Groups that may be planned in a second of the time limit: above it not all are tried. A number,
and not the clock, so that the same problem and limit do the same work on a slower machine."""


def solve(
    problem: MatchingProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Result:
    """Find the groups of shippers that save most, by the estimate of `trips`.

    Parameters
    ----------
    problem
        The shippers and their lanes.
    time_limit
        Wall seconds.
    gap
        Relative gap at which the choice among the groups at hand ends.
    seed
        Of HiGHS. Same problem and seed give the same answer unless the time ends the search.
    on_event
        Told now and then; returning False ends with the best partition so far.

    Returns
    -------
    bundling.Result
        Costs are EUR over all days. With groups of two the bound is proved: all pairs
        are planned, if time does. Larger groups are searched first; then all of them are planned
        where they are at most 250 for each second of `time_limit`, and the bound is proved as
        well. Where they are more, the bound is `ideal_eur`, what full trucks that are never empty
        would cost, and that is far; `Result.reasons` says so, and what limit would do.
    """
    clock = Clock(time_limit)
    planner = Planner(problem)
    watch = _Watch(clock, on_event)
    alone = sum(planner.cost_eur((s,)) for s in range(problem.num_shippers))
    savings: dict[Group, float] = {}
    complete, reasons = False, []
    try:
        if problem.most_members > 1:
            stop = watch.until(_PAIRS_SHARE)
            savings, complete = savings_of_pairs(problem, planner, stop, savings)
        else:
            complete = True
        if problem.most_members > 2 and complete:
            # Who saves with nobody in a group of two may in one of three: `grow` tries none such.
            complete = False
            savings = grow(problem, planner, savings, watch.until(_GROWN_SHARE))
            if not (watch.interrupted or watch.timed_out):
                groups = listed(problem, int(_GROUPS_PER_S * time_limit))
                if groups is not None:
                    stop = watch.until(_ALL_SHARE)
                    complete = plan_all(problem, planner, groups, savings, stop)
    except KeyboardInterrupt:
        watch.interrupted, complete = True, False
    if problem.most_members > 2 and not complete:
        reasons.append(_searched(problem))
    left = clock.left - 0.05 * min(time_limit, 60.0)
    groups, most, outcome = best_partition_of(problem, savings, gap=gap, seed=seed, time_limit=left)
    solution = MatchingSolution.of(problem.num_shippers, groups)
    bound = ideal_eur(problem)
    if complete and math.isfinite(most):
        bound = max(bound, alone - most)
    limit = Limit.GAP if outcome is None else outcome.limit
    if watch.interrupted:
        limit = Limit.INTERRUPT
    elif watch.timed_out:
        limit = Limit.TIME
    elif limit is Limit.NONE:
        limit = Limit.GAP if complete else Limit.ITERATIONS
    evaluation = evaluate(problem, solution)
    return certify(
        problem,
        solution,
        evaluation=evaluation,
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=alone - sum(savings[group] for group in groups),
        bound=min(bound, evaluation.objective),
        limit=limit,
        reasons=tuple(reasons),
        run=dataclasses.replace(
            run_info(
                problem, "lanes, columns, HiGHS", "highspy", "numpy",
                seed=seed, time_limit=time_limit, gap=gap,
            ),
            wall_s=clock.elapsed,
        ),
    )  # fmt: skip


def _searched(problem: MatchingProblem) -> str:
    """Say that not all groups were tried, and when they would be."""
    sizes = range(3, problem.most_members + 1)
    count = sum(math.comb(problem.num_shippers, size) for size in sizes)
    return (
        f"Groups of three and more were searched, not all {count} tried: a proof takes a time "
        f"limit of some {max(1, math.ceil(count / max(1, _GROUPS_PER_S)))} s."
    )


class _Watch:
    """Ends the steps in time, or when the receiver of events says so."""

    def __init__(self, clock: Clock, on_event: OnEvent | None) -> None:
        self.clock, self.on_event = clock, on_event
        self.interrupted = self.timed_out = False
        self._told = 0.0

    def until(self, share: float) -> Callable[[], bool]:
        """Return a question whether to stop, at a part of the time limit."""

        def stop() -> bool:
            elapsed = self.clock.elapsed
            if elapsed >= share * self.clock.time_limit:
                self.timed_out = True
            elif self.on_event is not None and elapsed - self._told > 0.2:
                self._told = elapsed
                if self.on_event(Event("matching", elapsed)) is False:
                    self.interrupted = True
            return self.timed_out or self.interrupted

        return stop
