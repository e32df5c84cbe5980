"""``study.html`` of a bundling study: one page for a board that works without internet."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bundling.report import sections as report_sections
from bundling.report.files import write_text
from bundling.report.frames import Table, table
from bundling.report.mapview import map_view
from bundling.report.messages import Messages
from bundling.report.page import render
from bundling.report.section import Banner, Section
from bundling.report.sharing_parts import sharing_section
from bundling.result import Status
from bundling.study.hubs.charts import break_charts, cost_chart
from bundling.study.hubs.kpis import kpis
from bundling.study.hubs.wording import METHOD, answers, left_out

if TYPE_CHECKING:
    from bundling.study.hubs.study import HubsStudy

BOOK = "hubs-study.xlsx"
"""Where the rows stand that the page has no room for."""
_ROOM = ((120, True), (40, True), (15, False))
"""Tried in turn until the page is small enough: rows a table, and facts in the map's pop-ups."""
_MOST_BYTES = 2_000_000
_TERMS = ("bundling", "hub", "zone", "shapley", "core", "bound", "gap", "load_rate", "co2e")
_READ = ("shippers", "shipments")
"""Synthetic tables that the study reads."""


def write_html(
    m: Messages,
    study: HubsStudy,
    tables: Mapping[str, pd.DataFrame],
    path: Path,
    names: Mapping[str, str],
) -> Path:
    """Write the page; long tables are cut, with the number of rows said, to keep it below 2 MB."""
    text = ""
    for most, facts in _ROOM:
        maker = _Maker(m, tables, names, most)
        text = render(m, _context(m, study, maker, names, facts=facts), _TERMS)
        if len(text.encode()) <= _MOST_BYTES:
            break
    return write_text(path, text)


def title(m: Messages, study: HubsStudy) -> str:
    """Title of page and workbook."""
    return m("hs.title", region=report_sections.title_of(m, study.region))


def _context(
    m: Messages, study: HubsStudy, maker: _Maker, names: Mapping[str, str], *, facts: bool
) -> dict[str, Any]:
    solved = study.together.solution is not None
    runs = [(m("hs.plan.with hubs"), study.together, study.together.run.wall_s)]
    if study.direct is not None:
        runs.append((m("hs.plan.without hubs"), study.direct, study.direct.run.wall_s))
    run = study.together.run
    without = [] if solved else [maker.table("summary")]
    return {
        "title": title(m, study),
        "subtitle": m("hs.subtitle", day=m.day(study.day)),
        "warnings": list(_warnings(m, study)),
        "kpis": kpis(m, study),
        "answers": answers(m, study, names),
        "map": map_view(m, [("hubs", study.together)], study.region.shapes, names, facts=facts),
        "unserved": without or None,
        "unserved_none": "",
        "families": list(_sections(m, study, maker, names)) if solved else [],
        "sharing": None,
        "balances": None,
        "assumptions": [
            table(m, report_sections.assumptions(study.region), id="t-assumptions",
                  title=m("assumptions.title")),
            table(m, study.region.sources(), id="t-sources", title=m("sources.title")),
        ],
        "account": [
            table(m, report_sections.account(runs), id="t-account", title=m("account.title"))
        ],
        "facts": [
            (m("account.input_hash"), study.region.content_hash),
            (m("account.seed"), str(run.seed)),
            (m("account.versions"), ", ".join(f"{k} {v}" for k, v in run.versions.items())),
        ],
    }  # fmt: skip


def _warnings(m: Messages, study: HubsStudy) -> Iterator[Banner]:
    result = study.together
    if result.solution is None:
        yield Banner(m("warning.no_plan.head"), m(f"warning.no_plan.{result.status}"))
    else:
        if result.status is not Status.OPTIMAL:
            yield Banner(m("warning.gap.head"), m("warning.gap"))
        missing = [
            f"{m(f'hs.part.{part}')}: {left_out(m, study, part)}"
            for part, why in study.left_out.items()
            if why not in ("no_hub", "one_player")
        ]
        if missing:
            yield Banner(m("study.warning.missing.head"), " ".join(missing))
    synthetic = report_sections.synthetic_rows(study.region)
    tables = [f"{m.word(t, 'table')} ({m.number(synthetic[t])})" for t in _READ if t in synthetic]
    if tables:
        text = m("warning.synthetic", tables=m.names(tables, 9))
        yield Banner(m("warning.synthetic.head"), text)


class _Maker:
    """Makes tables in one language, with at most `most` rows each."""

    def __init__(
        self,
        m: Messages,
        tables: Mapping[str, pd.DataFrame],
        names: Mapping[str, str],
        most: int,
    ) -> None:
        self.m, self.tables, self.names, self.most = m, tables, names, most

    def table(self, name: str) -> Table:
        """Table `name` of the study."""
        return table(
            self.m, self.tables[name], id=f"t-{name.replace('_', '-')}",
            title=self.m(f"hs.table.{name}"), most=self.most, names=self.names, book=BOOK,
        )  # fmt: skip

    def some(self, *names: str) -> tuple[Table, ...]:
        """Those of the tables that are there and have rows."""
        return tuple(self.table(n) for n in names if n in self.tables and len(self.tables[n]))


def _sections(
    m: Messages, study: HubsStudy, maker: _Maker, names: Mapping[str, str]
) -> Iterator[Section]:
    if "comparison" in maker.tables:
        yield Section(
            "comparison", m("hs.section.comparison"), m("hs.lead.comparison"),
            charts=cost_chart(m, study), tables=maker.some("comparison", "summary"),
        )  # fmt: skip
    yield Section(
        "hubs", m("hs.worth"), m("room.closing.lead"), tables=maker.some("hubs"),
        more=maker.some("legs", "vehicles", "shipments"),
    )  # fmt: skip
    if study.breaks:
        yield Section(
            "break-even", m("hs.break"), m("hs.lead.break_even"),
            charts=list(break_charts(m, study)), tables=maker.some("break_even"),
            more=maker.some("break_even_trials"),
        )  # fmt: skip
    if study.sharing is not None:
        section = sharing_section(m, study.sharing, METHOD, names)
        yield dataclasses.replace(section, paragraphs=())
    yield Section(
        "emissions", m("hs.emissions"), m("hs.lead.emissions"), tables=maker.some("emissions")
    )
