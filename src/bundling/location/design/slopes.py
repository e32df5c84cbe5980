"""A first plan by slope scaling, and the bound of the weak relaxation that it begins with.

The fixed cost of an arc is spread over what flows there: a linear program, whose flows give the
next slopes, until nothing changes. D. Kim, P. M. Pardalos, "A solution approach to the fixed charge
network flow problem using a dynamic slope scaling procedure", Operations Research Letters 24 (1999)
195-203; T. G. Crainic, B. Gendron, G. Hernu, "A slope scaling/Lagrangean perturbation heuristic
with long-term memory for multicommodity capacitated fixed-charge network design", Journal of
Heuristics 10 (2004) 525-545, of which this is the slope scaling alone.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.model import Built
from bundling.location.design.plan import Plan, plan_of
from bundling.location.design.problem import DesignProblem
from bundling.location.design.routing import route

FloatArray = NDArray[np.float64]

_ROUNDS = 15
"""Linear programs at most."""


def first_plan(
    problem: DesignProblem,
    whole: Built,
    left: Callable[[], float],
    slope: FloatArray | None = None,
    rounds: int = _ROUNDS,
) -> tuple[Plan | None, float]:
    """Return the best plan of the rounds, None without any, and a lower bound.

    By default the first round pays ``f / u`` for a unit: no plan costs less than its optimum. With
    another `slope` ``[A]`` to begin with, such as that of the strong relaxation, there is no bound.
    The bound is `inf` where no network carries all goods.
    """
    weak = slope is None
    total = float(problem.quantity.sum())
    capacity = np.minimum(problem.capacity, total)
    if slope is None:
        slope = np.divide(
            problem.fixed_cost, capacity, out=np.zeros(problem.num_arcs), where=capacity > 0
        )
    best: Plan | None = None
    bound = -np.inf
    for number in range(rounds):
        if number and left() <= 0:
            break
        routed = route(problem, whole, problem.unit_cost + slope, problem.total_capacity, left())
        if routed is None:
            break
        if number == 0 and weak:
            bound = routed.cost
        if routed.cost == np.inf:
            break
        plan = plan_of(problem, whole, routed.flow)
        if best is None or plan.cost < best.cost:
            best = plan
        load = np.bincount(whole.arc, weights=routed.flow, minlength=problem.num_arcs)
        used = load > 0
        following = slope.copy()
        following[used] = (problem.fixed_cost * plan.facilities)[used] / load[used]
        if np.allclose(following, slope):
            break
        slope = following
    return best, bound
