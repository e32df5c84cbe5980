"""The page of one result of any room beside the four families."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bundling.errors import NoMap
from bundling.report import frames, sections
from bundling.report.files import write_text
from bundling.report.kpis import result_kpis
from bundling.report.mapview import MapView, map_view
from bundling.report.messages import Messages
from bundling.report.page import render
from bundling.report.rooms import for_people, tell
from bundling.report.rooms.told import Asked, Told
from bundling.report.section import Banner
from bundling.report.words import Answer, effort, quality
from bundling.result import Status

if TYPE_CHECKING:
    from bundling.result import Result

_ROOM = ((120, True), (40, True), (10, False))
"""Tried in turn until the page is small enough: rows a table, and facts in the map's pop-ups."""
_MOST_BYTES = 2_000_000
_TERMS = ("bundling", "hub", "bound", "gap", "load_rate", "co2e")


def write_room(
    result: Result,
    path: Path,
    lang: str,
    *,
    places: pd.DataFrame | None = None,
    reasons_limit: float = 0.0,
) -> Path:
    """Write the page; long tables are cut, with the number of rows said, to keep it below 2 MB."""
    m = Messages(lang)
    tables = for_people(m, result)
    told = None
    text = ""
    for most, facts in _ROOM:
        if result.solution is not None:
            # Reasons are sought once; smaller pages keep those that were found.
            limit = reasons_limit if told is None else 0.0
            new = tell(Asked(m, result, tables, most, limit))
            told = new if told is None else _with_reasons(new, told)
        text = render(m, _context(m, result, told, places, facts=facts), _TERMS)
        if len(text.encode()) <= _MOST_BYTES:
            break
    return write_text(path, text)


def _with_reasons(new: Told, old: Told) -> Told:
    """Give a page with shorter tables the reasons found for the longer one, at their place."""
    here = {section.id for section in new.sections}
    made = list(new.sections)
    for place, section in enumerate(old.sections):
        if section.id not in here:
            made.insert(place, section)
    return dataclasses.replace(new, sections=tuple(made))


def _context(
    m: Messages,
    result: Result,
    told: Told | None,
    places: pd.DataFrame | None,
    *,
    facts: bool,
) -> dict[str, Any]:
    family = m(f"family.{result.family}")
    badge, mark = quality(m, [result])
    if told is None:
        answer = Answer(family, badge, mark, (m("answer.nothing"), effort(m, [result])))
    else:
        paragraphs = (*told.paragraphs, effort(m, [result]))
        said = tuple(m.word(reason, "reason") for reason in result.reasons)
        answer = Answer(family, badge, mark, paragraphs, (*told.points, *said))
    account = sections.account([(result.family, result, result.run.wall_s)])
    return {
        "title": m("page.title.result", family=m.short(f"family.{result.family}")),
        "subtitle": m("page.subtitle.result", method=result.run.method),
        "warnings": _warnings(m, result),
        "kpis": result_kpis(m, result) if told is None else told.kpis,
        "answers": [answer],
        "points_lead": m("answer.reasons"),
        "map": _map(m, result, {} if told is None else told.names, places, facts=facts),
        "unserved": None if told is not None else [_reasons(m, result)],
        "unserved_none": "",
        "families": () if told is None else told.sections,
        "sharing": None,
        "balances": None,
        "assumptions": [],
        "account": [
            frames.table(
                m, account, id="t-account", title=m("account.title"),
                names={result.family: m.short(f"family.{result.family}")},
            )
        ],
        "facts": [
            (m("account.input_hash"), result.run.problem_hash or "–"),
            (m("account.seed"), str(result.run.seed)),
            (m("account.versions"), ", ".join(f"{k} {v}" for k, v in result.run.versions.items())),
        ],
    }  # fmt: skip


def _warnings(m: Messages, result: Result) -> list[Banner]:
    if result.solution is None:
        return [Banner(m("warning.no_plan.head"), m(f"warning.no_plan.{result.status}"))]
    if result.status is Status.OPTIMAL:
        return []
    return [Banner(m("warning.gap.head"), m("warning.gap"))]


def _reasons(m: Messages, result: Result) -> frames.Table:
    rows = [
        {"status": str(result.status), "reason_english": reason}
        for reason in result.reasons or ("",)
    ]
    return frames.table(m, pd.DataFrame(rows), id="t-why-not", title=m("unserved.steps"))


def _map(
    m: Messages,
    result: Result,
    names: Mapping[str, str],
    places: pd.DataFrame | None,
    *,
    facts: bool,
) -> MapView | None:
    """Draw the map; None where the places have no position."""
    try:
        return map_view(m, [(result.family, result)], {}, names, facts=facts, places=places)
    except NoMap:
        return None
