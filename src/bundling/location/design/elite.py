"""Make a plan better until time ends it: fresh plans, crossed with the best, and its regions.

Plans of ruin and recreate (`reroute`) from other random numbers end at other networks of about the
same cost. What they have in common is kept, and the rest decided anew; then the best plan is
improved a region at a time (`regions`); when that no longer helps, the fresh plan is so first, and
then crossed. After E. Rothberg, "An evolutionary algorithm for polishing mixed integer programming
solutions", INFORMS Journal on Computing 19 (2007) 534-541.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.model import Built
from bundling.location.design.plan import Plan
from bundling.location.design.problem import DesignProblem
from bundling.location.design.regions import Regions
from bundling.location.design.reroute import reroute, steps_for
from bundling.location.design.root import Root

BoolArray = NDArray[np.bool_]

_RUN_S, _RUN_SHARE = 5.0, 0.05
"""Seconds, and share of the time left, for which the steps of a fresh plan are reckoned."""
_FIRST_RUNS = 3
"""Fresh plans before the first look at regions."""
_REGIONS = 9
"""Regions of a plan that are looked at before the next fresh plan."""
_POOL_SHARE = 0.05
"""Share of the gap that a facility's worth may be for its arc to be looked at."""


def pool_of(root: Root, plan: Plan) -> BoolArray:
    """Arcs ``[A]`` that the relaxation uses or nearly uses."""
    room = max(plan.cost - root.bound, 1e-3 * abs(plan.cost))
    pool: BoolArray = (root.priced.share > 0) | (root.priced.worth <= _POOL_SHARE * room)
    return pool | (plan.facilities > 0)


def make_better(
    problem: DesignProblem,
    whole: Built,
    root: Root,
    first: Plan,
    plan: Plan,
    *,
    left: Callable[[], float],
    seed: int,
    halt: threading.Event,
    tell: Callable[[Plan], object],
) -> Plan:
    """Return a plan that costs no more.

    Parameters
    ----------
    problem, whole, root
        The problem, its whole model, its relaxation.
    first
        From which fresh plans begin.
    plan
        The best so far.
    left
        Seconds left.
    seed
        Of all that is left to chance.
    halt
        Set when the search should end; set here on Ctrl-C.
    tell
        Called with each better plan.
    """
    pool = pool_of(root, plan)
    regions = Regions(problem, whole, pool, seed=seed, left=left, halt=halt)
    runs, turn = _FIRST_RUNS, seed
    steps = steps_for(problem, min(_RUN_S, _RUN_SHARE * left()))

    def goes_on() -> bool:
        return left() > 0 and not halt.is_set()

    def explore(begun: Plan) -> Plan:
        for _ in range(_REGIONS):
            if not goes_on():
                break
            begun = regions.step(begun)
            tell(begun)
        return begun

    is_stuck = False
    while goes_on():
        for _ in range(runs):
            turn += 1
            fresh = reroute(
                problem, whole, first, steps=steps, left=left, halt=halt, tell=tell, seed=turn,
                pool=pool,
            )  # fmt: skip
            if is_stuck:
                # Its own regions first: what it has that is good comes out.
                fresh = explore(fresh)
            plan, other = sorted((plan, fresh), key=lambda p: p.cost)
            tell(plan)
            if not goes_on():
                return plan
            plan = regions.cross(plan, other)
            tell(plan)
        runs, before = 1, plan.cost
        plan = explore(plan)
        is_stuck = plan.cost >= before
    return plan
