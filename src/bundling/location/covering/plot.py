"""A covering plan on matplotlib axes."""

from __future__ import annotations

from typing import Any

from bundling.location.bars import bars
from bundling.location.covering.evaluate import evaluate
from bundling.location.covering.problem import CoveringProblem
from bundling.location.covering.solution import CoveringSolution
from bundling.location.covering.tables import tables


def plot(solution: CoveringSolution, problem: CoveringProblem, *, ax: Any = None) -> Any:
    """Draw the weight that each open site covers."""
    sites = tables(problem, solution)["sites"]
    share = evaluate(problem, solution).indicators["covered_share"]
    title = f"{len(sites)} open sites cover {share:.1%}"
    names = sites["site_id"].astype(str).tolist()
    return bars(names, sites["covered"].to_numpy(), title=title, label="weight covered", ax=ax)
