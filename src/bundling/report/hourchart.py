"""Amounts by the hour as an inline SVG: what comes in above the line, what goes out below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.report import svg
from bundling.report.chart import Chart, ticks

FloatArray = NDArray[np.float64]

_WIDTH, _HALF = 640.0, 110.0
_LEFT, _RIGHT, _TOP, _AXIS = 58.0, 12.0, 24.0, 22.0
_MOST_HOURS = 13
"""Hours written below the bars at most."""


@dataclass(frozen=True, eq=False)
class Hours:
    """One series: its label, and what comes in and goes out in each hour."""

    label: str
    inwards: FloatArray
    outwards: FloatArray


def hour_chart(
    title: str,
    series: Sequence[Hours],
    *,
    up: str,
    down: str,
    write: Callable[[float], str],
) -> Chart:
    """Stack what comes in above the line and what goes out below it, hour by hour.

    Parameters
    ----------
    title
        Caption, and what a screen reader says.
    series
        One or more, over the same hours from midnight on.
    up, down
        Words for the two halves, with the unit.
    write
        Writes an amount.
    """
    used = sum(one.inwards + one.outwards for one in series)
    busy = np.flatnonzero(np.asarray(used) > 0)
    count = len(series[0].inwards)
    first = max(0, int(busy[0]) - 1) if busy.size else 0
    last = min(count, int(busy[-1]) + 2) if busy.size else count
    highest = max(
        float(np.sum([one.inwards for one in series], axis=0).max(initial=0.0)),
        float(np.sum([one.outwards for one in series], axis=0).max(initial=0.0)),
    )
    top = 1.05 * highest if highest > 0 else 1.0
    zero = _TOP + _HALF
    floor = zero + _AXIS + _HALF
    keys = svg.key_height(len(series))
    height = floor + 30 + keys
    scale = _HALF / top
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, last - first)
    parts = [svg.opening(_WIDTH, height, title)]
    for amount in ticks(top)[1:]:
        for y in (zero - amount * scale, zero + _AXIS + amount * scale):
            parts.append(svg.line(_LEFT, y, _WIDTH - _RIGHT, y))
            parts.append(svg.text(_LEFT - 6, y + 4, write(amount), anchor="end"))
    parts.append(svg.text(_LEFT, 13, f"↑ {up}"))
    for hour in range(first, last):
        x = _LEFT + step * (hour - first)
        above, below = zero, zero + _AXIS
        for number, one in enumerate(series):
            amounts = (float(one.inwards[hour]), float(one.outwards[hour]))
            clock = f"{hour:02d}:00"
            if amounts[0] > 0:
                above -= amounts[0] * scale
                said = f"{one.label}, {clock}: {write(amounts[0])}"
                parts.append(
                    svg.bar(x + 1, above, step - 2, amounts[0] * scale, svg.colour(number), said)
                )
            if amounts[1] > 0:
                said = f"{one.label}, {clock}: {write(amounts[1])}"
                parts.append(
                    svg.bar(x + 1, below, step - 2, amounts[1] * scale, svg.colour(number), said)
                )
                below += amounts[1] * scale
    every = max(1, -(-(last - first) // _MOST_HOURS))
    for hour in range(first, last, every):
        x = _LEFT + step * (hour - first)
        parts.append(svg.text(x, zero + 15, f"{hour:02d}:00"))
    parts.append(svg.line(_LEFT, zero, _WIDTH - _RIGHT, zero, "#52606d"))
    parts.append(svg.line(_LEFT, zero + _AXIS, _WIDTH - _RIGHT, zero + _AXIS, "#52606d"))
    parts.append(svg.text(_LEFT, floor + 12, f"↓ {down}"))
    labels = [(svg.colour(i), one.label) for i, one in enumerate(series)]
    parts.append(svg.key(labels, _LEFT, floor + 34, _WIDTH - _LEFT))
    return Chart(title, svg.done(parts))
