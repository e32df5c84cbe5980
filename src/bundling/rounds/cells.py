"""Cells of a data frame as texts, numbers and positions; what is wrong is noted as a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import Fault


def texts(column: pd.Series[Any]) -> tuple[str, ...]:
    """Cells as text; empty where a cell is blank."""
    return tuple("" if pd.isna(value) else str(value) for value in column)


def find(
    table: str,
    column_values: pd.Series[Any],
    ids: tuple[str, ...],
    faults: list[Fault],
    *,
    empty: int | None = None,
    column: str = "depot_id",
) -> list[int]:
    """Position of each cell in `ids`; `empty` is the position of a blank cell."""
    position = {name: i for i, name in enumerate(ids)}
    if empty is not None:
        position[""] = empty
    values = texts(column_values)
    unknown = tuple(dict.fromkeys(value for value in values if value not in position))
    if unknown:
        faults.append(Fault(table, column, unknown, "is not a known id", "Correct the id."))
    return [position.get(value, 0) for value in values]


def numbers(table: str, column: pd.Series[Any], faults: list[Fault], *, blank: Any = None) -> Any:
    """Cells as numbers; `blank` (one number, or one per row) stands in for blank cells."""
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    if blank is not None:
        values = np.where(column.isna(), blank, values)
    wrong = np.flatnonzero(np.isnan(values))
    if wrong.size:
        rows = tuple(str(row + 1) for row in wrong)
        faults.append(Fault(table, str(column.name), rows, "is not a number", "Fill it in."))
    return values


def lacking(tables: Mapping[str, pd.DataFrame], needed: Mapping[str, Sequence[str]]) -> list[Fault]:
    """Faults of tables and columns that must be there and are not."""
    faults = [
        Fault(name, "", (), "is missing", "Give this table.")
        for name in needed
        if name not in tables
    ]
    faults += [
        Fault(name, column, (), "is missing", "Give this column.")
        for name, columns in needed.items()
        if name in tables
        for column in columns
        if column not in tables[name].columns
    ]
    return faults


def square(name: str, frame: pd.DataFrame, nodes: tuple[str, ...], faults: list[Fault]) -> Any:
    """Cells of a matrix between nodes, in the order of `nodes`."""
    order = list(nodes)
    missing = (
        tuple(
            node
            for node in order
            if node not in set(map(str, frame.index)) & set(map(str, frame.columns))
        )
        if set(map(str, frame.index)) != set(order) or set(map(str, frame.columns)) != set(order)
        else ()
    )
    if missing or frame.shape != (len(order), len(order)):
        rule = "must have every depot, stop and station once as a row and once as a column"
        faults.append(Fault(name, "", missing, rule, "Add or remove rows and columns."))
        return np.zeros((len(order), len(order)))
    frame = frame.set_axis(list(map(str, frame.index)), axis=0)
    frame = frame.set_axis(list(map(str, frame.columns)), axis=1)
    return frame.loc[order, order].to_numpy(dtype=np.float64)
