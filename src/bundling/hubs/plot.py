"""Draw a hubs solution on matplotlib axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.hubs.problem import LEG_KINDS, HubsProblem
from bundling.hubs.solution import HubsSolution
from bundling.units import KG_PER_T

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {"direct": "#8a8a8a", "linehaul": "#1f4e79", "last_mile": "#2e8b57"}
"""Line colour by kind of leg."""
_WIDEST = 8.0
"""Points that the widest line is wider than the thinnest."""


def plot(solution: HubsSolution, problem: HubsProblem, *, ax: Axes | None = None) -> Axes:
    """Draw legs, wider with more tonnes a day, places and hubs in kilometres of RD New.

    Parameters
    ----------
    ax
        Axes to draw on; new ones by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on; ``ax.figure.savefig(path)`` writes them.
    """
    from matplotlib.collections import LineCollection

    axes: Any = ax
    if axes is None:
        from matplotlib.figure import Figure

        axes = Figure(figsize=(8, 8), layout="constrained").add_subplot()
    x, y = problem.location_x_m / 1000.0, problem.location_y_m / 1000.0
    who, kinds, starts, ends = problem.legs_of(solution.route)
    legs = np.stack([kinds, starts, ends], axis=1)
    unique, row = np.unique(legs, axis=0, return_inverse=True)
    kg = np.bincount(row.ravel(), weights=problem.shipment_kg[who], minlength=len(unique))
    most = kg.max(initial=0.0)
    for kind, name in enumerate(LEG_KINDS):
        mine = unique[:, 0] == kind
        if mine.any():
            a, b = unique[mine, 1], unique[mine, 2]
            lines = np.stack([np.stack([x[a], y[a]], 1), np.stack([x[b], y[b]], 1)], axis=1)
            width = 0.8 + _WIDEST * kg[mine] / most if most > 0 else np.full(mine.sum(), 0.8)
            axes.add_collection(
                LineCollection(list(lines), linewidths=width, colors=COLOURS[name], alpha=0.65)
            )
            axes.plot([], [], color=COLOURS[name], linewidth=2.5, label=name.replace("_", " "))
    axes.plot(x, y, "o", color="#404040", markersize=3, label="place")
    opened = np.isin(np.arange(problem.num_hubs), solution.open_hubs)
    for mask, face, label in ((opened, "#c0392b", "open hub"), (~opened, "white", "closed hub")):
        place = problem.hub_location[mask]
        if place.size:
            axes.plot(
                x[place], y[place], "s", color="#c0392b", markerfacecolor=face, markersize=9,
                label=label,
            )  # fmt: skip
    axes.set_aspect("equal")
    axes.set_xlabel("RD x (km)")
    axes.set_ylabel("RD y (km)")
    axes.set_title(f"Width: tonnes a day, at most {most / KG_PER_T:,.1f}", fontsize="small")
    axes.legend(loc="best", fontsize="small")
    drawn: Axes = axes
    return drawn
