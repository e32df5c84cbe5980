"""Tables of assumptions: what ships says where it is from, and faults come together."""

from __future__ import annotations

import importlib.resources

import pandas as pd
import pytest

from bundling.errors import InputError
from bundling.hubs.assumption_tables import PROVENANCE, assumption_table

SHIPPED = sorted(
    path.name
    for path in importlib.resources.files("bundling.rules").iterdir()
    if path.name.startswith("hubs_") and path.name.endswith(".csv")
)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_row_says_source_year_and_licence(name: str) -> None:
    resource = importlib.resources.files("bundling.rules").joinpath(name)
    with resource.open(encoding="utf-8") as lines:
        frame = pd.read_csv(lines, dtype=str, keep_default_na=False)
    for column in PROVENANCE:
        assert (frame[column].str.strip() != "").all(), f"{name}: {column}"
    assert frame["year"].str.fullmatch(r"(19|20)\d\d").all()
    assert set(frame["licence"]) <= {"assumption", "facts cited"}


def test_all_faults_of_a_table_at_once() -> None:
    mine = pd.DataFrame(
        {
            "unit": ["a", "a", ""],
            "size": ["1", "-2", "x"],
            "source": ["me", "me", "me"],
            "year": ["", "", "2026"],
            "licence": ["assumption", "facts cited", "own"],
        }
    )
    with pytest.raises(InputError) as caught:
        assumption_table("mine", mine, key=["unit"], numbers=["size"])
    assert [(fault.column, fault.rows) for fault in caught.value.faults] == [
        ("unit", ("3",)),
        ("year", ("2",)),
        ("size", ("2", "3")),
        ("unit", ("1", "2")),
    ]
