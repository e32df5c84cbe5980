"""A covering plan as data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bundling.location.covering.evaluate import evaluate, times_covered
from bundling.location.covering.problem import CoveringProblem
from bundling.location.covering.solution import CoveringSolution


def tables(problem: CoveringProblem, solution: CoveringSolution) -> dict[str, pd.DataFrame]:
    """Return the plan by site, by client and by cost.

    Returns
    -------
    dict of pandas.DataFrame
        ``sites``: every open site, what it covers, and what it alone covers (by weight).
        ``clients``: how many open sites cover each client. ``costs``: by component, and in total.
    """
    times = times_covered(problem, solution)
    weight = np.where(np.isfinite(problem.weight), problem.weight, 0.0)
    client = np.repeat(np.arange(problem.num_clients), np.diff(problem.start))
    sums = [
        np.bincount(problem.site, weights=part[client], minlength=problem.num_sites)
        for part in (weight, np.where(times == 1, weight, 0.0))
    ]
    opened = np.flatnonzero(solution.is_open)
    costs = evaluate(problem, solution).costs_eur
    return {
        "sites": pd.DataFrame(
            {
                "site_id": [problem.site_name(int(j)) for j in opened],
                "covered": sums[0][opened],
                "covered_alone": sums[1][opened],
                "fixed_cost": problem.fixed_cost[opened],
            }
        ),
        "clients": pd.DataFrame(
            {
                "client_id": problem.client_ids or np.arange(problem.num_clients),
                "weight": problem.weight,
                "open_sites": times,
            }
        ),
        "costs": pd.DataFrame(
            {
                "component": [*costs, "total"],
                "cost": [*costs.values(), sum(costs.values())],
                "unit": problem.unit,
            }
        ),
    }
