"""Lines over years or counts as an inline SVG: one for each scenario, with a key below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from bundling.report.chart import Chart, ticks
from bundling.report.mapstyles import PALETTE

_WIDTH, _PLOT_HEIGHT = 760.0, 250.0
_LEFT, _RIGHT, _TOP, _AXIS, _ROW = 58.0, 20.0, 22.0, 40.0, 18.0
_DASHES = ("", "7 4", "2 3")
_MOST_TICKS = 10


@dataclass(frozen=True)
class Line:
    """One line: what it is called, and its points."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    marked: bool = False


def line_chart(
    title: str,
    lines: Sequence[Line],
    *,
    x_label: str,
    y_label: str,
    x_ticks: Sequence[float] = (),
    y_text: Callable[[float], str] = str,
    steps: bool = False,
    x_text: Callable[[float], str] = "{:g}".format,
    width: float = _WIDTH,
) -> Chart:
    """Draw lines in one frame.

    Parameters
    ----------
    title
        Caption, and what a screen reader says.
    lines
        What is drawn; a marked one is thicker. There is at least one point.
    x_label, y_label
        What the axes show, with the unit.
    x_ticks
        Where the horizontal axis has numbers; some whole numbers when empty.
    y_text
        Writes a number of the vertical axis.
    steps
        Hold each value until the next point, as what is built stands until more is.
    x_text
        Writes a number of the horizontal axis.
    width
        Of the drawing; a narrower one keeps its words larger beside another.
    """
    across = [float(x) for line in lines for x in line.x]
    first, last = min(across), max(across)
    highest = max(float(y) for line in lines for y in line.y)
    top = 1.05 * highest if highest > 0 else 1.0
    floor = _TOP + _PLOT_HEIGHT
    height = floor + _AXIS + _ROW * ((len(lines) + 1) // 2)

    def at_x(x: float) -> float:
        return _LEFT + (x - first) / max(last - first, 1e-9) * (width - _LEFT - _RIGHT)

    def at_y(y: float) -> float:
        return floor - y / top * _PLOT_HEIGHT

    parts = [f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}">']
    parts += [
        f'<line x1="{_LEFT:g}" x2="{width - _RIGHT:g}" y1="{at_y(y):.1f}" '
        f'y2="{at_y(y):.1f}" stroke="#e1e6ea"/><text x="{_LEFT - 6:g}" '
        f'y="{at_y(y) + 4:.1f}" text-anchor="end">{escape(y_text(y))}</text>'
        for y in ticks(top)
    ]
    parts += [
        f'<text x="{at_x(x):.1f}" y="{floor + 17:g}" text-anchor="middle">'
        f"{escape(x_text(x))}</text>"
        for x in x_ticks or _whole(first, last)
    ]
    parts.append(
        f'<text x="{_LEFT:g}" y="12">{escape(y_label)}</text>'
        f'<text x="{width - _RIGHT:g}" y="{floor + 33:g}" text-anchor="end">'
        f"{escape(x_label)}</text>"
    )
    for i, line in enumerate(lines):
        points = [(at_x(float(x)), at_y(float(y))) for x, y in zip(line.x, line.y, strict=True)]
        pen = _pen(i, line)
        parts.append(f'<path d="{_path(points, steps=steps)}" fill="none" {pen}/>')
        parts.append(_key(i, line, floor + _AXIS + 8, pen, width))
    parts.append("</svg>")
    return Chart(title, Markup("".join(parts)))  # noqa: S704 - texts are escaped


def _whole(first: float, last: float) -> list[float]:
    step = max(1.0, np.ceil((last - first) / _MOST_TICKS))
    return [float(x) for x in np.arange(np.ceil(first), last + 1e-9, step)]


def _pen(i: int, line: Line) -> str:
    """Colours repeat with other dashes, so that no line is told by colour alone."""
    colour, dash = PALETTE[i % len(PALETTE)], _DASHES[i % len(_DASHES)]
    if line.marked:
        dash = ""
    width = 3.5 if line.marked else 1.8
    return f'stroke="{colour}" stroke-width="{width:g}" stroke-dasharray="{dash}"'


def _path(points: Sequence[tuple[float, float]], *, steps: bool) -> str:
    text = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for x, y in points[1:]:
        text.append(f"H{x:.1f}V{y:.1f}" if steps else f"L{x:.1f} {y:.1f}")
    return "".join(text)


def _key(i: int, line: Line, top: float, pen: str, width: float) -> str:
    x, y = _LEFT + 0.434 * width * (i % 2), top + _ROW * (i // 2)
    return (
        f'<line x1="{x:g}" x2="{x + 28:g}" y1="{y:g}" y2="{y:g}" {pen}/>'
        f'<text x="{x + 34:g}" y="{y + 4:g}">{escape(line.label)}</text>'
    )
