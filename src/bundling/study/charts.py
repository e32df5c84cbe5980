"""Drawings of a study: what is built by year, and how far how many sites reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from bundling.report.chart import Chart
from bundling.report.linechart import Line, line_chart
from bundling.report.messages import Messages
from bundling.units import KW_PER_MW


def power_chart(
    m: Messages,
    phasing: pd.DataFrame,
    scenarios: Mapping[str, str],
    base: str,
    *,
    years: Sequence[int],
    until: int,
) -> Chart | None:
    """Draw the power of new chargers by planning year, a line a scenario; None without sites.

    Parameters
    ----------
    m
        Language.
    phasing
        The table; a scenario without sites has no rows, and a line at nothing.
    scenarios
        What the scenarios with a plan are called, by name.
    base
        Scenario of which the line is thicker.
    years
        Planning years.
    until
        Year after those that the last planning year stands for.
    """
    if phasing.empty:
        return None
    mw = phasing.groupby(["scenario", "year"])["installed_kw"].sum() / KW_PER_MW
    lines = []
    for name, told in scenarios.items():
        y = [float(mw.get((name, year), 0.0)) for year in years]
        lines.append(Line(told, [*years, until], [*y, y[-1]], name == base))
    return line_chart(
        m("study.chart.power"),
        lines,
        x_label=m("study.chart.year"),
        y_label="MW",
        x_ticks=years,
        y_text=lambda mw: m.compact(mw),
        steps=True,
    )


def coverage_chart(
    m: Messages, coverage: pd.DataFrame, scenarios: Mapping[str, str], base: str
) -> Chart | None:
    """Draw the share of energy served by the largest sites, a line a scenario; None without."""
    if coverage.empty:
        return None
    lines = []
    for name, told in scenarios.items():
        mine = coverage[coverage["scenario"] == name]
        if len(mine):
            x = [0.0, *(float(count) for count in mine["sites"])]
            y = [0.0, *(float(share) for share in mine["served_share"])]
            lines.append(Line(told, x, y, name == base))
    return line_chart(
        m("study.chart.coverage"),
        lines,
        x_label=m("study.chart.sites"),
        y_label=m("study.chart.share"),
        y_text=lambda share: m.percent(share, 0),
    )
