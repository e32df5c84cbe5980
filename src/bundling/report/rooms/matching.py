"""The page of a matching: who should drive together, and what each group saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bundling.report.barchart import Bar, bar_chart
from bundling.report.kpis import Kpi
from bundling.report.messages import Messages
from bundling.report.proof import proof
from bundling.report.rooms.parts import cost_kpi, made, money_and_figures, share_of, shown
from bundling.report.rooms.plain import for_people as _plain
from bundling.report.rooms.told import Asked, Told
from bundling.report.section import Section

if TYPE_CHECKING:
    import pandas as pd

    from bundling.result import Result

_DRAWN = 25
"""Groups in the chart at most, those that save most."""


def for_people(m: Messages, result: Result) -> dict[str, pd.DataFrame]:
    """All tables, ways with arrows, and those that stay alone in a table of their own."""
    tables = {name: frame.copy() for name, frame in _plain(m, result).items()}
    groups = tables["groups"]
    tables["groups"] = groups[groups["members"] > 1].reset_index(drop=True)
    tables["alone"] = (
        groups.loc[groups["members"] == 1, ["shippers", "alone_eur"]]
        .sort_values("alone_eur", ascending=False, kind="stable")
        .reset_index(drop=True)
    )
    for column in ("trip", "second_trip"):
        tours = tables["tours"]
        tours[column] = [str(way).replace(" > ", " → ") for way in tours[column]]
    return tables


def tell(asked: Asked) -> Told:
    """Tell which groups to form, what they save and how sure that is."""
    m, result = asked.m, asked.result
    groups = asked.tables["groups"]
    shippers = len(result.problem.shipper_ids)
    together = int(groups["members"].sum())
    alone = float(result.tables["shippers"]["alone_eur"].sum())
    saved = alone - result.objective
    kpis = (
        cost_kpi(m, result, "kpi.week_cost"),
        Kpi(
            m("kpi.saving"),
            m.money(saved),
            m("kpi.saving.note", share=m.percent(share_of(saved, alone)), alone=m.money(alone)),
        ),
        Kpi(
            m("kpi.groups"),
            m.number(len(groups)),
            m("kpi.groups.note", shippers=m.number(together), all=m.number(shippers)),
        ),
    )
    code = "answer.matching" if len(groups) else "answer.matching.none"
    said = [
        m(
            code,
            groups=m.number(len(groups)),
            shippers=m.number(together),
            all=m.number(shippers),
            alone=m.money(alone),
            saving=m.money(saved),
            share=m.percent(share_of(saved, alone)),
        )
    ]
    if len(groups):
        best = groups.to_dict("records")[0]
        said.append(
            m(
                "answer.matching.best",
                who=best["shippers"],
                saving=m.money(best["saving_eur"]),
                share=m.percent(best["saving_pct"] / 100.0),
            )
        )
    said.append(proof(m, result))
    return Told(kpis, tuple(said), (), _sections(asked))


def _sections(asked: Asked) -> tuple[Section, ...]:
    m, groups = asked.m, asked.tables["groups"]
    rows = [
        Bar(
            str(row["shippers"]),
            (float(row["saving_eur"]),),
            m.percent(row["saving_pct"] / 100.0, 0),
        )
        for row in groups.head(_DRAWN).to_dict("records")
    ]
    charts = (
        (bar_chart(m("chart.savings"), rows, write=m.money, colour="#009e73", label=330.0),)
        if rows
        else ()
    )
    return (
        Section(
            "groups", m("room.groups"), m("room.groups.lead"), charts=charts,
            tables=(made(asked, "groups"), *shown(asked, ("alone",))),
        ),
        Section(
            "tours", m("room.tours"), m("room.tours.lead"), tables=shown(asked, ("tours",)),
            more=shown(asked, ("shippers",)),
        ),
        Section("costs", m("room.costs"), m("room.costs.lead"), tables=money_and_figures(asked)),
    )  # fmt: skip
