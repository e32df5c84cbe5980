"""A siting plan on matplotlib axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.siting.flows import flows
from bundling.siting.layers import site_state
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution
from bundling.units import METRES_PER_KM

_STYLE = {
    "new": ("#1b7837", "new site"),
    "extended": ("#5aae61", "existing site, extended"),
    "existing": ("#4575b4", "existing site"),
    "free": ("#d9d9d9", "candidate, not chosen"),
    "forbidden": ("#f4a582", "forbidden"),
}


def plot(solution: SitingSolution, problem: SitingProblem, *, ax: Any = None) -> Any:
    """Draw sites, demand and who is served where in the last planning year.

    Parameters
    ----------
    solution, problem
        What to draw.
    ax
        Matplotlib axes; new ones on a new figure when None.

    Returns
    -------
    matplotlib.axes.Axes
        RD New kilometres. Sites by state, area of the marker by peak load; demand points as
        dots, red where energy stays unserved; grid nodes as grey triangles.
    """
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=(8, 7), layout="constrained").add_subplot()
    year = problem.num_years - 1
    flow = flows(problem, solution)
    km = 1.0 / METRES_PER_KM
    for p in np.flatnonzero(solution.served[:, year] > 0):
        d, s = problem.pair_demand[p], problem.pair_site[p]
        ax.plot(
            [problem.demand_x_m[d] * km, problem.site_x_m[s] * km],
            [problem.demand_y_m[d] * km, problem.site_y_m[s] * km],
            color="0.75",
            linewidth=0.6,
            zorder=1,
        )
    ax.scatter(
        problem.node_x_m * km, problem.node_y_m * km, marker="^", s=18, color="0.55", zorder=2,
        label="grid node",
    )  # fmt: skip
    short = flow.unserved_kwh[:, year] > 1e-3 * np.maximum(problem.demand_kwh[:, year], 1.0)
    for mask, colour, label in (
        (~short, "0.2", "demand"),
        (short, "#d73027", "demand, not all served"),
    ):
        if mask.any():
            ax.scatter(
                problem.demand_x_m[mask] * km, problem.demand_y_m[mask] * km, s=10, color=colour,
                zorder=3, label=label,
            )  # fmt: skip
    states = np.array([site_state(problem, solution, s, year) for s in range(problem.num_sites)])
    peak = flow.load_kw[:, year].max(axis=1) if problem.num_sites else np.zeros(0)
    for state, (colour, label) in _STYLE.items():
        mask = states == state
        if mask.any():
            ax.scatter(
                problem.site_x_m[mask] * km, problem.site_y_m[mask] * km, marker="s",
                s=20 + peak[mask] / 10.0, facecolor=colour, edgecolor="black", linewidth=0.4,
                zorder=4, label=label,
            )  # fmt: skip
    ax.set_aspect("equal")
    ax.set_xlabel("RD x (km)")
    ax.set_ylabel("RD y (km)")
    ax.set_title(f"Charging sites in {problem.years[year]}")
    ax.legend(loc="best", fontsize="small")
    return ax
