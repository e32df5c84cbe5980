"""A day behind one grid connection as an inline SVG: what is drawn, and what may be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from bundling.energy.evaluate import grid_kw
from bundling.report.messages import Messages
from bundling.units import clock_from_seconds

if TYPE_CHECKING:
    from bundling.energy.problem import EnergyProblem
    from bundling.energy.solution import EnergySolution

FloatArray = NDArray[np.float64]
_WIDTH, _HEIGHT = 560.0, 240.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 20.0, 18.0, 58.0
_FAR = 3.0
"""A limit this many times above the highest draw would flatten the drawing: it is only told."""
_BASE, _CHARGING, _LIMIT = "#999999", "#0072b2", "#d55e00"


@dataclass(frozen=True)
class Chart:
    """A drawing with its caption."""

    title: str
    svg: Markup


def load_chart(m: Messages, problem: EnergyProblem, solution: EnergySolution, title: str) -> Chart:
    """Draw base load, charging on top of it, and the limit of the connection, over the slots."""
    base = np.asarray(problem.base_load_kw, dtype=float)
    total = base + grid_kw(problem, solution)
    limit = np.asarray(problem.connection_kw, dtype=float)
    highest = max(1.0, float(total.max()))
    far = bool(limit.min() > _FAR * highest)
    top = 1.05 * (highest if far else max(highest, float(limit.max())))
    edges = _LEFT + np.linspace(0.0, 1.0, base.size + 1) * (_WIDTH - _LEFT - _RIGHT)

    def height(kw: FloatArray | float) -> FloatArray:
        return _HEIGHT - _BOTTOM - np.asarray(kw) / top * (_HEIGHT - _TOP - _BOTTOM)

    said = m(
        "chart.energy.alt",
        peak=m.compact(float(total.max())),
        limit=m.compact(float(limit[int(total.argmax())])),
        at=clock_from_seconds(float(problem.slot_start_s[int(total.argmax())]) % 86_400),
    )
    spoken = escape(f"{title}: {said}")
    parts = [f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" aria-label="{spoken}">']
    for kw in ticks(top):
        y = float(height(kw))
        parts.append(
            f'<line x1="{_LEFT:g}" x2="{_WIDTH - _RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}" '
            f'stroke="#e1e6ea"/><text x="{_LEFT - 6:g}" y="{y + 4:.1f}" text-anchor="end">'
            f"{m.number(kw, 0 if kw == int(kw) else 1)}</text>"
        )
    parts.append(_area(edges, height(base), float(height(0.0)), _BASE))
    parts.append(_band(edges, height(base), height(total), _CHARGING))
    if not far:
        parts.append(
            f'<path d="{_steps(edges, height(limit))}" fill="none" stroke="{_LIMIT}" '
            f'stroke-width="2" stroke-dasharray="7 4"/>'
        )
    parts.append(_hours(problem, edges))
    parts.append(f'<text x="{_LEFT:g}" y="11">kW</text>')
    parts.append(_key(m, far=far))
    parts.append("</svg>")
    return Chart(f"{title}: {said}", Markup("".join(parts)))  # noqa: S704 - texts are escaped


def ticks(top: float) -> Sequence[float]:
    """Choose some four round numbers from 0 to below `top`."""
    raw = top / 4
    size = 10.0 ** np.floor(np.log10(raw))
    step = float(size * next(factor for factor in (1, 2, 2.5, 5, 10) if factor * size >= raw))
    return [float(tick) for tick in np.arange(0.0, top, step)]


def _steps(edges: FloatArray, y: FloatArray, start: str = "M") -> str:
    """Staircase through the slots, left to right."""
    text = [f"{start}{edges[0]:.1f} {y[0]:.1f}"]
    for index in range(y.size):
        if index and y[index] != y[index - 1]:
            text.append(f"V{y[index]:.1f}")
        if index + 1 == y.size or y[index + 1] != y[index]:
            text.append(f"H{edges[index + 1]:.1f}")
    return "".join(text)


def _area(edges: FloatArray, y: FloatArray, floor: float, colour: str) -> str:
    path = f"{_steps(edges, y)}V{floor:.1f}H{edges[0]:.1f}Z"
    return f'<path d="{path}" fill="{colour}" fill-opacity="0.55"/>'


def _band(edges: FloatArray, low: FloatArray, high: FloatArray, colour: str) -> str:
    """Area between two staircases; the lower one is walked back from right to left."""
    back = [f"V{low[-1]:.1f}"]
    for index in range(low.size - 1, -1, -1):
        back.append(f"H{edges[index]:.1f}")
        if index:
            back.append(f"V{low[index - 1]:.1f}")
    path = f"{_steps(edges, high)}{''.join(back)}Z"
    return f'<path d="{path}" fill="{colour}" fill-opacity="0.8"/>'


def _hours(problem: EnergyProblem, edges: FloatArray) -> str:
    """Clock times below the axis, some eight of them on whole hours."""
    start = float(problem.start_s)
    span = problem.slot_s * (edges.size - 1)
    step = next((s for s in (3600, 7200, 10_800, 21_600) if span / s <= 8), 43_200)
    texts = []
    first = np.ceil(start / step) * step
    for at in np.arange(first, start + span + 1, step):
        x = _LEFT + (at - start) / span * (_WIDTH - _LEFT - _RIGHT)
        texts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_HEIGHT - _BOTTOM:g}" '
            f'y2="{_HEIGHT - _BOTTOM + 5:g}" stroke="#52606d"/>'
            f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 19:g}" text-anchor="middle">'
            f"{clock_from_seconds(at % 86_400)}</text>"
        )
    return "".join(texts)


def _key(m: Messages, *, far: bool) -> str:
    y = _HEIGHT - 16
    parts = []
    for index, (code, colour, dashed) in enumerate(
        [("base", _BASE, False), ("charging", _CHARGING, False)]
        + ([] if far else [("limit", _LIMIT, True)])
    ):
        x = _LEFT + 165 * index
        mark = (
            f'<line x1="{x:g}" x2="{x + 22:g}" y1="{y:g}" y2="{y:g}" stroke="{colour}" '
            'stroke-width="2" stroke-dasharray="7 4"/>'
            if dashed
            else f'<rect x="{x:g}" y="{y - 6:g}" width="22" height="12" fill="{colour}"/>'
        )
        label = escape(m(f"chart.energy.{code}"))
        parts.append(f'{mark}<text x="{x + 28:g}" y="{y + 4:g}">{label}</text>')
    return "".join(parts)
