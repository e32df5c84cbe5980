"""The page of a hub location plan: which nodes are hubs, and how the flow goes through them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bundling.report.barchart import Bar, bar_chart
from bundling.report.chart import Chart
from bundling.report.kpis import Kpi
from bundling.report.messages import Messages
from bundling.report.proof import proof, writer
from bundling.report.rooms.parts import cost_kpi, made, money_and_figures, share_of, shown, unit_of
from bundling.report.rooms.plain import for_people as _plain
from bundling.report.rooms.told import Asked, Told
from bundling.report.section import Section

if TYPE_CHECKING:
    import pandas as pd

    from bundling.result import Result

_DRAWN = 25


def for_people(m: Messages, result: Result) -> dict[str, pd.DataFrame]:
    """All tables, with nodes called places."""
    return {
        name: frame.rename(columns={"node_id": "location_id"})
        for name, frame in _plain(m, result).items()
    }


def tell(asked: Asked) -> Told:
    """Tell which hubs open, what passes and how sure that is."""
    m, result = asked.m, asked.result
    problem, hubs = result.problem, asked.tables["hubs"]
    write = writer(m, unit_of(result))
    flow = float(problem.flow.sum())
    between = float(asked.tables["transfers"]["flow"].sum())
    kpis = (
        cost_kpi(m, result, "kpi.objective"),
        Kpi(
            m("kpi.hubs_open"),
            m.number(len(hubs)),
            m("kpi.hubs_open.note", nodes=m.number(problem.num_nodes)),
        ),
        Kpi(
            m("kpi.transfer"),
            m.percent(share_of(between, flow), 0),
            m("kpi.transfer.note", flow=m.compact(flow)),
        ),
    )
    by_size = hubs.sort_values("through", ascending=False, kind="stable")
    said = (
        m(
            "answer.hub_location",
            open=m.number(len(hubs)),
            nodes=m.number(problem.num_nodes),
            names=m.names([str(name) for name in by_size["location_id"]], 8),
        ),
        m("answer.hub_location.single" if problem.single else "answer.hub_location.multiple"),
        m("answer.plain", cost=write(result.objective)),
        proof(m, result, write),
    )
    return Told(kpis, said, tuple(_points(asked)), _sections(asked))


def _points(asked: Asked) -> Iterator[str]:
    """Say for each hub whom it serves and what passes, and whether it is full."""
    m, problem = asked.m, asked.result.problem
    hubs = asked.tables["hubs"].sort_values("through", ascending=False, kind="stable")
    capacity = dict(zip(problem.node_ids, problem.capacity, strict=True))
    for row in hubs.to_dict("records"):
        room = float(capacity[row["location_id"]])
        full = np.isfinite(room) and row["collected"] >= 0.999 * room > 0
        yield m(
            "reason.hub_location.full" if full else "reason.hub_location",
            hub=str(row["location_id"]),
            nodes=m.number(row["nodes"]),
            through=m.compact(row["through"]),
        )


def _sections(asked: Asked) -> tuple[Section, ...]:
    m, unit = asked.m, unit_of(asked.result)
    return (
        Section(
            "hubs", m("room.hubs"), m("room.location.lead", unit=unit or "–"),
            charts=_flows(asked), tables=(made(asked, "hubs"),),
        ),
        Section(
            "transfers", m("room.transfers"), m("room.transfers.lead"),
            tables=shown(asked, ("transfers",)), more=shown(asked, ("allocation", "ways")),
        ),
        Section("costs", m("room.costs"), m("room.costs.lead"), tables=money_and_figures(asked)),
    )  # fmt: skip


def _flows(asked: Asked) -> Sequence[Chart]:
    m = asked.m
    hubs = asked.tables["hubs"].sort_values("through", ascending=False, kind="stable")
    rows = [
        Bar(str(row["location_id"]), (float(row["through"]),))
        for row in hubs.head(_DRAWN).to_dict("records")
    ]
    return (bar_chart(m("chart.through"), rows, write=m.compact),) if rows else ()
