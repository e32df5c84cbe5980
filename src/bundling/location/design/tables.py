"""A network design as data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bundling.location.design.evaluate import evaluate
from bundling.location.design.problem import DesignProblem
from bundling.location.design.solution import DesignSolution


def tables(problem: DesignProblem, solution: DesignSolution) -> dict[str, pd.DataFrame]:
    """Return the plan by arc, by flow and by cost.

    Returns
    -------
    dict of pandas.DataFrame
        ``arcs``: every open arc with its facilities, load, capacity, how full it is and costs.
        ``flows``: commodity, arc and units of each pair that is used. ``costs``: amount by
        component, and in total.
    """
    load = np.bincount(solution.arc, weights=solution.flow, minlength=problem.num_arcs)
    opened = np.flatnonzero(solution.facilities > 0)
    nodes = np.array(problem.node_ids, dtype=object)
    arcs = np.array(problem.arc_ids, dtype=object)
    capacity = (problem.capacity * np.maximum(solution.facilities, 1))[opened]
    costs = evaluate(problem, solution).costs_eur
    return {
        "arcs": pd.DataFrame(
            {
                "arc_id": arcs[opened],
                "from": nodes[problem.tail[opened]],
                "to": nodes[problem.head[opened]],
                "facilities": solution.facilities[opened],
                "load": load[opened],
                "capacity": capacity,
                "load_share": load[opened] / np.maximum(capacity, 1e-300),
                "fixed_cost": (problem.fixed_cost * solution.facilities)[opened],
                "carrying_cost": (problem.unit_cost * load)[opened],
            }
        ),
        "flows": pd.DataFrame(
            {
                "commodity_id": np.array(problem.commodity_ids, dtype=object)[solution.commodity],
                "arc_id": arcs[solution.arc],
                "units": solution.flow,
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
