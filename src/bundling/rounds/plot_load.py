"""What charging draws from each connection over the day."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.rounds.evaluate import all_figures
from bundling.rounds.plot_axes import COLOURS, LIMIT, clock_axis, legend_above, new_axes
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.rounds.timeline import QUARTER_S, FloatArray, depot_kw, quarters, station_kw
from bundling.units import SECONDS_PER_HOUR

_MOST = len(COLOURS) - 1
_REST = "#b8c4cc"


def connection_load(solution: RoundsSolution, problem: RoundsProblem, *, ax: Any = None) -> Any:
    """Draw the charging power of stations and depots by quarter hour, one on top of the other.

    Stations draw what vehicles charge on the way. At depots charging is as planned; without a plan
    a vehicle charges at its highest power as soon as it is back, until it has what it used. With
    one depot, what stands behind its connection lies at the bottom, under the limit. Places with
    little energy are drawn together when there are many.

    Parameters
    ----------
    solution, problem
        What to draw.
    ax
        Matplotlib axes; a new figure without pyplot when None.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.
    """
    if ax is None:
        ax = new_axes(10.0, 4.5)
    rounds = all_figures(problem, solution)
    edges = quarters(solution, rounds)
    loads = _loads(problem, solution, edges)
    order = sorted(loads, key=lambda name: -float(loads[name].sum()))
    shown = order if len(order) <= len(COLOURS) else order[:_MOST]
    hours, base = edges / SECONDS_PER_HOUR, np.zeros(len(edges) - 1)
    for name in [name for name in loads if name in shown]:
        top = base + loads[name]
        colour = COLOURS[shown.index(name)]
        ax.stairs(top, hours, baseline=base, fill=True, color=colour, label=name)
        base = top
    if len(shown) < len(order):
        top = base + sum(loads[name] for name in order[_MOST:])
        label = f"{len(order) - _MOST} other places"
        ax.stairs(top, hours, baseline=base, fill=True, color=_REST, label=label)
    if problem.num_depots == 1 and np.isfinite(problem.depot_kw).any():
        limit = problem.depot_kw[0]
        limit = limit[(edges[:-1] // QUARTER_S).astype(int) % len(limit)]
        ax.stairs(
            np.where(np.isfinite(limit), limit, np.nan), hours, baseline=None, color=LIMIT,
            linewidth=1.5, label=f"limit of {problem.depot_ids[0]}",
        )  # fmt: skip
    clock_axis(ax, float(edges[0]), float(edges[-1]))
    ax.set_ylim(bottom=0.0)
    ax.set_ylabel("charging power, mean of the quarter (kW)")
    ax.grid(axis="y", color="#e1e6ea")
    ax.set_axisbelow(True)
    if ax.get_legend_handles_labels()[0]:
        legend_above(ax, 4)
    return ax


def _loads(
    problem: RoundsProblem, solution: RoundsSolution, edges: FloatArray
) -> dict[str, FloatArray]:
    """Power by place: depots first, then stations behind their connections, then the others."""
    rounds = all_figures(problem, solution)
    depots = depot_kw(problem, solution, rounds, edges)
    stations = station_kw(problem, rounds, edges)
    own = {name: problem.station_depot[problem.station_index[name]] < 0 for name in stations}
    loads = {f"depot {place}": kw for place, kw in depots.items()}
    for alone in (False, True):
        loads |= {f"station {name}": kw for name, kw in stations.items() if own[name] == alone}
    return loads
