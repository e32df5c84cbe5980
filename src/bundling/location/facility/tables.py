"""A facility location plan as data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bundling.location.facility.evaluate import evaluate
from bundling.location.facility.problem import FacilityProblem
from bundling.location.facility.solution import FacilitySolution


def tables(problem: FacilityProblem, solution: FacilitySolution) -> dict[str, pd.DataFrame]:
    """Return the plan by site, by pair and by cost.

    Returns
    -------
    dict of pandas.DataFrame
        ``sites``: every open site with its clients, demand, capacity and costs. ``assignment``:
        client, site, share and cost of each pair. ``costs``: amount by component, and in total.
    """
    client, site, share = solution.client, solution.site, solution.share
    cost = problem.cost[client, site] * share
    served = np.bincount(site, weights=problem.demand[client] * share, minlength=problem.num_sites)
    spent = np.bincount(site, weights=cost, minlength=problem.num_sites)
    count = np.bincount(site, minlength=problem.num_sites)
    opened = np.flatnonzero(solution.is_open)
    costs = evaluate(problem, solution).costs_eur
    names = np.array(problem.site_ids, dtype=object)
    return {
        "sites": pd.DataFrame(
            {
                "site_id": names[opened],
                "clients": count[opened],
                "demand": served[opened],
                "capacity": problem.capacity[opened],
                "fixed_cost": problem.fixed_cost[opened],
                "serving_cost": spent[opened],
            }
        ),
        "assignment": pd.DataFrame(
            {
                "client_id": np.array(problem.client_ids, dtype=object)[client],
                "site_id": names[site],
                "share": share,
                "cost": cost,
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
