"""Reading columns of data frames into arrays; what is wrong goes into a list, all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault

Tables = Mapping[str, pd.DataFrame]


def missing(tables: Tables, needed: Mapping[str, Sequence[str]]) -> list[Fault]:
    """Name every table and column of `needed` that is not there."""
    wrong = []
    for name, columns in needed.items():
        if name not in tables:
            wrong.append(Fault(name, "", (), "is missing", "Give this table."))
            continue
        wrong += [
            Fault(name, column, (), "is missing", "Give this column.")
            for column in columns
            if column not in tables[name].columns
        ]
    return wrong


def floats(tables: Tables, table: str, column: str, wrong: list[Fault]) -> NDArray[np.float64]:
    """Read a column as numbers; what is no number becomes 0."""
    series: pd.Series[Any] = tables[table][column]
    numbers = pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero(np.isnan(numbers))
    if len(bad):
        rule = f"'{series.iloc[bad[0]]}' is not a number"
        wrong.append(Fault(table, column, _labels(bad), rule, "Give a number."))
    filled: NDArray[np.float64] = np.where(np.isnan(numbers), 0.0, numbers)
    return filled


def integers(
    tables: Tables, table: str, column: str, wrong: list[Fault], *, empty: int | None = None
) -> NDArray[np.int64]:
    """Read a column as whole numbers; empty cells become `empty`, unless that is None."""
    series: pd.Series[Any] = tables[table][column]
    if empty is not None:
        blank = series.isna() | (series.astype(str).str.strip() == "")
        series = series.astype(object).where(~blank, empty)
    numbers = floats({table: series.to_frame(column)}, table, column, wrong)
    bad = np.flatnonzero(~np.isfinite(numbers) | (numbers != np.round(numbers)))
    if len(bad):
        rule = f"'{series.iloc[bad[0]]}' is not a whole number"
        wrong.append(Fault(table, column, _labels(bad), rule, "Give a whole number."))
    return np.where(np.isfinite(numbers), np.round(numbers), 0.0).astype(np.int64)


def booleans(tables: Tables, table: str, column: str, wrong: list[Fault]) -> NDArray[np.bool_]:
    """Read a column of true and false."""
    meaning = {"true": True, "1": True, "false": False, "0": False}
    words = [str(value).strip().lower() for value in tables[table][column]]
    bad = tuple(str(i + 1) for i, word in enumerate(words) if word not in meaning)
    if bad:
        wrong.append(Fault(table, column, bad, "is not true or false", "Write true or false."))
    return np.array([meaning.get(word, False) for word in words], dtype=bool)


def index(
    tables: Tables,
    table: str,
    column: str,
    ids: Sequence[str],
    wrong: list[Fault],
    *,
    empty: bool = False,
) -> NDArray[np.int64]:
    """Read a column of identifiers as places in `ids`; -1 for an empty cell where that may be."""
    series: pd.Series[Any] = tables[table][column]
    place = {name: i for i, name in enumerate(ids)}
    found, bad = np.zeros(len(series), dtype=np.int64), []
    for row, value in enumerate(series):
        if empty and (pd.isna(value) or value == ""):
            found[row] = -1
        elif str(value) in place:
            found[row] = place[str(value)]
        else:
            bad.append(row)
    if bad:
        rule = f"'{series.iloc[bad[0]]}' is not one of the identifiers"
        wrong.append(Fault(table, column, _labels(bad), rule, "Use an existing identifier."))
    return found


def block(
    tables: Tables,
    table: str,
    column: str,
    keys: Mapping[str, Sequence[str]],
    wrong: list[Fault],
) -> NDArray[np.float64]:
    """Spread a long table over its key columns; every combination must be there once."""
    frame = tables[table]
    shape = tuple(len(values) for values in keys.values())
    flat = np.full(int(np.prod(shape)), np.nan)
    place = np.zeros(len(frame), dtype=np.int64)
    known = np.ones(len(frame), dtype=bool)
    for key, values in keys.items():
        order = {name: i for i, name in enumerate(values)}
        codes = np.array([order.get(str(value), -1) for value in frame[key]], dtype=np.int64)
        known &= codes >= 0
        place = place * len(values) + codes
    numbers = floats(tables, table, column, wrong)
    flat[place[known]] = numbers[known]
    twice = known.sum() != len(np.unique(place[known]))
    if twice or not known.all() or np.isnan(flat).any():
        rule = f"needs each of its {flat.size} combinations of keys once, and no others"
        wrong.append(Fault(table, column, (), rule, "Complete the table; remove double rows."))
    return flat.reshape(shape)


def spread(keys: Mapping[str, Sequence[Any]], values: Mapping[str, Any]) -> pd.DataFrame:
    """Make the long table that `block` reads: one row a combination of keys, the last runs first.

    Parameters
    ----------
    keys
        Key columns and what they run over.
    values
        Further columns; arrays with one axis a key.
    """
    shape = tuple(len(labels) for labels in keys.values())
    places = np.indices(shape).reshape(len(shape), -1)
    frame: dict[str, Any] = {
        key: np.array(labels)[at] for (key, labels), at in zip(keys.items(), places, strict=True)
    }
    frame |= {name: np.asarray(array).ravel() for name, array in values.items()}
    return pd.DataFrame(frame)


def _labels(rows: Sequence[int] | NDArray[np.int64]) -> tuple[str, ...]:
    return tuple(str(int(i) + 1) for i in rows)
