"""Horizontal bars as an inline SVG: one or two a row, with the amount written behind each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bundling.report import svg
from bundling.report.chart import Chart

_WIDTH, _ROW, _BAR = 600.0, 30.0, 16.0
_LABEL, _RIGHT, _TOP = 180.0, 130.0, 8.0
_LETTER = 6.8
"""Width of a letter."""


@dataclass(frozen=True)
class Bar:
    """A row: its label, an amount for each series, and what is written behind it."""

    label: str
    amounts: tuple[float, ...]
    note: str = ""


def bar_chart(
    title: str,
    rows: Sequence[Bar],
    *,
    write: Callable[[float], str],
    series: Sequence[tuple[str, str]] = (),
    colour: str = "#0072b2",
    loss: str = "#d55e00",
    label: float = _LABEL,
) -> Chart:
    """Draw bars from a common start; an amount below nothing is drawn to the other side in `loss`.

    Parameters
    ----------
    title
        Caption, and what a screen reader says.
    rows
        What is drawn, top to bottom; every row has as many amounts as there are series, or one.
    write
        Writes an amount.
    series
        Colour and label of each amount of a row; empty for one amount.
    colour, loss
        Of a single amount from nothing up, and below.
    label
        Room for the labels, left of the bars.
    """
    count = max(1, len(series))
    row_height = _ROW if count == 1 else 14.0 + _BAR * count
    amounts = [amount for row in rows for amount in row.amounts]
    low, high = min(0.0, *amounts), max(0.0, *amounts)
    width = _WIDTH - _LABEL + label
    room = width - label - _RIGHT
    scale = room / (high - low) if high > low else 0.0
    start = label - low * scale
    keys = svg.key_height(len(series))
    height = _TOP + row_height * len(rows) + (10.0 + keys if series else 4.0)
    parts = [svg.opening(width, height, title)]
    for i, row in enumerate(rows):
        top = _TOP + row_height * i
        middle = top + row_height / 2 + 4
        parts.append(
            svg.text(label - 10, middle, svg.cut(row.label, int(label / _LETTER)), anchor="end")
        )
        for s, amount in enumerate(row.amounts):
            y = top + (row_height - _BAR * count) / 2 + _BAR * s
            shade = series[s][0] if series else colour if amount >= 0 else loss
            said = f"{row.label}: {write(amount)}"
            x = start + min(0.0, amount) * scale
            parts.append(svg.bar(x, y, max(1.0, abs(amount) * scale), _BAR - 2, shade, said))
            words = write(amount) + (f" ({row.note})" if row.note and s + 1 == count else "")
            end = start + max(0.0, amount) * scale
            parts.append(svg.text(end + 6, y + _BAR - 5, words))
    if low < 0:
        parts.append(svg.line(start, _TOP, start, _TOP + row_height * len(rows), "#52606d"))
    if series:
        parts.append(svg.key(series, label, height - keys + 8, width - label))
    return Chart(title, svg.done(parts))
