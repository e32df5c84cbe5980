"""Canadian network design files: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundling.errors import InputError
from bundling.io.dow import read_dow

SMALL = "MULTIGEN.DAT:\n 3 2 1\n 1 2 5 10 7 1 1\n 2 3 6 11 8 1 2\n 1 3 4\n"


def test_arcs_and_commodities_are_read(tmp_path: Path) -> None:
    path = tmp_path / "small.dow"
    path.write_text(SMALL)
    data = read_dow(path)
    assert data.arcs.tolist() == [[1, 2], [2, 3]]
    assert data.unit_cost.tolist() == [5, 6]
    assert data.capacity.tolist() == [10, 11]
    assert data.fixed_cost.tolist() == [7, 8]
    assert data.commodities.tolist() == [[1, 3]]
    assert data.quantity.tolist() == [4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SMALL.replace("1 3 4", "1 3"), "too short"),
        (SMALL.replace("1 3 4", "1 9 4"), "not among 1 to 3"),
        (SMALL.replace("11", "much"), "no number"),
        ("MULTIGEN.DAT:\n", "second line"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.dow"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read_dow(path)
