"""Reasons on matplotlib axes: what assumptions do, what a megawatt is worth, a Pareto front."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bundling.siting.pareto import Front
from bundling.siting.reasons.headroom_value import MARGINAL, RESOLVED

_LOW, _HIGH, _BAR = "#4575b4", "#d73027", "#1b7837"
_NAMES = {
    "cost_eur": "net present cost (EUR)",
    "unserved_mwh": "energy not served (MWh)",
    "co2e_t": "CO2e (t)",
    "nox_kg": "NOx (kg)",
    "capital_eur": "capital (EUR)",
}


def _axes(ax: Any, height: float) -> Any:
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=(8, height), layout="constrained").add_subplot()


def _whiskers(ax: Any, value: Any, low: Any, high: Any, at: Any) -> None:
    """Draw what is proved, where it is an interval that can be drawn."""
    known = np.isfinite(low) & np.isfinite(high) & np.isfinite(value) & (high > low)
    if known.any():
        value, low, high = value[known], low[known], high[known]
        ax.errorbar(
            value, at[known], xerr=np.array([value - low, high - value]), fmt="none", color="0.2",
            capsize=3, linewidth=0.8,
        )  # fmt: skip


def plot_tornado(frame: pd.DataFrame, *, ax: Any = None) -> Any:
    """Draw what each assumption does to cost at its low and its high value.

    Parameters
    ----------
    frame
        From `bundling.siting.reasons.tornado`.
    ax
        Matplotlib axes; new ones on a new figure when None.

    Returns
    -------
    matplotlib.axes.Axes
        A bar each side, the largest swing on top, with what is proved as whiskers; "no plan"
        where none was found or none keeps all limits.
    """
    names = list(dict.fromkeys(frame["assumption"]))
    ax = _axes(ax, 1.5 + 0.5 * len(names))
    for side, colour in (("low", _LOW), ("high", _HIGH)):
        mine = frame[frame["side"] == side].set_index("assumption").loc[names]
        eur = mine["eur"].to_numpy(dtype=float)
        at = np.arange(len(names), dtype=float)
        drawn = np.isfinite(eur)
        ax.barh(at, np.where(drawn, eur, 0.0), height=0.6, color=colour, alpha=0.8, label=side)
        low, high = (mine[c].to_numpy(dtype=float) for c in ("low_eur", "high_eur"))
        _whiskers(ax, eur, low, high, at)
        for i in np.flatnonzero(~drawn):
            ax.text(0.0, at[i], f" {side}: no plan", va="center", fontsize="small")
    ax.axvline(0.0, color="0.2", linewidth=0.8)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlabel("change of net present cost (EUR)")
    ax.legend(loc="best", fontsize="small", title="value")
    return ax


_WORTH_NOTHING = "with what is built held, more headroom saves nothing at any node"


def plot_headroom_value(frame: pd.DataFrame, *, top: int = 15, ax: Any = None) -> Any:
    """Draw what one more MW is worth at the nodes and in the years where it is worth most.

    Parameters
    ----------
    frame
        From `bundling.siting.reasons.headroom_value`.
    top
        Number of nodes and years shown, of each kind.
    ax
        Matplotlib axes; new ones on a new figure when None.

    Returns
    -------
    matplotlib.axes.Axes
        Re-solved values dark with what is proved as whiskers, marginal ones pale: those hold for
        the next kilowatt, with what is built held.
    """
    # Of marginal values those above nothing; a re-solved one was asked for, and shows its 0 too.
    worth = frame[(frame["kind"] == RESOLVED) | (frame["eur_per_mw"] > 0)]
    kinds = [
        worth[worth["kind"] == kind].nlargest(top, "eur_per_mw") for kind in (RESOLVED, MARGINAL)
    ]
    labels = [f"{row.name}, {row.year}" for rows in kinds for row in rows.itertuples(index=False)]
    ax = _axes(ax, 1.5 + 0.3 * len(labels))
    at = 0
    for rows, kind, alpha in zip(kinds, (RESOLVED, MARGINAL), (0.9, 0.35), strict=True):
        if not len(rows):
            continue
        places = np.arange(at, at + len(rows), dtype=float)
        value = rows["eur_per_mw"].to_numpy(dtype=float)
        ax.barh(places, value, height=0.7, color=_BAR, alpha=alpha, label=kind)
        if kind == RESOLVED:
            low, high = (
                rows[c].to_numpy(dtype=float) for c in ("low_eur_per_mw", "high_eur_per_mw")
            )
            _whiskers(ax, value, low, high, places)
        at += len(rows)
    ax.set_yticks(range(len(labels)), labels)
    ax.invert_yaxis()
    ax.set_xlabel("saving of net present cost (EUR per MW)")
    if labels:
        ax.legend(loc="best", fontsize="small")
    else:
        ax.text(0.5, 0.5, _WORTH_NOTHING, ha="center", va="center", transform=ax.transAxes)
        ax.set_xticks([])
    return ax


def plot_front(front: Front, *, ax: Any = None) -> Any:
    """Draw a Pareto front: its plans, and what no plan can be below.

    Parameters
    ----------
    front
        From `bundling.siting.pareto.pareto`.
    ax
        Matplotlib axes; new ones on a new figure when None.

    Returns
    -------
    matplotlib.axes.Axes
        `front.x` across and `front.y` up. The dashed line is the bound for each ceiling.

    Raises
    ------
    ValueError
        When the front has no plan.
    """
    if front.points.empty:
        raise ValueError("nothing to draw: " + " ".join(front.words))
    ax = _axes(ax, 6.0)
    points = front.points
    x, y = points[front.x].to_numpy(), points[front.y].to_numpy()
    # Between two plans only the worse of both is known to be possible.
    rises = front.limited == front.x
    ax.step(x, y, where="post" if rises else "pre", color=_BAR, linewidth=0.8)
    ax.plot(x, y, "o", color=_BAR, label="plan")
    bound, limit = points["bound"].to_numpy(), points["ceiling"].to_numpy()
    ends = (limit, bound) if rises else (bound, limit)
    ax.plot(*ends, "--", color="0.4", linewidth=0.8, label=f"no plan has less {front.minimised}")
    ax.set_xlabel(_NAMES[front.x])
    ax.set_ylabel(_NAMES[front.y])
    ax.legend(loc="best", fontsize="small")
    return ax
