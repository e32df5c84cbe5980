"""Workbook, map layers and run record."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from report_fakes import PAYLOADS, collection, line, make_study, square

from bundling.chain import Study
from bundling.report import geojson, write_all
from bundling.report.files import slug
from bundling.report.run_record import study_record
from bundling.report.simplify import fit, simplify
from bundling.report.workbook import write_study as write_workbook


def sheets(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_workbook_has_no_formula_and_no_link(payload: str, tmp_path: Path) -> None:
    parts = sheets(write_workbook(make_study(payload), tmp_path / "results.xlsx"))
    for name, xml in parts.items():
        if name.startswith("xl/worksheets/"):
            assert "<f>" not in xml
            assert "<f " not in xml
            assert "hyperlink" not in xml.lower()
        assert "rels" not in name or "hyperlink" not in xml


def test_workbook_numbers_are_numbers_and_sheets_are_named(study: Study, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(write_workbook(study, tmp_path / "results.xlsx"))
    for name in ("Samenvatting", "Hubs", "Rondes", "Laden", "Locaties", "Net", "Kosten",
                 "Balans", "Aannames", "Bronnen", "Controle"):  # fmt: skip
        assert name in book.sheetnames
    check = book["Controle"]
    heads = [cell.value for cell in check[3]]
    row = dict(zip(heads, [cell.value for cell in check[4]], strict=True))
    assert row["Kosten (EUR)"] == 1000
    assert row["Ondergrens (EUR)"] == 950
    # The rounds have no bound: the cell is empty, not 0 and not a text.
    second = dict(zip(heads, [cell.value for cell in check[5]], strict=True))
    assert second["Ondergrens (EUR)"] is None
    assert check.freeze_panes == "B4"
    assert check.auto_filter.ref is not None


def test_workbook_in_english(study: Study, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(write_workbook(study, tmp_path / "results.xlsx", "en"))
    assert book.sheetnames[0] == "Summary"
    assert "Checks" in book.sheetnames


def test_layers_are_rfc7946_and_merge_the_steps_of_a_family(study: Study, tmp_path: Path) -> None:
    paths = geojson.write_study(study, tmp_path)
    assert {path.name for path in paths} == {
        "hubs_flows.geojson", "hubs_hubs.geojson", "rounds_round-routes.geojson",
        "energy_depots.geojson", "siting_sites.geojson",
    }  # fmt: skip
    hubs = json.loads((tmp_path / "hubs_hubs.geojson").read_text(encoding="utf-8"))
    assert hubs["type"] == "FeatureCollection"
    assert [feature["properties"]["open"] for feature in hubs["features"]] == [True, False]
    assert hubs["features"][1]["properties"]["nothing"] is None
    assert all(feature["properties"]["step"] == "hubs" for feature in hubs["features"])


def test_tidy_turns_rings_drops_crs_and_refuses_rd_coordinates() -> None:
    clockwise = {**collection(square(6.0, 52.0, 1.0, "a")), "crs": {"name": "EPSG:28992"}}
    tidied = geojson.tidy(clockwise)
    assert "crs" not in tidied
    ring = tidied["features"][0]["geometry"]["coordinates"][0]
    assert ring == [[6.0, 52.0], [7.0, 52.0], [7.0, 53.0], [6.0, 53.0], [6.0, 52.0]]
    with pytest.raises(ValueError, match="no position in WGS84"):
        geojson.tidy(collection(line((203_000.0, 503_000.0), (1.0, 1.0))))
    with pytest.raises(ValueError, match="FeatureCollection"):
        geojson.tidy({"type": "Feature"})


def test_run_record_is_strict_json_with_null_for_unknown(study: Study) -> None:
    record = json.loads(json.dumps(study_record(study), allow_nan=False))
    hubs, rounds = record["steps"][:2]
    assert (hubs["objective_eur"], hubs["bound_eur"], hubs["gap"]) == (1000.0, 950.0, 0.05)
    assert (hubs["status"], hubs["limit"], hubs["checks"]) == ("feasible", "time", 120)
    assert rounds["bound_eur"] is None
    assert rounds["gap"] is None
    assert record["peak_memory_mb"] is None
    assert record["input_hash"] == "f" * 64
    assert record["seed"] == 3
    assert record["balances_hold"] is True
    assert record["sharing"][0]["shapley_eur"] == 720.0


def test_write_all_names_every_file_it_wrote(study: Study, tmp_path: Path) -> None:
    paths = write_all(study, tmp_path / "new" / "folder")
    found = {path for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert set(paths) == found
    assert [path.name for path in paths[:3]] == ["report.html", "results.xlsx", "run.json"]


def test_simplify_keeps_corners_and_closed_rings() -> None:
    # A right angle with a point 1 mm off the straight line: only that point goes.
    bent = [[6.0, 52.0], [6.005, 52.00000001], [6.01, 52.0], [6.01, 52.01]]
    assert simplify(bent, 10.0) == [bent[0], bent[2], bent[3]]
    ring = square(6.0, 52.0, 0.0001, "small")["geometry"]["coordinates"][0]
    kept = simplify(ring, 5_000.0)  # far smaller than the tolerance
    assert kept[0] == kept[-1]
    assert len(kept) >= 4


def test_fit_keeps_the_background_within_its_budget() -> None:
    import math

    circle = [
        [6 + 0.3 * math.cos(a / 500), 52 + 0.2 * math.sin(a / 500) + 0.0005 * math.sin(a * 7)]
        for a in range(3142)
    ]
    circle.append(circle[0])
    feature = {"type": "Feature", "properties": {},
               "geometry": {"type": "Polygon", "coordinates": [circle]}}  # fmt: skip
    shapes = {"zones": collection(feature)}
    assert len(json.dumps(fit(shapes, 10**9))) > 20_000
    assert len(json.dumps(fit(shapes, 5_000), separators=(",", ":"))) <= 5_000


def test_slug_is_safe() -> None:
    assert slug("../Zwölle =A1") == "zwolle-a1"
    assert not re.search(r"[^a-z0-9-]", "".join(slug(payload) for payload in PAYLOADS))
