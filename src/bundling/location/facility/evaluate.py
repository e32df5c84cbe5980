"""The only definition of what a facility location plan costs."""

from __future__ import annotations

import numpy as np

from bundling.location.facility.problem import FacilityProblem
from bundling.location.facility.solution import FacilitySolution
from bundling.result import Evaluation


def evaluate(problem: FacilityProblem, solution: FacilitySolution) -> Evaluation:
    """Recompute costs and indicators of a plan from the data alone.

    Returns
    -------
    bundling.Evaluation
        Costs in the problem's unit: ``serving`` and ``opening``; with `worst` only ``worst``, the
        dearest pair. Indicators: ``open_sites``, ``mean_cost`` and ``worst_cost`` of a client,
        ``busiest_site_share`` of its capacity.
    """
    per_pair = problem.cost[solution.client, solution.site]
    per_client = np.bincount(
        solution.client, weights=per_pair * solution.share, minlength=problem.num_clients
    )
    load = np.bincount(
        solution.site,
        weights=problem.demand[solution.client] * solution.share,
        minlength=problem.num_sites,
    )
    limited = np.isfinite(problem.capacity) & (problem.capacity > 0)
    worst = float(per_pair.max(initial=0.0))
    costs = {
        "serving": float(per_client.sum()),
        "opening": float(problem.fixed_cost[solution.is_open].sum()),
    }
    return Evaluation(
        {"worst": worst} if problem.worst else costs,
        {
            "open_sites": float(solution.is_open.sum()),
            "mean_cost": float(per_client.mean()) if problem.num_clients else 0.0,
            "worst_cost": worst,
            "busiest_site_share": float((load[limited] / problem.capacity[limited]).max(initial=0)),
        },
    )
