"""Workbooks as users make, edit and break them."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bundling.errors import Fault, InputError
from bundling.io import guard, load
from bundling.region import Region


@pytest.fixture
def book(tiny_region: Region, tmp_path: Path) -> Path:
    return tiny_region.to_excel(tmp_path / "tiny.xlsx")


def faults_of(path: Path) -> list[Fault]:
    with pytest.raises(InputError) as caught:
        load(path)
    return list(caught.value.faults)


def edit(path: Path, *cells: tuple[str, str, Any]) -> None:
    """Change cells with plain openpyxl, as another program would."""
    book = openpyxl.load_workbook(path)
    for sheet, cell, value in cells:
        book[sheet][cell] = value
    book.save(path)


def test_a_fault_names_sheet_row_and_column(book: Path) -> None:
    edit(book, ("stops", "G4", "veel"), ("stops", "G5", -3), ("vehicle_types", "D2", "elektrisch"))
    places = {(fault.table, fault.column, fault.rows) for fault in faults_of(book)}
    assert ("stops", "kg", ("4",)) in places
    assert ("stops", "kg", ("5",)) in places
    assert ("vehicle_types", "fuel", ("2",)) in places


def test_what_excel_makes_of_values(book: Path, tiny_region: Region) -> None:
    edit(
        book,
        ("zones", "D2", datetime(2025, 1, 1)),
        ("delivery_windows", "F2", time(6, 0)),
        ("stops", "G2", "600,0"),
        ("stops", "G3", "=250+250"),  # never computed, so it has no value
    )
    (fault, *_) = faults_of(book)
    assert (fault.table, fault.column, fault.rows) == ("stops", "kg", ("3",))
    assert fault.rule == "the cell is empty"
    edit(book, ("stops", "G3", 500))
    assert load(book).content_hash == tiny_region.content_hash


def test_blank_rows_and_own_sheets(book: Path, tiny_region: Region) -> None:
    edited = openpyxl.load_workbook(book)
    edited["stops"].insert_rows(3, amount=2)
    edited.create_sheet("_notes")["A1"] = "mine"
    edited.save(book)
    assert load(book).content_hash == tiny_region.content_hash
    edit(book, ("stops", "G5", "x"))  # the second stop, two rows further down
    assert faults_of(book)[0].rows == ("5",)


def test_error_cells_are_no_text(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    cell = edited["shippers"]["B2"]
    cell.value = "#DIV/0!"
    assert cell.data_type == "e"
    edited.save(book)
    (fault,) = faults_of(book)
    assert (fault.table, fault.column, fault.rows) == ("shippers", "name", ("2",))
    assert "'#DIV/0!' is not text" in fault.rule


def test_unknown_sheets_and_cells_without_a_header(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    edited.create_sheet("stopps")["A1"] = "stop_id"
    edited["bridges"]["Z2"] = "stray"
    edited["locks"].delete_rows(1, 5)
    edited["shapes"]["C2"] = "{"
    edited["datapackage"]["B2"] = "{"
    edited.save(book)
    faults = {fault.table: fault for fault in faults_of(book)}
    assert "Did you mean stops" in faults["stopps"].remedy
    assert "without a name in row 1" in faults["bridges"].rule
    assert "no header" in faults["locks"].rule
    assert "is no JSON" in faults["shapes: zones"].rule
    assert "is no JSON" in faults["datapackage"].rule


def test_large_shapes_take_several_cells(tiny_region: Region, tmp_path: Path) -> None:
    line = [[6 + i / 1e5, 52 + i / 3e5] for i in range(5_000)]
    feature = {
        "type": "Feature",
        "properties": {"name": "Vaart"},
        "geometry": {"type": "LineString", "coordinates": line},
    }
    region = tiny_region.replace(
        shapes={"waterways": {"type": "FeatureCollection", "features": [feature]}}
    )
    path = region.to_excel(tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(path)["shapes"].max_row > 4
    assert load(path).content_hash == region.content_hash


def rebuild(path: Path, change: dict[str, bytes]) -> None:
    """Write the workbook's archive again with some parts replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | change).items():
            archive.writestr(name, content)


def test_bombs_are_not_opened(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rebuild(book, {"xl/worksheets/sheet1.xml": b" " * 4_000_000})
    (fault,) = faults_of(book)
    assert "packed more than 200 times" in fault.rule
    monkeypatch.setattr(guard, "MAX_MEMBERS", 3)
    assert "unpacks to" in faults_of(book)[0].rule
    monkeypatch.setattr(guard, "MAX_FILE_BYTES", 100)
    assert "takes" in faults_of(book)[0].rule


@pytest.mark.parametrize(
    "entities",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_refused(book: Path, entities: bytes) -> None:
    with zipfile.ZipFile(book) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    body = sheet.split(b"?>", 1)[1] if sheet.startswith(b"<?xml") else sheet
    rebuild(book, {"xl/worksheets/sheet1.xml": entities + body})
    (fault,) = faults_of(book)
    assert "EntitiesForbidden" in fault.rule


@pytest.mark.parametrize(
    "content", [b"", b"stop_id,kg\n", b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0" * 200]
)
def test_other_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    (fault,) = faults_of(path)
    assert "is no workbook" in fault.rule


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.txt", "text")
    (tmp_path / "a.xlsx").write_bytes(data.getvalue())
    assert "is no workbook" in faults_of(tmp_path / "a.xlsx")[0].rule


def test_torn_parts(book: Path) -> None:
    rebuild(book, {"xl/worksheets/sheet3.xml": b"<worksheet><sheetData><row r='1'>"})
    (fault,) = faults_of(book)
    assert "cannot be read (ParseError" in fault.rule


def test_a_sheet_that_claims_a_billion_rows(book: Path, tiny_region: Region) -> None:
    with zipfile.ZipFile(book) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    huge = sheet.replace(b"<sheetData>", b'<dimension ref="A1:XFD1000000000"/><sheetData>')
    assert huge != sheet
    rebuild(book, {"xl/worksheets/sheet1.xml": huge})
    assert load(book).content_hash == tiny_region.content_hash
