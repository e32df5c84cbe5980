"""Everything a bundling study hands over: CSV files, map layers, a workbook and a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bundling.report import geojson
from bundling.report import sections as report_sections
from bundling.report.messages import Messages
from bundling.report.workbook import write_sheets
from bundling.study.csvfiles import write_csv
from bundling.study.hubs.frames import for_people
from bundling.study.hubs.page import BOOK, title, write_html

if TYPE_CHECKING:
    from bundling.study.hubs.study import HubsStudy


def write_study(study: HubsStudy, folder: Path, lang: str = "nl") -> list[Path]:
    """Write all of it into `folder`; the workbook is the last but one, the page the last."""
    m = Messages(lang)
    names = report_sections.place_names(m, study.region)
    paths = write_csv(study.tables, folder)
    if study.together.solution is not None:
        paths += geojson.write_layers(study.together, folder / "layers")
    tables = for_people(m, study, names)
    sheets = [(m(f"hs.sheet.{name}"), m(f"hs.table.{name}"), f) for name, f in tables.items()]
    given = report_sections.assumptions(study.region)
    sheets.append((m("sheet.assumptions"), m("assumptions.title"), given))
    sheets.append((m("sheet.sources"), m("sources.title"), study.region.sources()))
    paths.append(write_sheets(m, sheets, folder / BOOK, title=title(m, study), names=names))
    paths.append(write_html(m, study, tables, folder / "study.html", names))
    return paths
