"""Draw a day of departures on matplotlib axes: a map of flows, and hubs by the hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.hubs.scheduled.hub_hours import hub_hours
from bundling.hubs.scheduled.loads import handled, modes_of, moves_of
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#1f4e79", "#2e8b57", "#b8860b", "#7b3f8c", "#8a8a8a")
"""Line colours of the modes, in order of name."""
_HUB = "#c0392b"


def plot(solution: ScheduledSolution, problem: ScheduledProblem, *, ax: Axes | None = None) -> Axes:
    """Draw the flows, wider with more load of the first resource, in kilometres of RD New.

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

    axes = _axes(ax, (8, 8))
    x, y = problem.location_x_m / 1000.0, problem.location_y_m / 1000.0
    moves, modes = moves_of(problem, solution), modes_of(problem, solution)
    load = problem.shipment_load[solution.move_shipment, 0]
    flows: dict[tuple[str, int, int], float] = {}
    for mode, a, b, amount in zip(
        modes, moves.start.tolist(), moves.end.tolist(), load.tolist(), strict=True
    ):
        flows[mode, a, b] = flows.get((mode, a, b), 0.0) + amount
    most = max(flows.values(), default=0.0)
    for number, mode in enumerate(sorted(set(modes))):
        mine = [(a, b, amount) for (name, a, b), amount in flows.items() if name == mode]
        axes.add_collection(
            LineCollection(
                [np.array([[x[a], y[a]], [x[b], y[b]]]) for a, b, _ in mine],
                linewidths=[0.6 + 6.0 * amount / most if most > 0 else 0.6 for *_, amount in mine],
                colors=COLOURS[number % len(COLOURS)], alpha=0.6, label=mode or "lane",
            )
        )  # fmt: skip
    axes.plot(x, y, "o", color="#404040", markersize=3, label="place")
    is_open = handled(problem, solution).any(axis=1)
    for mask, face, label in ((is_open, _HUB, "open hub"), (~is_open, "white", "closed hub")):
        place = problem.hub_location[mask]
        if place.size:
            axes.plot(
                x[place], y[place], "s", color=_HUB, markerfacecolor=face, markersize=9,
                label=label,
            )  # fmt: skip
    axes.set_aspect("equal")
    axes.set_xlabel("RD x (km)")
    axes.set_ylabel("RD y (km)")
    axes.set_title(f"Width: {problem.resource_ids[0]} a day, at most {most:,.0f}", fontsize="small")
    axes.legend(loc="best", fontsize="small")
    drawn: Axes = axes
    return drawn


def plot_hub_hours(
    solution: ScheduledSolution,
    problem: ScheduledProblem,
    *,
    resource: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what arrives at (up) and leaves (down) the hubs, hour by hour.

    Parameters
    ----------
    resource
        Which resource; the first by default.
    ax
        Axes to draw on; new ones by default.

    Raises
    ------
    ValueError
        When there is no such resource.
    """
    name = problem.resource_ids[0] if resource is None else resource
    if name not in problem.resource_ids:
        raise ValueError(f"no resource {name}: use one of {', '.join(problem.resource_ids)}")
    axes, frame = _axes(ax, (9, 4)), hub_hours(problem, solution)
    hours = int(np.ceil(problem.num_slots * problem.slot_s / 3600.0))
    for way, sign in (("arrives", 1.0), ("leaves", -1.0)):
        below = np.zeros(hours)
        for number, hub in enumerate(dict.fromkeys(frame["hub_id"])):
            mine = frame[frame["hub_id"] == hub]
            height = np.zeros(hours)
            height[[int(text[:2]) for text in mine["hour"]]] = mine[f"{way}_{name}"]
            axes.bar(
                np.arange(hours) + 0.5, sign * height, bottom=below, width=0.9,
                color=COLOURS[number % len(COLOURS)], label=hub if sign > 0 else None,
            )  # fmt: skip
            below += sign * height
    axes.axhline(0.0, color="#404040", linewidth=0.8)
    axes.yaxis.set_major_formatter(lambda amount, _place: f"{abs(amount):,.0f}")
    axes.set_xticks(range(0, hours + 1, 2 if hours <= 24 else 6))
    axes.set_xlabel("hour of the day")
    axes.set_ylabel(f"{name} an hour: arrives (up), leaves (down)")
    if len(frame):
        axes.legend(loc="best", fontsize="small")
    drawn: Axes = axes
    return drawn


def _axes(ax: Axes | None, size: tuple[float, float]) -> Any:
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained").add_subplot()
