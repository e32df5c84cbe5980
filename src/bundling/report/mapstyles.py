"""How the map draws each layer: colours that colour-blind readers can tell apart, and shapes.

Colours are those of M. Okabe and K. Ito, "Color universal design" (2008). What matters is never
told by colour alone: open and closed, chosen and not, direct and via a hub differ in shape or
dashes too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BLUE, ORANGE, GREEN, PURPLE = "#0072b2", "#e69f00", "#009e73", "#cc79a7"
SKY, RED, YELLOW, BLACK, GREY = "#56b4e9", "#d55e00", "#f0e442", "#1c2733", "#7b8794"
PALETTE = (BLUE, RED, GREEN, PURPLE, ORANGE, SKY, BLACK)


@dataclass(frozen=True)
class Style:
    """How a feature is drawn; `shape` and `radius` (pixels) are for points."""

    kind: str
    colour: str
    fill: str = "#ffffff"
    fill_opacity: float = 0.9
    weight: float = 2.0
    opacity: float = 0.9
    dash: str = ""
    shape: str = "circle"
    radius: float = 5.0


@dataclass(frozen=True)
class Category:
    """Features that look the same: their style, and words for the legend.

    Attributes
    ----------
    style
        How they are drawn.
    code
        Message code of the legend.
    text
        Instead of a code: an identifier or a user's word.
    part
        Features of one layer with different parts get switches of their own; a message code.
    order
        Place in the legend.
    on
        Whether they are shown at first.
    weight
        Width of this one line in pixels, where width tells an amount; the legend has one line for
        all of them. None for that of the style.
    """

    style: Style
    code: str = ""
    text: str = ""
    part: str = ""
    order: int = 0
    on: bool = True
    weight: float | None = field(default=None, compare=False)


AREAS = {
    "municipalities": Style("area", "#9aa5b1", "#ffffff", 0.75, 1.0),
    "districts": Style("area", "#b8c2cc", "#ffffff", 0.0, 0.8, dash="3 3"),
    "zones": Style("area", PURPLE, PURPLE, 0.25, 2.0, dash="6 3"),
    "natura2000": Style("area", GREEN, GREEN, 0.14, 0.8),
    "waterways": Style("line", SKY, weight=3.0, opacity=0.8),
}
GENERIC = {
    "area": Style("area", GREY, GREY, 0.2, 1.0),
    "line": Style("line", GREY, weight=2.0),
    "point": Style("point", BLACK, GREY),
}

Properties = Mapping[str, Any]


def categories_of(family: str, layer: str, features: Sequence[Mapping[str, Any]]) -> list[Category]:
    """Category of every feature of a layer; a layer without a rule of its own is drawn plainly."""
    from bundling.report.flowstyles import FLOW_RULES

    rule = RULES.get((family, layer)) or FLOW_RULES.get((family, layer))
    if rule is None:  # two echelons draw rounds as rounds do
        rule = RULES.get((family.split(".")[0], layer))
    if rule is not None:
        return rule([feature["properties"] for feature in features])
    return [Category(GENERIC[_kind(feature)], "map.other") for feature in features]


def _kind(feature: Mapping[str, Any]) -> str:
    kind = feature["geometry"]["type"]
    return "area" if "Polygon" in kind else "line" if "Line" in kind else "point"


def _hub(properties: Properties) -> Category:
    if properties.get("open"):
        return Category(Style("point", BLACK, BLUE, shape="square"), "legend.hub.open")
    return Category(Style("point", GREY, "#ffffff", shape="square"), "legend.hub.closed", order=1)


LEGS = {
    "direct": Category(
        Style("line", RED, weight=1.5, opacity=0.6, dash="5 4"), "legend.leg.direct",
        part="map.layer.legs.direct", on=False,
    ),
    "linehaul": Category(
        Style("line", BLUE, weight=3.5, opacity=0.8), "legend.leg.linehaul",
        part="map.layer.legs.hub",
    ),
    "last_mile": Category(
        Style("line", SKY, weight=2.0, opacity=0.9), "legend.leg.last_mile",
        part="map.layer.legs.hub", order=1,
    ),
}  # fmt: skip


def _round_depot(properties: Properties) -> Category:
    if properties.get("rounds"):
        return Category(
            Style("point", BLACK, YELLOW, shape="circle", radius=7.0), "legend.depot.used"
        )
    unused = Style("point", GREY, "#ffffff", radius=5.0)
    return Category(unused, "legend.depot.unused", order=1, part="map.layer.round_depots.unused",
                    on=False)  # fmt: skip


def _round_stop(_properties: Properties) -> Category:
    return Category(
        Style("point", BLACK, "#ffffff", weight=1.0, radius=2.5), "legend.stop", on=False
    )


def _round_station(properties: Properties) -> Category:
    if properties.get("charges"):
        return Category(Style("point", BLACK, GREEN, shape="triangle"), "legend.station.used")
    return Category(
        Style("point", GREY, "#ffffff", shape="triangle"), "legend.station.unused", order=1
    )


def _round_charge(_properties: Properties) -> Category:
    return Category(
        Style("point", BLACK, ORANGE, weight=1.0, radius=4.0), "legend.charge", on=False
    )


def _round_left_out(_properties: Properties) -> Category:
    return Category(Style("point", RED, shape="cross"), "legend.stop.left_out")


def _charging_depot(properties: Properties) -> Category:
    limit, peak = properties.get("connection_kw"), properties.get("peak_kw") or 0.0
    if (properties.get("shortfall_kwh") or 0.0) > 0.05:
        return Category(Style("point", BLACK, RED, shape="triangle"), "legend.depot.short", order=2)
    if limit and peak >= 0.9 * limit:
        tight = Style("point", BLACK, ORANGE, shape="triangle")
        return Category(tight, "legend.depot.tight", order=1)
    return Category(Style("point", BLACK, SKY, shape="triangle"), "legend.depot.room")


_SITES = {
    "new": Category(Style("point", BLACK, GREEN, shape="square"), "legend.site.new"),
    "extended": Category(
        Style("point", BLACK, BLUE, shape="square"), "legend.site.extended", order=1
    ),
    "existing": Category(
        Style("point", BLACK, YELLOW, shape="circle", radius=5.0), "legend.site.existing",
        part="map.layer.sites.existing", on=False,
    ),
    "free": Category(
        Style("point", GREY, "#ffffff", shape="circle", radius=4.0), "legend.site.free",
        part="map.layer.sites.free", on=False,
    ),
    "forbidden": Category(
        Style("point", RED, shape="cross"), "legend.site.forbidden",
        part="map.layer.sites.free", order=1, on=False,
    ),
}  # fmt: skip


def _site(properties: Properties) -> Category:
    return _SITES[str(properties["state"])]


def _demand(properties: Properties) -> Category:
    asked = properties.get("asked_kwh_per_day") or 0.0
    missing = properties.get("unserved_kwh_per_day") or 0.0
    if missing > 0.01 * asked:
        style = Style("point", RED, RED, 0.75, weight=1.0, radius=6.0)
        return Category(style, "legend.demand.unserved", order=1, on=False)
    style = Style("point", PURPLE, PURPLE, 0.5, weight=1.0, radius=3.5)
    return Category(style, "legend.demand", on=False)


def _grid_node(properties: Properties) -> Category:
    """Colour by the room that is left in the tightest hour after the plan."""
    free = properties.get("free_mw")
    if free is None:
        return Category(
            Style("point", GREY, "#ffffff", shape="diamond"), "legend.grid.none", order=4
        )
    if free < 0.05:
        return Category(Style("point", BLACK, RED, shape="diamond"), "legend.grid.full", order=3)
    if free < 1.0:
        return Category(
            Style("point", BLACK, ORANGE, shape="diamond"), "legend.grid.tight", order=2
        )
    if free < 5.0:
        return Category(Style("point", BLACK, SKY, shape="diamond"), "legend.grid.some", order=1)
    return Category(Style("point", BLACK, BLUE, shape="diamond"), "legend.grid.room")


def _served(_properties: Properties) -> Category:
    return Category(Style("line", PURPLE, weight=1.2, opacity=0.6, dash="2 3"), "legend.served",
                    on=False)  # fmt: skip


def _by_vehicle(features: Sequence[Properties]) -> list[Category]:
    """One colour a vehicle type; types beyond the palette differ by dashes."""
    types = sorted({str(properties.get("vehicle_type", "")) for properties in features})
    made = {
        name: Category(
            Style("line", PALETTE[index % len(PALETTE)], weight=2.0, opacity=0.8,
                  dash=("", "8 4", "2 4")[index // len(PALETTE) % 3]),
            text=name or "map.other",
            order=index,
        )
        for index, name in enumerate(types)
    }  # fmt: skip
    return [made[str(properties.get("vehicle_type", ""))] for properties in features]


def _no_regret(_properties: Properties) -> Category:
    ring = Style("point", ORANGE, "#ffffff", fill_opacity=0.0, weight=3.5, radius=13.0)
    return Category(ring, "legend.no_regret")


def _each(choose: Callable[[Properties], Category]) -> Callable[..., list[Category]]:
    return lambda features: [choose(properties) for properties in features]


RULES: dict[tuple[str, str], Callable[[Sequence[Properties]], list[Category]]] = {
    ("hubs", "hubs"): _each(_hub),
    ("rounds", "round_routes"): _by_vehicle,
    ("rounds", "round_stops"): _each(_round_stop),
    ("rounds", "round_depots"): _each(_round_depot),
    ("rounds", "round_stations"): _each(_round_station),
    ("rounds", "round_charges"): _each(_round_charge),
    ("rounds", "round_left_out"): _each(_round_left_out),
    ("energy", "depots"): _each(_charging_depot),
    ("siting", "sites"): _each(_site),
    ("siting", "demand"): _each(_demand),
    ("siting", "grid_nodes"): _each(_grid_node),
    ("siting", "served"): _each(_served),
    ("siting", "no_regret"): _each(_no_regret),
}
