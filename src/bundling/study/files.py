"""Tables of a study as CSV files, for machines, and as one workbook, for people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from bundling.report.messages import Messages
from bundling.report.workbook import write_sheets
from bundling.study.assumptions import all_assumptions
from bundling.study.frames import for_people
from bundling.study.wording import in_words

if TYPE_CHECKING:
    from bundling.region import Region


def write_workbook(
    m: Messages,
    tables: Mapping[str, pd.DataFrame],
    path: Path,
    *,
    title: str,
    names: Mapping[str, str],
    region: Region,
) -> Path:
    """Write all tables, assumptions and sources as one workbook in the language of `m`.

    The workbook has numbers as numbers, a frozen and filtered heading on every sheet, and no
    formulas or links, whatever the data hold.

    Raises
    ------
    ValueError
        When a table has more rows than a sheet can hold.
    """
    sheets = [
        (m(f"study.sheet.{name}"), m(f"study.table.{name}"), in_words(m, for_people(name, frame)))
        for name, frame in tables.items()
    ]
    given = all_assumptions(region)
    sheets.append((m("sheet.assumptions"), m("study.table.assumptions"), given))
    sheets.append((m("sheet.sources"), m("sources.title"), region.sources()))
    return write_sheets(m, sheets, path, title=title, names=names)
