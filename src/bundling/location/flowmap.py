"""Flows between named places on matplotlib axes, wider with more on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Position = tuple[float, float]
Flow = tuple[str, str, float]
"""From, to, amount."""
_WIDEST = 8.0
"""Points that the widest line is wider than the thinnest."""


def flow_map(
    flows: Sequence[Flow],
    places: Mapping[str, Position],
    *,
    thin: Sequence[tuple[str, str]] = (),
    marked: Sequence[str] = (),
    labels: tuple[str, str, str] = ("flow", "place", "hub"),
    ax: Axes | None = None,
) -> Axes:
    """Draw flows, places and marked places.

    Parameters
    ----------
    flows
        Lines with an amount each.
    places
        Coordinates of every place, in any unit.
    thin
        Lines without an amount.
    marked
        Places drawn as squares.
    labels
        What flows, places and marked places are called in the legend.
    ax
        Axes to draw on; new ones by default.

    Raises
    ------
    KeyError
        When a place has no coordinates.
    """
    from matplotlib.collections import LineCollection

    axes: Any = ax
    if axes is None:
        from matplotlib.figure import Figure

        axes = Figure(figsize=(8, 8), layout="constrained").add_subplot()
    most = max((amount for *_, amount in flows), default=0.0)
    thin_lines = [[places[a], places[b]] for a, b in thin]
    axes.add_collection(
        LineCollection(thin_lines, linewidths=0.8, colors="#8a8a8a", linestyles="dashed")
    )
    axes.add_collection(
        LineCollection(
            [[places[a], places[b]] for a, b, _ in flows],
            linewidths=[0.8 + _WIDEST * amount / (most or 1.0) for *_, amount in flows],
            colors="#1f4e79", alpha=0.65,
        )
    )  # fmt: skip
    axes.plot([], [], color="#1f4e79", linewidth=2.5, label=labels[0])
    here = np.array(list(places.values())).reshape(-1, 2)
    axes.plot(here[:, 0], here[:, 1], "o", color="#404040", markersize=3, label=labels[1])
    if marked:
        square = np.array([places[name] for name in marked])
        axes.plot(square[:, 0], square[:, 1], "s", color="#c0392b", markersize=9, label=labels[2])
        for name in marked:
            axes.annotate(
                name, places[name], xytext=(6, 6), textcoords="offset points", fontsize="small"
            )
    axes.set_title(f"Width: {labels[0]}, at most {most:,.6g}", fontsize="small")
    axes.legend(loc="best", fontsize="small")
    drawn: Axes = axes
    return drawn
