"""One table as CSV (RFC 4180, UTF-8), both ways.

Written with commas, points and line feeds; numbers with all their digits, null as an empty cell.
Read also as Dutch Excel saves it: semicolons or tabs, decimal commas, a byte order mark.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from bundling.errors import Fault
from bundling.region import TableSchema
from bundling.region.cells import has_decimal_point

MAX_ROWS = 1_048_575
"""Most rows of a table; a sheet of Excel holds one more, the header."""
_MAX_CELL = 1_000_000


@dataclass
class RawTable:
    """Cells of one table as they stand in a file.

    Attributes
    ----------
    frame
        Cells by column name: text, None, and in a workbook numbers, dates and booleans.
    rows
        Row number of each row as the file's reader sees it; the header is row 1.
    decimal_comma
        Whether numbers are written with a decimal comma.
    faults
        What is wrong with the file itself.
    broken
        Whether the cells could not be read at all, so that nothing can be said about them.
    """

    frame: pd.DataFrame
    rows: list[int] = field(default_factory=list)
    decimal_comma: bool = False
    faults: list[Fault] = field(default_factory=list)
    broken: bool = False


def write_csv(frame: pd.DataFrame, table: TableSchema) -> bytes:
    """Return one typed table as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(column.name for column in table.columns)
    columns = [_texts(frame[column.name], column.type) for column in table.columns]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode()


def read_csv(data: bytes, table: TableSchema) -> RawTable:
    """Cells of one table from CSV; blank rows are skipped.

    A row number is that of a spreadsheet: a cell with line breaks in it makes no new row.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        line = data[: reason.start].count(b"\n") + 1
        return _broken(table, line, "is not UTF-8", "Save it as 'CSV UTF-8'")
    delimiter = _delimiter(text, table)
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    cells: list[list[str | None]] = []
    rows: list[int] = []
    ragged: list[int] = []
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if header is None:
                header = [name.strip() for name in record]
            elif any(record):
                if len(record) != len(header):
                    ragged.append(number)
                    record = (record + [""] * len(header))[: len(header)]
                cells.append([cell or None for cell in record])
                rows.append(number)
            if len(rows) > MAX_ROWS:
                return _broken(table, number, f"has more than {MAX_ROWS:,} rows", "Split it")
    except csv.Error as reason:
        remedy = "Check the quotation marks in this row"
        return _broken(table, number + 1, f"cannot be read ({reason})", remedy)
    if not header or not any(header):
        return _broken(table, 1, "has no header", "Name the columns in the first row")
    faults = []
    if ragged:
        rule = f"the row does not have {len(header)} cells as the header"
        remedy = f"Separate cells by '{delimiter}', and quote text that holds one"
        faults.append(Fault(table.name, "", tuple(map(str, ragged)), rule, remedy))
    frame = pd.DataFrame(cells, columns=pd.Index(header, dtype=object), dtype=object)
    comma = delimiter == ";" and not _any_decimal_point(frame, table)
    return RawTable(frame, rows, comma, faults)


def _texts(column: pd.Series[Any], kind: str) -> list[str]:
    cells = column.tolist()
    if kind == "number":
        return ["" if cell != cell else repr(float(cell)) for cell in cells]
    if kind == "boolean":
        return ["" if cell is pd.NA or cell is None else str(bool(cell)).lower() for cell in cells]
    return ["" if cell is None or cell is pd.NA else str(cell) for cell in cells]


def _delimiter(text: str, table: TableSchema) -> str:
    """Return the separator with which the header names most known columns; a comma on a tie."""
    header = text.split("\n", 1)[0].replace('"', "").strip("\r")

    def known(delimiter: str) -> int:
        return sum(name.strip() in table.by_name for name in header.split(delimiter))

    return max(",;\t", key=known)


def _any_decimal_point(frame: pd.DataFrame, table: TableSchema) -> bool:
    for position, name in enumerate(frame.columns):
        column = table.by_name.get(name)
        if column is not None and column.type == "number":
            cells = frame.iloc[:, position].tolist()
            if any(cell is not None and has_decimal_point(cell) for cell in cells):
                return True
    return False


def _broken(table: TableSchema, row: int, rule: str, remedy: str) -> RawTable:
    fault = Fault(table.name, "", (str(row),), f"the file {rule}", remedy)
    return RawTable(table.empty(), faults=[fault], broken=True)
