"""Key figures for the top of the study's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bundling.report.kpis import Kpi
from bundling.report.messages import Messages
from bundling.report.words import quality
from bundling.study.frames import of_scenario
from bundling.study.names import told
from bundling.units import KW_PER_MW

if TYPE_CHECKING:
    from bundling.study.siting import SitingStudy


def kpis(m: Messages, study: SitingStudy) -> list[Kpi]:
    """Cost, chargers, energy served, no-regret sites; a dash for what is not there."""
    summary = study.tables["summary"]
    mine = summary[summary["scenario"] == study.base]
    base = study.results.get(study.base)
    if base is None or base.solution is None or mine.empty:
        return [Kpi(m("study.kpi.cost"), "–", m("kpi.nothing"))]
    row = mine.iloc[0]
    last = str(base.problem.years[-1])
    plans = summary.dropna(subset=["npv_eur"])
    scenario = told(m, study.scenarios[study.base])
    phasing = of_scenario(study.tables["phasing"], study.base)
    kw = 0.0 if phasing.empty else phasing[phasing["year"] == int(last)]["installed_kw"].sum()
    found = [
        Kpi(
            m("study.kpi.cost"),
            m.money(row["npv_eur"]),
            m("study.kpi.cost.note", scenario=scenario, quality=quality(m, [base])[0]),
        ),
        Kpi(
            m("kpi.siting", year=last),
            m.number(row["chargers_last_year"]),
            m(
                "study.kpi.chargers.note",
                mw=m.compact(float(kw) / KW_PER_MW),
                sites=m.number(row["sites_last_year"]),
            ),
        ),
        Kpi(
            m("study.kpi.served", year=last),
            m.percent(row["served_share_last_year"]),
            m(
                "study.kpi.served.note",
                low=m.percent(float(plans["served_share_last_year"].min())),
                high=m.percent(float(plans["served_share_last_year"].max())),
                n=m.number(len(plans)),
            ),
        ),
    ]
    if "no_regret" in study.tables:
        frame = study.tables["no_regret"]
        found.append(
            Kpi(
                m("study.kpi.no_regret"),
                m.number(int((frame["how_often"] == "always").sum())),
                m(
                    "study.kpi.no_regret.note",
                    some=m.number(int((frame["scenarios_open"] > 0).sum())),
                    n=m.number(len(plans)),
                ),
            )
        )
    return found
