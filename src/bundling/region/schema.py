"""The tables of a region and their columns, as ``tables.csv`` and ``columns.csv`` state them.

How a column type looks in a data frame:

=========  ==========================================================================
string     ``object`` column of `str`; null is None (text without a visible character is null)
integer    ``int64``; ``Int64`` with ``<NA>`` when the column may be null
number     ``float64``; null is NaN, infinite values are refused
boolean    ``bool``; ``boolean`` with ``<NA>`` when the column may be null
date       ``object`` column of `datetime.date`; null is None
time       ``object`` column of clock text ``"HH:MM"`` (00:00 to 24:00); null is None
=========  ==========================================================================
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Literal, cast

import pandas as pd

ColumnType = Literal["string", "integer", "number", "boolean", "date", "time"]
Origin = Literal["fact", "assumption", "synthetic"]

SHAPE_LAYERS: Mapping[str, str] = MappingProxyType(
    {
        "municipalities": "Boundaries of the municipalities",
        "districts": "Boundaries of the districts",
        "zones": "Boundaries of the zero-emission zones",
        "natura2000": "Protected nature areas",
        "waterways": "Waterways as lines",
    }
)
"""Map layers a region may have, with their titles."""


@dataclass(frozen=True)
class ColumnSchema:
    """One column of a table.

    Attributes
    ----------
    name, type, unit, description
        As in ``columns.csv``; `unit` is empty for a column without one.
    key
        Part of the table's (possibly compound) key.
    nullable
        May be empty, and then the whole column may be left out.
    reference
        ``(table, column)`` that must hold the value, or None.
    minimum, maximum
        Inclusive limits of a number, or None.
    choices
        The only values allowed; empty when any value is.
    """

    name: str
    type: ColumnType
    unit: str
    key: bool
    nullable: bool
    reference: tuple[str, str] | None
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    description: str

    @property
    def dtype(self) -> str:
        """The pandas dtype this column has in a region."""
        if self.type == "integer":
            return "Int64" if self.nullable else "int64"
        if self.type == "boolean":
            return "boolean" if self.nullable else "bool"
        return "float64" if self.type == "number" else "object"


@dataclass(frozen=True)
class TableSchema:
    """One table of a region.

    Attributes
    ----------
    name, title
        As in ``tables.csv``.
    origin
        Whether the rows are facts from a named publisher, assumptions, or synthetic (generated).
    required
        A region must have the table, though it may have no rows.
    columns
        In the order in which they are written.
    """

    name: str
    title: str
    origin: Origin
    required: bool
    columns: tuple[ColumnSchema, ...]

    @cached_property
    def by_name(self) -> Mapping[str, ColumnSchema]:
        """The columns by name."""
        return MappingProxyType({column.name: column for column in self.columns})

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that together identify a row."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def located(self) -> bool:
        """Whether every row is a place: one identifier and RD New coordinates."""
        return len(self.key) == 1 and "rd_x_m" in self.by_name

    def empty(self) -> pd.DataFrame:
        """Return the table without rows, every column with its dtype."""
        return pd.DataFrame({c.name: pd.Series([], dtype=c.dtype) for c in self.columns})


@cache
def schema() -> Mapping[str, TableSchema]:
    """Return every table a region can have, by name, in the order of ``tables.csv``."""
    columns: dict[str, list[ColumnSchema]] = {}
    for row in _rows("columns.csv"):
        columns.setdefault(row["table"], []).append(_column(row))
    return MappingProxyType(
        {
            row["table"]: TableSchema(
                name=row["table"],
                title=row["title"],
                origin=cast("Origin", row["origin"]),
                required=row["required"] == "yes",
                columns=tuple(columns[row["table"]]),
            )
            for row in _rows("tables.csv")
        }
    )


def _rows(file: str) -> Iterator[dict[str, str]]:
    text = resources.files("bundling.region").joinpath(file).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _column(row: Mapping[str, str]) -> ColumnSchema:
    table, _, column = row["reference"].partition(".")
    return ColumnSchema(
        name=row["column"],
        type=cast("ColumnType", row["type"]),
        unit=row["unit"],
        key=row["key"] == "yes",
        nullable=row["nullable"] == "yes",
        reference=(table, column) if column else None,
        minimum=float(row["minimum"]) if row["minimum"] else None,
        maximum=float(row["maximum"]) if row["maximum"] else None,
        choices=tuple(row["choices"].split()),
        description=row["description"],
    )
