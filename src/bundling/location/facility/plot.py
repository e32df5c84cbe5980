"""A facility location plan on matplotlib axes."""

from __future__ import annotations

from typing import Any

from bundling.location.bars import bars
from bundling.location.facility.problem import FacilityProblem
from bundling.location.facility.solution import FacilitySolution
from bundling.location.facility.tables import tables


def plot(solution: FacilitySolution, problem: FacilityProblem, *, ax: Any = None) -> Any:
    """Draw the demand that each open site serves; with capacities, a mark where it is full."""
    sites = tables(problem, solution)["sites"]
    names = sites["site_id"].astype(str).tolist()
    title = f"{len(names)} open sites of {problem.num_sites}"
    limit = sites["capacity"].to_numpy() if problem.has_capacity else None
    return bars(
        names, sites["demand"].to_numpy(), title=title, label="demand served", limit=limit, ax=ax
    )
