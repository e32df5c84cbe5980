"""Draw the savings of the groups on matplotlib axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.matching.solution import MatchingSolution
from bundling.hubs.matching.tables import tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHOWN = 25


def plot(solution: MatchingSolution, problem: MatchingProblem, *, ax: Axes | None = None) -> Axes:
    """Draw a bar a group of two or more, most saving first, at most 25.

    Parameters
    ----------
    ax
        Axes to draw on; new ones by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on; ``ax.figure.savefig(path)`` writes them.
    """
    groups = tables(problem, solution)["groups"].query("members > 1").head(_SHOWN)
    axes: Any = ax
    if axes is None:
        from matplotlib.figure import Figure

        size = (8, max(2.5, 0.35 * len(groups) + 1.2))
        axes = Figure(figsize=size, layout="constrained").add_subplot()
    places = range(len(groups))
    axes.barh(places, groups["saving_eur"], color="#2e8b57")
    for place, saving, part in zip(places, groups["saving_eur"], groups["saving_pct"], strict=True):
        axes.annotate(f" {part:.0f} %", (saving, place), va="center", fontsize="small")
    axes.set_yticks(places, list(groups["shippers"]))
    axes.invert_yaxis()
    axes.set_xlabel("saving (EUR over all days)")
    drawn: Axes = axes
    return drawn
