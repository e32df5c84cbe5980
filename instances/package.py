"""Writing a region as a Data Package: datapackage.json, one CSV a table, one GeoJSON a layer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bundling.instances.provenance import PROVENANCE, SYNTHETIC, Provenance
from bundling.instances.regions import Spec, Tables
from bundling.region.schema import SHAPE_LAYERS, ColumnSchema, TableSchema, schema

VERSION = "2026.1"
_TYPES = {"time": "string"}


def write(
    folder: Path, spec: Spec, tables: Tables, shapes: Mapping[str, Any], seed: int
) -> None:
    """Write one region; files that are no longer part of it are removed.

    Tables are written in the column order of the schema, extra columns left out. Numbers are the
    shortest text that reads back to the same value, so equal input gives equal bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.csv"), *folder.glob("*.geojson"), *folder.glob("*.json")]:
        old.unlink()
    resources = []
    for name, table in schema().items():
        text = csv_text(table, tables[name])
        (folder / f"{name}.csv").write_bytes(text.encode())
        resources.append(_table_resource(table))
    for layer, data in shapes.items():
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
        (folder / f"{layer}.geojson").write_bytes(text.encode())
        resources.append(_shape_resource(layer))
    package = {
        "name": spec.name,
        "title": spec.title,
        "version": VERSION,
        "description": (
            f"{spec.title} for the library bundling. Places, networks and grid are facts from open "
            "data; costs, vehicles, hubs and sites are assumptions; demand is synthetic. "
            + SYNTHETIC
        ),
        "seed": seed,
        "licenses": [{"name": "other-mixed", "title": "See the licence of each resource"}],
        "resources": resources,
    }
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    (folder / "datapackage.json").write_bytes(text.encode())


def csv_text(table: TableSchema, frame: pd.DataFrame) -> str:
    """CSV text of one table in the types of its schema."""
    columns = {column.name: _cells(frame[column.name], column) for column in table.columns}
    written: str = pd.DataFrame(columns).to_csv(index=False, lineterminator="\n")
    return written


def _cells(values: pd.Series[Any], column: ColumnSchema) -> list[str]:
    return [_cell(value, column.type) for value in values.tolist()]


def _cell(value: Any, kind: str) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "integer":
        return str(int(value))
    if kind == "number":
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return str(value)


def _table_resource(table: TableSchema) -> dict[str, Any]:
    fields = []
    for column in table.columns:
        field: dict[str, Any] = {"name": column.name, "type": _TYPES.get(column.type, column.type)}
        if column.type == "time":
            field["format"] = "HH:MM"
        if column.unit:
            field["unit"] = column.unit
        field["description"] = column.description
        constraints: dict[str, Any] = {}
        if not column.nullable:
            constraints["required"] = True
        if column.minimum is not None:
            constraints["minimum"] = column.minimum
        if column.maximum is not None:
            constraints["maximum"] = column.maximum
        if column.choices:
            constraints["enum"] = list(column.choices)
        if constraints:
            field["constraints"] = constraints
        fields.append(field)
    content: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.key:
        content["primaryKey"] = list(table.key)
    links = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.reference[0] == table.name else column.reference[0],
                "fields": [column.reference[1]],
            },
        }
        for column in table.columns
        if column.reference is not None
    ]
    if links:
        content["foreignKeys"] = links
    return {
        "name": table.name.replace("_", "-"),
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "title": table.title,
        "origin": table.origin,
        **_origin(PROVENANCE[table.name]),
        "schema": content,
    }


def _shape_resource(layer: str) -> dict[str, Any]:
    return {
        "name": f"shape-{layer}",
        "path": f"{layer}.geojson",
        "format": "geojson",
        "mediatype": "application/geo+json",
        "encoding": "utf-8",
        "title": SHAPE_LAYERS[layer],
        "origin": "fact",
        **_origin(PROVENANCE[f"shape-{layer}"]),
    }


def _origin(provenance: Provenance) -> dict[str, Any]:
    name, address = provenance.licence
    licence = {"name": name, "path": address} if address else {"name": name, "title": name}
    return {
        "description": provenance.description,
        "sources": [{"title": source} for source in provenance.sources],
        "licenses": [licence],
    }
