"""A page for any result: cost and proof, every table, how it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bundling.report.kpis import Kpi
from bundling.report.messages import Messages
from bundling.report.proof import proof, writer
from bundling.report.rooms.parts import cost_kpi, endless, money_and_figures, shown, unit_of
from bundling.report.rooms.told import Asked, Told
from bundling.report.section import Section

if TYPE_CHECKING:
    import pandas as pd

    from bundling.result import Result

_AS_PAIRS = ("costs", "indicators")
"""Tables that the page shows with totals and units of its own."""


def for_people(_m: Messages, result: Result) -> dict[str, pd.DataFrame]:
    """All tables but costs and figures, which have a form of their own."""
    return {name: endless(f) for name, f in result.tables.items() if name not in _AS_PAIRS}


def tell(asked: Asked) -> Told:
    """Tell what it costs and how sure that is, and show every table."""
    m, result = asked.m, asked.result
    write = writer(m, unit_of(result))
    kpis = [cost_kpi(m, result, "kpi.objective")]
    kpis += [
        Kpi(title, m.number(len(frame)), m("kpi.rows"))
        for title, frame in ((m.word(f"{result.family}.{n}", "table"), f)
                             for n, f in list(asked.tables.items())[:1])
    ]  # fmt: skip
    sections = (
        Section("plan", m("room.plan"), m("room.plan.lead"), tables=shown(asked, asked.tables)),
        Section("costs", m("room.costs"), m("room.costs.lead"), tables=money_and_figures(asked)),
    )
    said = m("answer.plain", cost=write(result.objective))
    return Told(tuple(kpis), (said, proof(m, result, write)), (), sections)
