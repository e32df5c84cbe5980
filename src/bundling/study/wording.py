"""The study in sentences: filled with numbers of its results, none is invented."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bundling.report.messages import Messages
from bundling.report.proof import proof
from bundling.report.words import Answer, quality
from bundling.result import Result
from bundling.siting.tables import opening_year
from bundling.study.names import phrases_told, told

if TYPE_CHECKING:
    from bundling.siting.reasons import Congestion
    from bundling.study.reasons import StudyReasons
    from bundling.study.siting import SitingStudy

_NAMES = 5
_JOINED = ("contracts",)
"""Columns with several words, put together with commas."""
_NAMED = ("name", "largest_site", "site_added", "demand")
"""Columns with names of places."""


def in_words(m: Messages, frame: pd.DataFrame) -> pd.DataFrame:
    """Translate columns with several words and names, which no table can look up by a cell."""
    made = frame.copy()
    for column in set(_JOINED) & set(made.columns):
        made[column] = [
            ", ".join(m.word(word) for word in str(words).split(", ")) if words else None
            for words in made[column]
        ]
    for column in set(_NAMED) & set(made.columns):
        made[column] = [
            phrases_told(m, name) if isinstance(name, str) else name for name in made[column]
        ]
    return made


def answers(m: Messages, study: SitingStudy, names: Mapping[str, str]) -> list[Answer]:
    """One answer a scenario: what it costs, what is built when, and how good the plan is."""
    found = []
    for name, pair in study.scenarios.items():
        title = told(m, pair)
        title = title[:1].upper() + title[1:]
        result = study.results.get(name)
        solved = result is not None and result.solution is not None
        if solved and name == study.base and len(study.scenarios) > 1:
            title += f" {m('study.worked_out')}"
        if result is None:
            found.append(Answer(title, m("study.left_out"), "bad", (m("study.left_out.say"),)))
            continue
        badge, mark = quality(m, [result])
        if result.solution is None:
            say: tuple[str, ...] = (m("answer.nothing"),)
            found.append(Answer(title, badge, mark, say, result.reasons))
            continue
        say = (_cost(m, study, name), _opens(m, result, names), proof(m, result))
        found.append(Answer(title, badge, mark, say))
    return found


def _cost(m: Messages, study: SitingStudy, name: str) -> str:
    rows = study.tables["summary"].to_dict("records")
    row = next(row for row in rows if row["scenario"] == name)
    result = study.results[name]
    first, last = result.problem.years[0], result.problem.years[-1]
    assert result.evaluation is not None
    return m(
        "study.answer.cost",
        cost=m.money(row["npv_eur"]),
        missed=m.money(result.evaluation.costs_eur["unserved"]),
        first=str(first),
        last=str(last),
        served_first=m.percent(row["served_share_first_year"]),
        served=m.percent(row["served_share_last_year"]),
        asked=m.number(row["asked_mwh_last_year"]),
        sites=m.number(row["sites_last_year"]),
        chargers=m.number(row["chargers_last_year"]),
    )


def _opens(m: Messages, result: Result, names: Mapping[str, str]) -> str:
    """Say which sites open in which year."""
    problem = result.problem
    years = opening_year(problem, result.solution)
    parts = []
    for year in problem.years:
        mine = [s for s, opened in enumerate(years) if opened == year]
        if mine:
            # Largest first: those a reader looks for.
            kw = problem.charger_kw @ result.solution.chargers[mine, :, -1].T
            mine = [mine[i] for i in np.argsort(-kw, kind="stable")]
            called = [names.get(problem.site_ids[s], problem.site_names[s]) for s in mine]
            parts.append(
                m(
                    "study.answer.opens.year",
                    year=str(year),
                    sites=m.number(len(mine)),
                    names=m.names(called, _NAMES),
                )
            )
    return m("study.answer.opens", parts="; ".join(parts)) if parts else m("study.answer.none")


def value_words(m: Messages, frame: pd.DataFrame) -> Iterator[str]:
    """Say where one more MW is worth most, and what such a number is and is not."""
    marginal = frame[frame["kind"] != "re-solved"]
    worth = marginal[marginal["eur_per_mw"] > 0]
    if worth.empty:
        yield m("study.value.nothing")
    else:
        top = worth.nlargest(1, "eur_per_mw").to_dict("records")[0]
        yield m(
            "study.value.top",
            node=str(top["name"]),
            year=str(top["year"]),
            eur=m.money(float(top["eur_per_mw"])),
            rows=m.number(len(worth)),
            all=m.number(len(marginal)),
        )
    yield m("study.value.caveat")
    for row in frame[frame["kind"] == "re-solved"].to_dict("records"):
        low, high, found = (row[f"{end}eur_per_mw"] for end in ("low_", "high_", ""))
        proved = "study.value.proved" if not row["approximate"] else "study.value.between"
        if row["approximate"] and low <= 0 and not math.isfinite(high):
            proved = "study.value.unknown"
        yield m(
            "study.value.resolved" if not found <= 0 else "study.value.resolved.none",
            node=str(row["name"]),
            year=str(row["year"]),
            eur=m.money(found),
            proved=m(proved, interval=_interval(m, low, high)),
        )


def _interval(m: Messages, low: float, high: float) -> str:
    if not math.isfinite(high):
        return m("study.at_least", low=m.money(max(low, 0.0)))
    return m("study.between", low=m.money(max(low, 0.0)), high=m.money(high))


def waits_words(m: Messages, frame: pd.DataFrame) -> Iterator[str]:
    """Say how many sites can be built now, how many wait for the grid, and how sure that is."""
    now = int(frame["now"].astype(bool).sum())
    waiting = frame[frame["waits_for_node"].notna()]
    later = len(frame) - now - len(waiting)
    sure = not bool(frame["approximate"].any())
    yield m(
        "study.waits.proved" if sure else "study.waits",
        now=m.number(now),
        waiting=m.number(len(waiting)),
        later=m.number(later),
    )
    if not sure:
        yield m("study.waits.open")


def congestion_words(m: Messages, found: Congestion) -> Iterator[str]:
    """Say what the limits of the grid cost, and what stays unserved with and without them."""
    cost = found.cost
    if cost.exact:
        yield m("study.congestion.exact", eur=m.money(cost.eur))
    elif cost.low <= 0 and not math.isfinite(cost.high):
        yield m("study.congestion.unknown")
    else:
        yield m("study.congestion", interval=_interval(m, cost.low, cost.high))
    if not cost.exact and math.isfinite(cost.eur) and cost.eur > 0:
        yield m("study.congestion.found", eur=m.money(cost.eur))
    last = found.unserved.iloc[-1]
    if math.isfinite(float(last["kwh_per_day_without"])):
        yield m(
            "study.congestion.unserved",
            year=str(int(last["year"])),
            kwh=m.number(float(last["kwh_per_day"])),
            free=m.number(float(last["kwh_per_day_without"])),
        )


def afir_words(m: Messages, frame: pd.DataFrame) -> Iterator[str]:
    """Say in each year for how many corridors and directions the plan keeps AFIR."""
    for year, mine in frame.groupby("year"):
        yield m(
            "study.afir.year",
            year=str(year),
            met=m.number(int(mine["met"].astype(bool).sum())),
            all=m.number(len(mine)),
        )


def no_regret_words(m: Messages, frame: pd.DataFrame, names: Mapping[str, str]) -> Iterator[str]:
    """Name the sites that open in every scenario, with the caveat of plans not proved best."""
    always = frame[frame["how_often"] == "always"]
    some = frame[frame["scenarios_open"] > 0]
    called = [
        names.get(site, name) for site, name in zip(always["site_id"], always["name"], strict=True)
    ]
    yield m(
        "study.no_regret" if len(always) else "study.no_regret.none",
        sites=m.number(len(always)),
        some=m.number(len(some)),
        scenarios=m.number(int(frame["scenarios"].iloc[0])),
        names=m.names(called, 12),
    )
    if bool(frame["approximate"].any()):
        yield m("study.no_regret.open")


def reasons_words(m: Messages, reasons: StudyReasons | None) -> Iterator[str]:
    """All sentences of the reasons of the scenario that is worked out."""
    if reasons is None:
        yield m("study.reasons.none")
        return
    yield from value_words(m, reasons.value)
    if reasons.waits is not None:
        yield from waits_words(m, reasons.waits)
    if reasons.congestion is not None:
        yield from congestion_words(m, reasons.congestion)
    if reasons.waits is None:
        yield m("study.reasons.short")
