"""Search for a design: relaxation, a first plan on its support, then proof and neighbourhoods.

0. Slope scaling gives a plan and the weak relaxation's bound within seconds.
1. The linear relaxation with strong forcing rows gives a bound, and says which arcs matter.
2. HiGHS on the arcs that the relaxation uses gives a first plan.
3. Facilities whose reduced cost does not fit between bound and plan are left out: no better plan
   has them. HiGHS proves on what is left, while neighbourhoods of the plan are searched on the
   other core. When HiGHS comes to its end the plan is HiGHS' own, whatever the neighbourhoods had,
   so that the answer does not depend on which of the two was quicker.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.location.design.model import Built, build, usable
from bundling.location.design.neighbourhoods import improve
from bundling.location.design.plan import Plan, plan_of, restrict, settle, start_values
from bundling.location.design.problem import DesignProblem
from bundling.location.design.root import Root, relax
from bundling.location.design.slopes import first_plan
from bundling.mip import MipOutcome, solve_model
from bundling.result import Limit, Status

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]

_FIRST_NODES = 300
_FIRST_SHARE = 0.15
_LARGE = 20_000
"""Pairs above which neighbourhoods are searched before HiGHS is asked for a proof."""
_STEPS = 20
_ROOT_SHARE = 0.5
"""Share of the time that the strong relaxation may take."""
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

    def heard(cost: float, bound: float) -> bool:
        if not tell(cost, bound):
            stopped.set()
        return not stopped.is_set()

    first, weak = first_plan(problem, whole, left)
    if first is not None and not heard(first.cost, weak):
        return Found(whole, first, weak, Limit.INTERRUPT)
    part = Clock(max(0.05, _ROOT_SHARE * left()))
    root = relax(
        problem, whole, lambda: part.left, lambda bound: heard(math.inf, bound),
        first.cost if first is not None else None,
    )  # fmt: skip
    if root.is_infeasible:
        return Found(whole, None, -math.inf, Limit.NONE, is_infeasible=True)
    plans = [first]
    if root.flow is not None:
        # The relaxation's own flows, each arc rounded up, are a plan already.
        rounded = plan_of(problem, whole, root.flow)
        plans.append(rounded)
        if left() > 0 and not stopped.is_set():
            plans.append(settle(problem, whole, rounded.facilities, left()))
            plans.append(first_plan(problem, whole, left, _slopes_of(problem, whole, root))[0])
    plan = min((p for p in plans if p is not None), key=lambda p: p.cost, default=None)
    if plan is None:
        return Found(whole, None, max(weak, root.bound), Limit.TIME)
    if stopped.is_set():
        return Found(whole, plan, root.bound, Limit.INTERRUPT)
    if left() <= 0:
        return Found(whole, plan, root.bound, Limit.TIME)
    plan, limit = _on_the_support(problem, whole, root, plan, left, stopped, gap, seed)
    heard(plan.cost, root.bound)
    if limit is Limit.INTERRUPT or stopped.is_set():
        return Found(whole, plan, root.bound, Limit.INTERRUPT)
    near = _near(whole, root, plan)
    enough = root.bound / (1 - gap) if gap < 1 else math.inf
    if len(whole.arc) > _LARGE:
        plan = improve(
            problem, whole, near, plan, left=left, seed=seed, halt=stopped, steps=_STEPS,
            enough=enough, tell=lambda better: heard(better.cost, root.bound),
        )  # fmt: skip
    if stopped.is_set():
        return Found(whole, plan, root.bound, Limit.INTERRUPT)
    if plan.cost <= enough:
        return Found(whole, plan, root.bound, Limit.GAP)
    if left() <= 0:
        return Found(whole, plan, root.bound, Limit.TIME)
    return _prove(problem, whole, root, plan, near, left, heard, stopped, gap, seed)


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


def _on_the_support(
    problem: DesignProblem,
    whole: Built,
    root: Root,
    plan: Plan,
    left: Callable[[], float],
    stopped: threading.Event,
    gap: float,
    seed: int,
) -> tuple[Plan, Limit]:
    """Let HiGHS choose among the arcs that the relaxation and the rounded plan use."""
    used = (root.priced.share > 0.01) | (plan.facilities > 0) | (whole.count < 0)
    price = root.reduced * whole.force
    keep = used[whole.arc] & (price <= 0.01 * abs(plan.cost))
    keep |= plan.flow > 0
    part = restrict(problem, whole, keep, _strong(root, keep))
    outcome = solve_model(
        part.model,
        time_limit=max(0.1, _FIRST_SHARE * left()),
        gap=max(gap, 1e-3),
        seed=seed,
        max_nodes=_FIRST_NODES,
        start=start_values(part, keep, plan),
        cancelled=stopped.is_set,
    )
    return _better(problem, whole, part, outcome, plan, left), outcome.limit


def _prove(
    problem: DesignProblem,
    whole: Built,
    root: Root,
    plan: Plan,
    near: BoolArray,
    left: Callable[[], float],
    heard: Tell,
    stopped: threading.Event,
    gap: float,
    seed: int,
) -> Found:
    keep = _can_pay(whole, root, plan)
    part = restrict(problem, whole, keep, _strong(root, keep))
    halt, best = threading.Event(), [plan]
    failures: list[BaseException] = []

    def note(better: Plan) -> None:
        if not halt.is_set():  # what comes after the end is heard by nobody
            best[0] = better
            heard(better.cost, root.bound)

    def work() -> None:
        try:
            improve(problem, whole, near, plan, left=left, seed=seed, halt=halt, tell=note)
        except BaseException as error:
            failures.append(error)

    beside = threading.Thread(target=work, name="neighbourhoods", daemon=True)
    beside.start()
    outcome = solve_model(
        part.model,
        time_limit=max(0.05, left()),
        gap=gap,
        seed=seed,
        start=start_values(part, keep, plan),
        cancelled=stopped.is_set,
    )
    halt.set()
    beside.join(1.0)
    if failures:
        raise failures[0]
    own = _better(problem, whole, part, outcome, plan, lambda: max(left(), 0.3))
    # What was left out costs at least as much as the plan that it was left out for.
    bound = max(root.bound, min(outcome.bound, plan.cost))
    if outcome.status is Status.INFEASIBLE:
        bound = plan.cost
    ended = outcome.limit in (Limit.NONE, Limit.GAP)
    final = own if ended or own.cost <= best[0].cost else best[0]
    return Found(whole, final, min(bound, final.cost), outcome.limit)


def _better(
    problem: DesignProblem,
    whole: Built,
    part: Built,
    outcome: MipOutcome,
    plan: Plan,
    left: Callable[[], float],
) -> Plan:
    """Return the plan of HiGHS, routed anew over its facilities, if it is cheaper."""
    if outcome.values is None or outcome.objective >= plan.cost * (1 - 1e-9):
        return plan
    count = np.zeros(problem.num_arcs, dtype=np.int64)
    paid = np.flatnonzero(part.count >= 0)
    count[paid] = np.round(outcome.values[part.count[paid]]).astype(np.int64)
    settled = settle(problem, whole, count, left())
    return settled if settled is not None and settled.cost < plan.cost else plan


def _strong(root: Root, keep: BoolArray) -> BoolArray:
    """Which pairs get a forcing row: those that count at the relaxation's prices.

    HiGHS is two times as fast with these as with all of them, c42 of the Canadian set.
    """
    return keep & root.strong


def _near(whole: Built, root: Root, plan: Plan) -> BoolArray:
    """Pairs ``[P]`` whose use, by the relaxation's prices, costs little next to the gap."""
    room = max(plan.cost - root.bound, 1e-3 * abs(plan.cost))
    near: BoolArray = root.reduced * whole.force <= 0.5 * room
    return near & _can_pay(whole, root, plan)


def _can_pay(whole: Built, root: Root, plan: Plan) -> BoolArray:
    """Pairs ``[P]`` on arcs that a better plan can have: filtering by Lagrangian costs.

    A facility on an arc raises the bound by its worth at least, where that is above 0; where this
    passes the plan, no better plan has one.
    """
    raised = root.bound + root.priced.worth
    shut = (whole.count >= 0) & (root.priced.worth > 0) & (raised > plan.cost * (1 + 1e-6))
    keep: BoolArray = ~shut[whole.arc]
    return keep | (plan.flow > 0)
