"""One result as a workbook: the answer, every table, costs, and how it was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from bundling.report import sections, words
from bundling.report.messages import Messages
from bundling.report.proof import writer
from bundling.report.rooms import for_people
from bundling.report.rooms.parts import MODES, title, unit_of
from bundling.report.workbook import write_sheets

if TYPE_CHECKING:
    from bundling.result import Result

_AS_PAIRS = ("costs", "indicators")


def write_book(result: Result, path: Path, lang: str = "nl") -> Path:
    """Write the tables of `result`, with headings in the language; return `path`.

    Numbers are numbers, every sheet has a frozen heading and a filter, and no cell is a formula or
    a link, whatever the data hold. Without a solution the workbook has the reasons.

    Raises
    ------
    ValueError
        When a table has more rows than a sheet can hold.
    OSError
        When the file cannot be written, or is open in another program.
    """
    m = Messages(lang)
    family = result.family
    made = [(m("sheet.summary"), m(f"family.{family}"), _summary(m, result))]
    if family in words.FAMILIES:
        tables = {n: f for n, f in result.tables.items() if n not in _AS_PAIRS}
    else:
        tables = for_people(m, result)
    made += [(title(m, family, name), title(m, family, name), f) for name, f in tables.items()]
    if result.evaluation is not None:
        amounts = result.evaluation.costs_eur
        rows = [*amounts.items(), ("total", result.objective)]
        frame = pd.DataFrame(rows, columns=["component", "value"])
        made.append((m("sheet.costs"), m("costs.result"), frame.assign(unit=unit_of(result))))
        found = result.evaluation.indicators
        if found:
            frame = pd.DataFrame({"figure": [m.label(k) for k in found], "value": found.values()})
            made.append((m("sheet.figures"), m("indicators.title"), frame))
    account = sections.account([(family, result, result.run.wall_s)])
    made.append((m("sheet.account"), m("account.title"), account))
    names = {mode: m.word(mode) for mode in MODES} | {family: m.short(f"family.{family}")}
    return write_sheets(m, made, path, title=m("page.title.result", family=names[family]),
                        names=names)  # fmt: skip


def _summary(m: Messages, result: Result) -> pd.DataFrame:
    write = writer(m, unit_of(result))
    rows = [
        (m("kpi.status"), m.word(result.status)),
        (m("kpi.proof"), words.quality(m, [result], write)[0]),
        (m("kpi.objective"), write(result.objective)),
        (m("kpi.lower_bound"), write(result.bound)),
        *((m("answer.points"), reason) for reason in result.reasons),
    ]
    return pd.DataFrame(rows, columns=["what", "said"])
