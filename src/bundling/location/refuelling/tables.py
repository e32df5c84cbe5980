"""A refuelling plan as data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bundling.location.refuelling.evaluate import evaluate, served
from bundling.location.refuelling.problem import RefuellingProblem
from bundling.location.refuelling.solution import RefuellingSolution


def tables(problem: RefuellingProblem, solution: RefuellingSolution) -> dict[str, pd.DataFrame]:
    """Return the plan by site, by flow and by cost.

    Returns
    -------
    dict of pandas.DataFrame
        ``sites``: every open site, and the served volume that passes it. ``flows``: volume, length
        and range of each flow, whether it is served. ``costs``: by component, and in total.
    """
    done = served(problem, solution)
    sizes = np.diff(problem.path_start)
    flow = np.repeat(np.arange(problem.num_flows), sizes)
    length = np.bincount(flow, weights=problem.path_length, minlength=problem.num_flows)
    volume = np.where(done, problem.volume, 0.0)
    nodes = int(max(problem.path_node.max(initial=0), problem.site_node.max(initial=0))) + 1
    passing = np.bincount(problem.path_node, weights=volume[flow], minlength=nodes)
    opened = np.flatnonzero(solution.is_open)
    costs = evaluate(problem, solution).costs_eur
    return {
        "sites": pd.DataFrame(
            {
                "node": [problem.site_name(int(j)) for j in opened],
                "served_passing": passing[problem.site_node[opened]],
                "fixed_cost": problem.fixed_cost[opened],
            }
        ),
        "flows": pd.DataFrame(
            {
                "flow_id": problem.flow_ids or np.arange(problem.num_flows),
                "volume": problem.volume,
                "length": length,
                "reach": problem.reach,
                "served": done,
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
