"""Rule tables from CSV and DataFrame: every cell typed, every fault named."""

from __future__ import annotations

import csv
import importlib.resources
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from bundling.errors import Fault
from bundling.rules.schema import NOTE, SCENARIO, SOURCE, VALID_TO, Column, Row, RuleTable, Value

OVERRIDE_SOURCE = "user override"
_MAY_LACK = (VALID_TO, SCENARIO, SOURCE, NOTE)
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


def shipped_rows(table: RuleTable) -> tuple[list[Row], list[Fault]]:
    """Rows of the table that comes with the library."""
    resource = importlib.resources.files("bundling.rules").joinpath(f"{table.name}.csv")
    with resource.open(encoding="utf-8") as lines:
        return _parse(table, lines)


def file_rows(table: RuleTable, path: Path) -> tuple[list[Row], list[Fault]]:
    """Rows of a user's CSV file (UTF-8, comma, header line)."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return _parse(table, lines)


def frame_rows(table: RuleTable, frame: pd.DataFrame) -> tuple[list[Row], list[Fault]]:
    """Rows of a user's DataFrame; missing values are empty cells."""
    names = [str(name) for name in frame.columns]
    cells = [[_text(cell) for cell in record] for record in frame.itertuples(index=False)]
    return _rows(table, names, cells)


def _parse(table: RuleTable, lines: Iterable[str]) -> tuple[list[Row], list[Fault]]:
    reader = csv.reader(lines)
    names = [name.strip() for name in next(reader, [])]
    # Blank lines are skipped; they are no rows.
    return _rows(table, names, [record for record in reader if record])


def _text(cell: object) -> str:
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return ""
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""
        # A column of integers with an empty cell arrives from pandas as floats.
        return str(int(cell)) if cell.is_integer() else repr(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


def _rows(
    table: RuleTable, names: Sequence[str], cells: Sequence[Sequence[str]]
) -> tuple[list[Row], list[Fault]]:
    faults = _header_faults(table, names)
    known = {column.name: column for column in table.all_columns}
    place = {name: index for index, name in enumerate(names) if name in known}
    problems: dict[tuple[str, str, str], list[str]] = {}
    rows: list[Row] = []
    for number, record in enumerate(cells, start=1):
        if len(record) != len(names):
            rule = f"the row has {len(record)} cells, the header {len(names)}"
            faults.append(Fault(table.name, "", (str(number),), rule, "Add or remove cells"))
            continue
        row: dict[str, Value] = {}
        for name, column in known.items():
            text = record[place[name]].strip() if name in place else ""
            if name == SOURCE and not text and name not in place:
                text = OVERRIDE_SOURCE
            value, rule, remedy = _cell(column, text)
            row[name] = value
            if rule and (name in place or name in _MAY_LACK):
                problems.setdefault((name, rule, remedy), []).append(str(number))
        rows.append(row)
    for (name, rule, remedy), numbers in problems.items():
        faults.append(Fault(table.name, name, tuple(numbers), rule, remedy))
    # Cells that could not be read make later checks (overlaps) meaningless.
    return ([] if faults else rows), faults


def _header_faults(table: RuleTable, names: Sequence[str]) -> list[Fault]:
    columns = [column.name for column in table.all_columns]
    faults = [
        Fault(table.name, name, (), "unknown column", "Known columns: " + ", ".join(columns))
        for name in dict.fromkeys(names)
        if name not in columns
    ]
    faults += [
        Fault(table.name, name, (), "the column stands twice", "Keep one of them")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    faults += [
        Fault(table.name, name, (), "the column is missing", "Add it")
        for name in columns
        if name not in names and name not in _MAY_LACK
    ]
    return faults


def _cell(column: Column, text: str) -> tuple[Value, str, str]:
    """Value of a cell, the rule it breaks (or empty) and the remedy."""
    if not text:
        if column.nullable:
            return None, "", ""
        return None, "the cell is empty", "Fill it in"
    if column.kind == "text":
        if column.choices and text not in column.choices:
            return text, f"'{text}' is not a choice", "Use one of: " + ", ".join(column.choices)
        return text, "", ""
    if column.kind == "date":
        try:
            return date.fromisoformat(text), "", ""
        except ValueError:
            return None, f"'{text}' is not a date", "Write dates as 2026-07-01"
    if column.kind == "boolean":
        if text.lower() in _YES + _NO:
            return text.lower() in _YES, "", ""
        return None, f"'{text}' is neither yes nor no", "Write yes or no"
    return _number(column, text)


def _number(column: Column, text: str) -> tuple[Value, str, str]:
    try:
        number = float(text)
    except ValueError:
        return None, f"'{text}' is not a number", "Write a number with a decimal point"
    if not math.isfinite(number):
        return None, f"'{text}' is not finite", "Leave the cell empty or give a number"
    if column.kind == "integer" and not number.is_integer():
        return None, f"'{text}' is not a whole number", "Write a whole number"
    low, high = column.minimum, column.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        bounds = f"{'' if low is None else low:g}" if high is None else f"{low:g} to {high:g}"
        words = f"at least {bounds}" if high is None else f"within {bounds}"
        return None, f"{text} is not {words}", f"Give a value {words}"
    return (int(number) if column.kind == "integer" else number), "", ""


def to_frame(table: RuleTable, rows: Iterable[Row]) -> pd.DataFrame:
    """DataFrame of rows: dates as ISO text, so that ``to_csv`` gives the file format back."""
    names = [column.name for column in table.all_columns]
    records = [[_shown(row[name]) for name in names] for row in rows]
    return pd.DataFrame(records, columns=names, dtype=object)


def _shown(value: Value) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return value


def read_overrides(
    source: Path | Mapping[str, pd.DataFrame], tables: Mapping[str, RuleTable]
) -> tuple[dict[str, list[Row]], list[Fault]]:
    """Rows of every overridden table, from a folder of CSV files or a mapping of frames."""
    rows: dict[str, list[Row]] = {}
    faults: list[Fault] = []
    if isinstance(source, Path):
        if not source.is_dir():
            raise FileNotFoundError(f"no folder of rule tables at {source}")
        items: dict[str, Path | pd.DataFrame] = {
            path.stem: path for path in sorted(source.glob("*.csv"))
        }
    else:
        items = dict(source)
    for name, item in items.items():
        table = tables.get(name)
        if table is None:
            remedy = "Known tables: " + ", ".join(tables)
            faults.append(Fault(name, "", (), "there is no rule table of this name", remedy))
            continue
        found, wrong = file_rows(table, item) if isinstance(item, Path) else frame_rows(table, item)
        rows[name] = found
        faults += wrong
    return rows, faults
