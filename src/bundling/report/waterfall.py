"""From all alone down to all together as an inline SVG, a step for the saving of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bundling.report import svg
from bundling.report.chart import Chart

_WIDTH, _ROW, _BAR = 600.0, 30.0, 18.0
_LABEL, _RIGHT, _TOP = 180.0, 100.0, 8.0
_TOTAL, _SAVING, _LOSS = "#005b96", "#009e73", "#d55e00"
_LETTERS = 26


def waterfall(
    title: str,
    first: tuple[str, float],
    steps: Sequence[tuple[str, float]],
    last: tuple[str, float],
    *,
    write: Callable[[float], str],
) -> Chart:
    """Draw the way from `first` to `last`; each of `steps` takes its amount off, or adds a loss.

    Rows go from top to bottom, so that long names stay readable on a telephone. Where the steps
    are small beside the totals the axis does not begin at nothing, and a wave in both total bars
    says so.

    Parameters
    ----------
    title
        Caption, and what a screen reader says.
    first, last
        Label and amount of the two totals.
    steps
        Label of each, and what it takes off: above nothing a saving, below it a loss.
    write
        Writes an amount.
    """
    levels = [first[1]]
    for _, saved in steps:
        levels.append(levels[-1] - saved)
    highest, lowest = max(*levels, last[1]), min(*levels, last[1])
    # Small steps are stretched to at least a third of the width; the totals are then cut short.
    base = max(0.0, lowest - 2.0 * (highest - lowest)) if highest > lowest else 0.0
    base = 0.0 if base < 0.25 * lowest else base
    scale = (_WIDTH - _LABEL - _RIGHT) / (highest - base) if highest > base else 0.0

    def at(amount: float) -> float:
        return _LABEL + (amount - base) * scale

    height = _TOP + _ROW * (len(steps) + 2) + 4
    parts = [svg.opening(_WIDTH, height, title)]

    def row(number: int, label: str, strong: bool) -> float:
        top = _TOP + _ROW * number
        words = svg.cut(label, _LETTERS)
        parts.append(svg.text(_LABEL - 10, top + 18, words, anchor="end", strong=strong))
        return top + (_ROW - _BAR) / 2

    def total(number: int, label: str, amount: float) -> None:
        y = row(number, label, True)
        said = f"{label}: {write(amount)}"
        parts.append(svg.bar(_LABEL, y, at(amount) - _LABEL, _BAR, _TOTAL, said))
        if base > 0:
            x = _LABEL + 22
            wave = f"M{x} {y - 3:.1f}l5 6l-5 6l5 6l-5 6"
            parts.append(f'<path d="{wave}" fill="none" stroke="#fff" stroke-width="4"/>')
        parts.append(svg.text(at(amount) + 6, y + 14, write(amount), strong=True))

    total(0, *first)
    for i, (label, saved) in enumerate(steps):
        y = row(i + 1, label, False)
        x = sorted((at(levels[i]), at(levels[i + 1])))
        shade = _SAVING if saved >= 0 else _LOSS
        sign = "−" if saved > 0 else "+" if saved < 0 else ""
        words = f"{sign} {write(abs(saved))}".strip()
        parts.append(svg.bar(x[0], y, max(1.5, x[1] - x[0]), _BAR, shade, f"{label}: {words}"))
        parts.append(svg.text(x[1] + 6, y + 14, words))
        before = at(levels[i])
        parts.append(svg.line(before, y - _ROW + _BAR, before, y, "#52606d"))
    total(len(steps) + 1, *last)
    return Chart(title, svg.done(parts))
