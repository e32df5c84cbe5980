"""A refuelling plan on matplotlib axes."""

from __future__ import annotations

from typing import Any

from bundling.location.bars import bars
from bundling.location.refuelling.evaluate import evaluate
from bundling.location.refuelling.problem import RefuellingProblem
from bundling.location.refuelling.solution import RefuellingSolution
from bundling.location.refuelling.tables import tables


def plot(solution: RefuellingSolution, problem: RefuellingProblem, *, ax: Any = None) -> Any:
    """Draw the served volume that passes each open site."""
    sites = tables(problem, solution)["sites"]
    share = evaluate(problem, solution).indicators["served_share"]
    title = f"{len(sites)} open sites serve {share:.1%}"
    names = sites["node"].astype(str).tolist()
    label = f"served and passing ({problem.unit})"
    return bars(names, sites["served_passing"].to_numpy(), title=title, label=label, ax=ax)
