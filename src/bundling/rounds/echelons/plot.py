"""A two-echelon solution drawn on matplotlib axes: the rounds, and the trucks above them."""

from __future__ import annotations

from typing import Any

from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.echelons.solution import TwoEchelonSolution
from bundling.rounds.plot import plot as plot_rounds
from bundling.units import METRES_PER_KM


def plot(solution: TwoEchelonSolution, problem: TwoEchelonProblem, *, ax: Any = None) -> Any:
    """Draw trucks as dashed black lines over the map of the rounds; return the axes.

    Hubs are the depots of the rounds; the depot of the trucks is a diamond.
    """
    ax = plot_rounds(solution.rounds, problem.second, ax=ax)
    second = problem.second
    home = (problem.depot_x_m / METRES_PER_KM, problem.depot_y_m / METRES_PER_KM)
    for number, truck in enumerate(solution.trucks):
        at = [problem.hub_index[drop.hub] for drop in truck.drops]
        x = [home[0], *(second.depot_x_m[at] / METRES_PER_KM), home[0]]
        y = [home[1], *(second.depot_y_m[at] / METRES_PER_KM), home[1]]
        label = None if number else "truck"
        ax.plot(x, y, color="black", linestyle="--", linewidth=1.6, label=label, zorder=3)
    ax.plot(*home, "D", color="black", ms=9, label="depot of the trucks")
    trucks = f"{len(solution.trucks)} truck" + ("" if len(solution.trucks) == 1 else "s")
    ax.set_title(f"{trucks}, {ax.get_title()}")
    ax.legend(loc="best")
    return ax
