"""A page for a board about one split of gains, and its tables as a workbook."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bundling.certify import versions
from bundling.report.files import write_text
from bundling.report.kpis import Kpi
from bundling.report.messages import Messages
from bundling.report.page import render
from bundling.report.section import Banner
from bundling.report.sharing_parts import answer_words, method_word, sharing_section
from bundling.report.words import Answer

if TYPE_CHECKING:
    from bundling.hubs.sharing_views import SharedCost

_TERMS = ("bundling", "hub", "shapley", "core", "bound", "gap", "co2e")

_ROUGH = 0.1
"""Gap from which costs are called roughly known only."""


def write_sharing(
    sharing: SharedCost, path: Path, lang: str = "nl", method: str = "shapley"
) -> Path:
    """Write the page; return `path`.

    Raises
    ------
    bundling.InputError
        When there is no such split, or it has no answer here.
    """
    m = Messages(lang)
    return write_text(path, render(m, _context(m, sharing, method), _TERMS))


def _context(m: Messages, sharing: SharedCost, method: str) -> dict[str, Any]:
    section = sharing_section(m, sharing, method, {})
    words = answer_words(m, sharing, method, {})
    sure = sharing.gap <= 1e-6
    rough = "sharing.gap.wide" if sharing.gap > _ROUGH else "sharing.gap"
    badge = m("quality.optimal") if sure else m(rough, gap=m.percent(sharing.gap))
    title = m("sharing.page")
    warnings = [] if sure else [Banner(m("sharing.warning.head"), m("sharing.warning"))]
    groups = m("sharing.coalitions")
    if not sharing.looked_at_all:
        warnings.append(Banner(m("sharing.seen.head"), m("sharing.seen")))
        groups = m("sharing.coalitions.seen", all=m.number(2 ** len(sharing.players) - 1))
    account = [
        (groups, m.number(sharing.looked_at)),
        (m("sharing.solved"), m.number(sharing.solved)),
        (m("sharing.gap.largest"), m.percent(sharing.gap)),
        (m("account.versions"), ", ".join(f"{k} {v}" for k, v in versions().items())),
    ]
    return {
        "title": title,
        "subtitle": m("sharing.page.sub", method=method_word(m, method)),
        "warnings": warnings,
        "kpis": _kpis(m, sharing),
        "answers": [Answer(title, badge, "good" if sure else "warn", words)],
        "map": None,
        "unserved": None,
        "unserved_none": "",
        "families": (dataclasses.replace(section, paragraphs=()),),
        "sharing": None,
        "balances": None,
        "assumptions": [],
        "account": [],
        "facts": account,
    }


def _kpis(m: Messages, sharing: SharedCost) -> list[Kpi]:
    alone = float(sharing.alone_eur.sum())
    saved = alone - sharing.total_eur
    core = sharing.about_all().core
    return [
        Kpi(
            m("kpi.alone"),
            m.money(alone),
            m("kpi.alone.note", players=m.number(len(sharing.players))),
        ),
        Kpi(m("kpi.together"), m.money(sharing.total_eur), m("kpi.together.note")),
        Kpi(
            m("kpi.saving"),
            m.money(saved),
            m(
                "kpi.saving.note",
                share=m.percent(saved / alone if alone > 0 else 0.0),
                alone=m.money(alone),
            ),
        ),
        Kpi(m("kpi.core"), m(f"kpi.core.{core}"), m("kpi.core.note")),
    ]
