"""``study.html``: the study for a board, one page that works without internet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bundling.report import sections as report_sections
from bundling.report.files import write_text
from bundling.report.frames import Table, table
from bundling.report.messages import Messages
from bundling.report.page import render
from bundling.report.section import Banner
from bundling.result import Status
from bundling.study.assumptions import all_assumptions, scenario_values
from bundling.study.kpis import kpis
from bundling.study.map import study_map
from bundling.study.names import all_told
from bundling.study.sections import BOOK, Maker
from bundling.study.wording import answers, in_words

if TYPE_CHECKING:
    from bundling.study.siting import SitingStudy

_ROOM = ((250, True), (60, True), (20, False))
"""Tried in turn until the page is small enough: rows a table, and facts in the map's pop-ups."""
_MOST_BYTES = 2_000_000
_TERMS = (
    "headroom", "congestion", "contract_forms", "plaza", "unserved", "npv", "bound", "gap",
    "marginal", "no_regret", "afir", "co2e",
)  # fmt: skip
_READ = ("fleets",)
"""Synthetic tables that the choice of sites reads."""


def write_html(m: Messages, study: SitingStudy, path: Path, names: Mapping[str, str]) -> Path:
    """Write the page; long tables are cut, with the number of rows said, to keep it below 2 MB."""
    text = ""
    for most, facts in _ROOM:
        text = render(m, _context(m, study, names, most, facts=facts), _TERMS)
        if len(text.encode()) <= _MOST_BYTES:
            break
    return write_text(path, text)


def _context(
    m: Messages, study: SitingStudy, names: Mapping[str, str], most: int, *, facts: bool
) -> dict[str, Any]:
    """Everything the template asks for."""
    maker = Maker(m, study, names, most)
    results = [(name, result, result.run.wall_s) for name, result in study.results.items()]
    account = report_sections.account(results)
    first = next(iter(study.results.values()))
    return {
        "title": title(m, study),
        "subtitle": m(
            "study.subtitle",
            years=m.names([str(year) for year in first.problem.years], 9),
            base=maker.told[study.base],
        ),
        "warnings": _warnings(m, study),
        "kpis": kpis(m, study),
        "answers": answers(m, study, names),
        "map": study_map(m, study, names, facts=facts),
        "unserved": _unserved(m, study, names, most),
        "unserved_none": m("study.unserved.none"),
        "families": list(maker.all()),
        "sharing": None,
        "balances": None,
        "assumptions": _assumptions(m, study, names),
        "account": [table(m, account, id="t-account", title=m("account.title"), names=maker.told)],
        "facts": [
            (m("account.input_hash"), study.region.content_hash),
            (m("account.seed"), str(first.run.seed)),
            (m("account.versions"), ", ".join(f"{k} {v}" for k, v in first.run.versions.items())),
        ],
    }


def _unserved(m: Messages, study: SitingStudy, names: Mapping[str, str], most: int) -> list[Table]:
    """List what the scenario worked out leaves unserved, and scenarios without a plan."""
    tables = []
    base = study.results.get(study.base)
    if base is not None and base.solution is not None:
        frame = in_words(m, report_sections.unserved_demand(base))
        if len(frame):
            heading = m("unserved.siting")
            tables.append(
                table(m, frame, id="t-unserved", title=heading, most=most, names=names, book=BOOK)
            )
    without = [
        {"scenario": name, "status": str(result.status), "reason_english": reason}
        for name, result in study.results.items()
        if result.solution is None
        for reason in result.reasons or ("",)
    ]
    if without:
        heading, told = m("study.table.without"), all_told(m, study.scenarios)
        frame = pd.DataFrame(without)
        tables.append(table(m, frame, id="t-without", title=heading, names=told))
    return tables


def title(m: Messages, study: SitingStudy) -> str:
    """Title of page and workbook."""
    return m("study.title", region=report_sections.title_of(m, study.region))


def _warnings(m: Messages, study: SitingStudy) -> list[Banner]:
    found = []
    told = all_told(m, study.scenarios)
    unproved = [
        told[name]
        for name, result in study.results.items()
        if result.solution is not None and result.status is not Status.OPTIMAL
    ]
    if unproved:
        text = m("study.warning.gap", n=m.number(len(unproved)), all=m.number(len(told)))
        found.append(Banner(m("study.warning.gap.head"), text))
    without = [
        told[name]
        for name in study.scenarios
        if name not in study.results or study.results[name].solution is None
    ]
    if without:
        text = m("study.warning.missing", names=m.names(without, 9))
        found.append(Banner(m("study.warning.missing.head"), text))
    synthetic = report_sections.synthetic_rows(study.region)
    tables = [f"{m.word(t, 'table')} ({m.number(synthetic[t])})" for t in _READ if t in synthetic]
    if tables:
        text = m("warning.synthetic", tables=m.names(tables, 9))
        found.append(Banner(m("warning.synthetic.head"), text))
    return found


def _assumptions(m: Messages, study: SitingStudy, names: Mapping[str, str]) -> list[Table]:
    """List what differs between scenarios, every assumption, and every source."""
    demands = list(dict.fromkeys(demand for demand, _ in study.scenarios.values()))
    tables = []
    if len(demands) > 1:
        frame = scenario_values(study.region, demands)
        heading = m("study.table.scenario_values")
        tables.append(table(m, frame, id="t-scenario-values", title=heading))
    frame = all_assumptions(study.region)
    tables.append(table(m, frame, id="t-assumptions", title=m("study.table.assumptions")))
    sources = study.region.sources()
    tables.append(table(m, sources, id="t-sources", title=m("sources.title"), names=names))
    return tables
