"""A network design on matplotlib axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bundling.location.bars import bars
from bundling.location.design.problem import DesignProblem
from bundling.location.design.solution import DesignSolution
from bundling.location.design.tables import tables
from bundling.location.flowmap import Position, flow_map


def plot(solution: DesignSolution, problem: DesignProblem, *, ax: Any = None) -> Any:
    """Draw what each open arc carries, with a mark where it is full."""
    arcs = tables(problem, solution)["arcs"]
    names = arcs["arc_id"].astype(str).tolist()
    title = f"{len(names)} open arcs of {problem.num_arcs}"
    limit = arcs["capacity"].to_numpy()
    load = arcs["load"].to_numpy()
    return bars(names, load, title=title, label="units carried", limit=limit, ax=ax)


def plot_flows(
    solution: DesignSolution,
    problem: DesignProblem,
    places: Mapping[str, Position],
    *,
    ax: Any = None,
) -> Any:
    """Draw what each open arc carries, wider with more.

    Parameters
    ----------
    places
        Coordinates of every node, in any unit: the problem has none.
    """
    flows = [
        (str(row["from"]), str(row["to"]), float(row["load"]))
        for row in tables(problem, solution)["arcs"].to_dict("records")
    ]
    return flow_map(flows, places, labels=("units carried", "node", ""), ax=ax)
