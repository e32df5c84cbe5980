"""Search for a design: prices and a first plan at once, then a bound and better plans at once.

0. Slope scaling gives a plan and the weak relaxation's bound.
1. Lagrangian prices give the strong relaxation's bound (`root`), while the plan is made better by
   ruin and recreate on the other core (`reroute`), which takes a number of steps, not of seconds.
2. Then one core makes the plan better by turns of fresh plans, crossings and regions (`elite`).
   Where HiGHS can be asked for a proof, the other is, on the arcs that a better plan can have, with
   the rows that count at the prices (`prove`); where there are too many flows for that, it raises
   the bound by branching on arcs (`branch`), until time or gap ends it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.location.design.beside import Beside
from bundling.location.design.branch import raise_bound
from bundling.location.design.elite import make_better
from bundling.location.design.lagrange import arcs_of
from bundling.location.design.model import Built, build, usable
from bundling.location.design.plan import Plan, plan_of, settle
from bundling.location.design.problem import DesignProblem
from bundling.location.design.prove import prove
from bundling.location.design.reroute import reroute, steps_for
from bundling.location.design.root import Root, relax
from bundling.location.design.slopes import first_plan
from bundling.result import Limit

FloatArray = NDArray[np.float64]

_PROOF_PAIRS = 30_000
"""Pairs of a commodity and an arc up to which HiGHS is asked for a proof."""
_FIRST_ROUNDS = 3
_ROOT_SHARE = 0.5
"""Share of the time that the strong relaxation may take."""
_REROUTE_SHARE = 0.1
"""Share of the time for which steps of ruin and recreate are reckoned at first."""
_FIRST_STEPS = 250
"""Steps for each commodity at most beside the relaxation."""
_MOST_SPLIT = 1_000_000
"""Problems that are split at most."""
_NAP_S = 0.2
Tell = Callable[[float, float], bool]
"""Told cost and bound; False ends the search."""


@dataclass(frozen=True, eq=False)
class Found:
    """What the search has: the model, a plan or None, a bound, and what ended it."""

    whole: Built
    plan: Plan | None
    bound: float
    limit: Limit
    is_infeasible: bool = False


def search(
    problem: DesignProblem, left: Callable[[], float], tell: Tell, *, gap: float, seed: int
) -> Found:
    """Search for the cheapest design; see the module's text."""
    whole = build(problem, usable(problem))
    stopped = threading.Event()
    known = [-math.inf]

    def heard(cost: float, bound: float) -> bool:
        if not tell(cost, bound):
            stopped.set()
        return not stopped.is_set()

    first, known[0] = first_plan(problem, whole, left, rounds=_FIRST_ROUNDS)
    if known[0] == math.inf:
        return Found(whole, None, -math.inf, Limit.NONE, is_infeasible=True)
    if first is None:
        return Found(whole, None, known[0], Limit.TIME)
    if not heard(first.cost, known[0]):
        return Found(whole, first, known[0], Limit.INTERRUPT)
    is_small = len(whole.arc) <= _PROOF_PAIRS
    steps = min(steps_for(problem, _REROUTE_SHARE * left()), _FIRST_STEPS * problem.num_commodities)
    beside = Beside(
        lambda note, halt: reroute(
            problem, whole, first, steps=steps, left=left, halt=halt,
            tell=note, seed=seed,
        ),
        first, stopped, lambda plan: heard(plan.cost, known[0]),
    )  # fmt: skip
    part = Clock(max(0.05, _ROOT_SHARE * left()))

    def raised(bound: float) -> bool:
        known[0] = max(known[0], bound)
        return heard(beside.plan.cost, known[0])

    root = relax(problem, whole, lambda: part.left, raised, lambda: first.cost)
    plan = beside.result()
    known[0] = max(known[0], root.bound)
    plan = _rounded(problem, whole, root, plan, left, stopped)
    heard(plan.cost, known[0])
    enough = known[0] / (1 - gap) if gap < 1 else math.inf
    ended = _ended(plan, enough, left, stopped)
    if ended is not None:
        return Found(whole, plan, min(known[0], plan.cost), ended)
    if is_small:
        plan, bound, limit = prove(problem, whole, root, plan, left, heard, stopped, gap, seed)
        return Found(whole, plan, bound, limit)
    plan, known[0] = _both(
        problem, whole, root, first, plan, known[0], left, heard, stopped, gap, seed
    )
    enough = known[0] / (1 - gap) if gap < 1 else math.inf
    ended = _ended(plan, enough, left, stopped)
    return Found(whole, plan, min(known[0], plan.cost), ended or Limit.MEMORY)


def _ended(
    plan: Plan, enough: float, left: Callable[[], float], stopped: threading.Event
) -> Limit | None:
    """Return what ends the search here, if anything does."""
    if stopped.is_set():
        return Limit.INTERRUPT
    if plan.cost <= enough:
        return Limit.GAP
    return Limit.TIME if left() <= 0 else None


def _rounded(
    problem: DesignProblem,
    whole: Built,
    root: Root,
    plan: Plan,
    left: Callable[[], float],
    stopped: threading.Event,
) -> Plan:
    """Return the best of a plan and those that the relaxation's flows make."""
    if root.flow is None or left() <= 0 or stopped.is_set():
        return plan
    rounded = plan_of(problem, whole, root.flow)
    plans = [
        plan,
        settle(problem, whole, rounded.facilities, left()),
        first_plan(problem, whole, left, _slopes_of(problem, whole, root))[0],
    ]
    return min((p for p in plans if p is not None), key=lambda p: p.cost)


def _slopes_of(problem: DesignProblem, whole: Built, root: Root) -> FloatArray:
    """Return what the strong relaxation pays for facilities by unit carried ``[A]``."""
    assert root.flow is not None
    load = np.bincount(whole.arc, weights=root.flow, minlength=problem.num_arcs)
    used = load > 1e-6
    # An arc without flow would carry about as much as others do.
    typical = float(np.median(load[used])) if used.any() else 1.0
    slope: FloatArray = problem.fixed_cost / typical
    slope[used] = (problem.fixed_cost * root.priced.share)[used] / load[used]
    return slope


def _both(
    problem: DesignProblem,
    whole: Built,
    root: Root,
    first: Plan,
    plan: Plan,
    bound: float,
    left: Callable[[], float],
    heard: Tell,
    stopped: threading.Event,
    gap: float,
    seed: int,
) -> tuple[Plan, float]:
    """Raise the bound on one core and make the plan better on the other; return both."""
    known = [bound]

    def work(note: Callable[[Plan], object], halt: threading.Event) -> Plan:
        return make_better(
            problem, whole, root, first, plan, left=left, seed=seed, halt=halt, tell=note
        )

    beside = Beside(work, plan, stopped, lambda better: heard(better.cost, known[0]))

    def goes_on(raised: float) -> bool:
        known[0] = max(known[0], raised)
        enough = known[0] / (1 - gap) if gap < 1 else math.inf
        return left() > 0 and beside.plan.cost > enough and heard(beside.plan.cost, known[0])

    raise_bound(arcs_of(problem), root.priced, lambda: beside.plan.cost, goes_on, _MOST_SPLIT)
    while goes_on(known[0]):  # no room for more open problems
        time.sleep(min(_NAP_S, left()))
    return beside.cut(), known[0]
