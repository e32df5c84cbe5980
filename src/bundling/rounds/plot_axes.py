"""What the drawings of rounds share: colours, new axes, and an axis of clock times."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.units import SECONDS_PER_HOUR, clock_from_seconds

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
"""Okabe and Ito's palette for colour-blind readers."""
LIMIT = "#b00020"
_MOST_TICKS = 12


def new_axes(width: float, height: float) -> Any:
    """Axes on a figure of their own, in inches, without pyplot."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained").subplots()


def clock_axis(ax: Any, first_s: float, last_s: float) -> None:
    """Make the x axis of `ax`, in hours since midnight, tell the time from first to last."""
    first, last = first_s / SECONDS_PER_HOUR, last_s / SECONDS_PER_HOUR
    margin = 0.01 * max(last - first, 0.1)
    step = next(
        (s for s in (0.25, 0.5, 1.0, 2.0, 3.0, 6.0) if (last - first) / s <= _MOST_TICKS), 24.0
    )
    ticks = np.arange(np.ceil(first / step - 1e-9) * step, last + 1e-9, step)
    ax.set_xticks(ticks, [clock_from_seconds(tick * SECONDS_PER_HOUR) for tick in ticks])
    ax.set_xlim(first - margin, last + margin)


def legend_above(ax: Any, columns: int) -> None:
    """Put the legend in a row above the axes, where it covers nothing."""
    ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, frameon=False, fontsize="small",
        borderaxespad=0.2, columnspacing=1.2, handlelength=1.6,
    )  # fmt: skip
