"""A plan while it is searched for: flows on the pairs of the whole model, and what follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.model import Built, build, facilities_for
from bundling.location.design.problem import DesignProblem
from bundling.location.design.routing import route

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Plan:
    """Flows, facilities and cost.

    Attributes
    ----------
    flow
        Units of each pair of a commodity and an arc of the whole model ``[P]``.
    facilities
        Of each arc ``[A]``.
    cost
        Of all of it.
    """

    flow: FloatArray
    facilities: IntArray
    cost: float


def plan_of(problem: DesignProblem, whole: Built, flow: FloatArray) -> Plan:
    """Make a plan of flows, with as many facilities as they need."""
    load = np.bincount(whole.arc, weights=flow, minlength=problem.num_arcs).astype(np.float64)
    count = facilities_for(problem, load)
    cost = float(problem.unit_cost @ load + problem.fixed_cost @ count)
    return Plan(flow, count, cost)


def restrict(
    problem: DesignProblem, whole: Built, keep: BoolArray, strong: BoolArray | None = None
) -> Built:
    """Build the model of some pairs ``[P]`` only; forcing rows for those in `strong`, or all."""
    shape = (problem.num_commodities, problem.num_arcs)
    allowed, rows = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    allowed[whole.commodity[keep], whole.arc[keep]] = True
    forced = keep if strong is None else keep & strong
    rows[whole.commodity[forced], whole.arc[forced]] = True
    return build(problem, allowed, rows)


def start_values(part: Built, keep: BoolArray, plan: Plan) -> FloatArray:
    """Return the values of all columns of a restricted model; the plan must lie within it."""
    values = np.zeros(part.model.num_columns)
    values[part.flow] = plan.flow[keep]
    paid = np.flatnonzero(part.count >= 0)
    values[part.count[paid]] = plan.facilities[paid]
    return values


def settle(
    problem: DesignProblem, whole: Built, facilities: IntArray, time_limit: float
) -> Plan | None:
    """Route all goods at the least cost over given facilities; None if that cannot be done.

    An integer solution of HiGHS is right to a millionth; its flows may use what its rounded numbers
    of facilities do not allow. The linear program of the flows alone is right to a billionth.
    """
    free = problem.fixed_cost <= 0
    count = np.where(free, problem.most_facilities, facilities)
    with np.errstate(invalid="ignore"):
        room = np.where(count > 0, problem.capacity * count, 0.0)
    routed = route(problem, whole, problem.unit_cost, room, time_limit)
    if routed is None or routed.cost == np.inf:
        return None
    return plan_of(problem, whole, routed.flow)
