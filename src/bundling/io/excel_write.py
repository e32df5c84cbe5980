"""A region as one Excel workbook, written; the layout is described in `bundling.io.excel`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bundling.errors import Fault, InputError
from bundling.io import descriptor
from bundling.io.atomic import replacing
from bundling.region import ColumnSchema, Region, TableSchema, schema

if TYPE_CHECKING:
    from openpyxl.cell import Cell

_PIECE = 32_000
_CELL_LIMIT = 32_767
_FIRST_DATE = date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was; earlier days are written as text."""

# Return would become a newline in XML, and text that looks like an escape would be unescaped.
_ESCAPE = re.compile(r"\r|_(?=x[0-9A-Fa-f]{4}_)")


def write_excel(region: Region, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write `region` as one workbook; reading it back loses nothing.

    Text stays text, whatever it begins with: no cell holds a formula. Numbers are written with all
    their digits.

    Parameters
    ----------
    region
        The region.
    path
        File, ending in ``.xlsx``.
    overwrite
        Replace the file when it is there already.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    FileExistsError
        When `path` exists and `overwrite` is False.
    ValueError
        When `path` does not end in ``.xlsx``.
    bundling.InputError
        When a text is too long for a cell.
    """
    from openpyxl import Workbook

    file = Path(path)
    if file.suffix.lower() != ".xlsx":
        raise ValueError(f"'{file.name}' does not end in .xlsx")
    if file.exists() and not overwrite:
        raise FileExistsError(f"{file} exists; pass overwrite=True to replace it")
    book = Workbook()
    del book["Sheet"]
    tables = [schema()[name] for name in descriptor.written_tables(region)]
    for table in tables:
        _write_table(book.create_sheet(table.name), table, region.tables[table.name])
    _write_columns(book.create_sheet("columns"), tables)
    layers = [(name, _json(region.shape(name))) for name in descriptor.written_shapes(region)]
    if layers:
        _write_rows(
            book.create_sheet("shapes"),
            ("layer", "piece", "geojson"),
            ((name, i, piece) for name, text in layers for i, piece in _pieces(text)),
        )
    package = _json(descriptor.build(region, schemas=False))
    _write_rows(book.create_sheet("datapackage"), ("piece", "json"), _pieces(package))
    with replacing(file) as temporary:
        book.save(temporary)
    return file


def _write_table(sheet: Any, table: TableSchema, frame: pd.DataFrame) -> None:
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "B2"
    for i, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(i)].width = max(10, len(column.name) + 4)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(frame) + 1}"
    sheet.append([_header(sheet, column.name) for column in table.columns])
    cells = [frame[column.name].tolist() for column in table.columns]
    for number, row in enumerate(zip(*cells, strict=True), start=2):
        sheet.append(
            [
                _cell(sheet, value, column, table.name, number)
                for value, column in zip(row, table.columns, strict=True)
            ]
        )


def _write_columns(sheet: Any, tables: Iterable[TableSchema]) -> None:
    """Explain every column, for people; the reader leaves this sheet alone."""
    for letter, width in zip("ABCDEFG", (20, 28, 10, 16, 22, 12, 80), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    rows = (
        (
            table.name,
            column.name,
            column.type,
            column.unit,
            _allowed(column),
            table.origin,
            column.description,
        )
        for table in tables
        for column in table.columns
    )
    header = ("table", "column", "type", "unit", "allowed", "origin", "description")
    _write_rows(sheet, header, rows)


def _allowed(column: ColumnSchema) -> str:
    words = [] if not column.nullable else ["may be empty"]
    if column.choices:
        words.append("one of: " + ", ".join(column.choices))
    if column.minimum is not None:
        words.append(f"at least {column.minimum:g}")
    if column.maximum is not None:
        words.append(f"at most {column.maximum:g}")
    if column.reference:
        words.append("from " + ".".join(column.reference))
    return "; ".join(words)


def _write_rows(sheet: Any, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    sheet.append([_header(sheet, name) for name in header])
    for row in rows:
        sheet.append(
            [
                value if isinstance(value, int) else _text(sheet, value) if value else None
                for value in row
            ]
        )


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    for i, start in enumerate(range(0, len(text), _PIECE), start=1):
        yield i, text[start : start + _PIECE]


def _json(value: Any) -> str:
    # ASCII only, without control characters: one character is one character in every cell.
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _header(sheet: Any, name: str) -> Cell:
    from openpyxl.styles import Font

    cell = _text(sheet, name)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any, column: ColumnSchema, table: str, row: int) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if value is None or value is pd.NA or value != value:
        return None
    if column.type == "number":
        # openpyxl writes 16 digits; 17 are needed to read every number back as it was.
        return _with_value(WriteOnlyCell(sheet, 0.0), repr(float(value)))
    if column.type == "integer":
        return _with_value(WriteOnlyCell(sheet, 0), str(int(value)))
    if column.type == "boolean":
        return bool(value)
    if column.type == "date" and value >= _FIRST_DATE:
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    text = str(value)
    escaped = _escape(text)
    if len(escaped) > _CELL_LIMIT:
        rule = f"the text has {len(escaped):,} characters with its escapes"
        remedy = f"A cell of Excel holds {_CELL_LIMIT:,}"
        raise InputError([Fault(table, column.name, (str(row),), rule, remedy)])
    return _text(sheet, text)


def _text(sheet: Any, text: str) -> Cell:
    """Return a cell that is text whatever it begins with, and stays so when edited."""
    from openpyxl.cell import WriteOnlyCell

    cell: Cell = _with_value(WriteOnlyCell(sheet, ""), _escape(text))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _with_value(cell: Any, text: str) -> Any:
    """Set what is written into the XML; `Cell.value` would reformat it, or see a formula in it."""
    cell._value = text
    return cell


def _escape(text: str) -> str:
    return _ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
