"""How the map draws flows: a colour and dash a mode, and a width that tells the amount.

The area of a line grows with its width, so the width is taken in proportion to the amount, with a
floor so that small flows stay visible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bundling.report.mapstyles import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LEGS,
    ORANGE,
    PALETTE,
    PURPLE,
    RED,
    SKY,
    Category,
    Style,
)

Properties = Mapping[str, Any]

_THIN, _THICK = 1.0, 11.0
"""Width in pixels of the smallest and of the largest flow."""
_STEP = 0.5
"""Widths are rounded to this, so that a page needs few styles."""
MODES = {
    "road": Style("line", RED, weight=3.0, opacity=0.65),
    "truck": Style("line", RED, weight=3.0, opacity=0.65),
    "e-truck": Style("line", GREEN, weight=3.0, opacity=0.75, dash="10 4"),
    "van": Style("line", ORANGE, weight=3.0, opacity=0.7),
    "water": Style("line", BLUE, weight=3.0, opacity=0.75, dash="2 5"),
    "barge": Style("line", BLUE, weight=3.0, opacity=0.75, dash="2 5"),
    "rail": Style("line", PURPLE, weight=3.0, opacity=0.85, dash="9 3 2 3"),
    "train": Style("line", PURPLE, weight=3.0, opacity=0.85, dash="9 3 2 3"),
}
"""Lines of the modes the library's own days have; others take a colour of the palette."""


def widths(amounts: Sequence[float]) -> list[float]:
    """Width of each line, in pixels, in proportion to its amount."""
    most = max(amounts, default=0.0)
    if most <= 0:
        return [_THIN for _ in amounts]
    return [
        max(_THIN, round(_THICK * max(0.0, amount) / most / _STEP) * _STEP) for amount in amounts
    ]


def amount_of(properties: Properties) -> float:
    """Return what the width of a flow tells: tonnes where it has them, else its first amount."""
    for name in ("tonnes", "flow", "load"):
        if name in properties:
            return float(properties[name] or 0.0)
    skipped = ("shipments", "step")
    numbers = [v for k, v in properties.items() if k not in skipped and isinstance(v, (int, float))]
    return float(numbers[0]) if numbers else 0.0


def _by_mode(features: Sequence[Properties]) -> list[Category]:
    modes = sorted({str(properties.get("mode", "")) for properties in features})
    styles = {
        mode: MODES.get(mode.lower(), Style("line", PALETTE[i % len(PALETTE)], weight=3.0))
        for i, mode in enumerate(modes)
    }
    wide = widths([amount_of(properties) for properties in features])
    return [
        Category(
            styles[mode], text=mode, code="" if mode else "legend.flow", order=modes.index(mode),
            weight=width,
        )
        for mode, width in zip((str(p.get("mode", "")) for p in features), wide, strict=True)
    ]  # fmt: skip


def _legs(features: Sequence[Properties]) -> list[Category]:
    """Legs by kind, wider with more kilograms out and back."""
    kg = [float(p.get("kg_out") or 0.0) + float(p.get("kg_back") or 0.0) for p in features]
    return [
        replace(LEGS[str(properties["kind"])], weight=width)
        for properties, width in zip(features, widths(kg), strict=True)
    ]


def _one_colour(colour: str, code: str, dash: str = "") -> Callable[..., list[Category]]:
    def rule(features: Sequence[Properties]) -> list[Category]:
        style = Style("line", colour, weight=3.0, opacity=0.7, dash=dash)
        wide = widths([amount_of(properties) for properties in features])
        return [Category(style, code, weight=width) for width in wide]

    return rule


def _plain(style: Style, code: str) -> Callable[..., list[Category]]:
    return lambda features: [Category(style, code) for _ in features]


def _arcs(features: Sequence[Properties]) -> list[Category]:
    """Open arcs by load; those that are full in red and dashed."""
    free = Style("line", BLUE, weight=3.0, opacity=0.7)
    full = Style("line", RED, weight=3.0, opacity=0.85, dash="9 3")
    wide = widths([amount_of(properties) for properties in features])
    return [
        Category(full, "legend.arc.full", order=1, weight=width)
        if (properties.get("load_share") or 0.0) >= FULL
        else Category(free, "legend.arc.room", weight=width)
        for properties, width in zip(features, wide, strict=True)
    ]


FULL = 0.999
"""Share of the room from which something is called full."""


def _hubs(features: Sequence[Properties]) -> list[Category]:
    made = []
    for properties in features:
        if not properties.get("open", True):
            style = Style("point", GREY, "#ffffff", shape="square")
            made.append(Category(style, "legend.hub.closed", order=2))
        elif (properties.get("capacity_share") or 0.0) >= FULL:
            made.append(
                Category(Style("point", BLACK, RED, shape="square"), "legend.hub.full", order=1)
            )
        else:
            made.append(Category(Style("point", BLACK, BLUE, shape="square"), "legend.hub.open"))
    return made


def _places(features: Sequence[Properties]) -> list[Category]:
    plain = Style("point", BLACK, "#ffffff", weight=1.0, radius=3.5)
    zone = Style("point", PURPLE, PURPLE, weight=1.5, radius=4.5)
    return [
        Category(zone, "legend.place.zone", order=1)
        if properties.get("in_zone")
        else Category(plain, "legend.place")
        for properties in features
    ]


def _lanes(features: Sequence[Properties]) -> list[Category]:
    """Lanes of shippers in groups, and of those that stay alone."""
    together = Style("line", GREEN, weight=3.0, opacity=0.75)
    alone = Style("line", GREY, weight=3.0, opacity=0.6, dash="5 4")
    wide = widths([amount_of(properties) for properties in features])
    return [
        Category(together, "legend.lane.together", weight=width)
        if properties.get("together")
        else Category(alone, "legend.lane.alone", order=1, weight=width)
        for properties, width in zip(features, wide, strict=True)
    ]


FLOW_RULES: dict[tuple[str, str], Callable[[Sequence[Properties]], list[Category]]] = {
    ("hubs", "legs"): _legs,
    ("hubs.scheduled", "flows"): _by_mode,
    ("hubs.scheduled", "hubs"): _hubs,
    ("hubs.scheduled", "places"): _places,
    ("hubs.matching", "lanes"): _lanes,
    ("hubs.matching", "areas"): _places,
    ("rounds.echelons", "truck_routes"): _plain(
        Style("line", RED, weight=4.0, opacity=0.8, dash="10 4"), "legend.truck"
    ),
    ("rounds.echelons", "truck_depot"): _plain(
        Style("point", BLACK, RED, shape="square"), "legend.truck_depot"
    ),
    ("location.hubs", "transfers"): _one_colour(BLUE, "legend.transfer"),
    ("location.hubs", "allocation"): _plain(
        Style("line", SKY, weight=1.0, opacity=0.5, dash="3 3"), "legend.allocation"
    ),
    ("location.hubs", "hubs"): _hubs,
    ("location.hubs", "nodes"): _places,
    ("location.design", "arcs"): _arcs,
    ("location.design", "nodes"): _places,
}
"""Rules of the layers whose lines tell amounts, by family and layer."""
