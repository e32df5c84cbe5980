"""Pages, workbooks and layers of departures, matching, hub location and network design."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from report_fakes import PAYLOADS
from test_report_html import Page

import bundling
from bundling import InputError, Result, Status
from bundling.errors import NoMap
from bundling.hubs.scheduled import ScheduledProblem
from bundling.location.design import network_design
from bundling.location.hubs import HubLocationProblem
from bundling.report import geojson
from bundling.report.flowstyles import FLOW_RULES, widths
from bundling.report.messages import LANGUAGES, Messages
from bundling.report.places import positions
from bundling.report.rooms import for_people
from bundling.result import Bounds

sys.path.insert(0, str(Path(__file__).parents[1] / "hubs"))
sys.path.insert(0, str(Path(__file__).parents[1] / "hubs" / "scheduled"))
sys.path.insert(0, str(Path(__file__).parents[1] / "location"))
sys.path.insert(0, str(Path(__file__).parents[1] / "rounds" / "echelons"))
from echelons_cases import line_echelons
from hubs_cases import half_trucks
from location_cases import corridor as refuelling
from location_cases import five_estates, two_warehouses
from matching_cases import two_halves
from scheduled_cases import barge, barge_tables

HOSTILE = " ".join(PAYLOADS[:4])
FORMULA = '=HYPERLINK("http://evil.example","klik")'


def hub_location(**changes: Any) -> HubLocationProblem:
    """Four nodes on a line at 0, 1, 9 and 10, one unit between any two, two hubs."""
    x = np.array([0.0, 1.0, 9.0, 10.0])
    flow = 1.0 - np.eye(4)
    return HubLocationProblem.of(
        flow, np.abs(x[:, None] - x), alpha=0.5, least_open=2, most_open=2, **changes
    )


def design() -> Any:
    """One commodity of 4 over two ways; the cheap one takes 3."""
    return network_design(
        [("a", "b"), ("b", "c"), ("a", "c")],
        [("a", "c")],
        unit_cost=[1.0, 1.0, 5.0],
        fixed_cost=[1.0, 1.0, 1.0],
        capacity=[3.0, 3.0, 9.0],
        quantity=4.0,
    )


def places(result: Result) -> pd.DataFrame:
    ids = list(result.problem.node_ids)
    return pd.DataFrame(
        {"id": ids, "lon": 6.0 + 0.1 * np.arange(len(ids)), "lat": [52.5] * len(ids)}
    )


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    """One solved problem of every room that the four families do not tell."""
    problems = {
        "scheduled": barge(), "matching": two_halves(), "hub_location": hub_location(),
        "design": design(), "facility": two_warehouses(), "covering": five_estates(1),
        "refuelling": refuelling(6.0, 2),
    }  # fmt: skip
    return {name: bundling.solve(p, time_limit=60.0, gap=0.0) for name, p in problems.items()}


def page_of(result: Result, folder: Path, lang: str = "nl", **options: Any) -> Page:
    path = result.report(folder / "x.html", lang=lang, **options)
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    return page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_that_is_shown_has_words(results: dict[str, Result], lang: str) -> None:
    m = Messages(lang)
    codes = []
    for result in results.values():
        assert result.evaluation is not None
        codes.append(f"family.{result.family}")
        codes += [f"cost.{name}" for name in result.evaluation.costs_eur]
        codes += [f"col.{name}" for name in result.evaluation.indicators]
        for name, frame in for_people(m, result).items():
            codes.append(f"table.{result.family}.{name}")
            codes += [f"col.{column}" for column in frame.columns]
    assert " ".join(sorted({code for code in codes if not m.has(code)})) == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_layers_have_words_and_a_rule(results: dict[str, Result], lang: str) -> None:
    m = Messages(lang)
    for name in ("scheduled", "hub_location", "design"):
        result = results[name]
        given = None if name == "scheduled" else places(result)
        for (family, layer), collection in geojson.collect_layers([("x", result)], given).items():
            assert m.has(f"map.layer.{layer}")
            assert (family, layer) in FLOW_RULES
            keys = {key for f in collection["features"] for key in f["properties"]}
            assert [k for k in keys if not m.has(f"col.{k}")] == []


def test_every_room_has_a_page_without_a_network(
    results: dict[str, Result], tmp_path: Path
) -> None:
    for result in results.values():
        page = page_of(result, tmp_path)
        proved = "Bewezen: geen enkel plan kost minder." in page.text
        assert proved == (result.status is Status.OPTIMAL)
        for tag, attrs in page.elements:
            assert tag not in ("link", "iframe", "object", "embed", "base", "img")
            assert not {"src", "srcset", "style"} & attrs.keys()
            assert (attrs.get("href") or "#").startswith("#")


def test_the_page_of_departures_tells_the_day(results: dict[str, Result], tmp_path: Path) -> None:
    """By hand in `test_scheduled_worked`: 40.50 with the barge."""
    page = page_of(results["scheduled"], tmp_path, reasons_limit=5.0)
    for said in (
        "Van de 3 zendingen gaan er 2 via een hub. 1 van de 1 hub is in gebruik: hub Deventer.",
        "Een dag kost € 40", "Hubs door de dag", "Wat een hub waard is", "hub Deventer: ",
        "Verladers", "beladen ritten", "04:00", "Stromen (dikker is meer)", "water",
    ):  # fmt: skip
        assert said in page.text.replace("\u00a0", " "), said
    ids = [attrs.get("id") for tag, attrs in page.elements if tag == "section"]
    assert ids == ["summary", "map-section", "departures", "vehicles", "hubs", "closing",
                   "shippers", "emissions", "costs", "account", "glossary"]  # fmt: skip
    without = page_of(results["scheduled"], tmp_path, reasons_limit=0.0)
    assert "Wat een hub waard is" not in without.text


def test_what_is_full_is_said(tmp_path: Path) -> None:
    """The hub takes exactly what two shipments bring."""
    problem = barge()
    capacity = np.array(problem.hub_capacity)
    base = bundling.solve(problem, time_limit=5.0, gap=0.0)
    capacity[0, 0] = float(base.tables["hubs"]["kg"].iloc[0])
    tight = bundling.solve(problem.replace(hub_capacity=capacity), time_limit=5.0, gap=0.0)
    said = page_of(tight, tmp_path, lang="en").text
    assert f"hub Deventer is full: it handles {capacity[0, 0]:g} kg a day" in said


def test_a_gap_is_told_apart_from_a_proof(results: dict[str, Result], tmp_path: Path) -> None:
    result = results["scheduled"]
    loose = dataclasses.replace(
        result, status=Status.FEASIBLE, bounds=Bounds(result.objective, 0.9 * result.objective)
    )
    text = page_of(loose, tmp_path).text
    assert "Niet bewezen het beste." in text
    assert "ten hoogste 11,2 % boven het best mogelijke" in text.replace("\u00a0", " ")
    nothing = dataclasses.replace(
        result, status=Status.FEASIBLE, bounds=Bounds(result.objective, -np.inf)
    )
    assert "een ondergrens is niet gevonden" in page_of(nothing, tmp_path).text


def test_no_plan_says_why_on_page_and_in_the_workbook(tmp_path: Path) -> None:
    late = barge_tables()
    late["shipments"]["due_slot"] = ["03:00", "03:00", "02:00"]
    result = bundling.solve(ScheduledProblem.from_tables(late), time_limit=5.0)
    assert result.status is Status.INFEASIBLE
    text = page_of(result, tmp_path).text
    assert "Er is geen plan." in text
    assert "no departures" in text
    book = openpyxl.load_workbook(result.to_excel(tmp_path / "x.xlsx"))
    values = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
    assert "onmogelijk" in values


def hostile_day() -> ScheduledProblem:
    tables = barge_tables()
    for name, column in (("locations", "location_id"), ("vehicles", "vehicle_id")):
        tables[name][column] = [f"{v}{HOSTILE}" for v in tables[name][column]]
    for name, columns in {
        "hubs": ("location",), "lanes": ("from", "to", "vehicle"), "sailings": ("from", "to"),
        "shipments": ("origin", "destination"),
    }.items():  # fmt: skip
        for column in columns:
            tables[name][column] = [f"{v}{HOSTILE}" for v in tables[name][column]]
    tables["hubs"]["hub_id"] = [FORMULA]
    tables["shipments"]["shipper"] = [FORMULA, "+1+1", "@SUM(1,1)"]
    tables["sailings"]["mode"] = [HOSTILE]
    return ScheduledProblem.from_tables(tables)


def test_hostile_names_are_text_on_the_page_and_in_the_workbook(
    results: dict[str, Result], tmp_path: Path
) -> None:
    result = bundling.solve(hostile_day(), time_limit=5.0, gap=0.0)
    page = page_of(result, tmp_path, reasons_limit=2.0)
    plain = page_of(results["scheduled"], tmp_path, reasons_limit=2.0)
    # Same skeleton: the payload adds no element, attribute or script.
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert " ".join(HOSTILE.split()) in page.text
    data = next(text for tag, attrs, text in page.raw if attrs.get("type") == "application/json")
    assert not set("<>&") & set(data)
    book = openpyxl.load_workbook(result.to_excel(tmp_path / "x.xlsx"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert all(cell.hyperlink is None for cell in cells)
    assert FORMULA in {cell.value for cell in cells}


def test_workbook_has_every_table_in_the_language(
    results: dict[str, Result], tmp_path: Path
) -> None:
    for name, result in results.items():
        book = openpyxl.load_workbook(result.to_excel(tmp_path / f"{name}.xlsx"))
        shown = for_people(Messages("nl"), result)
        assert len(book.sheetnames) >= len(shown) + 3
        for sheet in book:
            heads = next(sheet.iter_rows(min_row=3, max_row=3, values_only=True))
            assert not [head for head in heads if "_" in str(head)], sheet.title
    english = openpyxl.load_workbook(results["scheduled"].to_excel(tmp_path / "en.xlsx", lang="en"))
    assert {"Summary", "Trips", "Hubs by the hour", "Costs"} <= set(english.sheetnames)


def test_flows_carry_tonnes_and_the_widest_is_the_largest(
    results: dict[str, Result], tmp_path: Path
) -> None:
    paths = {path.stem.split("_")[1]: path for path in results["scheduled"].to_geojson(tmp_path)}
    assert set(paths) == {"flows", "hubs", "places"}
    flows = json.loads(paths["flows"].read_text(encoding="utf-8"))["features"]
    total = sum(f["properties"]["tonnes"] for f in flows if f["properties"]["to_id"] == "Almelo")
    assert total == pytest.approx(0.013)  # 6, 3 and 4 kg
    assert widths([1.0, 10.0, 0.0]) == [1.0, 11.0, 1.0]
    assert widths([]) == []


def test_location_has_a_map_only_with_places(results: dict[str, Result], tmp_path: Path) -> None:
    for name in ("hub_location", "design"):
        result = results[name]
        with pytest.raises(NoMap, match="give places"):
            result.to_geojson(tmp_path)
        ids = {a.get("id") for _, a in page_of(result, tmp_path).elements}
        assert "map-section" not in ids
        page = page_of(result, tmp_path, places=places(result))
        assert "map-section" in {a.get("id") for _, a in page.elements}
        assert len(result.to_geojson(tmp_path / name, places=places(result))) >= 2
    with pytest.raises(NoMap, match="knows no places"):
        results["facility"].to_geojson(tmp_path)


def test_places_outside_rd_have_no_map(results: dict[str, Result], tmp_path: Path) -> None:
    result = results["matching"]  # on a line at 0 and 100 km, not in the Netherlands
    with pytest.raises(NoMap, match="outside RD New"):
        result.to_geojson(tmp_path)
    page = page_of(result, tmp_path)
    assert "map-section" not in {a.get("id") for _, a in page.elements}
    assert "De beste groep is a + b: samen € 250 goedkoper" in page.text.replace("\u00a0", " ")


def test_positions_tell_all_faults_at_once() -> None:
    frame = pd.DataFrame({"id": ["a", "a", "b"], "lon": [6.0, 6.0, 999.0], "lat": [52.0] * 3})
    with pytest.raises(InputError) as caught:
        positions(frame, ["a", "b", "c"])
    assert len(caught.value.faults) == 3  # twice a, no c, b off the map
    with pytest.raises(InputError) as caught:
        positions(pd.DataFrame({"name": []}), ["a"])
    assert len(caught.value.faults) == 2
    rd = pd.DataFrame({"id": ["a"], "x_m": [155_000.0], "y_m": [463_000.0]})
    assert positions(rd, ["a"])["a"] == pytest.approx((5.387206, 52.155174))


def test_unit_of_a_problem_is_kept(tmp_path: Path) -> None:
    result = bundling.solve(hub_location(unit="kkm"), time_limit=5.0, gap=0.0)
    text = page_of(result, tmp_path, lang="en").text
    assert "kkm" in text
    assert "€" not in text


def test_rounds_in_two_echelons_have_words_and_a_page(tmp_path: Path) -> None:
    result = bundling.solve(line_echelons(), time_limit=10.0)
    m = Messages("nl")
    codes = [f"cost.{name}" for name in result.evaluation.costs_eur]
    for name, frame in for_people(m, result).items():
        codes += [f"table.{result.family}.{name}", *(f"col.{column}" for column in frame)]
    codes += [f"map.layer.{layer}" for _, layer in geojson.collect_layers([("x", result)])]
    assert " ".join(sorted({code for code in codes if not m.has(code)})) == ""
    page = page_of(result, tmp_path)
    assert "Ritten in twee lagen" in page.text
    assert "map-section" in {attrs.get("id") for _, attrs in page.elements}


def test_a_day_of_bundling_tells_what_its_hub_is_worth(tmp_path: Path) -> None:
    """By hand in `test_hubs_closing`: 13.45 a day."""
    result = bundling.solve(half_trucks(rent_eur=5.0), time_limit=10.0, gap=0.0)
    text = page_of(result, tmp_path, reasons_limit=5.0).text.replace("\u00a0", " ")
    assert "hub-0: sluiten maakt elke dag € 13 duurder (bewezen)." in text
    assert "Wat een hub waard is" not in page_of(result, tmp_path, reasons_limit=0.0).text
