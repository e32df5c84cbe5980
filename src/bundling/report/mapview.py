"""The map of the report: background of the region, and what each family decided, in layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bundling.report.frames import is_label, is_share
from bundling.report.geojson import collect_layers
from bundling.report.mapstyles import AREAS, GENERIC, Category, Style, categories_of
from bundling.report.messages import Messages
from bundling.report.simplify import fit

if TYPE_CHECKING:
    import pandas as pd

    from bundling.result import Result

BACKGROUND_BYTES = 450_000
"""Room for the background in a page that must stay below 2 MB."""
LAYER_BYTES = 550_000
"""Room for the geometries of the families' layers."""
_PANES = ("background", "areas", "lines", "points", "marks")


@dataclass(frozen=True)
class Entry:
    """A line of the legend."""

    style: Style
    label: str


@dataclass(frozen=True)
class MapLayer:
    """A layer that can be switched."""

    id: str
    label: str
    on: bool
    count: str
    legend: tuple[Entry, ...]
    pane: str
    features: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Group:
    """Layers under one heading."""

    label: str
    layers: tuple[MapLayer, ...]


@dataclass(frozen=True)
class MapView:
    """What the page and the script need."""

    groups: tuple[Group, ...]
    data: dict[str, Any]


@dataclass
class _Styles:
    """Numbers styles and labels, so that each stands once in the page."""

    with_facts: bool = True
    numbers: dict[Style, int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)

    def label(self, text: str) -> int:
        return self.labels.setdefault(text, len(self.labels))

    def number(self, style: Style) -> int:
        return self.numbers.setdefault(style, len(self.numbers))

    def table(self) -> list[dict[str, Any]]:
        return [asdict(style) for style in self.numbers]


def map_view(
    m: Messages,
    steps: Sequence[tuple[str, Result]],
    shapes: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str],
    *,
    facts: bool = True,
    more: Mapping[tuple[str, str], dict[str, Any]] | None = None,
    places: pd.DataFrame | None = None,
) -> MapView | None:
    """Make the map of named results over the background `shapes`; None when there is nothing.

    Without `facts` pop-ups give names only, for a small page. `more` are layers, tidied, that no
    single result has, by family and name; `places` are positions of nodes without coordinates.
    """
    merged = collect_layers(steps, places) | dict(more or {})
    fitted = fit(
        {f"{family}/{layer}": shape for (family, layer), shape in merged.items()}, LAYER_BYTES
    )
    styles = _Styles(with_facts=facts)
    groups = []
    for family in dict.fromkeys(family for family, _ in merged):
        layers = tuple(
            made
            for one, layer in merged
            if one == family
            for made in _layers(
                m, styles, family, layer, fitted[f"{family}/{layer}"]["features"], names
            )
        )
        if layers:
            groups.append(Group(m.short(f"family.{family}"), layers))
    background = _background(m, styles, shapes)
    if background:
        groups.append(Group(m("map.background"), background))
    decided = _bounds(
        feature["g"]
        for group in groups
        for layer in group.layers
        if layer.pane != "background"
        for feature in layer.features
    )
    home = _bounds(
        feature["g"]
        for layer in background
        if layer.id == "background-municipalities"
        for feature in layer.features
    )
    if home is None and decided is None:
        home = _bounds(feature["g"] for layer in background for feature in layer.features)
    if home is None and decided is None:
        return None
    data = {
        "home": home or decided,
        "all": decided or home,
        "panes": list(_PANES),
        "styles": styles.table(),
        "labels": list(styles.labels),
        "layers": [
            {"id": layer.id, "pane": layer.pane, "features": list(layer.features)}
            for group in reversed(groups)
            for layer in group.layers
        ],
    }
    return MapView(tuple(groups), data)


def _background(
    m: Messages, styles: _Styles, shapes: Mapping[str, Mapping[str, Any]]
) -> tuple[MapLayer, ...]:
    layers = []
    for name, shape in fit(shapes, BACKGROUND_BYTES).items():
        if not shape["features"]:
            continue
        style = AREAS.get(name, GENERIC["area"])
        label = m.word(name, "map.layer")
        features = tuple(
            {"g": feature["geometry"], "s": styles.number(style), "t": _title(feature, {}) or label}
            for feature in shape["features"]
        )
        layers.append(
            MapLayer(
                id=f"background-{name}",
                label=label,
                on=name != "districts",
                count=m.number(len(features)),
                legend=(Entry(style, label),),
                pane="background",
                features=features,
            )
        )
    return tuple(layers)


def _layers(
    m: Messages,
    styles: _Styles,
    family: str,
    layer: str,
    features: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
) -> list[MapLayer]:
    """One layer of a family as one switch, or as one for each part that its rule tells apart."""
    parts: dict[str, list[tuple[Mapping[str, Any], Category]]] = {}
    for feature, category in zip(features, categories_of(family, layer, features), strict=True):
        parts.setdefault(category.part, []).append((feature, category))
    made = []
    for part in sorted(parts):
        used = sorted({category for _, category in parts[part]}, key=lambda one: one.order)
        label = m(part) if part else m.word(layer, "map.layer")
        drawn = tuple(
            _drawn(m, styles, feature, category, label, names) for feature, category in parts[part]
        )
        made.append(
            MapLayer(
                id=f"{family}-{layer}-{part}".strip("-").replace(".", "-"),
                label=label,
                on=any(category.on for category in used),
                count=m.number(len(drawn)),
                legend=tuple(Entry(one.style, _label(m, one, names)) for one in used),
                pane=_pane(drawn, used),
                features=drawn,
            )
        )
    return made


def _drawn(
    m: Messages,
    styles: _Styles,
    feature: Mapping[str, Any],
    category: Category,
    label: str,
    names: Mapping[str, str],
) -> dict[str, Any]:
    title = _title(feature, names)
    style = category.style
    if category.weight is not None:
        style = replace(style, weight=category.weight)
    return {
        "g": feature["geometry"],
        "s": styles.number(style),
        "t": title or label,
        "r": _facts(m, styles, feature["properties"], title, names),
    }


def _pane(drawn: Sequence[Mapping[str, Any]], used: Sequence[Category]) -> str:
    """Areas below lines below small points below symbols."""
    kinds = {feature["g"]["type"] for feature in drawn}
    if any("Polygon" in kind for kind in kinds):
        return "areas"
    if kinds <= {"Point", "MultiPoint"}:
        return "marks" if any(one.style.shape != "circle" for one in used) else "points"
    return "lines"


def _label(m: Messages, category: Category, names: Mapping[str, str]) -> str:
    if category.text:
        return names.get(category.text, category.text)
    return m(category.code)


def _title(feature: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say what a feature is called: its name, or the first identifier it has."""
    properties = feature["properties"]
    for key, value in properties.items():
        if (key == "id" or key.endswith("_id")) and value in names:
            return names[value]
    for key in ("name", "naam", "gemeente", "site_name", "hub_name"):
        if properties.get(key):
            return str(properties[key])
    return next(
        (str(value) for key, value in properties.items() if key.endswith("_id") and value), ""
    )


def _facts(
    m: Messages,
    styles: _Styles,
    properties: Mapping[str, Any],
    title: str,
    names: Mapping[str, str],
) -> list[list[int | str]]:
    """Numbered label and text of each property that says something the title does not."""
    rows: list[list[int | str]] = []
    if not styles.with_facts:
        return rows
    for key, value in properties.items():
        if value is None or value == "" or str(value) == title or key == "step":
            continue
        if isinstance(value, bool):
            text = m("value.yes" if value else "value.no")
        elif isinstance(value, (int, float)):
            if is_share(key):
                text = m.percent(value)
            else:
                text = str(value) if is_label(key) else m.compact(value)
        else:
            text = names.get(str(value), m.word(value))
        rows.append([styles.label(m.label(key)), text])
    return rows


def _bounds(geometries: Any) -> list[list[float]] | None:
    """South-west and north-east corner, latitude first as Leaflet wants; None without points."""
    west, south, east, north = 181.0, 91.0, -181.0, -91.0

    def walk(coordinates: Any, see: Callable[[float, float], None]) -> None:
        if coordinates and isinstance(coordinates[0], (int, float)):
            see(coordinates[0], coordinates[1])
        else:
            for part in coordinates:
                walk(part, see)

    def see(lon: float, lat: float) -> None:
        nonlocal west, south, east, north
        west, south, east, north = min(west, lon), min(south, lat), max(east, lon), max(north, lat)

    for geometry in geometries:
        walk(geometry["coordinates"], see)
    return None if west > east else [[south, west], [north, east]]
