"""Broken instance files: one `InputError` with every fault, the line and what to do."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmark_cases import AKBAY, ALL, CVRP, EVRP_NL, EVRPTW, MTVRPTWR, SDVRPTW, SOLOMON, put

from bundling.errors import InputError
from bundling.io import benchmark_text, read_instance
from bundling.io.akbay import parse_akbay


def faults(folder: Path, text: str, name: str = "broken.txt") -> list[str]:
    with pytest.raises(InputError) as error:
        read_instance(put(folder, name, text))
    return [str(fault) for fault in error.value.faults]


@pytest.mark.parametrize(
    ("text", "old", "new", "rule"),
    [
        (SOLOMON, "3          4          6", "3,5        4          6", "x '3,5' is no number"),
        (SOLOMON, "3          4          6", "nan        4          6", "x 'nan' is no number"),
        (SOLOMON, "3          4          6", "1e300      4          6", "x '1e300' is no number"),
        (SOLOMON, "3          4          6", "3          4         -6", "demand -6 is below 0"),
        (SOLOMON, "    2      0  ", "    1      0  ", "number 1 is also at line 11"),
        (SOLOMON, "20         60", "80         60", "window starts at 80, after its end at 60"),
        (SOLOMON, "0         90          0", "0         90", "the line has 6 words, not 7"),
        (SOLOMON, "  2         10", "  0         10", "number of vehicles 0 is below 1"),
        (SOLOMON, "  2         10", "  2", "the number of vehicles and their capacity"),
        (EVRPTW, "C1         c", "C1         x", "the line is neither a place nor a parameter"),
        (EVRPTW, "C1         c", "C2         c", "id 'C2' is also at line 4"),
        (EVRPTW, "/0.5/", "/fast/", "inverse charging rate 'fast' is no number"),
        (EVRPTW, "/0.5/", "/0.0/", "inverse charging rate is 0"),
        (EVRPTW, "C Vehicle load", "Q Vehicle load", "parameter Q stands there twice"),
        (EVRP_NL, "<cx>30</cx>", "<cx>thirty</cx>", "<cx> 'thirty' is no number"),
        (EVRP_NL, "<cx>30</cx>", "", "<node> has no <cx>"),
        (EVRP_NL, 'id="2" type="1"', 'id="1" type="1"', "node 1 is also at line 7"),
        (EVRP_NL, 'id="2" type="1"', 'id="2" type="7"', "node 2 has type '7'"),
        (EVRP_NL, "<cs_type>fast", "<cs_type>flash", "has charging function 'flash'"),
        (EVRP_NL, "<charging_time>0.0<", "<charging_time>0.6<", "'fast' does not rise"),
        (EVRP_NL, "<arrival_node>0", "<arrival_node>2", "<arrival_node> 2 is not the depot"),
        (EVRP_NL, 'node="2"', 'node="3"', "the request is for node '3', which is no customer"),
        (EVRP_NL, "<service_time>0.5", "<quantity>3</quantity><service_time>0.5",
         "<quantity> is not read"),
        (EVRP_NL, "<speed_factor>40", "<speed_factor>0", "<speed_factor> is 0"),
        (CVRP, "3 3 4", "9 3 4", "there is no place 9"),
        (CVRP, "3 3 4", "2 3 4", "place 2 is also at line 9"),
        (CVRP, "3 3 4", "3 3", "the row has 2 numbers, not 3"),
        (CVRP, "CAPACITY : 10", "CAPACITY : ten", "CAPACITY 'ten' is no number"),
        (CVRP, "CAPACITY : 10", "TRUCKS : 3", "the keyword TRUCKS is not known"),
        (CVRP, "DEMAND_SECTION", "WEIGHT_SECTION", "WEIGHT_SECTION is not known"),
        (CVRP, "DIMENSION : 4", "DIMENSION : 1000000000", "DIMENSION is 1,000,000,000"),
        (CVRP, "EUC_2D", "GEO", "EDGE_WEIGHT_TYPE is 'GEO'"),
        (CVRP, " 1\n -1", " 2\n -1", "the depots are [2]"),
        (SDVRPTW, "2\t50\t60", "2\t70\t60", "window starts at 70, after its end at 60"),
        (SDVRPTW, "2\t2\t3\nEOF", "2\t2\t9\nEOF", "there is no place 9"),
        (MTVRPTWR, "SERVICE_TIME: 5", "SERVICE_TIME: 5\nSERVICE_TIME: 6", "also at line 7"),
        (MTVRPTWR, "SERVICE_TIME: 5", "SERVICE_TIME: 5\n7 7", "belongs to no section"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line(tmp_path: Path, text: str, old: str, new: str, rule: str) -> None:
    assert old in text
    broken = text.replace(old, new, 1)
    found = faults(tmp_path, broken)
    ours = [fault for fault in found if rule in fault]
    assert ours, found
    place = re.match(r"broken\.txt \(row (\d+)\): .+\. .+", ours[0])
    assert place, ours[0]
    there = text[: text.index(old)].count("\n") + 1
    assert abs(int(place[1]) - there) <= 1  # a line, or the one that opens its section


@pytest.mark.parametrize(
    ("text", "change", "rule"),
    [
        (SOLOMON, lambda t: t.replace("VEHICLE", "CARS"), "has no line 'VEHICLE'"),
        (SOLOMON, lambda t: t[: t.index("    1  ")], "has no depot and customer"),
        (EVRPTW, lambda t: t.replace("D0         d", "D0         c"), "has 0 depots"),
        (EVRPTW, lambda t: t.replace("r fuel", "z fuel"), "has no consumption"),
        (EVRP_NL, lambda t: t.replace("<euclidean/>", ""), "distances are Euclidean"),
        (EVRP_NL, lambda t: t.replace("vehicle_profile", "profile"), "has 0 vehicle profiles"),
        (EVRP_NL, lambda t: t.replace('<request id="2" node="2"', '<r id="2"').replace(
            "<service_time>0.25</service_time></request>", "</r>"), "customer 2 has no request"),
        (CVRP, lambda t: t.replace("DIMENSION : 4\n", ""), "has no DIMENSION"),
        (CVRP, lambda t: t.replace("DIMENSION : 4", "DIMENSION : 5"), "has no row for place 5"),
        (CVRP, lambda t: t.replace("CAPACITY : 10\n", ""), "has demands and no CAPACITY"),
        (CVRP, lambda t: t.replace("TYPE : CVRP", "TYPE : VRPTW"), "without TIME_WINDOW_SECTION"),
        (CVRP, lambda t: t.replace("TYPE : CVRP", "TYPE : VRPB"), "backhauls"),
        (CVRP, lambda t: t.replace("DEMAND_SECTION\n1 0", "DEMAND_SECTION\n1 3"), "a depot with"),
        (CVRP, lambda t: t.replace("EUC_2D", "EXPLICIT"), "has no EDGE_WEIGHT_SECTION"),
        (MTVRPTWR, lambda t: t.replace("SECTION\n1\t1\nDEPOT", "SECTION\n1\t2\nDEPOT"),
         "may reload at (2,), away from its depot 1"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(
    tmp_path: Path, text: str, change: Callable[[str], str], rule: str
) -> None:
    broken = change(text)
    assert broken != text
    found = faults(tmp_path, broken)
    assert any(rule in fault for fault in found), found


def test_all_faults_at_once(tmp_path: Path) -> None:
    broken = SOLOMON.replace("  2         10", "  two       10").replace("60          5", "5  x")
    found = faults(tmp_path, broken)
    assert [re.search(r"row (\d+)", fault)[1] for fault in found] == ["5", "12", "12"]  # type: ignore[index]


def test_a_file_of_another_kind_gives_few_faults(tmp_path: Path) -> None:
    text = SOLOMON + "\n".join("lorem ipsum" for _ in range(1000))
    found = faults(tmp_path, text)
    assert len(found) == benchmark_text.MAX_FAULTS + 1
    assert "900 more faults" in found[-1]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"PK\x03\x04\x00\x00", "the file is no text"),
        (b"once upon a time", "in no format that is known"),
        (AKBAY.encode(), "two echelons"),
        (b"<instance>", "is no XML"),
        (b"<instance/>", "has 0 depots"),
    ],
)
def test_files_that_are_no_instance(tmp_path: Path, data: bytes, rule: str) -> None:
    path = tmp_path / "strange.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=rule):
        read_instance(path)


def test_files_that_are_too_large_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark_text, "MAX_FILE_BYTES", 100)
    assert "the file takes" in faults(tmp_path, SOLOMON)[0]


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE instance SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_types_and_entities_are_refused(tmp_path: Path, head: str) -> None:
    broken = EVRP_NL.replace("<instance>", head + "<instance>", 1)
    assert "declares a document type or entities" in faults(tmp_path, broken)[0]


def test_akbay_faults() -> None:
    for old, new, rule in (
        ("1\t2\t1", "1\t9\t1", "speaks of 15 lines, and 8 follow"),
        ("77.75", "0", "the battery of an electric vehicle is 0"),
        ("456\t508", "556\t508", "window starts at 556"),
        ("20\t55\t10", "20\t55\t-1", "demand -1 is below 0"),
        ("20\t55\t10", "20\t55", "the line has 11 numbers, not 12"),
    ):
        with pytest.raises(InputError, match=rule):
            parse_akbay(AKBAY.replace(old, new, 1), "x.txt")


@pytest.mark.parametrize("name", ALL)
def test_damaged_files_give_faults_or_a_problem_and_nothing_else(tmp_path: Path, name: str) -> None:
    rng = random.Random(name)
    text = ALL[name]
    lines = text.splitlines(keepends=True)
    for _ in range(150):
        kind = rng.randrange(5)
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        broken = list(lines)
        if kind == 0:
            del broken[at]
        elif kind == 1:
            broken.insert(at, lines[other])
        elif kind == 2:
            broken = broken[:at]
        elif kind == 3:
            words = broken[at].split(" ")
            words[rng.randrange(len(words))] = rng.choice(["-1", "1e9", "inf", "x", "", "0", "½"])
            broken[at] = " ".join(words)
        else:
            spot = rng.randrange(len(text))
            broken = [text[:spot] + chr(rng.randrange(32, 400)) + text[spot + 1 :]]
        with contextlib.suppress(InputError):
            read_instance(put(tmp_path, f"damaged-{name}", "".join(broken)))
