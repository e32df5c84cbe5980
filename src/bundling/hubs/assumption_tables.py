"""Tables of assumptions that users may replace: read, typed, every fault named at once."""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if

PROVENANCE = ("source", "year", "licence")
"""Columns that say where a row is from; ``year`` may be empty where ``licence`` is assumption."""


def assumption_table(
    name: str,
    table: pd.DataFrame | None = None,
    *,
    key: Sequence[str],
    numbers: Sequence[str] = (),
    flags: Sequence[str] = (),
    texts: Sequence[str] = (),
) -> pd.DataFrame:
    """Return a table of assumptions, checked.

    Parameters
    ----------
    name
        Name of the shipped table, a CSV file in ``bundling.rules`` without its ending.
    table
        A user's table that takes the place of the whole shipped one.
    key
        Columns that name a row; no two rows may agree in all of them.
    numbers, flags, texts
        Columns of finite numbers from 0 up, of ``yes``/``no``, and of text that may not be empty.

    Returns
    -------
    pandas.DataFrame
        The columns asked for, as float, bool and str, with `PROVENANCE`.

    Raises
    ------
    bundling.InputError
        Missing columns, empty cells, unreadable numbers and repeated keys, all at once.
    """
    if table is None:
        resource = importlib.resources.files("bundling.rules").joinpath(f"{name}.csv")
        with resource.open(encoding="utf-8") as lines:
            # "none" and the like are names here, never missing values.
            frame = pd.read_csv(lines, dtype=str, keep_default_na=False)
    else:
        frame = table.astype(object).where(table.notna(), "").astype(str).reset_index(drop=True)
    wanted = [*key, *texts, *numbers, *flags, *PROVENANCE]
    faults = [
        Fault(name, column, (), "the column is missing", "Add it")
        for column in dict.fromkeys(wanted)
        if column not in frame.columns
    ]
    raise_if(faults)
    if frame.empty:
        raise_if([Fault(name, "", (), "the table is empty", "Give at least one row")])
    typed = frame.copy()
    for column in (*key, *texts, "source", "licence"):
        faults += _bad(name, column, frame[column].str.strip() == "", "is empty", "Fill it in")
    undated = (frame["year"].str.strip() == "") & (frame["licence"].str.strip() != "assumption")
    faults += _bad(name, "year", undated, "is empty, and the row is no assumption", "Fill it in")
    for column in numbers:
        values = pd.to_numeric(frame[column], errors="coerce")
        wrong = ~(np.isfinite(values) & (values >= 0.0))
        faults += _bad(name, column, wrong, "is no number from 0 up", "Give a finite number >= 0")
        typed[column] = values.astype(float)
    for column in flags:
        text = frame[column].str.strip().str.lower()
        wrong = ~text.isin(["yes", "no", "true", "false"])
        faults += _bad(name, column, wrong, "is neither yes nor no", "Write yes or no")
        typed[column] = text.isin(["yes", "true"])
    twice = frame.duplicated(list(key), keep=False)
    faults += _bad(name, ", ".join(key), twice, "stands more than once", "Keep one row")
    raise_if(faults)
    return typed


def figures(name: str, table: pd.DataFrame | None = None) -> dict[str, float]:
    """Return figures by key from a table of assumptions with ``key, value, unit``.

    Parameters
    ----------
    name
        Name of the shipped table.
    table
        A user's table in its place, with all of its keys.

    Raises
    ------
    bundling.InputError
        With every unreadable row, and every key that is missing.
    """
    own = found = assumption_table(name, key=["key"], numbers=["value"], texts=["unit"])
    if table is not None:
        found = assumption_table(name, table, key=["key"], numbers=["value"], texts=["unit"])
    missing = tuple(key for key in own["key"] if key not in set(found["key"]))
    if missing:
        raise_if([Fault(name, "key", missing, "a key is missing", "Add the rows.")])
    return dict(zip(found["key"], found["value"], strict=True))


def _bad(name: str, column: str, wrong: pd.Series, rule: str, remedy: str) -> list[Fault]:
    rows = tuple(str(row + 1) for row in np.flatnonzero(wrong.to_numpy(bool)))
    return [Fault(name, column, rows, rule, remedy)] if rows else []
