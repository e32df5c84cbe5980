"""Pieces that the drawings share: an opening tag, a text, a rectangle, a line, a key."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from bundling.report.mapstyles import PALETTE

DASHES = ("", "3 2", "1 2")
"""Edges of bars whose colours come back."""


def opening(width: float, height: float, label: str) -> str:
    """Start a drawing; `label` is what a screen reader says."""
    size = f"0 0 {width:g} {height:g}"
    return f'<svg class="fit" viewBox="{size}" role="img" aria-label="{escape(label)}">'


def text(x: float, y: float, words: str, *, anchor: str = "start", strong: bool = False) -> str:
    """Write `words`, escaped."""
    weight = ' font-weight="650"' if strong else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'


def bar(x: float, y: float, width: float, height: float, colour: str, said: str = "") -> str:
    """Draw a rectangle; `said` is shown when the pointer rests on it."""
    title = f"<title>{escape(said)}</title>" if said else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" '
        f'height="{max(0.0, height):.1f}" fill="{colour}">{title}</rect>'
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str = "#e1e6ea") -> str:
    """Draw a thin line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def key(labels: Sequence[tuple[str, str]], left: float, top: float, width: float) -> str:
    """Explain colours, two a row."""
    parts = []
    for i, (colour, label) in enumerate(labels):
        x, y = left + (i % 2) * width / 2, top + 18 * (i // 2)
        parts.append(bar(x, y - 9, 22, 12, colour) + text(x + 28, y + 1, cut(label, 40)))
    return "".join(parts)


def key_height(count: int) -> float:
    """Height that a key of `count` entries takes."""
    return 18.0 * ((count + 1) // 2)


def colour(number: int) -> str:
    """Return a colour that colour-blind readers can tell from its neighbours."""
    return PALETTE[number % len(PALETTE)]


def cut(words: str, most: int) -> str:
    """Shorten `words` to `most` characters, with three dots where something is left out."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def done(parts: Sequence[str]) -> Markup:
    """Close a drawing whose texts are all escaped."""
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text went through escape
