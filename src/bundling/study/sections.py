"""The sections of the study's page, each from the tables of the study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from bundling.report.frames import Table, table
from bundling.report.messages import Messages
from bundling.report.section import Section
from bundling.study import frames
from bundling.study.charts import coverage_chart, power_chart
from bundling.study.names import all_told
from bundling.study.wording import afir_words, in_words, no_regret_words, reasons_words

if TYPE_CHECKING:
    from bundling.study.siting import SitingStudy

BOOK = "siting-study.xlsx"
"""Where the rows stand that the page has no room for."""


class Maker:
    """Makes sections in one language, with at most `most` rows a table."""

    def __init__(
        self, m: Messages, study: SitingStudy, names: Mapping[str, str], most: int
    ) -> None:
        self.m, self.study, self.names, self.most = m, study, names, most
        self.told = all_told(m, study.scenarios)

    def table(self, name: str, frame: pd.DataFrame, *, bad: str = "") -> Table:
        """Return `frame` as the page's table `name`."""
        return table(
            self.m,
            in_words(self.m, frames.unnamed(frame)),
            id=f"t-{name.replace('_', '-')}",
            title=self.m(f"study.table.{name}"),
            most=self.most,
            bad=bad if bad in frame else "",
            names={**self.names, **self.told},
            book=BOOK,
        )

    def base(self, name: str) -> pd.DataFrame:
        """Rows of table `name` of the scenario that is worked out."""
        return frames.of_scenario(self.study.tables[name], self.study.base)

    def _plain(self, name: str, frame: pd.DataFrame) -> Section:
        m = self.m
        tables = [self.table(name, frame)]
        return Section(
            id=name.replace("_", "-"),
            title=m(f"study.section.{name}"),
            lead=m(f"study.lead.{name}"),
            tables=tables,
        )

    def all(self) -> Iterator[Section]:
        """All sections that have something to show, in the order of the page."""
        yield self.scenarios()
        if self.base("phasing").empty and self.base("supply_demand").empty:
            return
        yield self._plain("supply_demand", frames.supply_demand(self.base("supply_demand")))
        yield self._plain("phasing", frames.phasing(self.base("phasing")))
        yield self._plain("grid", frames.grid(self.base("grid")))
        yield self._plain("cost_per_kwh", frames.cost_per_kwh(self.base("cost_per_kwh")))
        yield self.coverage()
        if len(self.base("afir")):
            yield self.afir()
        if len(self.base("emissions")):
            yield self._plain("emissions", self.study.tables["emissions"])
        if "no_regret" in self.study.tables:
            yield self.no_regret()
        yield self.reasons()

    def scenarios(self) -> Section:
        """Return all scenarios side by side."""
        tables = self.study.tables
        summary = frames.for_people("summary", tables["summary"])
        # The gap stands in words in the summary, times in the account.
        left_out = ["reason_english", "capital_eur", "gap_pct", "seconds"]
        summary = summary.drop(columns=left_out, errors="ignore")
        results = self.study.results
        problem = next(iter(results.values())).problem
        solved = [name for name, result in results.items() if result.solution is not None]
        chart = power_chart(
            self.m,
            tables["phasing"],
            {name: self.told[name] for name in solved},
            self.study.base,
            years=problem.years,
            until=problem.years[-1] + int(problem.calendar_years[-1]),
        )
        return Section(
            id="scenarios",
            title=self.m("study.section.summary"),
            lead=self.m("study.lead.summary"),
            charts=() if chart is None else (chart,),
            tables=(self.table("summary", summary),),
        )

    def coverage(self) -> Section:
        """Return how much the 1, 2, ... largest sites serve."""
        m = self.m
        chart = coverage_chart(m, self.study.tables["coverage"], self.told, self.study.base)
        return Section(
            id="coverage",
            title=m("study.section.coverage"),
            lead=m("study.lead.coverage"),
            charts=() if chart is None else (chart,),
            tables=(self.table("coverage", self.base("coverage")),),
        )

    def afir(self) -> Section:
        """Return what AFIR asks and what is there; what is not met is marked."""
        m, frame = self.m, self.base("afir").drop(columns="words")
        return Section(
            id="afir",
            title=m("study.section.afir"),
            lead=m("study.lead.afir"),
            paragraphs=tuple(afir_words(m, frame)),
            tables=(self.table("afir", frame, bad="met"),),
        )

    def no_regret(self) -> Section:
        """Return the sites that are right in every scenario."""
        m, frame = self.m, self.study.tables["no_regret"]
        return Section(
            id="no-regret",
            title=m("study.section.no_regret"),
            lead=m("study.lead.no_regret"),
            paragraphs=tuple(no_regret_words(m, frame, self.names)),
            tables=(self.table("no_regret", frames.no_regret(frame)),),
        )

    def reasons(self) -> Section:
        """Return why: the worth of the grid, what waits for it, and what it costs."""
        m, reasons = self.m, self.study.reasons
        tables = []
        if reasons is not None:
            value = frames.headroom_value(reasons.value)
            tables.append(self.table("headroom_value", value))
            if reasons.waits is not None:
                tables.append(self.table("waits", frames.waits(reasons.waits)))
            if reasons.congestion is not None:
                free = self.base("congestion_sites")
                changed = free["opened_year"].fillna(0) != free["opened_year_without"].fillna(0)
                tables.append(self.table("congestion_sites", free[changed].reset_index(drop=True)))
        return Section(
            id="reasons",
            title=m("study.section.reasons"),
            lead=m("study.lead.reasons"),
            paragraphs=tuple(reasons_words(m, reasons)),
            tables=tables,
        )
