"""A hub location plan as data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bundling.location.hubs.evaluate import collected, evaluate, legs
from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.solution import HubLocationSolution


def tables(problem: HubLocationProblem, solution: HubLocationSolution) -> dict[str, pd.DataFrame]:
    """Return the plan by hub, by node and hub, by pair of hubs, by way, and by cost.

    Returns
    -------
    dict of pandas.DataFrame
        ``hubs``: every open hub with the nodes that use it, flow collected, distributed and passing
        through (each unit once), capacity and fixed cost. ``allocation``: node, hub, and the flow
        sent and received through it. ``transfers``: flow and cost from hub to hub. ``ways``: pair,
        first and last hub, share, flow and cost of a unit. ``costs``: amount by component, and in
        total.
    """
    n = problem.num_nodes
    names = np.array(problem.node_ids, dtype=object)
    first, last = solution.first, solution.last
    amount = problem.flow[solution.origin, solution.destination] * solution.share
    come = collected(problem, solution)
    gone = np.bincount(last, weights=amount, minlength=n)
    both = np.bincount(first[first == last], weights=amount[first == last], minlength=n)
    sends, gets = np.zeros((n, n)), np.zeros((n, n))
    np.add.at(sends, (solution.origin, first), amount)
    np.add.at(gets, (solution.destination, last), amount)
    between = np.zeros((n, n))
    np.add.at(between, (first, last), amount)
    opened = np.flatnonzero(solution.is_open)
    node, hub = np.nonzero((sends > 0) | (gets > 0))
    k, m = np.nonzero(between * (1 - np.eye(n)))
    parts = legs(problem, solution)
    costs = evaluate(problem, solution).costs_eur
    return {
        "hubs": pd.DataFrame(
            {
                "node_id": names[opened],
                "nodes": np.bincount(hub, minlength=n)[opened],
                "collected": come[opened],
                "distributed": gone[opened],
                "through": (come + gone - both)[opened],
                "capacity": problem.capacity[opened],
                "fixed_cost": problem.fixed_cost[opened],
            }
        ),
        "allocation": pd.DataFrame(
            {
                "node_id": names[node],
                "hub_id": names[hub],
                "sent": sends[node, hub],
                "received": gets[node, hub],
            }
        ),
        "transfers": pd.DataFrame(
            {
                "from_id": names[k],
                "to_id": names[m],
                "flow": between[k, m],
                "cost": between[k, m] * problem.alpha * problem.distance[k, m],
            }
        ),
        "ways": pd.DataFrame(
            {
                "from_id": names[solution.origin],
                "to_id": names[solution.destination],
                "first_hub_id": names[first],
                "last_hub_id": names[last],
                "share": solution.share,
                "flow": amount,
                "unit_cost": parts[0] + parts[1] + parts[2],
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
