"""What goes with the data of a region: name, description, sources and licences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from bundling.errors import Fault
from bundling.region.conform import near
from bundling.region.schema import SHAPE_LAYERS, schema

ORIGINS = ("fact", "assumption", "synthetic")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_WHERE = "datapackage.json"
_RESERVED = frozenset(
    (
        "name",
        "path",
        "data",
        "type",
        "schema",
        "format",
        "mediatype",
        "encoding",
        "shape",
        "bundling",
    )
)
"""Keys of a resource that are written from the region itself."""


def metadata_faults(name: Any, title: Any, metadata: Mapping[str, Any]) -> list[Fault]:
    """Find every fault of a region's name, title and metadata."""
    return list(_faults(name, title, metadata))


def normal(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata without what says nothing: empty entries, and the titles and origins of the schema.

    So the same region always has the same metadata, whether made in code or read from a file.
    """
    plain: dict[str, Any] = json.loads(json.dumps(dict(metadata), allow_nan=False))
    for kind in ("tables", "shapes"):
        entries = plain.pop(kind, {})
        kept = {name: _telling(kind, name, entry) for name, entry in entries.items()}
        kept = {name: entry for name, entry in kept.items() if entry}
        plain |= {kind: kept} if kept else {}
    return plain


def _telling(kind: str, name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    title = schema()[name].title if kind == "tables" else SHAPE_LAYERS[name]
    silent = {"title": title, "origin": origin(kind, name, {})}
    return {key: value for key, value in entry.items() if silent.get(key) != value}


def origin(kind: str, name: str, metadata: Mapping[str, Any]) -> str:
    """Return fact, assumption or synthetic, for a ``"tables"`` or ``"shapes"`` entry.

    What the metadata state comes before the schema; shapes are facts unless stated otherwise.
    """
    entry = metadata.get(kind, {}).get(name, {})
    return str(entry.get("origin", schema()[name].origin if kind == "tables" else "fact"))


def source_table(
    tables: Mapping[str, pd.DataFrame], layers: Mapping[str, Any], metadata: Mapping[str, Any]
) -> pd.DataFrame:
    """One row per filled table or layer and source; see `bundling.region.Region.sources`."""
    rows: list[dict[str, Any]] = []
    things = [("tables", name, len(tables[name])) for name in tables if len(tables[name])]
    things += [("shapes", name, len(layers[name].get("features", ()))) for name in layers]
    for kind, name, count in things:
        entry = metadata.get(kind, {}).get(name, {})
        sources: Any = entry.get("sources") or metadata.get("sources") or ({},)
        licences = entry.get("licenses") or metadata.get("licenses") or ()
        rows += [
            {
                "table": name,
                "kind": kind[:-1],
                "origin": origin(kind, name, metadata),
                "rows": count,
                "source": _label(source, "title"),
                "path": str(source.get("path", "")),
                "licence": " + ".join(_label(licence, "name") for licence in licences),
            }
            for source in sources
        ]
    columns = ["table", "kind", "origin", "rows", "source", "path", "licence"]
    return pd.DataFrame(rows, columns=columns)


def _label(entry: Mapping[str, Any], first: str) -> str:
    found = entry.get(first) or entry.get("title") or entry.get("path") or ""
    return str(found)


def _faults(name: Any, title: Any, metadata: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        rule = f"'{name}' is no name of a data package"
        yield Fault(_WHERE, "name", (), rule, "Use a-z, 0-9, point, dash and underscore")
    if not isinstance(title, str) or not title.strip():
        yield Fault(_WHERE, "title", (), "is empty", "Give a title for people")
    try:
        json.dumps(dict(metadata), allow_nan=False)
    except (TypeError, ValueError) as reason:
        yield Fault(_WHERE, "", (), f"is not JSON: {reason}", "Use texts, numbers, lists, objects")
        return
    yield from _source_faults(metadata, "")
    for kind, known in (("tables", schema()), ("shapes", SHAPE_LAYERS)):
        entries = metadata.get(kind, {})
        if not isinstance(entries, Mapping):
            yield Fault(_WHERE, kind, (), "is not an object", "Use {name: {...}}")
            continue
        for entry_name, entry in entries.items():
            where = f"{kind}.{entry_name}"
            if entry_name not in known:
                yield Fault(_WHERE, where, (), "is unknown", near(entry_name, known))
            elif not isinstance(entry, Mapping):
                yield Fault(_WHERE, where, (), "is not an object", "Use {'sources': [...]}")
            else:
                yield from _source_faults(entry, where + ".")
                for key in _RESERVED & entry.keys():
                    rule = "the data package has this key for itself"
                    yield Fault(_WHERE, f"{where}.{key}", (), rule, "Use another key")
                if entry.get("origin", "fact") not in ORIGINS:
                    rule = f"'{entry['origin']}' is unknown"
                    yield Fault(_WHERE, where + ".origin", (), rule, "Use " + ", ".join(ORIGINS))


def _source_faults(entry: Mapping[str, Any], where: str) -> Iterator[Fault]:
    for key, needed in (("sources", ("title", "path")), ("licenses", ("name", "path"))):
        found = entry.get(key, [])
        well = isinstance(found, list) and all(
            isinstance(item, Mapping) and any(isinstance(item.get(n), str) for n in needed)
            for item in found
        )
        if not well:
            rule = f"is not a list of objects with {' or '.join(needed)}"
            yield Fault(_WHERE, where + key, (), rule, f"Use [{{'{needed[0]}': '...'}}]")
