"""A bundling study of a small region: what it finds, how it is told, and that nothing runs."""

from __future__ import annotations

import dataclasses
import json
import math
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from bundling_region import FORMULA, HOSTILE, bundling_region
from click.testing import CliRunner
from test_study_page import Page, plain

from bundling.cli import main
from bundling.hubs.scheduled.closing import Closing
from bundling.region import Region
from bundling.report.messages import Messages
from bundling.result import Bounds, Event, Limit, Status
from bundling.study.hubs import HubsStudy, hubs_study
from bundling.study.hubs.frames import for_people
from bundling.study.hubs.wording import break_words, hub_words, left_out, pays_words, saving_bracket

DAY = date(2030, 6, 4)


@pytest.fixture(scope="module")
def study() -> HubsStudy:
    """All parts, each proved."""
    return hubs_study(bundling_region(), day=DAY, time_limit=60.0, gap=0.0)


@pytest.fixture(scope="module")
def pages(study: HubsStudy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders with the study written in both languages."""
    found = {}
    for lang in ("nl", "en"):
        found[lang] = tmp_path_factory.mktemp(lang)
        study.write(found[lang], lang=lang)
    return found


def text_of(folder: Path) -> str:
    return Page((folder / "study.html").read_text(encoding="utf-8")).text


def test_the_study_finds_what_it_found(study: HubsStudy) -> None:
    """Kilometres, hours and cost of the plan were worked out from the tables by hand."""
    assert study.is_complete
    assert study.together.status is Status.OPTIMAL
    assert study.together.objective == pytest.approx(355.9616, abs=1e-3)
    assert study.direct is not None
    assert study.direct.objective == pytest.approx(483.8995, abs=1e-3)
    hubs = study.tables["hubs"].set_index("hub_id")
    assert hubs["open"].to_dict() == {"hub-a": True, "hub-b": False}
    assert hubs["verdict"].to_dict() == {"hub-a": "worth", "hub-b": "not_open"}


def test_one_hub_is_worth_what_bundling_saves_and_its_rent_breaks_even_there(
    study: HubsStudy,
) -> None:
    """With a single hub in use the three parts of the study must tell the same number."""
    low, saving, high = saving_bracket(study)
    worth = study.closings[0]
    assert worth.extra_eur == pytest.approx(saving)
    assert low == pytest.approx(high)
    rent = study.breaks["rent"]
    highest = float(study.tables["hubs"]["rent_worth_eur"].iloc[0])
    assert highest == pytest.approx(20.0 + saving)
    # The break-even asks for a saving that counts, so it lies that much lower.
    assert rent.low - 1e-6 <= highest - rent.least_eur <= rent.high + 1e-6


def test_costs_and_gains_add_up(study: HubsStudy) -> None:
    costs = study.tables["costs"].set_index("component")
    parts = costs.drop(index="total").sum()
    assert parts["with_hubs_eur"] == pytest.approx(study.together.objective)
    assert parts["without_hubs_eur"] == pytest.approx(costs.loc["total", "without_hubs_eur"])
    gains = study.tables["gains"].set_index("player")
    assert gains["together_eur"].drop(index="all").sum() == pytest.approx(study.together.objective)
    emissions = study.tables["emissions"]
    indicators = study.together.evaluation
    assert indicators is not None
    assert emissions["with_co2e_kg"].sum() == pytest.approx(indicators.indicators["co2e_kg"])


def test_the_page_has_its_sections_and_fetches_nothing(pages: dict[str, Path]) -> None:
    for lang, folder in pages.items():
        text = (folder / "study.html").read_text(encoding="utf-8")
        page = Page(text)
        assert page.lang == lang
        assert page.sections == [
            "summary", "map-section", "comparison", "hubs", "break-even", "gains", "emissions",
            "assumptions", "account", "glossary",
        ]  # fmt: skip
        assert all(link is not None and link.startswith("#") for link in page.outside)
        assert "default-src &#39;none&#39;" in text


def test_hostile_names_stay_text(pages: dict[str, Path]) -> None:
    for folder in pages.values():
        text = (folder / "study.html").read_text(encoding="utf-8")
        assert HOSTILE not in text
        page = Page(text)
        assert HOSTILE in page.text
        own = text.count('<script type="application/json"') + 3  # the map's, and the page's own
        assert page.tags.count("script") == own
        book = openpyxl.load_workbook(folder / "hubs-study.xlsx")
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
        assert "f" not in kinds
        assert FORMULA in {cell.value for row in book.worksheets[6].iter_rows() for cell in row}


def test_dutch_says_what_was_found(study: HubsStudy, pages: dict[str, Path]) -> None:
    m = Messages("nl")
    text = text_of(pages["nl"])
    assert plain(m.money(study.together.objective)) in text
    for said in (
        "Loont bundelen?", "Welke hub is zijn huur waard?", "Bewezen: geen enkel plan kost minder.",
        "Bundelen bespaart € 128 per dag (26,4 %); dat is bewezen.",
        "sluiten maakt elke dag € 128 duurder (bewezen)", "Niet geopend: Hub Baken",
        "Overslagprijs: bundelen loont overal tussen € 0,00 per m³ en € 6,00 per m³.",
        "Huur per hub: bundelen loont tot een waarde tussen € 145 per dag en € 150 per dag",
        "is niemand beter af door weg te lopen", "58 kg minder",
    ):  # fmt: skip
        assert said in text, said
    for word in ("Not solved", "is worth its money", "all players", "hs."):
        assert word not in text


def test_english_page_is_english(pages: dict[str, Path]) -> None:
    text = text_of(pages["en"])
    assert "Does bundling pay?" in text
    assert "closing it makes every day €\u00a0128 dearer (proved)".replace("\u00a0", " ") in text
    assert "duurder" not in text


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_table_and_column_has_words(study: HubsStudy, lang: str) -> None:
    m = Messages(lang)
    codes = []
    for name, frame in for_people(m, study, {}).items():
        codes += [f"hs.sheet.{name}", f"hs.table.{name}", *(f"col.{c}" for c in frame)]
    assert sorted({code for code in codes if not m.has(code)}) == []


def test_csv_keeps_names_of_the_library_and_layers_are_written(
    study: HubsStudy, pages: dict[str, Path]
) -> None:
    folder = pages["nl"]
    table = pd.read_csv(folder / "hubs.csv")
    assert table.columns.tolist() == study.tables["hubs"].columns.tolist()
    layer = json.loads((folder / "layers" / "hubs_legs.geojson").read_text(encoding="utf-8"))
    assert {f["properties"]["kind"] for f in layer["features"]} == {"linehaul", "last_mile"}


@pytest.mark.parametrize(
    ("objective", "bound", "code"),
    [
        (500.0, 350.0, "open"), (500.0, -math.inf, "open"), (500.0, 490.0, "proved"),
        (300.0, 290.0, "worse"), (355.9616, 350.0, "equal"),
    ],
)  # fmt: skip
def test_every_gap_has_its_own_words(
    study: HubsStudy, objective: float, bound: float, code: str
) -> None:
    """The day without hubs with another cost and bound; with hubs: 355.96, bound 300."""
    m = Messages("en")
    assert study.direct is not None
    together = dataclasses.replace(
        study.together, status=Status.FEASIBLE, bounds=Bounds(study.together.objective, 300.0)
    )
    direct = dataclasses.replace(
        study.direct, status=Status.FEASIBLE, bounds=Bounds(objective, bound)
    )
    other = dataclasses.replace(study, together=together, direct=direct)
    said = " ".join(pays_words(m, other, {}))
    assert {
        "open": "whether bundling pays is open", "proved": "proved is between",
        "worse": "is not the best; give more time", "equal": "that costs as much",
    }[code] in said  # fmt: skip


def test_closings_that_prove_little_say_so(study: HubsStudy) -> None:
    m = Messages("en")
    inf, nan = math.inf, math.nan
    said = []
    for closing in (
        Closing("hub-a", inf, inf, inf, is_exact=True),
        Closing("hub-a", nan, 0.0, inf, is_exact=False),
        Closing("hub-a", 10.0, 0.0, 30.0, is_exact=False),
        Closing("hub-a", 10.0, 0.0, inf, is_exact=False),
        Closing("hub-a", 10.0, 5.0, 30.0, is_exact=False),
        Closing("hub-a", nan, 5.0, inf, is_exact=False),
        Closing("hub-a", -3.0, 0.0, 30.0, is_exact=False),
        Closing("hub-a", 0.0, 0.0, 0.0, is_exact=True),
    ):
        other = dataclasses.replace(study, closings=(closing,))
        said.append(next(iter(hub_words(m, other, {}))))
    assert len(set(said)) == len(said)
    assert "indispensable" in said[0]
    assert "no plan was found" in said[1]
    assert "is open" in said[2]
    assert "between €\u00a05" in said[4]


def test_an_early_stop_leaves_parts_out_and_says_so(tmp_path: Path) -> None:
    def stop(_event: Event) -> bool:
        return False

    stopped = hubs_study(bundling_region(), day=DAY, time_limit=30.0, on_event=stop)
    assert not stopped.is_complete
    assert stopped.left_out
    stopped.write(tmp_path)
    if stopped.together.solution is not None:
        assert set(stopped.left_out.values()) <= {"interrupt", "no_hub"}
        assert "het zoeken is afgebroken" in text_of(tmp_path)


def test_too_little_time_is_told_by_part(study: HubsStudy) -> None:
    m = Messages("en")
    why = {"direct": "time", "closing": "time", "break_even": "time", "sharing": "one_player"}
    other = dataclasses.replace(
        study, direct=None, closings=(), breaks={}, sharing=None, left_out=why
    )
    assert not other.is_complete
    assert "was not compared" in " ".join(pays_words(m, other, {}))
    assert "time ran out" in " ".join(hub_words(m, other, {}))
    assert "time ran out" in " ".join(break_words(m, other))
    assert "only one player" in left_out(m, other, "sharing")
    assert "comparison" not in other.tables
    assert other.tables["hubs"]["verdict"].tolist() == ["not_solved", "not_open"]


def test_a_day_that_cannot_be_done_says_why(study: HubsStudy, tmp_path: Path) -> None:
    failed = dataclasses.replace(
        study.together, solution=None, evaluation=None, status=Status.INFEASIBLE,
        limit=Limit.NONE, bounds=Bounds(), reasons=("ship-0 to <b>park</b> cannot travel.",),
    )  # fmt: skip
    other = HubsStudy(study.region, DAY, failed, left_out={"direct": "no_plan"})
    other.write(tmp_path)
    text = text_of(tmp_path)
    assert "Er is geen plan." in text
    assert "ship-0 to <b>park</b> cannot travel." in text


def test_command_line_writes_the_study(tmp_path: Path) -> None:
    region = bundling_region().to_folder(tmp_path / "region")
    out = tmp_path / "out"
    done = CliRunner().invoke(
        main, ["hubs", str(region), "--out", str(out), "--time-limit", "20", "--gap", "0",
               "--lang", "en"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "with hubs" in done.output
    assert str(out / "study.html") in done.output
    assert "Does bundling pay?" in text_of(out)


def test_command_line_refuses_wrong_use(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["hubs", "atlantis", "--out", str(tmp_path)])
    assert done.exit_code == 2
    done = CliRunner().invoke(main, ["hubs", "zwolle", "--out", str(tmp_path), "--day", "tomorrow"])
    assert done.exit_code == 2


def test_a_region_without_candidates_says_so(tmp_path: Path) -> None:
    region = bundling_region()
    tables = dict(region.tables)
    tables["hub_candidates"] = tables["hub_candidates"].iloc[:0]
    bare = Region("tiny", "Tiny", tables, region.shapes, region.metadata)
    found = hubs_study(bare, day=DAY, time_limit=60.0, gap=0.0)
    assert found.left_out == {"closing": "no_hub"}
    assert found.is_complete
    found.write(tmp_path)
    assert text_of(tmp_path).count("Er zijn geen kandidaat-hubs in de gegevens.") == 2
