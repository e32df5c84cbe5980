"""The page of a network design: which links open, what they carry, which are full."""

from __future__ import annotations

from collections.abc import Sequence

from bundling.report.barchart import Bar, bar_chart
from bundling.report.chart import Chart
from bundling.report.flowstyles import FULL
from bundling.report.kpis import Kpi
from bundling.report.proof import proof, writer
from bundling.report.rooms.parts import cost_kpi, made, money_and_figures, shown, unit_of
from bundling.report.rooms.told import Asked, Told
from bundling.report.section import Section

_DRAWN = 25


def tell(asked: Asked) -> Told:
    """Tell which arcs open, what they carry and how sure that is."""
    m, result = asked.m, asked.result
    problem, arcs = result.problem, asked.tables["arcs"]
    write = writer(m, unit_of(result))
    full = arcs[arcs["load_share"] >= FULL]
    kpis = (
        cost_kpi(m, result, "kpi.objective"),
        Kpi(
            m("kpi.arcs_open"),
            m.number(len(arcs)),
            m("kpi.arcs_open.note", arcs=m.number(problem.num_arcs)),
        ),
        Kpi(m("kpi.arcs_full"), m.number(len(full)), m("kpi.arcs_full.note")),
    )
    said = (
        m(
            "answer.design",
            open=m.number(len(arcs)),
            arcs=m.number(problem.num_arcs),
            commodities=m.number(problem.num_commodities),
            full=m.number(len(full)),
        ),
        m("answer.plain", cost=write(result.objective)),
        proof(m, result, write),
    )
    points = tuple(m("reason.arc_full", arc=str(name)) for name in full["arc_id"].head(8))
    sections = (
        Section(
            "arcs", m("room.arcs"), m("room.location.lead", unit=unit_of(result) or "–"),
            charts=_loads(asked), tables=(made(asked, "arcs"),), more=shown(asked, ("flows",)),
        ),
        Section("costs", m("room.costs"), m("room.costs.lead"), tables=money_and_figures(asked)),
    )  # fmt: skip
    return Told(kpis, said, points, sections)


def _loads(asked: Asked) -> Sequence[Chart]:
    m = asked.m
    arcs = asked.tables["arcs"].sort_values("load", ascending=False, kind="stable")
    rows = [
        Bar(str(row["arc_id"]), (float(row["load"]),), m.percent(row["load_share"], 0))
        for row in arcs.head(_DRAWN).to_dict("records")
    ]
    return (bar_chart(m("chart.arc_load"), rows, write=m.compact),) if rows else ()
