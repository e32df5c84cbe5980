"""A hub location plan on matplotlib axes."""

from __future__ import annotations

from typing import Any

from bundling.location.bars import bars
from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.solution import HubLocationSolution
from bundling.location.hubs.tables import tables


def plot(solution: HubLocationSolution, problem: HubLocationProblem, *, ax: Any = None) -> Any:
    """Draw the flow through each open hub; with capacities what it collects, and where it is full."""
    hubs = tables(problem, solution)["hubs"]
    names = hubs["node_id"].astype(str).tolist()
    title = f"{len(names)} open hubs of {problem.num_nodes} nodes"
    column = "collected" if problem.has_capacity else "through"
    label = "flow collected" if problem.has_capacity else "flow through the hub"
    ax = bars(names, hubs[column].to_numpy(), title=title, label=label, ax=ax)
    if problem.has_capacity:
        shown = {text.get_text() for text in ax.get_yticklabels()}
        limits = hubs[hubs["node_id"].astype(str).isin(shown)]
        ax.plot(limits["capacity"], limits["node_id"].astype(str), "|", color="black", ms=14)
    return ax
