"""A rounds solution drawn on matplotlib axes."""

from __future__ import annotations

from typing import Any

from bundling.rounds.evaluate import all_figures
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.units import METRES_PER_KM

# Okabe and Ito's palette for colour-blind readers.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")


def plot(solution: RoundsSolution, problem: RoundsProblem, *, ax: Any = None) -> Any:
    """Draw depots, stops and rounds on RD kilometres; one colour a vehicle type.

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
        from matplotlib.figure import Figure

        ax = Figure(figsize=(8, 8), layout="constrained").subplots()
    kinds = list(dict.fromkeys(problem.vehicle_types))
    named: set[str] = set()
    for route in all_figures(problem, solution):
        chosen = [problem.stop_index[visit.stop] for visit in route.visits]
        d = problem.depot_ids.index(route.depot)
        xs = [problem.depot_x_m[d], *problem.stop_x_m[chosen], problem.depot_x_m[d]]
        ys = [problem.depot_y_m[d], *problem.stop_y_m[chosen], problem.depot_y_m[d]]
        kind = route.vehicle_type
        ax.plot(
            [x / METRES_PER_KM for x in xs],
            [y / METRES_PER_KM for y in ys],
            color=_COLOURS[kinds.index(kind) % len(_COLOURS)],
            linewidth=1.0,
            alpha=0.8,
            label=None if kind in named else kind,
        )
        named.add(kind)
    ax.plot(
        problem.stop_x_m / METRES_PER_KM,
        problem.stop_y_m / METRES_PER_KM,
        ".",
        color="#444444",
        ms=3,
    )
    ax.plot(
        problem.depot_x_m / METRES_PER_KM,
        problem.depot_y_m / METRES_PER_KM,
        "s",
        color="black",
        ms=7,
        label="depot",
    )
    ax.set_aspect("equal")
    ax.set_xlabel("RD x (km)")
    ax.set_ylabel("RD y (km)")
    ax.set_title(f"{len(solution.routes)} rounds, {problem.num_stops} stops")
    ax.legend(loc="best")
    return ax
