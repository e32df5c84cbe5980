"""The only definition of what a network design costs."""

from __future__ import annotations

import numpy as np

from bundling.location.design.problem import DesignProblem
from bundling.location.design.solution import DesignSolution
from bundling.result import Evaluation


def evaluate(problem: DesignProblem, solution: DesignSolution) -> Evaluation:
    """Recompute costs and indicators of a plan from the data alone.

    Returns
    -------
    bundling.Evaluation
        Costs in the problem's unit: ``carrying`` and ``facilities``. Indicators: ``open_arcs``,
        ``facilities``, ``full_arcs``, ``mean_load_share`` of the open arcs' capacity.
    """
    load = np.bincount(solution.arc, weights=solution.flow, minlength=problem.num_arcs)
    count = solution.facilities
    is_open = (count > 0) & np.isfinite(problem.capacity) & (problem.capacity > 0)
    share = load[is_open] / (problem.capacity[is_open] * count[is_open])
    return Evaluation(
        {
            "carrying": float(problem.unit_cost @ load),
            "facilities": float(problem.fixed_cost @ count),
        },
        {
            "open_arcs": float((count > 0).sum()),
            "facilities": float(count.sum()),
            "full_arcs": float((share >= 1 - 1e-6).sum()),
            "mean_load_share": float(share.mean()) if len(share) else 0.0,
        },
    )
