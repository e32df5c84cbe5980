"""Tables as CSV files and one workbook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bundling.report.files import replacing, slug

_SHEET_NAME = 31
_ROWS = 1_048_575


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, name: str) -> list[Path]:
    """Write each table as ``TABLE.csv`` and all as ``NAME.xlsx`` into `folder`; return the paths.

    The workbook has numbers as numbers, a frozen and filtered heading on every sheet, and no
    formulas or links, whatever the data hold.

    Raises
    ------
    ValueError
        When a table has more rows than a sheet can hold.
    """
    import xlsxwriter

    paths = []
    for title, frame in tables.items():
        if len(frame) > _ROWS:
            raise ValueError(f"table {title} has {len(frame)} rows; a sheet holds {_ROWS}")
        path = folder / f"{slug(title)}.csv"
        with replacing(path) as temporary:
            frame.to_csv(temporary, index=False, lineterminator="\n")
        paths.append(path)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    path = folder / f"{name}.xlsx"
    with replacing(path) as temporary:
        book = xlsxwriter.Workbook(temporary, options)
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for title, frame in tables.items():
            sheet = book.add_worksheet(title[:_SHEET_NAME])
            for column, label in enumerate(frame.columns):
                values = frame[label].astype(object)
                sheet.write_string(0, column, str(label), head)
                for row, value in enumerate(values, start=1):
                    _cell(sheet, row, column, value)
                longest = max([len(str(label)), *(len(str(v)) for v in values[:200])], default=8)
                sheet.set_column(column, column, min(60, longest + 2))
            sheet.freeze_panes(1, 0)
            if len(frame.columns):
                sheet.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)
        book.close()
    return [*paths, path]


def _cell(sheet: object, row: int, column: int, value: object) -> None:
    """Write one value; what is not known stays empty."""
    if value is None or pd.isna(value) or value in (float("inf"), float("-inf")):  # type: ignore[call-overload]
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)  # type: ignore[attr-defined]
    elif isinstance(value, str):
        sheet.write_string(row, column, value)  # type: ignore[attr-defined]
    else:
        sheet.write_number(row, column, float(value))  # type: ignore[attr-defined,arg-type]
