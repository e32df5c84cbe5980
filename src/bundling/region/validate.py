"""Every rule the tables of a region must obey, checked in whole columns; all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import Fault
from bundling.region import domain, freight, shapes
from bundling.region.conform import Rows, conform, row_labels, shown
from bundling.region.schema import ColumnSchema, TableSchema, schema

_NOTHING: Mapping[str, Mapping[str, Any]] = {}


def validate(
    tables: Mapping[str, pd.DataFrame],
    layers: Mapping[str, Mapping[str, Any]] = _NOTHING,
    *,
    rows: Rows | None = None,
) -> list[Fault]:
    """List every fault of a region's tables and shape layers; empty when they are sound.

    Parameters
    ----------
    tables
        Frames by table name.
    layers
        GeoJSON FeatureCollections by layer name.
    rows
        Row numbers to show, by table; without them the first row is row 2, below the header.
    """
    return prepare(tables, layers, rows=rows)[1]


def prepare(
    tables: Mapping[str, pd.DataFrame],
    layers: Mapping[str, Mapping[str, Any]] = _NOTHING,
    *,
    rows: Rows | None = None,
    decimal_comma: Collection[str] = (),
    broken: Collection[str] = (),
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Typed tables, and every fault; parameters as in `validate` and `conform`.

    Nothing is said about references to the tables in `broken`, which could not be read, nor to
    those that are missing or lack a column: one cause gives one fault.
    """
    typed, faults, incomplete = conform(tables, rows=rows, decimal_comma=decimal_comma)
    checked = Checked(typed, rows, incomplete | set(broken))
    for check in (*GENERIC, *domain.RULES, *freight.RULES):
        try:
            for fault in check(checked):
                faults.append(fault)  # one by one, to keep those before an incomplete table
        except IncompleteTableError:
            continue  # the table it needs has its own fault already
    faults += shapes.faults(layers, typed)
    return typed, faults


class IncompleteTableError(Exception):
    """A rule asked for a table that is missing, unreadable, or lacks a column."""


class Checked:
    """Typed tables with the row numbers a message shows.

    Parameters
    ----------
    tables
        All tables of the schema.
    rows
        Row numbers to show, by table.
    incomplete
        Tables a rule cannot rely on; asking for one ends the rule.
    """

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], rows: Rows | None, incomplete: Collection[str]
    ) -> None:
        self.tables = tables
        self.incomplete = incomplete
        self._labels = {name: row_labels(name, len(tables[name]), rows) for name in tables}

    def __getitem__(self, table: str) -> pd.DataFrame:
        if table in self.incomplete:
            raise IncompleteTableError(table)
        return self.tables[table]

    def fault(self, table: str, column: str, where: Any, rule: str, remedy: str) -> Iterator[Fault]:
        """Yield one fault for the rows where the mask `where` holds; none when it never does."""
        mask = np.asarray(pd.array(where, dtype="boolean").fillna(False), dtype=bool)
        if mask.any():
            places = tuple(str(label) for label in self._labels[table][mask])
            yield Fault(table, column, places, rule, remedy)


def limits(data: Checked) -> Iterator[Fault]:
    """Check that numbers lie between the minimum and maximum of their column."""
    for table, column in _columns():
        if column.minimum is None and column.maximum is None:
            continue
        values = data.tables[table.name][column.name].astype("Float64")
        unit = f" {column.unit}" if column.unit else ""
        for limit, broken, word in (
            (column.minimum, values.lt, "least"),
            (column.maximum, values.gt, "most"),
        ):
            if limit is None:
                continue
            where = broken(limit).fillna(False).to_numpy(dtype=bool)
            rule = f"{shown(values[where])} is not at {word} {limit:g}{unit}"
            remedy = f"Correct it ({column.description}{', in' + unit if unit else ''})"
            yield from data.fault(table.name, column.name, where, rule, remedy)


def choices(data: Checked) -> Iterator[Fault]:
    """Check that texts are among the choices of their column."""
    for table, column in _columns():
        if column.choices:
            values = data.tables[table.name][column.name]
            where = values.notna() & ~values.isin(column.choices)
            rule = f"{shown(values[where])} is not among the choices"
            remedy = "Use one of: " + ", ".join(column.choices)
            yield from data.fault(table.name, column.name, where, rule, remedy)


def keys(data: Checked) -> Iterator[Fault]:
    """Check that no two rows of a table have the same key."""
    for table in schema().values():
        if not table.key:
            continue
        key = list(table.key)
        frame = data.tables[table.name]
        where = frame.duplicated(key, keep=False) & frame[key].notna().all(axis=1)
        doubles = frame.loc[where, key].astype(str).agg(" / ".join, axis=1)
        rule = f"the key {shown(doubles)} is there more than once" if where.any() else ""
        remedy = "Keep one row for each " + " + ".join(key)
        yield from data.fault(table.name, " + ".join(key), where, rule, remedy)


def references(data: Checked) -> Iterator[Fault]:
    """Check that a value that names a row of another table finds it, and only one."""
    doubles: set[tuple[str, str]] = set()
    for table, column in _columns():
        if column.reference is None:
            continue
        target, name = column.reference
        if target in data.incomplete:
            continue
        values = data.tables[table.name][column.name]
        pool = data.tables[target][name]
        where = values.notna() & ~values.isin(pool)
        rule = f"{shown(values[where])} is not in {target}.{name}"
        remedy = f"Correct it, or add it to {target}"
        yield from data.fault(table.name, column.name, where, rule, remedy)
        if schema()[target].key != (name,) and (target, name) not in doubles:
            doubles.add((target, name))
            twice = pool.notna() & pool.duplicated(keep=False)
            rule = f"{shown(pool[twice])} is there more than once, and other tables refer to it"
            yield from data.fault(target, name, twice, rule, "Make each one different")


def place_ids(data: Checked) -> Iterator[Fault]:
    """Check that an id names one place in the whole region, and begins with its table's prefix."""
    owner: dict[str, str] = {}
    for table in schema().values():
        if len(table.key) != 1:
            continue
        values = data.tables[table.name][table.key[0]]
        prefixes = PREFIXES.get(table.name, ())
        if prefixes:
            where = values.notna() & ~values.astype(str).str.startswith(prefixes)
            rule = f"{shown(values[where])} does not begin with {' or '.join(prefixes)}"
            yield from data.fault(
                table.name, table.key[0], where, rule, "Begin it so, that every id tells its table"
            )
        if table.located:
            taken = values.isin(owner) if owner else pd.Series(False, index=values.index)
            others = sorted({owner[value] for value in values[taken]})
            rule = f"{shown(values[taken])} also names a place in {', '.join(others)}"
            remedy = "Give every place of the region an id of its own"
            yield from data.fault(table.name, table.key[0], taken, rule, remedy)
            owner |= dict.fromkeys(values.dropna(), table.name)


PREFIXES: Mapping[str, tuple[str, ...]] = {
    "districts": ("dist-",),
    "business_parks": ("park-",),
    "zones": ("zone-",),
    "bridges": ("bridge-",),
    "motorway_nodes": ("mw-",),
    "waterway_nodes": ("ww-",),
    "locks": ("lock-",),
    "harbours": ("harb-",),
    "terminals": ("term-",),
    "truck_parkings": ("tp-",),
    "fast_chargers": ("ch-",),
    "grid_nodes": ("sub-", "area-", "con-"),
    "hub_candidates": ("hub-",),
    "site_candidates": ("site-",),
    "shippers": ("shipper-",),
    "shipments": ("ship-",),
    "stops": ("stop-",),
}
"""How the identifiers of a table begin."""

GENERIC: tuple[Callable[[Checked], Iterator[Fault]], ...] = (
    limits,
    choices,
    keys,
    references,
    place_ids,
)


def _columns() -> Iterator[tuple[TableSchema, ColumnSchema]]:
    for table in schema().values():
        for column in table.columns:
            yield table, column
