"""Bars by open site on matplotlib axes: what all plots of this room show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST = 40
"""More bars than this cannot be read; the largest are shown."""


def bars(
    names: Sequence[str],
    amount: NDArray[np.float64],
    *,
    title: str,
    label: str,
    limit: NDArray[np.float64] | None = None,
    ax: Any = None,
) -> Any:
    """Draw one bar a site, the largest on top, and return the axes.

    Parameters
    ----------
    names, amount
        Of each open site.
    title, label
        Above the bars, and below their axis.
    limit
        Of each, drawn as a mark where it is finite.
    ax
        Matplotlib axes; new ones on a new figure when None.
    """
    if ax is None:
        from matplotlib.figure import Figure

        height = 1.5 + 0.28 * min(len(names), _MOST)
        ax = Figure(figsize=(8, height), layout="constrained").add_subplot()
    order = np.argsort(-amount, kind="stable")[:_MOST][::-1]
    ax.barh([names[k] for k in order], amount[order], color="#1b7837")
    if limit is not None:
        limited = [k for k in order if np.isfinite(limit[k])]
        ax.plot(limit[limited], [names[k] for k in limited], "|", color="black", ms=14)
    left = len(names) - len(order)
    ax.set_title(f"{title}, the largest {len(order)}" if left else title)
    ax.set_xlabel(label)
    return ax
