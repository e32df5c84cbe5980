"""Proof with HiGHS on the arcs that a better plan can have, with `elite` on the other core.

The rows that HiGHS is given are the forcing rows that count at the relaxation's prices: it is two
times as fast with these as with all of them on c42 of the Canadian set. Rows on sets of nodes
(`cutsets`) it cannot derive itself. When HiGHS comes to its end
the plan is HiGHS' own, whatever the other core had, so that the answer does not depend on which
of the two was quicker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.beside import Beside
from bundling.location.design.cutsets import add_cut_sets
from bundling.location.design.elite import make_better
from bundling.location.design.model import Built
from bundling.location.design.plan import Plan, restrict, settle, start_values
from bundling.location.design.problem import DesignProblem
from bundling.location.design.root import Root
from bundling.mip import MipOutcome, solve_model
from bundling.result import Limit, Status

BoolArray = NDArray[np.bool_]

_ALL_PAIRS = 5000
"""Pairs of a commodity and an arc up to which HiGHS is given all forcing rows."""
_BEAT_S = 1.0
"""Seconds between two reports while HiGHS runs."""


def can_pay(whole: Built, root: Root, plan: Plan) -> BoolArray:
    """Pairs ``[P]`` on arcs that a better plan can have: filtering by Lagrangian costs.

    A facility on an arc raises the bound by its worth at least, where that is above 0; where this
    passes the plan, no better plan has one.
    """
    raised = root.bound + root.priced.worth
    shut = (whole.count >= 0) & (root.priced.worth > 0) & (raised > plan.cost * (1 + 1e-6))
    keep: BoolArray = ~shut[whole.arc]
    return keep | (plan.flow > 0)


def prove(
    problem: DesignProblem,
    whole: Built,
    root: Root,
    plan: Plan,
    left: Callable[[], float],
    heard: Callable[[float, float], bool],
    stopped: threading.Event,
    gap: float,
    seed: int,
) -> tuple[Plan, float, Limit]:
    """Return the best plan, a bound, and what ended the search.

    Parameters
    ----------
    problem, whole, root
        The problem, its whole model, its relaxation.
    plan
        The best so far.
    left
        Seconds left.
    heard
        Told cost and bound; False ends the search, as `stopped` does when it is set.
    gap, seed
        Of HiGHS.
    """
    keep = can_pay(whole, root, plan)
    rows = keep if len(whole.arc) <= _ALL_PAIRS else keep & root.strong
    part = restrict(problem, whole, keep, rows)
    add_cut_sets(problem, part, root.priced.share)
    beside = Beside(
        lambda note, halt: make_better(
            problem, whole, root, plan, plan, left=left, seed=seed, halt=halt, tell=note
        ),
        plan, stopped, lambda better: heard(better.cost, root.bound),
    )  # fmt: skip
    told = [time.perf_counter()]

    def cancelled() -> bool:
        now = time.perf_counter()
        if now - told[0] >= _BEAT_S:
            told[0] = now
            heard(beside.plan.cost, root.bound)
        return stopped.is_set()

    outcome = solve_model(
        part.model,
        time_limit=max(0.05, left()),
        gap=gap,
        seed=seed,
        start=start_values(part, keep, plan),
        cancelled=cancelled,
    )
    other = beside.cut()
    own = better(problem, whole, part, outcome, plan, max(left(), 0.3))
    # What was left out costs at least as much as the plan that it was left out for.
    bound = max(root.bound, min(outcome.bound, plan.cost))
    if outcome.status is Status.INFEASIBLE:
        bound = plan.cost
    ended = outcome.limit in (Limit.NONE, Limit.GAP)
    final = own if ended or own.cost <= other.cost else other
    return final, min(bound, final.cost), outcome.limit


def better(
    problem: DesignProblem,
    whole: Built,
    part: Built,
    outcome: MipOutcome,
    plan: Plan,
    seconds: float,
) -> Plan:
    """Return the plan of HiGHS, routed anew over its facilities, if it is cheaper."""
    if outcome.values is None or outcome.objective >= plan.cost * (1 - 1e-9):
        return plan
    count = np.zeros(problem.num_arcs, dtype=np.int64)
    paid = np.flatnonzero(part.count >= 0)
    count[paid] = np.round(outcome.values[part.count[paid]]).astype(np.int64)
    settled = settle(problem, whole, count, seconds)
    return settled if settled is not None and settled.cost < plan.cost else plan
