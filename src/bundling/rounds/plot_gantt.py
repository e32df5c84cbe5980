"""The day of every vehicle as a Gantt chart."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.rounds.evaluate import all_figures
from bundling.rounds.plot_axes import clock_axis, legend_above, new_axes
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.rounds.timeline import Doing, activities
from bundling.units import SECONDS_PER_HOUR

# Colour and hatch, so that a print in grey can be read too.
_STYLE = {
    Doing.DRIVING: ("#c3ccd5", ""),
    Doing.SERVICE: ("#0072B2", ""),
    Doing.WAITING: ("#ffffff", "////"),
    Doing.CHARGING: ("#E69F00", ""),
    Doing.RELOADING: ("#CC79A7", "xxxx"),
    Doing.BREAK: ("#56B4E9", "...."),
}
_ROW_INCH, _LEAST_ROWS, _MOST_ROWS = 0.3, 4, 60


def gantt(solution: RoundsSolution, problem: RoundsProblem, *, ax: Any = None) -> Any:
    """Draw what every vehicle does from departure to return, one row a round.

    Parameters
    ----------
    solution, problem
        What to draw.
    ax
        Matplotlib axes; a new figure without pyplot when None.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on; rounds have the numbers of the tables.
    """
    rounds = all_figures(problem, solution)
    if ax is None:
        rows = min(max(len(rounds), _LEAST_ROWS), _MOST_ROWS)
        ax = new_axes(10.0, 1.4 + _ROW_INCH * rows)
    done = [
        (row, doing)
        for row, (route, figures) in enumerate(zip(solution.routes, rounds, strict=True))
        for doing in activities(problem, route, figures)
    ]
    for kind, (colour, hatch) in _STYLE.items():
        mine = [(row, doing) for row, doing in done if doing.doing is kind]
        if mine:
            starts = np.array([doing.start_s for _, doing in mine])
            ends = np.array([doing.end_s for _, doing in mine])
            ax.barh(
                [row for row, _ in mine], (ends - starts) / SECONDS_PER_HOUR,
                left=starts / SECONDS_PER_HOUR, height=0.7, color=colour, hatch=hatch,
                edgecolor="#52606d", linewidth=0.4, label=str(kind),
            )  # fmt: skip
    names = [f"{number}  {route.vehicle}" for number, route in enumerate(rounds, start=1)]
    ax.set_yticks(np.arange(len(rounds)), names, fontsize="small")
    ax.set_ylim(max(len(rounds), 1) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    if rounds:
        clock_axis(ax, min(r.departure_s for r in rounds), max(r.return_s for r in rounds))
        legend_above(ax, len(_STYLE))
    ax.grid(axis="x", color="#e1e6ea", zorder=0)
    ax.set_axisbelow(True)
    ax.set_ylabel("round and vehicle")
    return ax
