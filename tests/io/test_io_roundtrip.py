"""What goes into a folder or a workbook comes out the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from bundling.io import load
from bundling.region import Region, schema
from tiny_region import tiny_tables

AWKWARD = [
    "=1+1",
    "+31 38 123",
    "-",
    "@SUM(A1)",
    "NA",
    "NaN",
    "None",
    "null",
    "#N/A",
    "#DIV/0!",
    "007",
    "1e5",
    "true",
    "2028-01-01",
    "06:30",
    '"quoted", with; comma',
    "line\nbreak",
    "return\rand\r\nboth",
    "tab\there",
    "  spaces  ",
    "_x000D_ and _x005F_x000D_",
    "__x0041_x0042__",
    "Köln – Łódź 東京 🚚",
    "<b>&amp;</b>",
    "'apostrophe",
    "x" * 32_000,
]


def save(region: Region, folder: Path, form: str) -> Region:
    """Write the region in one form, overwriting, and read it back."""
    path = folder / ("region.xlsx" if form == "workbook" else "region")
    if form == "workbook":
        region.to_excel(path, overwrite=True)
    else:
        region.to_folder(path, overwrite=True)
    return load(path)


def assert_same(first: Region, second: Region) -> None:
    for name in schema():
        assert_frame_equal(first.table(name), second.table(name), check_exact=True)
    assert dict(first.shapes) == dict(second.shapes)
    assert dict(first.metadata) == dict(second.metadata)
    assert (first.name, first.title) == (second.name, second.title)
    assert first.content_hash == second.content_hash


@pytest.mark.parametrize("form", ["folder", "workbook"])
def test_the_tiny_region(tiny_region: Region, tmp_path: Path, form: str) -> None:
    assert_same(tiny_region, save(tiny_region, tmp_path, form))


@pytest.mark.parametrize("form", ["folder", "workbook"])
def test_awkward_text(tiny_region: Region, tmp_path: Path, form: str) -> None:
    notes = pd.DataFrame(
        {
            "key": [f"k{i}" for i in range(len(AWKWARD))],
            "value": 1.0,
            "source": AWKWARD,
            "note": [*AWKWARD[1:], None],
        }
    )
    region = tiny_region.replace({"assumptions": notes}, metadata={"awkward": AWKWARD})
    again = save(region, tmp_path, form)
    assert_same(region, again)
    assert again.table("assumptions")["source"].tolist() == AWKWARD


text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20
).filter(lambda s: s == "" or not s.isspace())
number = st.floats(allow_nan=False, allow_infinity=False)
rows = st.lists(
    st.tuples(number, text, st.none() | number, st.none() | number, text.filter(bool), text),
    min_size=1,
    max_size=8,
)
dates = st.dates(date(1800, 1, 1), date(2200, 1, 1))
whole = st.integers(-(2**62), 2**62)


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=rows, day=dates, count=st.none() | st.integers(0, 2**62), flag=st.booleans())
@pytest.mark.parametrize("form", ["folder", "workbook"])
def test_random_tables(
    tiny_region: Region,
    tmp_path: Path,
    form: str,
    rows: list[Any],
    day: date,
    count: int | None,
    flag: bool,
) -> None:
    columns = ["value", "unit", "low", "high", "source", "note"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, "key", [f"key {i}" for i in range(len(frame))])
    # Keep low <= value <= high, whatever was drawn.
    frame["low"] = frame[["low", "value"]].min(axis=1).where(frame["low"].notna())
    frame["high"] = frame[["high", "value"]].max(axis=1).where(frame["high"].notna())
    zones = tiny_region.table("zones").assign(start_date=day)
    nodes = tiny_region.table("motorway_nodes").assign(gateway=[flag, True])
    parking = pd.DataFrame(
        {"parking_id": ["tp-1"], "truck_bays": [count], "rd_x_m": [1.0], "rd_y_m": [3e5]}
    )
    region = tiny_region.replace(
        {"assumptions": frame, "zones": zones, "motorway_nodes": nodes, "truck_parkings": parking}
    )
    assert_same(region, save(region, tmp_path, form))


def test_the_two_forms_lead_into_each_other(tiny_region: Region, tmp_path: Path) -> None:
    through = save(save(tiny_region, tmp_path, "workbook"), tmp_path, "folder")
    assert_same(tiny_region, through)


def test_saving_twice_gives_the_same_bytes(tiny_region: Region, tmp_path: Path) -> None:
    tiny_region.to_folder(tmp_path / "a")
    load(tmp_path / "a").to_folder(tmp_path / "b")
    for file in sorted((tmp_path / "a").iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes(), file.name


def test_the_descriptor_is_a_data_package(tiny_region: Region, tmp_path: Path) -> None:
    folder = tiny_region.to_folder(tmp_path / "a")
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["$schema"].startswith("https://datapackage.org/profiles/2.")
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert len(resources) == len(package["resources"])
    for resource in resources.values():
        assert (folder / resource["path"]).is_file()
    stops = resources["stops"]["schema"]
    fields = {field["name"]: field for field in stops["fields"]}
    header = (folder / "stops.csv").read_text(encoding="utf-8").split("\n")[0]
    assert header == ",".join(fields)
    assert fields["kg"] == {
        "name": "kg",
        "type": "number",
        "unit": "kg",
        "description": "weight",
        "constraints": {"required": True, "minimum": 0.0},
    }
    assert stops["primaryKey"] == ["stop_id"]
    assert {
        "fields": ["shipment_id"],
        "reference": {"resource": "shipments", "fields": ["shipment_id"]},
    } in stops["foreignKeys"]
    assert {"fields": ["parent_id"], "reference": {"resource": "", "fields": ["node_id"]}} in (
        resources["grid_nodes"]["schema"]["foreignKeys"]
    )
    assert resources["shippers"]["bundling"]["origin"] == "synthetic"
    assert resources["zones"]["licenses"] == [{"name": "CC-BY-4.0"}]


def test_no_cell_of_a_workbook_is_a_formula(tiny_region: Region, tmp_path: Path) -> None:
    stops = tiny_region.table("assumptions")
    stops["note"] = '=HYPERLINK("https://example.org")'
    tiny_region.replace({"assumptions": stops}).to_excel(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet for cell in row}
    assert kinds == {"n", "s", "b", "d"}
    assert book["stops"]["G2"].value == 600.0
    assert book["zones"]["D2"].is_date


def test_overwriting(tiny_region: Region, tmp_path: Path) -> None:
    folder = tiny_region.to_folder(tmp_path / "a")
    (folder / "README.md").write_text("mine")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        tiny_region.to_folder(folder)
    smaller = tiny_region.replace({"bridges": tiny_region.table("bridges").iloc[:0]})
    smaller.to_folder(folder, overwrite=True)
    assert not (folder / "bridges.csv").exists()
    assert (folder / "README.md").read_text() == "mine"
    assert load(folder).content_hash == smaller.content_hash
    tiny_region.to_excel(tmp_path / "a.xlsx")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        tiny_region.to_excel(tmp_path / "a.xlsx")
    with pytest.raises(ValueError, match=r"\.xlsx"):
        tiny_region.to_excel(tmp_path / "a.xls")


def test_a_failed_write_leaves_what_was_there(
    tiny_region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_region.to_folder(tmp_path / "a")
    book = tiny_region.to_excel(tmp_path / "a.xlsx")
    before = {file.name: file.read_bytes() for file in folder.iterdir()} | {"": book.read_bytes()}
    other = tiny_region.replace({"bridges": tiny_region.table("bridges").iloc[:0]})

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        other.to_folder(folder, overwrite=True)
    monkeypatch.undo()
    monkeypatch.setattr("openpyxl.workbook.Workbook.save", full)
    with pytest.raises(OSError, match="No space"):
        other.to_excel(book, overwrite=True)
    after = {file.name: file.read_bytes() for file in folder.iterdir()} | {"": book.read_bytes()}
    assert after == before
    assert {entry.name for entry in tmp_path.iterdir()} == {"a", "a.xlsx"}


def test_tables_of_text_alone_are_typed() -> None:
    texts = {name: frame.astype(str).replace("<NA>", "") for name, frame in tiny_tables().items()}
    assert_same(Region("tiny", "Tiny", texts), Region("tiny", "Tiny", tiny_tables()))
