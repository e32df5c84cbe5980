"""A region as one Excel workbook, read; `bundling.io.excel_write` writes it.

One sheet a table, named as the table. Beside them: ``columns`` explains every column and is not
read; ``shapes`` holds the map layers and ``datapackage`` the sources and licences, both as JSON in
pieces, since a cell holds 32,767 characters. Sheets whose name begins with ``_`` are left alone.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import pandas as pd

from bundling.errors import Fault, InputError, raise_if
from bundling.io.csvfile import MAX_ROWS, RawTable
from bundling.io.excel_write import write_excel as write_excel
from bundling.io.guard import workbook_faults
from bundling.io.jsontext import parse_json
from bundling.io.parts import Parts
from bundling.region import Region, TableSchema, schema
from bundling.region.cells import is_null
from bundling.region.conform import near

_MAX_COLUMNS = 1_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class CellError:
    """A cell in which Excel shows an error such as ``#DIV/0!``; no column accepts it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def read_excel(path: str | Path) -> Region:
    """Read and validate the region in the workbook at `path`.

    Of a formula its last computed value is read. Row numbers in messages are those of the sheet.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    bundling.InputError
        With every fault at once.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"there is no workbook {file}")
    raise_if(workbook_faults(file))
    parts = Parts(fallback=re.sub(r"[^a-z0-9._-]+", "-", file.stem.lower()).strip("-."))
    from defusedxml.common import DefusedXmlException

    try:
        with warnings.catch_warnings():
            # openpyxl warns about extensions of Excel it drops; none of them holds cell values.
            warnings.simplefilter("ignore")
            _read_sheets(file, parts)
    except (DefusedXmlException, ParseError, zipfile.BadZipFile, EOFError) as reason:
        raise _unreadable(file, reason) from reason
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OSError) as reason:
        if isinstance(reason, InputError):
            raise
        # What openpyxl raises on a workbook whose parts contradict each other.
        raise _unreadable(file, reason) from reason
    return parts.region()


def _read_sheets(file: Path, parts: Parts) -> None:
    # openpyxl parses with defusedxml when that is installed, as this library demands.
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise ImportError("reading workbooks needs defusedxml: python -m pip install defusedxml")
    with file.open("rb") as stream:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        package = None
        if "datapackage" in sheets:
            pieces = _texts(sheets["datapackage"])
            package, fault = parse_json("".join(row[-1] for row in pieces), "datapackage")
            parts.faults += [fault] if fault else []
        parts.describe(package)
        for name, sheet in sheets.items():
            table = schema().get(name)
            if table is not None:
                parts.add(table, _table(sheet, table))
            elif name == "shapes":
                _read_shapes(sheet, parts)
            elif name not in ("columns", "datapackage") and not name.startswith("_"):
                rule = "the sheet is no table of a region"
                remedy = near(name, schema()) + "; or begin its name with _ to have it left alone"
                parts.faults.append(Fault(name, "", (), rule, remedy))
        book.close()


def _read_shapes(sheet: Any, parts: Parts) -> None:
    pieces: dict[str, list[str]] = {}
    for row in _texts(sheet):
        pieces.setdefault(row[0], []).append(row[-1])
    for name, texts in pieces.items():
        layer, fault = parse_json("".join(texts), f"shapes: {name}")
        if fault:
            parts.faults.append(fault)
        else:
            parts.shapes[name] = layer


def _texts(sheet: Any) -> list[list[str]]:
    """Rows below the header as texts, up to the last filled cell."""
    rows = []
    for _, cells in _rows(sheet):
        filled = [str(cell) for cell in cells if cell is not None]
        if filled:
            rows.append(filled)
    return rows[1:]


def _table(sheet: Any, table: TableSchema) -> RawTable:
    header: list[str] = []
    named: list[int] = []
    cells: list[list[Any]] = []
    rows: list[int] = []
    stray: list[int] = []
    for number, values in _rows(sheet):
        if number == 1:
            named = [i for i, value in enumerate(values) if not is_null(value)]
            header = [str(values[i]).strip() for i in named]
            continue
        filled = {i for i, value in enumerate(values) if not is_null(value)}
        if filled - set(named):
            stray.append(number)
        if filled:
            cells.append([values[i] if i < len(values) else None for i in named])
            rows.append(number)
        if number > MAX_ROWS + 1:
            break
    if not header:
        fault = Fault(table.name, "", ("1",), "has no header", "Name the columns in row 1")
        return RawTable(table.empty(), faults=[fault], broken=True)
    faults = []
    if stray:
        rule = "a cell is filled in a column without a name in row 1"
        remedy = "Name the column, or empty the cell"
        faults.append(Fault(table.name, "", tuple(map(str, stray)), rule, remedy))
    frame = pd.DataFrame(cells, columns=pd.Index(header, dtype=object), dtype=object)
    return RawTable(frame, rows, faults=faults)


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield row number and cell values; the sheet's own claim about its size is not trusted."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=_MAX_COLUMNS)
    for number, cells in enumerate(rows, start=1):
        values = [_value(cell) for cell in cells]
        while values and values[-1] is None:
            values.pop()
        yield number, values


def _value(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, str):
        if cell.data_type == "e":
            return CellError(value)
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
    return value


def _unreadable(file: Path, reason: BaseException) -> InputError:
    reason = _first(reason)
    rule = f"the workbook cannot be read ({type(reason).__name__}: {str(reason)[:120]})"
    remedy = "Save it again in Excel or LibreOffice as .xlsx"
    return InputError([Fault(file.name, "", (), rule, remedy)])


def _first(reason: BaseException) -> BaseException:
    """Return what went wrong first; openpyxl wraps it in advice."""
    while reason.__cause__ is not None:
        reason = reason.__cause__
    return reason
