"""A whole study of a small region: figures that stay, a page for a board, a Dutch workbook."""

from __future__ import annotations

import json
import math
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from busy_region import HOSTILE, busy_region
from click.testing import CliRunner

from bundling import study as study_room
from bundling.cli import main
from bundling.errors import InputError
from bundling.report.messages import Messages
from bundling.result import Event
from bundling.study import SitingStudy, siting_study

GOLDEN = Path(__file__).parent / "busy_study.json"
REL = 1e-5
"""Reached by any solver that closes the gap; ties are left out of what is compared."""
COMPARED = {
    "summary": ["npv_eur", "proved_at_least_eur", "sites_last_year", "served_share_first_year",
                "asked_mwh_last_year", "co2e_t"],
    "phasing": ["site_id", "year", "opened_year"],
    "cost_per_kwh": ["year", "served_mwh", "total_eur_per_kwh"],
    "coverage": ["sites", "served_share"],
    "emissions": ["years", "co2e_t", "co2e_saved_t", "nox_saved_kg"],
    "no_regret": ["site_id", "scenarios_open", "how_often", "earliest_year", "latest_year"],
    "waits": ["site_id", "now", "waits_for_node", "waits_for_year", "would_open_year", "saved_eur"],
    "congestion": ["year", "cost_eur"],
    "headroom_value": ["node_id", "year", "kind", "low_eur_per_mw", "high_eur_per_mw"],
}  # fmt: skip
SECTIONS = ("summary", "map-section", "unserved", "scenarios", "supply-demand", "phasing", "grid",
            "cost-per-kwh", "coverage", "afir", "emissions", "no-regret", "reasons", "assumptions",
            "account", "glossary")  # fmt: skip


class Page(HTMLParser):
    """Sections, tags, what leads outside, and the text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[str | None] = []
        self.tags: list[str] = []
        self.outside: list[str | None] = []
        self.lang: str | None = None
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if tag == "section":
            self.sections.append(found.get("id"))
        if tag == "html":
            self.lang = found.get("lang")
        self.outside += [found[key] for key in ("src", "href") if key in found]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] not in (["script"], ["style"]):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def study() -> SitingStudy:
    """Four scenarios, all proved; the middle demand with the grid as planned is worked out."""
    return siting_study(
        busy_region(),
        demands=("mid", "high"),
        delays=(0, 3),
        years=(2026, 2030),
        gap=0.0,
        time_limit=60.0,
        reasons_limit=30.0,
        own_power=False,
    )


@pytest.fixture(scope="module")
def pages(study: SitingStudy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders with the study written in both languages."""
    found = {}
    for lang in ("nl", "en"):
        found[lang] = tmp_path_factory.mktemp(lang)
        study.write(found[lang], lang=lang)
    return found


def figures(study: SitingStudy) -> dict[str, Any]:
    """What is compared, as plain JSON."""
    tables = study.tables
    return {
        name: json.loads(tables[name][["scenario", *columns] if name != "no_regret" else columns]
                         .to_json(orient="records", double_precision=10))
        for name, columns in COMPARED.items()
    }  # fmt: skip


def plain(text: str) -> str:
    """Spaces as the page's text has them here."""
    return " ".join(text.split())


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=REL, abs_tol=1e-6)
    return bool(one == other)


def test_the_study_gives_what_it_gave(study: SitingStudy, request: pytest.FixtureRequest) -> None:
    found = figures(study)
    if request.config.getoption("--regenerate"):
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n")
    expected = json.loads(GOLDEN.read_text())
    assert expected.keys() == found.keys()
    for name, rows in expected.items():
        assert len(found[name]) == len(rows), name
        for row, other in zip(rows, found[name], strict=True):
            wrong = {key: (row[key], other[key]) for key in row if not same(row[key], other[key])}
            assert not wrong, f"{name}: {row}"


def test_one_megawatt_where_it_waits_saves_what_congestion_costs(study: SitingStudy) -> None:
    """Only the west is tight: its reinforcement, one MW and no limits at all are worth the same."""
    cost = study.tables["congestion"]["cost_eur"].iloc[0]
    value = study.tables["headroom_value"]
    resolved = value[value["kind"] == "re-solved"].set_index("node_id")
    assert resolved.loc["sub-west", "eur_per_mw"] == pytest.approx(cost, rel=1e-6)
    waits = study.tables["waits"].set_index("site_id").loc["site-a"]
    assert (waits["waits_for_node"], waits["would_open_year"]) == ("sub-west", 2026)
    assert waits["saved_eur"] == pytest.approx(cost, rel=1e-6)


def test_the_page_has_every_section_and_fetches_nothing(pages: dict[str, Path]) -> None:
    for lang, folder in pages.items():
        text = (folder / "study.html").read_text(encoding="utf-8")
        page = Page(text)
        assert page.lang == lang
        assert tuple(page.sections) == SECTIONS
        assert all(link is not None and link.startswith("#") for link in page.outside)
        assert "default-src &#39;none&#39;" in text
        assert len(text.encode()) < 2_000_000


def test_no_name_of_the_region_becomes_markup(pages: dict[str, Path]) -> None:
    for folder in pages.values():
        text = (folder / "study.html").read_text(encoding="utf-8")
        assert HOSTILE not in text
        page = Page(text)
        assert HOSTILE in page.text  # shown as the text it is
        own = text.count('<script type="application/json"') + 3  # the map's, and the page's own
        assert page.tags.count("script") == own


def test_the_page_tells_the_results_in_dutch(study: SitingStudy, pages: dict[str, Path]) -> None:
    m = Messages("nl")
    text = Page((pages["nl"] / "study.html").read_text(encoding="utf-8")).text
    for result in study.results.values():
        assert plain(m.money(result.objective)) in text
    cost = plain(m.money(float(study.tables["congestion"]["cost_eur"].iloc[0])))
    assert f"De grenzen van het stroomnet kosten {cost}" in text
    for said in ("middelste vraag, net volgens plan", "hoge vraag, net 3 jaar later",
                 "Bewezen: geen enkel plan kost minder", "1 van de 2 locaties die in een scenario",
                 "wacht er 1 op ruimte op het net", "Kosten 2030 (EUR/kWh)",
                 "Aannames die per vraagscenario verschillen", "own assumption"):  # fmt: skip
        assert said in text, said
    assert "Niet elk plan is bewezen" not in text
    assert "not served" not in text


def test_an_open_gap_is_said(study: SitingStudy, tmp_path: Path) -> None:
    """A plan that is not proved best says so, and by how much at most; no bound is said too."""
    import dataclasses

    from bundling.result import Bounds, Limit, Status

    results = dict(study.results)
    for name, bound in zip(results, (4_000_000.0, -1.0, -math.inf), strict=False):
        old = results[name]
        results[name] = dataclasses.replace(
            old, status=Status.FEASIBLE, limit=Limit.TIME, bounds=Bounds(old.objective, bound)
        )
    other = SitingStudy(study.region, results, study.scenarios, study.base, study.reasons)
    other.write(tmp_path)
    text = Page((tmp_path / "study.html").read_text(encoding="utf-8")).text
    assert "Bij 3 van de 4 scenario's is het zoeken gestopt" in text
    assert "geen plan minder kost dan € 4.000.000" in text
    assert "de ondergrens die in de rekentijd gevonden is (-€ 1) zegt daar niets over" in text
    assert "een ondergrens is niet gevonden" in text
    assert "door de tijdslimiet" in text
    assert "de lijst is een aanwijzing, geen bewijs" in text


def test_the_workbook_is_in_the_language_and_the_csv_is_not(
    study: SitingStudy, pages: dict[str, Path]
) -> None:
    book = openpyxl.load_workbook(pages["nl"] / "siting-study.xlsx", read_only=True)
    assert book.sheetnames[:3] == ["Samenvatting", "Vraag en aanbod", "Fasering"]
    assert len(book.sheetnames) == len(study.tables) + 2  # assumptions and sources
    rows = list(book["Fasering"].iter_rows(values_only=True))
    heads, first = rows[2], rows[3]
    assert heads[:6] == ("Scenario", "Locatie", "Naam", "Soort", "Opent in", "Jaar")
    assert first[0] == "middelste vraag, net volgens plan"
    assert first[3] == "bedrijventerrein"
    for sheet in book:
        heads = next(sheet.iter_rows(min_row=3, max_row=3, values_only=True))
        assert not [head for head in heads if "_" in str(head)], sheet.title
    table = pd.read_csv(pages["nl"] / "phasing.csv")
    assert table.columns.tolist() == study.tables["phasing"].columns.tolist()
    assert table["scenario"].tolist() == study.tables["phasing"]["scenario"].tolist()


def test_every_column_of_a_table_has_a_dutch_heading(study: SitingStudy) -> None:
    from bundling.study.frames import for_people

    m = Messages("nl")
    lacking = [
        f"{name}.{column}"
        for name, frame in study.tables.items()
        for column in for_people(name, frame)
        if not m.has(f"col.{column}")
    ]
    assert not lacking


def test_a_study_without_any_plan_says_why(tmp_path: Path) -> None:
    impossible = siting_study(
        busy_region(), demands=("mid",), delays=(0,), years=(2026, 2030), time_limit=10.0,
        own_power=False, budget_eur=0.0, min_share={"Tiny": 1.0},
    )  # fmt: skip
    assert impossible.reasons is None
    impossible.write(tmp_path)
    text = Page((tmp_path / "study.html").read_text(encoding="utf-8")).text
    assert "De studie is niet af." in text
    assert "Scenario's zonder plan, met de reden" in text
    assert "the budget of 0 EUR" in text
    assert "Niets: in dit scenario" not in text


def test_an_early_stop_leaves_scenarios_out_and_says_so(tmp_path: Path) -> None:
    def stop(event: Event) -> bool:
        return False

    stopped = siting_study(
        busy_region(), years=(2026,), time_limit=30.0, own_power=False, on_event=stop
    )
    assert len(stopped.results) < len(stopped.scenarios) == 6
    stopped.write(tmp_path)
    text = Page((tmp_path / "study.html").read_text(encoding="utf-8")).text
    assert "De studie is niet af." in text
    assert "niet doorgerekend" in text


def test_a_base_that_is_no_scenario_is_refused() -> None:
    with pytest.raises(InputError, match="'low, grid as planned' is none of the scenarios"):
        siting_study(busy_region(), demands=("mid",), base=("low", 0))


def test_the_command_runs_three_demands_and_two_delays_by_default(
    study: SitingStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def fake(_region: Any, **choices: Any) -> SitingStudy:
        asked.update(choices)
        return study

    monkeypatch.setattr(study_room, "siting_study", fake)
    done = CliRunner().invoke(main, ["siting", "zwolle", "--out", str(tmp_path), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert tuple(asked["demands"]) == ("low", "mid", "high")
    assert tuple(asked["delays"]) == (0, 3)
    assert (asked["seed"], asked["base"]) == (0, None)
    assert "study.html" in done.output
    assert Page((tmp_path / "study.html").read_text(encoding="utf-8")).lang == "en"
