"""A network design on matplotlib axes."""

from __future__ import annotations

from typing import Any

from bundling.location.bars import bars
from bundling.location.design.problem import DesignProblem
from bundling.location.design.solution import DesignSolution
from bundling.location.design.tables import tables


def plot(solution: DesignSolution, problem: DesignProblem, *, ax: Any = None) -> Any:
    """Draw what each open arc carries, with a mark where it is full."""
    arcs = tables(problem, solution)["arcs"]
    names = arcs["arc_id"].astype(str).tolist()
    title = f"{len(names)} open arcs of {problem.num_arcs}"
    ax = bars(names, arcs["load"].to_numpy(), title=title, label="units carried", ax=ax)
    shown = {label.get_text() for label in ax.get_yticklabels()}
    limits = arcs[arcs["arc_id"].astype(str).isin(shown) & (arcs["capacity"] < float("inf"))]
    ax.plot(limits["capacity"], limits["arc_id"].astype(str), "|", color="black", ms=14)
    return ax
