"""Draw a split: what each pays alone and together, and how the savings add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.hubs.sharing_tables import split_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bundling.hubs.sharing_views import SharedCost

COLOURS = {"alone": "#8a8a8a", "together": "#1f4e79", "saving": "#2e8b57", "loss": "#c0392b"}
"""Bar colour by what it shows."""


def plot_sharing(sharing: SharedCost, method: str = "shapley", *, ax: Axes | None = None) -> Axes:
    """Draw two bars a player, alone and together, with the range where costs have a gap.

    Parameters
    ----------
    method
        A split of `SharedCost.splits`.
    ax
        Axes to draw on; new ones by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on; ``ax.figure.savefig(path)`` writes them.
    """
    pays = split_of(sharing, method)
    axes = _axes(ax, len(pays))
    x = np.arange(len(pays), dtype=np.float64)
    axes.bar(x - 0.2, sharing.alone_eur, 0.38, color=COLOURS["alone"], label="alone")
    axes.bar(x + 0.2, pays, 0.38, color=COLOURS["together"], label="together")
    low, high = sharing.splits.low[method], sharing.splits.high[method]
    wide = np.isfinite(low) & np.isfinite(high) & (high - low > 0.01)
    if wide.any():
        around = np.clip(np.stack([pays - low, high - pays])[:, wide], 0.0, None)
        axes.errorbar(
            x[wide] + 0.2, pays[wide], around, fmt="none", ecolor="black", capsize=3,
            label=f"range: {sharing.range_from}",
        )  # fmt: skip
    for place, saved, alone in zip(x, sharing.alone_eur - pays, sharing.alone_eur, strict=True):
        part = f"\n{_whole(-100 * saved / alone)} %" if alone > 0 else ""
        axes.annotate(
            f"{_whole(-saved)} EUR{part}",
            (place, alone),
            ha="center",
            va="bottom",
            fontsize="small",
        )
    names = [name.replace(" ", "\n") for name in sharing.players]
    axes.set_xticks(x, names, fontsize="small")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.margins(y=0.15)
    axes.set_ylabel("EUR a day")
    axes.set_title(method.replace("_", " "), fontsize="medium")
    axes.legend(loc="best", fontsize="small")
    drawn: Axes = axes
    return drawn


def plot_waterfall(sharing: SharedCost, method: str = "shapley", *, ax: Axes | None = None) -> Axes:
    """Draw the way from each alone down to all together, a step for each player's saving.

    Parameters and result as in `plot_sharing`. A player that loses steps up, in red.
    """
    pays = split_of(sharing, method)
    axes = _axes(ax, len(pays) + 2)
    alone, saved = sharing.alone_eur, sharing.alone_eur - pays
    after = alone.sum() - np.cumsum(saved)
    before = after + saved
    x = np.arange(1, len(pays) + 1)
    axes.bar(0, alone.sum(), 0.7, color=COLOURS["alone"], label="all alone")
    for gains, label in ((saved >= 0, "saving"), (saved < 0, "loss")):
        if gains.any():
            low = np.minimum(before, after)[gains]
            axes.bar(x[gains], np.abs(saved)[gains], 0.7, low, color=COLOURS[label], label=label)
    axes.bar(len(pays) + 1, pays.sum(), 0.7, color=COLOURS["together"], label="together")
    level = [float(alone.sum()), *after.tolist()]
    base = _base(level)
    if base > 0:  # small steps beside large totals: cut the bars, and say so
        axes.set_ylim(base, max(level) + 0.15 * (max(level) - base))
        for end in (0, len(pays) + 1):
            axes.annotate("~", (end, base), ha="center", va="bottom", color="white", fontsize=20)
    for k, height in enumerate(level):
        axes.plot([k + 0.35, k + 0.65], [height, height], color="#404040", linewidth=0.8)
    for place, top, amount in zip(x, np.maximum(before, after), saved, strict=True):
        axes.annotate(_whole(-amount), (place, top), ha="center", va="bottom", fontsize="small")
    names = [name.replace(" ", "\n") for name in sharing.players]
    axes.set_xticks(range(len(pays) + 2), ["all alone", *names, "together"], fontsize="small")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylabel(f"EUR a day (from {base:,.0f})" if base > 0 else "EUR a day")
    axes.set_title(method.replace("_", " "), fontsize="medium")
    axes.legend(loc="best", fontsize="small")
    drawn: Axes = axes
    return drawn


def _whole(amount: float) -> str:
    """Write a whole amount with its sign, which nothing has not."""
    rounded = round(float(amount))
    return f"{rounded:+,d}" if rounded else "0"


def _base(level: list[float]) -> float:
    """Where the axis begins: at nothing, or higher where the steps would not be seen."""
    lowest, span = min(level), max(level) - min(level)
    if span <= 0 or lowest - 2.0 * span <= 0.25 * lowest:
        return 0.0
    return lowest - 2.0 * span


def _axes(ax: Axes | None, bars: int) -> Any:
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=(max(6.0, 1.1 * bars + 2.0), 5.0), layout="constrained").add_subplot()
