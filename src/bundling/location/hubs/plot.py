"""A hub location plan on matplotlib axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bundling.location.bars import bars
from bundling.location.flowmap import Position, flow_map
from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.solution import HubLocationSolution
from bundling.location.hubs.tables import tables


def plot(solution: HubLocationSolution, problem: HubLocationProblem, *, ax: Any = None) -> Any:
    """Draw the flow through each open hub; with capacities what it collects and its limit."""
    hubs = tables(problem, solution)["hubs"]
    names = hubs["node_id"].astype(str).tolist()
    title = f"{len(names)} open hubs of {problem.num_nodes} nodes"
    column = "collected" if problem.has_capacity else "through"
    label = "flow collected" if problem.has_capacity else "flow through the hub"
    limit = hubs["capacity"].to_numpy() if problem.has_capacity else None
    return bars(names, hubs[column].to_numpy(), title=title, label=label, limit=limit, ax=ax)


def plot_flows(
    solution: HubLocationSolution,
    problem: HubLocationProblem,
    places: Mapping[str, Position],
    *,
    ax: Any = None,
) -> Any:
    """Draw the flow between hubs, wider with more, and the hub that each node uses.

    Parameters
    ----------
    places
        Coordinates of every node, in any unit: the problem has only distances.
    """
    frames = tables(problem, solution)
    flows = [
        (str(row["from_id"]), str(row["to_id"]), float(row["flow"]))
        for row in frames["transfers"].to_dict("records")
    ]
    uses = frames["allocation"].to_dict("records")
    return flow_map(
        flows,
        places,
        thin=[(str(row["node_id"]), str(row["hub_id"])) for row in uses],
        marked=[str(name) for name in frames["hubs"]["node_id"]],
        labels=("flow between hubs", "node", "hub"),
        ax=ax,
    )
