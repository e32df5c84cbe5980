"""Folders as users make, edit and break them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bundling.errors import Fault, InputError
from bundling.io import csvfile, datapackage, load
from bundling.region import Region


@pytest.fixture
def folder(tiny_region: Region, tmp_path: Path) -> Path:
    return tiny_region.to_folder(tmp_path / "tiny")


def faults_of(path: Path) -> list[Fault]:
    with pytest.raises(InputError) as caught:
        load(path)
    return list(caught.value.faults)


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8", newline="")


def describe(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = folder / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    change(package)
    file.write_text(json.dumps(package), encoding="utf-8")


def test_a_fault_names_file_row_and_column(folder: Path) -> None:
    edit(folder / "stops.csv", ("stop-3,ship-1", "stop-3,ship-9"))
    (fault, *rest) = faults_of(folder)
    assert (fault.table, fault.column, fault.rows) == ("stops", "shipment_id", ("4",))
    # The stop is missed by its shipment, which is true and stands in the same report.
    assert {other.table for other in rest} == {"shipments"}


def test_blank_lines_do_not_shift_the_row_numbers(folder: Path) -> None:
    edit(folder / "stops.csv", ("\nstop-1", "\n\n,,,,,,,,,,,,,,,\nstop-1"), ("stop-3,", ","))
    assert ("stops", "stop_id", ("6",)) in {(f.table, f.column, f.rows) for f in faults_of(folder)}


def test_dutch_excel(folder: Path, tiny_region: Region) -> None:
    for file in folder.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        dutch = text.replace(",", ";")
        dutch = re.sub(r"(?<=\d)\.(?=\d)", ",", dutch).replace("\n", "\r\n")
        file.write_text("\ufeff" + dutch, encoding="utf-8", newline="")
    again = load(folder)
    assert again.table("stops")["kg"].equals(tiny_region.table("stops")["kg"])
    assert again.content_hash == tiny_region.content_hash


def test_semicolons_with_decimal_points(folder: Path, tiny_region: Region) -> None:
    file = folder / "shipments.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    assert load(folder).content_hash == tiny_region.content_hash


def test_what_can_be_read_in_two_ways_is_refused(folder: Path) -> None:
    file = folder / "charger_types.csv"
    dutch = re.sub(r"\.0(?=[;\n])", "", file.read_text(encoding="utf-8").replace(",", ";"))
    dutch = dutch.replace(".", ",")
    file.write_text(dutch.replace(";150000;", ";150.000;"), encoding="utf-8")
    (fault,) = faults_of(folder)
    assert (fault.column, fault.rows) == ("capital_eur", ("3",))
    assert fault.remedy == "Write 150000 or 150,000"


def test_a_region_without_a_descriptor(folder: Path, tiny_region: Region) -> None:
    (folder / "datapackage.json").unlink()
    region = load(folder)
    assert region.content_hash == tiny_region.content_hash
    assert region.name == region.title == "tiny"
    assert region.sources()["source"].eq("").all()


def test_a_table_added_beside_the_descriptor_is_read(folder: Path) -> None:
    (folder / "terminals.csv").write_text(
        "terminal_id,name,modes,rd_x_m,rd_y_m\nterm-1,Kade,barge,205000,501000\n"
    )
    assert len(load(folder).table("terminals")) == 1


def test_a_descriptor_may_name_other_files(folder: Path, tiny_region: Region) -> None:
    (folder / "stops.csv").rename(folder / "my stops.csv")
    describe(
        folder,
        lambda package: [
            resource.update(path="my stops.csv")
            for resource in package["resources"]
            if resource["name"] == "stops"
        ],
    )
    assert load(folder).content_hash == tiny_region.content_hash


@pytest.mark.parametrize(
    "path",
    [
        "../secret.csv",
        "/etc/passwd",
        "C:\\secret.csv",
        "..",
        "sub/stops.csv",
        "https://example.org/stops.csv",
        "file:///etc/passwd",
        "link.csv",
        ".hidden.csv",
        ["stops.csv"],
        None,
        5,
    ],
)
def test_nothing_outside_the_folder_is_read(folder: Path, path: Any) -> None:
    secret = folder.parent / "secret.csv"
    (folder / "stops.csv").rename(secret)
    (folder / "link.csv").symlink_to(secret)
    (folder / "sub").mkdir()

    def change(package: dict[str, Any]) -> None:
        for resource in package["resources"]:
            if resource["name"] == "stops":
                resource["path"] = path

    describe(folder, change)
    faults = faults_of(folder)
    assert "is not the name of a plain file in the folder" in faults[0].rule
    assert faults[0].table == "stops"


@pytest.mark.parametrize("name", ["bridges.csv", "zones.geojson", "datapackage.json"])
def test_links_are_not_followed(folder: Path, name: str) -> None:
    (folder / name).rename(folder.parent / "elsewhere")
    (folder / name).symlink_to(folder.parent / "elsewhere")
    assert any("link" in fault.rule or "plain file" in fault.rule for fault in faults_of(folder))


@pytest.mark.parametrize(
    ("file", "content", "rows", "words"),
    [
        ("stops.csv", b"", ("1",), "has no header"),
        ("stops.csv", b"stop_id,\xff\n", ("1",), "is not UTF-8"),
        ("stops.csv", b'stop_id,kg\n"a,1\n', ("2",), "cannot be read"),
        ("zones.geojson", b'{"type": \n oops}', ("2",), "is no JSON"),
        ("zones.geojson", b'{"type": NaN}', (), "NaN is not allowed"),
        ("zones.geojson", b"[" * 100_000, (), "is nested too deeply"),
        ("datapackage.json", b"[1]", (), "is not a JSON object"),
        ("datapackage.json", b'{"resources": {}}', (), "is not a list of objects"),
        ("datapackage.json", b'{"bundling": 1, "resources": [{"name": 1}]}', (), "not an object"),
    ],
)
def test_broken_files(
    folder: Path, file: str, content: bytes, rows: tuple[str, ...], words: str
) -> None:
    (folder / file).write_bytes(content)
    faults = faults_of(folder)
    assert faults[0].table in (file, file.removesuffix(".csv"))
    assert faults[0].rows == rows
    assert words in faults[0].rule


def test_ragged_rows_and_stray_files(folder: Path) -> None:
    edit(folder / "bridges.csv", ("Oude brug", "Oude, lange brug"))
    (folder / "stopps.csv").write_text("a\n")
    (folder / "zone.geojson").write_text("{}")
    (folder / "notes.txt").write_text("left alone")
    faults = {fault.table: fault for fault in faults_of(folder)}
    assert "Did you mean stops" in faults["stopps.csv"].remedy
    assert "Did you mean zones" in faults["zone.geojson"].remedy
    with pytest.raises(InputError, match="does not have 6 cells as the header"):
        load(folder)


def test_size_caps(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datapackage, "MAX_FILE_BYTES", 500)
    assert any("MiB, more than" in fault.rule for fault in faults_of(folder))
    monkeypatch.setattr(datapackage, "MAX_FOLDER_BYTES", 1000)
    (fault,) = faults_of(folder)
    assert "the files take" in fault.rule
    monkeypatch.undo()
    monkeypatch.setattr(csvfile, "MAX_ROWS", 5)
    assert any("more than 5 rows" in fault.rule for fault in faults_of(folder))


def test_an_empty_folder(tmp_path: Path) -> None:
    assert all("missing" in fault.rule for fault in faults_of(tmp_path))


def test_unknown_source() -> None:
    with pytest.raises(FileNotFoundError, match=r"catalogue has: .*zwolle"):
        load("zwole")
