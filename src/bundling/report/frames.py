"""Data frames as tables for people: headings with units, numbers in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bundling.report.geojson import plain
from bundling.report.messages import Messages, unit_of

if TYPE_CHECKING:
    import pandas as pd

_SHARES = ("share", "rate", "gap", "soc", "factor")
_PLAIN_INTEGERS = ("year", "hour", "sequence")
_IDENTIFYING = ("_id", "_ids", "name", "id")


@dataclass(frozen=True)
class Column:
    """Heading of a column."""

    label: str
    numeric: bool


@dataclass(frozen=True)
class Cell:
    """A cell: what is shown, and the number to sort by (None sorts by text)."""

    text: str
    sort: str | None = None
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    """A row; `mark` is ``"total"``, ``"bad"`` or empty."""

    cells: tuple[Cell, ...]
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A table ready for the page."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""


def is_share(column: str) -> bool:
    """Whether the numbers of `column` are parts of one, to be shown as a percentage."""
    return not unit_of(column) and column.split("_")[-1] in _SHARES


def is_label(column: str) -> bool:
    """Whether the numbers of `column` are labels, such as years, without thousands separators."""
    return any(part in _PLAIN_INTEGERS for part in column.split("_"))


def is_mixed(column: str) -> bool:
    """Whether each number of `column` has a unit of its own, so that one rounding does not fit."""
    return column in ("value", "low", "high")


def is_name(column: str) -> bool:
    """Whether the texts of `column` are names or identifiers, which are never translated."""
    return column.endswith(_IDENTIFYING)


def prefix_of(column: str) -> str:
    """Prefix of the message codes for the texts of `column`."""
    return "cost" if column == "component" else "value"


def decimals_of(column: str, values: Collection[float]) -> int:
    """How many decimals the numbers of one column deserve, all the same."""
    unit = unit_of(column)
    if unit == "EUR/kWh":
        return 3
    if all(value == int(value) for value in values):
        return 0
    if unit == "EUR":
        return 0 if max(map(abs, values)) >= 1000 else 2
    largest = max((abs(value) for value in values), default=0.0)
    return 0 if largest >= 1000 else 1 if largest >= 20 else 2


def table(
    m: Messages,
    frame: pd.DataFrame,
    *,
    id: str,  # noqa: A002 - the page's own word
    title: str,
    most: int | None = None,
    bad: str = "",
    names: Mapping[str, str] | None = None,
    book: str = "results.xlsx",
) -> Table:
    """Make a `Table` of `frame`.

    Parameters
    ----------
    m
        Language.
    frame
        The data; unit-suffixed snake_case columns.
    id, title
        Anchor and caption.
    most
        Show at most this many rows; the caption says how many there are and where they stand.
    bad
        Name of a boolean column; rows where it is false are marked as wrong.
    names
        Names of identifiers: a cell with a known identifier shows its name.
    book
        File that has the rows that are not shown.
    """
    shown = frame if most is None else frame.head(most)
    columns, cells = [], []
    for name in frame.columns:
        # Where a table has names beside its key, the key stays what it is.
        key = "name" in frame.columns and name == frame.columns[0]
        known = {} if key or names is None else names
        made, numeric = _column(m, str(name), shown[name].tolist(), known)
        columns.append(Column(m.label(str(name)), numeric))
        cells.append(made)
    marks = [""] * len(shown)
    if bad:
        marks = ["" if holds else "bad" for holds in shown[bad]]
    rows = tuple(
        Row(line, mark)
        for line, mark in zip(zip(*cells, strict=True) if cells else (), marks, strict=True)
    )
    note = ""
    if len(shown) < len(frame):
        count, total = m.number(len(shown)), m.number(len(frame))
        note = m("table.trimmed", shown=count, total=total, book=book)
    return Table(id, title, tuple(columns), rows, note)


def _column(
    m: Messages, column: str, raw: list[Any], names: Mapping[str, str]
) -> tuple[list[Cell], bool]:
    values = [plain(value) for value in raw]
    numbers = [
        float(value)
        for value in values
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    numeric = bool(numbers) and all(value is None or not isinstance(value, str) for value in values)
    decimals = decimals_of(column, numbers)
    return [_cell(m, column, value, decimals, names) for value in values], numeric


def _cell(m: Messages, column: str, value: Any, decimals: int, names: Mapping[str, str]) -> Cell:
    if value is None or value == "":
        return Cell("")
    if isinstance(value, bool):
        return Cell(m("value.yes" if value else "value.no"))
    if isinstance(value, (int, float)):
        if is_share(column):
            text = m.percent(value)
        elif is_mixed(column):
            text = m.exact(value)
        elif is_label(column) and value == int(value):
            text = str(int(value))
        else:
            text = m.number(value, decimals)
        return Cell(text, repr(value), numeric=True)
    text = str(value)
    if text in names:
        return Cell(names[text])
    return Cell(text if is_name(column) else m.word(text, prefix_of(column)))


def pairs(
    m: Messages,
    values: Mapping[str, float],
    *,
    id: str,  # noqa: A002 - the page's own word
    title: str,
    prefix: str,
    total: str = "",
) -> Table:
    """Two-column table of named numbers; `total` names a last row with their sum (EUR)."""
    rows = []
    for name, value in values.items():
        if prefix == "cost":
            text = m.money(value)
        elif is_share(name):
            text = m.percent(value)
        else:
            text = m.compact(value)
        rows.append(
            Row((Cell(m.label(name, prefix)), Cell(text, repr(float(value)), numeric=True)))
        )
    if total:
        amount = sum(values.values())
        rows.append(Row((Cell(total), Cell(m.money(amount), repr(amount), numeric=True)), "total"))
    heads = (Column(m(f"head.{prefix}"), False), Column(m("head.value"), True))
    return Table(id, title, heads, tuple(rows))
