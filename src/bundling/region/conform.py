"""Frames as users make them, turned into the typed frames of `bundling.region.schema`.

Rows in messages are numbered as a spreadsheet or text editor shows them: the header is row 1, so
the first row of data is row 2. Readers that skip blank rows pass the numbers of the rows they kept.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault
from bundling.region.cells import CONVERTERS, RejectedCellError, is_null
from bundling.region.schema import ColumnSchema, TableSchema, schema

Rows = Mapping[str, ArrayLike]
"""Row number of each row, by table; a table that is not in it counts from 2."""


def conform(
    tables: Mapping[str, pd.DataFrame],
    *,
    rows: Rows | None = None,
    decimal_comma: Collection[str] = (),
) -> tuple[dict[str, pd.DataFrame], list[Fault], set[str]]:
    """Give every table its columns, order and dtypes.

    Parameters
    ----------
    tables
        Frames by table name: typed already, or cells as read from a file.
    rows
        See `Rows`.
    decimal_comma
        Names of the tables whose file writes decimal commas.

    Returns
    -------
    tables
        All tables of the schema in its order, those not given without rows. Cells that could not
        be read, and columns that are missing, are null there.
    faults
        Unknown and missing tables and columns, cells of the wrong type, and nulls where none is
        allowed.
    incomplete
        Names of the tables that are missing, or lack a column they must have.
    """
    known = schema()
    faults = [
        Fault(name, "", (), "there is no such table", near(name, known))
        for name in tables
        if name not in known
    ]
    typed: dict[str, pd.DataFrame] = {}
    incomplete: set[str] = set()
    for name, table in known.items():
        if name not in tables:
            typed[name] = table.empty()
            if table.required:
                incomplete.add(name)
                rule = "the table is missing"
                faults.append(Fault(name, "", (), rule, f"Add it ({table.title})"))
            continue
        labels = row_labels(name, len(tables[name]), rows)
        frame, found = _conform_table(table, tables[name], labels, name in decimal_comma)
        typed[name] = frame
        faults += found
        if any(not c.nullable and c.name not in tables[name] for c in table.columns):
            incomplete.add(name)
    return typed, faults, incomplete


def row_labels(table: str, count: int, rows: Rows | None) -> NDArray[np.int64]:
    """Row numbers as the user sees them, shape ``[count]``."""
    if rows is not None and table in rows:
        return np.asarray(rows[table], dtype=np.int64)
    return np.arange(2, count + 2)


def near(name: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown name: the nearest known ones, or all of them."""
    names = list(known)
    close = difflib.get_close_matches(str(name).lower(), names, n=2, cutoff=0.6)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return "Remove it, or use one of: " + ", ".join(names)


def shown(values: Iterable[Any], limit: int = 3) -> str:
    """Up to `limit` different values in quotes, for a message."""
    texts: dict[str, None] = {}
    for value in values:
        text = str(value)
        texts[f"'{text[:60]}...'" if len(text) > 60 else f"'{text}'"] = None
        if len(texts) > limit:
            return ", ".join(list(texts)[:limit]) + " and others"
    return ", ".join(texts)


def _conform_table(
    table: TableSchema, frame: pd.DataFrame, labels: NDArray[np.int64], comma: bool
) -> tuple[pd.DataFrame, list[Fault]]:
    faults: list[Fault] = []
    given = [str(column) for column in frame.columns]
    for name in dict.fromkeys(given):
        if name not in table.by_name:
            remedy = near(name, table.by_name)
            faults.append(Fault(table.name, name, (), "there is no such column", remedy))
        elif given.count(name) > 1:
            faults.append(Fault(table.name, name, (), "the column is there twice", "Keep one"))
    data: dict[str, pd.Series[Any]] = {}
    for column in table.columns:
        if column.name not in given:
            if not column.nullable:
                rule = "the column is missing"
                unit = f", in {column.unit}" if column.unit else ""
                remedy = f"Add it ({column.description}{unit})"
                faults.append(Fault(table.name, column.name, (), rule, remedy))
            data[column.name] = _series([None] * len(frame), column)
            continue
        cells: Any = frame.iloc[:, [given.index(column.name)]].squeeze(axis=1)
        data[column.name], found = _conform_column(table.name, column, cells, labels, comma)
        faults += found
    return pd.DataFrame(data), faults


def _conform_column(
    table: str,
    column: ColumnSchema,
    cells: pd.Series[Any],
    labels: NDArray[np.int64],
    comma: bool,
) -> tuple[pd.Series[Any], list[Fault]]:
    if str(cells.dtype) == column.dtype and cells.dtype != object and _clean(cells, column):
        return cells.reset_index(drop=True).copy(), []
    convert = CONVERTERS[column.type]
    values: list[Any] = []
    rejected: dict[tuple[str, str], list[int]] = {}
    nulls: list[int] = []
    raw = cells.tolist()
    for i, cell in enumerate(raw):
        if is_null(cell):
            nulls.append(i)
            values.append(None)
            continue
        try:
            values.append(convert(cell, comma))
        except RejectedCellError as reason:
            rejected.setdefault((reason.rule, reason.remedy), []).append(i)
            values.append(None)
    faults = [
        Fault(
            table,
            column.name,
            tuple(str(labels[i]) for i in where),
            f"{shown(raw[i] for i in where)} {rule}",
            remedy,
        )
        for (rule, remedy), where in rejected.items()
    ]
    if nulls and not column.nullable:
        places = tuple(str(labels[i]) for i in nulls)
        unit = f", in {column.unit}" if column.unit else ""
        remedy = f"Fill it in ({column.description}{unit})"
        faults.append(Fault(table, column.name, places, "the cell is empty", remedy))
    return _series(values, column), faults


def _clean(cells: pd.Series[Any], column: ColumnSchema) -> bool:
    """Whether a column that has its dtype already holds only allowed values."""
    if column.type == "number":
        values = cells.to_numpy(dtype=np.float64)
        return bool(
            np.isfinite(values).all() if not column.nullable else not np.isinf(values).any()
        )
    return True


def _series(values: list[Any], column: ColumnSchema) -> pd.Series[Any]:
    dtype = column.dtype
    if dtype in ("int64", "bool") and any(value is None for value in values):
        # Only beside a fault: the frame never leaves, but later checks still see the good rows.
        dtype = "Int64" if dtype == "int64" else "boolean"
    if dtype == "float64":
        return pd.Series(np.array(values, dtype=np.float64))
    return pd.Series(values, dtype=dtype)
