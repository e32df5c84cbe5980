"""The only definition of what a hub location plan costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.solution import HubLocationSolution
from bundling.result import Evaluation

FloatArray = NDArray[np.float64]


def legs(
    problem: HubLocationProblem, solution: HubLocationSolution
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what a unit costs on the three legs of each way ``[K]``."""
    distance = problem.distance
    return (
        problem.chi * distance[solution.origin, solution.first],
        problem.alpha * distance[solution.first, solution.last],
        problem.delta * distance[solution.last, solution.destination],
    )


def collected(problem: HubLocationProblem, solution: HubLocationSolution) -> FloatArray:
    """Return the flow that each hub collects from the nodes it serves ``[N]``."""
    amount = problem.flow[solution.origin, solution.destination] * solution.share
    total = np.zeros(problem.num_nodes)
    np.add.at(total, solution.first, amount)
    return total


def evaluate(problem: HubLocationProblem, solution: HubLocationSolution) -> Evaluation:
    """Recompute costs and indicators of a plan from the data alone.

    Returns
    -------
    bundling.Evaluation
        Costs in the problem's unit: ``collection``, ``transfer``, ``distribution``, ``opening``; in
        hub covering only ``opening``. Indicators: ``open_hubs``, ``mean_cost`` of a unit of flow
        without fixed costs, ``worst_cost`` of a unit, ``transfer_share`` of the flow that goes
        through two hubs, ``busiest_hub_share`` of its capacity.
    """
    amount = problem.flow[solution.origin, solution.destination] * solution.share
    parts = legs(problem, solution)
    total = float(amount.sum())
    spent = [float((amount * part).sum()) for part in parts]
    opening = float(problem.fixed_cost[solution.is_open].sum())
    load = collected(problem, solution)
    limited = np.isfinite(problem.capacity) & (problem.capacity > 0)
    two = float(amount[solution.first != solution.last].sum())
    costs = dict(zip(("collection", "transfer", "distribution"), spent, strict=True))
    return Evaluation(
        {"opening": opening} if problem.covering else costs | {"opening": opening},
        {
            "open_hubs": float(solution.is_open.sum()),
            "mean_cost": sum(spent) / total if total > 0 else 0.0,
            "worst_cost": float(sum(parts).max(initial=0.0)),  # type: ignore[union-attr]
            "transfer_share": two / total if total > 0 else 0.0,
            "busiest_hub_share": float((load[limited] / problem.capacity[limited]).max(initial=0)),
        },
    )
