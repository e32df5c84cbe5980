"""What the tables of all location problems are asked: columns, names, pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import Fault


def missing(
    frames: Mapping[str, pd.DataFrame], needed: Mapping[str, tuple[str, ...]]
) -> Iterator[Fault]:
    """Yield a fault for each needed column that a table lacks."""
    for table, columns in needed.items():
        for column in columns:
            if column not in frames[table]:
                yield Fault(table, column, (), "is missing", f"Add a column '{column}'.")


def column(frame: pd.DataFrame, name: str, default: Any) -> Any:
    """Return a column as an array of the kind of `default`, or `default` where there is none."""
    if name not in frame:
        return default
    return frame[name].to_numpy(dtype=bool if isinstance(default, bool) else np.float64)


def repeated_names(table: str, name: str, values: pd.Series[str]) -> Iterator[Fault]:
    """Yield a fault when a name is there more than once."""
    again = values[values.duplicated()]
    if len(again):
        rule = "is there more than once"
        yield Fault(table, name, tuple(again), rule, "Give every row its own name.")


def unknown_names(
    table: str, frame: pd.DataFrame, name: str, found: Any, where: str
) -> Iterator[Fault]:
    """Yield a fault when a column names what is not in the table of `where`.

    `found` has the position of each row's name there, -1 for none.
    """
    wrong = np.flatnonzero(found < 0)
    if len(wrong):
        rows = tuple(str(row + 1) for row in wrong)
        names = ", ".join(str(value) for value in frame[name].iloc[wrong[:3]])
        rule = f"names what is not in the table of {where} ({names})"
        yield Fault(table, name, rows, rule, "Correct the name or add it there.")


def repeated_pairs(table: str, frame: pd.DataFrame, one: str, other: str) -> Iterator[Fault]:
    """Yield a fault when a pair is there more than once."""
    again = np.flatnonzero(frame.duplicated([one, other]).to_numpy())
    if len(again):
        rows = tuple(str(row + 1) for row in again)
        yield Fault(table, other, rows, "the pair is there more than once", "Keep one.")
