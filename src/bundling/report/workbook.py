"""``results.xlsx``: numbers as numbers, units in the headings, texts that stay texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.report import sections, words
from bundling.report.files import replacing
from bundling.report.frames import is_label, is_mixed, is_name, is_share, prefix_of
from bundling.report.geojson import plain
from bundling.report.kpis import kpis
from bundling.report.messages import Messages, unit_of

if TYPE_CHECKING:
    from bundling.chain import Study

_CELL_TEXT = 32_767
_SHEET_NAME = 31
_ROWS = 1_048_575
_TITLE_ROWS = 2
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write_study(study: Study, path: str | Path, lang: str = "nl") -> Path:
    """Write all tables of `study` as one workbook; return `path`.

    Sheets (Dutch): Samenvatting, Hubs, Rondes, Laden, Locaties, Net, Kosten, Balans, Aannames,
    Bronnen, Controle; further tables of a family follow its sheet. Every sheet has one table with
    frozen headings and a filter. No cell is a formula or a link, whatever the data hold; a number
    that is not known stays empty.

    Raises
    ------
    ValueError
        When a table has more rows than a sheet can hold.
    """
    import xlsxwriter

    m = Messages(lang)
    path = Path(path)
    names = sections.place_names(m, study.region)
    with replacing(path) as temporary:
        book = xlsxwriter.Workbook(temporary, _OPTIONS)
        book.set_properties({"title": m("page.title", region=sections.title_of(m, study.region))})
        writer = _Writer(book, m, names)
        writer.summary(study)
        for sheet, title, frame in _tables(m, study):
            writer.table(sheet, title, frame)
        book.close()
    return path


def write_sheets(
    m: Messages,
    sheets: Sequence[tuple[str, str, pd.DataFrame]],
    path: Path,
    *,
    title: str,
    names: Mapping[str, str],
) -> Path:
    """Write tables as a workbook, each ``(sheet, title, table)`` as `write_study` writes them.

    Raises
    ------
    ValueError
        When a table has more rows than a sheet can hold.
    """
    import xlsxwriter

    with replacing(path) as temporary:
        book = xlsxwriter.Workbook(temporary, _OPTIONS)
        book.set_properties({"title": title})
        writer = _Writer(book, m, names)
        for sheet, heading, frame in sheets:
            writer.table(sheet, heading, frame)
        book.close()
    return path


def _tables(m: Messages, study: Study) -> list[tuple[str, str, pd.DataFrame]]:
    """Sheet name, title and table of every sheet after the summary."""
    found: list[tuple[str, str, pd.DataFrame]] = []
    for family in words.FAMILIES:
        steps = study.of(family)
        first = m(f"sheet.{family}")
        if family == "siting":
            grid = _grid(study)
        if not steps:
            continue
        found.append((first, m(f"family.{family}"), sections.indicators(steps)))
        for name, frame in sections.family_tables(steps).items():
            if family == "siting" and name == "grid":
                grid = frame
                continue
            title = m.word(f"{family}.{name}", "table")
            found.append((f"{first} {title}", title, frame))
    found.append((m("sheet.grid"), m("sheet.grid.title"), grid))
    for code, frame in sections.unserved(study.steps).items():
        found.append((f"{m('sheet.unserved')} {code.split('.')[-1]}", m(code), frame))
    found.append((m("sheet.costs"), m("sheet.costs.title"), sections.all_costs(study)))
    if study.sharing is not None:
        found.append((m("sheet.sharing"), m("sharing.title"), study.sharing.table()))
    found.append((m("sheet.balances"), m("balances.title"), study.balances))
    found.append(
        (m("sheet.assumptions"), m("assumptions.title"), sections.assumptions(study.region))
    )
    found.append((m("sheet.sources"), m("sources.title"), study.region.sources()))
    account = sections.account([(s.name, s.result, s.seconds) for s in study.steps])
    found.append((m("sheet.account"), m("account.title"), account))
    return found


def _grid(study: Study) -> pd.DataFrame:
    """Grid nodes with their headroom by year, from the region, for when siting has no table."""
    nodes = study.region.table("grid_nodes")
    headroom = study.region.table("grid_headroom")
    wide = headroom.pivot_table(index="node_id", columns="year", values="headroom_mw")
    wide.columns = [f"headroom_{year}_mw" for year in wide.columns]
    merged: pd.DataFrame = nodes.merge(wide.reset_index(), on="node_id", how="left")
    return merged


class _Writer:
    """Puts tables on sheets, with formats made once."""

    def __init__(self, book: Any, m: Messages, names: Mapping[str, str]) -> None:
        self.book, self.m, self.names = book, m, names
        self.used: set[str] = set()
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": "#005b96"})
        self.loud = book.add_format(
            {"bold": True, "font_color": "#8a4b00", "bg_color": "#fff6e0", "text_wrap": True}
        )
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format(
            {"bold": True, "bg_color": "#eaf0f5", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.formats: dict[str, Any] = {}

    def number(self, pattern: str) -> Any:
        """Format for a number pattern; Excel shows it with the separators of the reader."""
        if pattern not in self.formats:
            self.formats[pattern] = self.book.add_format({"num_format": pattern})
        return self.formats[pattern]

    def sheet(self, name: str) -> Any:
        """Add a sheet; the name is cut to what Excel takes and made unique."""
        clean = "".join(" " if sign in "[]:*?/\\'" else sign for sign in name)[:_SHEET_NAME].strip()
        unique, count = clean, 1
        while unique.lower() in self.used:
            count += 1
            unique = f"{clean[: _SHEET_NAME - len(str(count)) - 1]} {count}"
        self.used.add(unique.lower())
        return self.book.add_worksheet(unique)

    def summary(self, study: Study) -> None:
        """Key figures, answers in words, and what was run."""
        m = self.m
        sheet = self.sheet(m("sheet.summary"))
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 100)
        sheet.hide_gridlines(2)
        sheet.write_string(
            0, 0, m("page.title", region=sections.title_of(m, study.region)), self.title
        )
        subtitle = m("page.subtitle", day=m.day(study.day), year=str(study.year))
        sheet.write_string(1, 0, subtitle)
        row = 3
        present = list(sections.synthetic_rows(study.region))
        if present:
            said = m("warning.synthetic", tables=m.names([m.word(t, "table") for t in present], 9))
            sheet.write_string(row, 0, m("warning.synthetic.head"), self.loud)
            sheet.write_string(row, 1, said, self.loud)
            row += 2
        for kpi in kpis(m, study):
            sheet.write_string(row, 0, kpi.label, self.bold)
            sheet.write_string(row, 1, f"{kpi.value} ({kpi.note})", self.wrap)
            row += 1
        row += 1
        for answer in words.answers(m, study, self.names):
            sheet.write_string(row, 0, answer.title, self.bold)
            sheet.write_string(row, 1, answer.badge, self.bold)
            for line in (*answer.paragraphs, *answer.points):
                row += 1
                sheet.write_string(row, 1, line[:_CELL_TEXT], self.wrap)
            row += 2
        for name, value in (
            (m("account.input_hash"), study.input_hash),
            (m("account.seed"), str(study.seed)),
            (m("account.versions"), ", ".join(f"{k} {v}" for k, v in study.versions.items())),
        ):
            sheet.write_string(row, 0, name, self.bold)
            sheet.write_string(row, 1, value, self.wrap)
            row += 1

    def table(self, name: str, title: str, frame: pd.DataFrame) -> None:
        """One table on a sheet of its own."""
        if len(frame) > _ROWS - _TITLE_ROWS:
            raise ValueError(f"{name}: {len(frame)} rows do not fit on an Excel sheet")
        sheet = self.sheet(name)
        sheet.write_string(0, 0, title, self.title)
        head = _TITLE_ROWS
        for index, column in enumerate(map(str, frame.columns)):
            values = [plain(value) for value in frame[frame.columns[index]].tolist()]
            label = self.m.label(column)
            sheet.write_string(head, index, label, self.head)
            self._column(sheet, index, column, values, head + 1)
            sheet.set_column(index, index, _width(label, values))
        sheet.freeze_panes(head + 1, 1)
        if len(frame.columns):
            sheet.autofilter(head, 0, head + max(1, len(frame)), len(frame.columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)

    def _column(
        self, sheet: Any, index: int, column: str, values: Sequence[Any], first: int
    ) -> None:
        pattern = self.number(_pattern(column, values))
        for row, value in enumerate(values, start=first):
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                sheet.write_string(row, index, self.m("value.yes" if value else "value.no"))
            elif isinstance(value, (int, float)):
                sheet.write_number(row, index, value, pattern)
            else:
                text = str(value)
                text = (
                    text
                    if is_name(column)
                    else self.names.get(text, self.m.word(text, prefix_of(column)))
                )
                sheet.write_string(row, index, text[:_CELL_TEXT])


def _pattern(column: str, values: Sequence[Any]) -> str:
    """Excel's number pattern for one column."""
    if is_share(column):
        return "0.0%"
    if is_label(column):
        return "0"
    if is_mixed(column):
        return "General"
    unit = unit_of(column)
    if unit == "EUR/kWh":
        return "#,##0.0000"
    if unit.startswith("EUR") or column == "eur":
        return "#,##0.00"
    numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
    whole = all(float(value).is_integer() for value in numbers if math.isfinite(value))
    return "#,##0" if whole else "#,##0.00"


def _width(label: str, values: Sequence[Any]) -> float:
    """Column width in characters: the widest text or number, within reason."""
    texts = [len(value) for value in values[:500] if isinstance(value, str)]
    return float(np.clip(max([len(label) * 0.7, 10.0, *texts]) + 2, 10, 60))
