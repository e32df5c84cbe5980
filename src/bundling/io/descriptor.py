"""The descriptor of a region as a Data Package (version 2), both ways.

Everything `bundling` adds to the standard stands in a ``bundling`` object: the origin of a table,
the layer name of a shape, and metadata the standard has no place for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bundling.errors import Fault
from bundling.region import SHAPE_LAYERS, ColumnSchema, Region, TableSchema, schema
from bundling.region.metadata import origin

FILE = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_STANDARD = (
    "description",
    "homepage",
    "version",
    "created",
    "contributors",
    "keywords",
    "sources",
    "licenses",
)
"""Metadata the standard has a place for at the top of the package."""
_RESOURCE = ("title", "description", "homepage", "sources", "licenses")
"""Metadata the standard has a place for in a resource."""
_FIELD_TYPES = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "date"},
    # The end of the day is 24:00, which the standard's type "time" does not allow.
    "time": {"type": "string"},
}


def build(region: Region, *, schemas: bool = True) -> dict[str, Any]:
    """Return the descriptor of `region`; without `schemas` that of its workbook."""
    package: dict[str, Any] = {"$schema": _PROFILE, "name": region.name, "title": region.title}
    rest = dict(region.metadata)
    tables, layers = rest.pop("tables", {}), rest.pop("shapes", {})
    package |= {key: rest.pop(key) for key in _STANDARD if key in rest}
    package["resources"] = [
        _table(schema()[name], tables.get(name, {}), region, schemas)
        for name in written_tables(region)
    ] + [_shape(name, layers.get(name, {}), region) for name in written_shapes(region)]
    if rest:
        package["bundling"] = {"metadata": rest}
    return package


def written_tables(region: Region) -> list[str]:
    """Return the tables that are written: with rows, required, or named in the metadata."""
    stated = region.metadata.get("tables", {})
    return [
        table.name
        for table in schema().values()
        if table.required or table.name in stated or len(region.tables[table.name])
    ]


def written_shapes(region: Region) -> list[str]:
    """Return the shape layers that are written: given, or named in the metadata."""
    stated = region.metadata.get("shapes", {})
    return [name for name in SHAPE_LAYERS if name in region.shapes or name in stated]


def read(package: Any, fallback: str) -> tuple[str, str, dict[str, Any], list[Fault]]:
    """Name, title and metadata of a descriptor, and its faults.

    Parameters
    ----------
    package
        Parsed JSON; None when there is no descriptor.
    fallback
        Name and title when the descriptor has none.
    """
    if package is None:
        return fallback, fallback, {}, []
    if not isinstance(package, Mapping):
        return fallback, fallback, {}, [_fault("", "is not a JSON object", "Write {...}")]
    own = package.get("bundling", {})
    extra = own.get("metadata", {}) if isinstance(own, Mapping) else None
    resources = package.get("resources", [])
    if not isinstance(extra, Mapping):
        return fallback, fallback, {}, [_fault("bundling", "is not an object", "Remove it")]
    if not isinstance(resources, list) or not all(isinstance(r, Mapping) for r in resources):
        rule = "is not a list of objects"
        return fallback, fallback, {}, [_fault("resources", rule, "Write [{...}, ...]")]
    metadata: dict[str, Any] = {key: package[key] for key in _STANDARD if key in package}
    entries: dict[str, dict[str, Any]] = {"tables": {}, "shapes": {}}
    for kind, name, entry in _entries(resources):
        entries[kind][name] = entry
    metadata |= extra
    metadata |= entries
    return package.get("name", fallback), package.get("title", fallback), metadata, []


def _entries(resources: list[Mapping[str, Any]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Kind, name and metadata of each resource."""
    for resource in resources:
        own = resource.get("bundling", {})
        own = dict(own) if isinstance(own, Mapping) else {}
        layer = own.pop("shape", None)
        kind, name = ("shapes", str(layer)) if layer else ("tables", str(resource.get("name")))
        if name in (SHAPE_LAYERS if layer else schema()):  # readers report the others
            yield kind, name, {key: resource[key] for key in _RESOURCE if key in resource} | own


def _table(
    table: TableSchema, stated: Mapping[str, Any], region: Region, schemas: bool
) -> dict[str, Any]:
    resource: dict[str, Any] = {"name": table.name, "type": "table", "title": table.title}
    if schemas:
        resource |= {
            "path": f"{table.name}.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": table_schema(table),
        }
    return _with_metadata(
        resource, stated, {"origin": origin("tables", table.name, region.metadata)}
    )


def _shape(name: str, stated: Mapping[str, Any], region: Region) -> dict[str, Any]:
    resource = {
        "name": f"{name}-shapes",
        "title": SHAPE_LAYERS[name],
        "path": f"{name}.geojson",
        "format": "geojson",
        "mediatype": "application/geo+json",
        "encoding": "utf-8",
    }
    own = {"origin": origin("shapes", name, region.metadata), "shape": name}
    return _with_metadata(resource, stated, own)


def _with_metadata(
    resource: dict[str, Any], stated: Mapping[str, Any], own: dict[str, Any]
) -> dict[str, Any]:
    resource |= {key: value for key, value in stated.items() if key in _RESOURCE}
    extra = {key: value for key, value in stated.items() if key not in _RESOURCE}
    return resource | {"bundling": {**extra, **own}}


def table_schema(table: TableSchema) -> dict[str, Any]:
    """Return the Table Schema of one table: fields, keys, and what an empty cell means."""
    described: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    if table.key:
        described["primaryKey"] = list(table.key)
    foreign = [
        {
            "fields": [column.name],
            "reference": {
                # The standard writes a reference to the table itself as an empty name.
                "resource": "" if column.reference[0] == table.name else column.reference[0],
                "fields": [column.reference[1]],
            },
        }
        for column in table.columns
        if column.reference
    ]
    return described | ({"foreignKeys": foreign} if foreign else {})


def _field(column: ColumnSchema) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, **_FIELD_TYPES[column.type]}
    if column.unit:
        field["unit"] = column.unit
    field["description"] = column.description
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    for name, limit in (("minimum", column.minimum), ("maximum", column.maximum)):
        if limit is not None:
            constraints[name] = int(limit) if column.type == "integer" else limit
    if column.choices:
        constraints["enum"] = list(column.choices)
    if column.type == "time":
        constraints["pattern"] = "([01]\\d|2[0-3]):[0-5]\\d|24:00"
    return field | ({"constraints": constraints} if constraints else {})


def _fault(column: str, rule: str, remedy: str) -> Fault:
    return Fault(FILE, column, (), rule, remedy)
