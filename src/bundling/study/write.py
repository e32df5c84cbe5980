"""Everything a study hands over: CSV files, a workbook and a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bundling.report.messages import Messages
from bundling.study.csvfiles import write_csv
from bundling.study.files import write_workbook
from bundling.study.html import title, write_html
from bundling.study.names import all_told, places_told
from bundling.study.sections import BOOK

if TYPE_CHECKING:
    from bundling.study.siting import SitingStudy


def write_study(study: SitingStudy, folder: Path, lang: str = "nl") -> list[Path]:
    """Write all of it into `folder`; the workbook is the last but one, the page the last."""
    m = Messages(lang)
    names = places_told(m, study)
    told = all_told(m, study.scenarios)
    paths = write_csv(study.tables, folder)
    paths.append(
        write_workbook(
            m,
            study.tables,
            folder / BOOK,
            title=title(m, study),
            names={**names, **told},
            region=study.region,
        )
    )
    paths.append(write_html(m, study, folder / "study.html", names))
    return paths
