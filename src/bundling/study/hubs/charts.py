"""Drawings of the study: costs beside each other, and what bundling saves at other prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bundling.report.barchart import Bar, bar_chart
from bundling.report.chart import Chart, ticks
from bundling.report.linechart import Line, line_chart
from bundling.report.messages import Messages
from bundling.report.sharing_parts import ALONE, TOGETHER
from bundling.study.hubs.wording import amount

if TYPE_CHECKING:
    from bundling.study.hubs.study import HubsStudy

_WIDTH = 560.0
"""Of a chart that has another beside it, so that its words stay readable."""


def cost_chart(m: Messages, study: HubsStudy) -> Sequence[Chart]:
    """Costs by component with and without hubs; nothing without the comparison."""
    if "costs" not in study.tables:
        return ()
    frame = study.tables["costs"]
    shown = frame[(frame["with_hubs_eur"] > 0) | (frame["without_hubs_eur"] > 0)]
    rows = [
        Bar(m.label(row["component"], "cost"), (row["without_hubs_eur"], row["with_hubs_eur"]))
        for row in shown.to_dict("records")
    ]
    series = ((ALONE, m("hs.plan.without hubs")), (TOGETHER, m("hs.plan.with hubs")))
    return (bar_chart(m("hs.chart.costs"), rows, write=m.money, series=series),)


def break_charts(m: Messages, study: HubsStudy) -> Iterator[Chart]:
    """Draw what bundling saves at each value tried; where it leaves nothing bundling pays."""
    for of, found in study.breaks.items():
        trials = [trial for trial in found.trials if np.isfinite(trial.saving_eur)]
        if len(trials) < 2:
            continue
        x = [trial.value for trial in trials]
        lines = [Line(m("hs.chart.saving"), x, [t.saving_eur for t in trials], marked=True)]
        if all(np.isfinite(t.high_eur) for t in trials):
            high = [max(0.0, t.high_eur) for t in trials]
            lines.append(Line(m("hs.chart.most"), x, high))
            lines.append(Line(m("hs.chart.least"), x, [t.low_eur for t in trials]))
        ends = (m.compact(v) if of == "volume" else amount(m, of, v) for v in (x[0], x[-1]))
        first, last = ends
        yield line_chart(
            m(f"hs.chart.{of}", first=first, last=last),
            lines,
            x_label=m(f"hs.axis.{of}"),
            y_label=m("hs.axis.eur"),
            y_text=lambda eur: m.compact(eur),
            x_ticks=[tick for tick in ticks(1.001 * x[-1]) if tick >= x[0]],
            x_text=lambda value: m.compact(value),
            width=_WIDTH,
        )
