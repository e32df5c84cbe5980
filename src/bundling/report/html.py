"""One self-contained HTML page: no network, strict content policy, every text escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bundling.report import frames, sections, words
from bundling.report.chart import Chart, load_chart
from bundling.report.files import write_text
from bundling.report.frames import Table
from bundling.report.kpis import kpis, result_kpis
from bundling.report.mapview import map_view
from bundling.report.messages import Messages
from bundling.report.page import render
from bundling.report.rooms.closings import hubs_closing_section
from bundling.report.section import Banner, Section

if TYPE_CHECKING:
    import pandas as pd

    from bundling.chain import Step, Study
    from bundling.result import Result

_ROOM = ((120, True), (40, True), (10, False))
"""Tried in turn until the page is small enough: rows a table, and facts in the map's pop-ups."""
_MOST_BYTES = 2_000_000
_MOST_CHARTS = 6


def write_study(study: Study, path: str | Path, lang: str = "nl") -> Path:
    """Write the report of a region study; return `path`.

    The page holds everything it needs (map, styles, scripts, data), opens from a disk without a
    network, and is kept below 2 MB: long tables are cut, with the number of rows said, because the
    workbook has them whole; should that not be enough, the map's pop-ups only give names.

    Parameters
    ----------
    study
        From `bundling.chain.run`.
    path
        File to write.
    lang
        ``"nl"`` or ``"en"``.
    """
    m = Messages(lang)
    text = ""
    for most, facts in _ROOM:
        text = render(m, _context(m, study, most, facts=facts))
        if len(text.encode()) <= _MOST_BYTES:
            break
    return write_text(Path(path), text)


def _context(m: Messages, study: Study, most: int, *, facts: bool) -> dict[str, Any]:
    """Everything the template asks for."""
    names = sections.place_names(m, study.region)
    steps = [(step.name, step.result) for step in study.steps]
    families = [
        _section(m, family, study.of(family), names, most, _site_plan(m, study, family, names))
        for family in words.FAMILIES
        if study.of(family)
    ]
    sharing = None
    if study.sharing is not None:
        title = m("sharing.title.gap", gap=m.percent(study.sharing.gap))
        table = study.sharing.table()
        sharing = frames.table(m, table, id="t-sharing", title=title, names=names)
    return {
        "title": m("page.title", region=sections.title_of(m, study.region)),
        "subtitle": m("page.subtitle", day=m.day(study.day), year=str(study.year)),
        "warnings": _warnings(m, study),
        "kpis": kpis(m, study),
        "answers": words.answers(m, study, names),
        "map": map_view(m, steps, study.region.shapes, names, facts=facts),
        "unserved": _unserved(m, study.steps, names),
        "unserved_none": m(
            "unserved.none" if all(map(study.of, words.FAMILIES)) else "unserved.partial"
        ),
        "families": families,
        "sharing": sharing,
        "balances": frames.table(
            m, study.balances, id="t-balances", title=m("balances.title"), bad="holds", names=names
        ),
        "assumptions": _assumptions(m, study),
        "account": [_account(m, [(s.name, s.result, s.seconds) for s in study.steps])],
        "facts": [
            (m("account.input_hash"), study.input_hash),
            (m("account.seed"), str(study.seed)),
            (m("account.seconds"), _seconds(m, study.seconds)),
            (m("account.memory"), f"{m.number(study.peak_memory_mb)} MB"),
            (m("account.versions"), _versions(study.versions)),
        ],
    }


def write_result(
    result: Result,
    path: str | Path,
    lang: str = "nl",
    *,
    places: pd.DataFrame | None = None,
    reasons_limit: float = 20.0,
) -> Path:
    """Write the report of one result; return `path`.

    Parameters
    ----------
    result
        From `bundling.solve`.
    path
        File to write.
    lang
        ``"nl"`` or ``"en"``.
    places
        Positions of the nodes of hub location and network design, for the map; see
        `bundling.report.places.positions`. Without them those pages have no map.
    reasons_limit
        Wall seconds for reasons that need solving again: what a day of bundling costs without each
        of its hubs. 0 leaves them out.

    Raises
    ------
    bundling.InputError
        With everything that is wrong in `places`.
    """
    if result.family not in words.FAMILIES:
        from bundling.report.result_page import write_room

        return write_room(result, Path(path), lang, places=places, reasons_limit=reasons_limit)
    m = Messages(lang)
    from bundling.chain import Step

    step = Step(result.family, result, result.run.wall_s)
    families = [_section(m, result.family, [step], {}, _ROOM[0][0])]
    if result.family == "hubs":
        closing = hubs_closing_section(m, result, reasons_limit, _ROOM[0][0])
        families += [] if closing is None else [closing]
    context = {
        "title": m("page.title.result", family=m(f"family.{result.family}")),
        "subtitle": m("page.subtitle.result", method=result.run.method),
        "warnings": [],
        "kpis": result_kpis(m, result),
        "answers": [words.answer(m, result)],
        "map": map_view(m, [(result.family, result)], {}, {}),
        "unserved": _unserved(m, [step], {}),
        "unserved_none": m("unserved.none"),
        "families": families,
        "sharing": None,
        "balances": None,
        "assumptions": [],
        "account": [_account(m, [(result.family, result, result.run.wall_s)])],
        "facts": [
            (m("account.input_hash"), result.run.problem_hash or "–"),
            (m("account.seed"), str(result.run.seed)),
            (m("account.versions"), _versions(result.run.versions)),
        ],
    }
    return write_text(Path(path), render(m, context))


def _unserved(m: Messages, steps: Sequence[Step], names: Mapping[str, str]) -> list[Table]:
    return [
        frames.table(m, frame, id=f"t-{code.replace('.', '-')}", title=m(code), names=names)
        for code, frame in sections.unserved(steps).items()
    ]


def _warnings(m: Messages, study: Study) -> list[Banner]:
    found = []
    synthetic = [
        f"{m.word(name, 'table')} ({m.number(rows)})"
        for name, rows in sections.synthetic_rows(study.region).items()
    ]
    if synthetic:
        text = m("warning.synthetic", tables=m.names(synthetic, 9))
        found.append(Banner(m("warning.synthetic.head"), text))
    if len(study.balances) and not bool(study.balances["holds"].all()):
        found.append(Banner(m("warning.balances.head"), m("warning.balances")))
    missing = [m.short(f"family.{f}") for f in words.FAMILIES if not study.of(f)]
    if missing:
        found.append(
            Banner(m("warning.partial.head"), m("warning.partial", names=m.names(missing)))
        )
    return found


def _section(
    m: Messages,
    family: str,
    steps: Sequence[Step],
    names: Mapping[str, str],
    most: int,
    extra: Sequence[Table] = (),
) -> Section:
    tables: list[Table] = []
    if len(steps) > 1:
        title = m(f"{family}.steps")
        frame = sections.indicators(steps)
        tables.append(frames.table(m, frame, id=f"t-{family}-steps", title=title, names=names))
    amounts = sections.costs(steps)
    if amounts:
        tables.append(
            frames.pairs(
                m, amounts, id=f"t-{family}-costs", title=m(f"costs.{family}"),
                prefix="cost", total=m("costs.total"),
            )
        )  # fmt: skip
    if len(steps) == 1 and steps[0].result.evaluation is not None:
        figures = steps[0].result.evaluation.indicators
        title = m("indicators.title")
        tables.append(frames.pairs(m, figures, id=f"t-{family}-figures", title=title, prefix="col"))
    more = [
        frames.table(
            m, frame, id=f"t-{family}-{name}", title=m.word(f"{family}.{name}", "table"),
            most=most, names=names,
        )
        for name, frame in sections.family_tables(steps).items()
    ]  # fmt: skip
    tables += extra
    charts = _charts(m, steps, names) if family == "energy" else []
    return Section(family, m(f"family.{family}"), m(f"lead.{family}"), charts, tables, more)


def _site_plan(m: Messages, study: Study, family: str, names: Mapping[str, str]) -> list[Table]:
    if family != "siting" or (plan := sections.site_plan(study)).empty:
        return []
    return [frames.table(m, plan, id="t-site-plan", title=m("siting.plan"), names=names)]


def _charts(m: Messages, steps: Sequence[Step], names: Mapping[str, str]) -> list[Chart]:
    """Charts of the depots whose connections are used most, the busiest first."""
    solved = [step for step in steps if step.result.solution is not None]
    solved.sort(key=lambda step: -words.use_of_connection(step.result))
    charts = []
    for step in solved[:_MOST_CHARTS]:
        problem, place = step.result.problem, sections.place_of(step.name)
        title = names.get(place, str(problem.name))
        charts.append(load_chart(m, problem, step.result.solution, title))
    return charts


def _account(m: Messages, steps: Sequence[tuple[str, Result, float]]) -> Table:
    return frames.table(m, sections.account(steps), id="t-account", title=m("account.title"))


def _assumptions(m: Messages, study: Study) -> list[Table]:
    sources = study.region.sources()
    return [
        frames.table(
            m, sections.assumptions(study.region), id="t-assumptions", title=m("assumptions.title")
        ),
        frames.table(m, sources, id="t-sources", title=m("sources.title")),
    ]


def _seconds(m: Messages, seconds: Mapping[str, float]) -> str:
    return ", ".join(f"{m.word(name, 'seconds')} {m.seconds(s)}" for name, s in seconds.items())


def _versions(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())
