"""What a user writes in a cell, and what it means."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest

from bundling.region.cells import CONVERTERS, RejectedCellError, is_null


@pytest.mark.parametrize(
    ("kind", "cell", "comma", "value"),
    [
        ("number", "1.5", False, 1.5),
        ("number", " -2e3 ", False, -2000.0),
        ("number", "1,5", False, 1.5),
        ("number", "0,125", False, 0.125),  # a leading zero: no thousands mark
        ("number", "1,234", True, 1.234),  # the whole file writes commas
        ("number", "1.234,5", False, 1234.5),
        ("number", "1.234.567,5", True, 1234567.5),
        ("number", "203512.125", True, 203512.125),  # six digits before it: no thousands mark
        ("number", np.float32(0.5), False, 0.5),
        ("integer", "12", False, 12),
        ("integer", "12.0", False, 12),
        ("integer", 12.0, False, 12),
        ("integer", "9007199254740993", False, 9007199254740993),  # 2**53 + 1 is no float
        ("string", 8011, False, "8011"),
        ("string", 1.5, False, "1.5"),
        ("string", "=1+1", False, "=1+1"),
        ("string", "NA", False, "NA"),
        ("string", "007", False, "007"),
        ("boolean", "TRUE", False, True),
        ("boolean", "onwaar", False, False),
        ("boolean", 1, False, True),
        ("date", "2028-01-01", False, date(2028, 1, 1)),
        ("date", datetime(2028, 1, 1), False, date(2028, 1, 1)),
        ("time", "6:30", False, "06:30"),
        ("time", "24:00", False, "24:00"),
        ("time", time(6, 30), False, "06:30"),
        ("time", timedelta(hours=24), False, "24:00"),
    ],
)
def test_accepted(kind: Any, cell: Any, comma: bool, value: Any) -> None:
    converted = CONVERTERS[kind](cell, comma)
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell", "comma", "remedy"),
    [
        ("number", "1,234", False, "Write 1234 or 1.234"),
        ("number", "1.234", True, "Write 1234 or 1,234"),
        ("number", "1,234,567", False, "such as 1234.5"),
        ("number", "1_000", False, "such as 1234.5"),
        ("number", "12%", False, "such as 1234.5"),
        ("number", "1e999", False, "leave unknown cells empty"),
        ("number", True, False, "such as 1234.5"),
        ("integer", "12.5", False, "such as 12"),
        ("integer", "1e30", False, "such as 12"),
        ("integer", "ten", False, "such as 12"),
        ("boolean", "yes", False, "Write true or false"),
        ("date", "01-06-2027", False, "YYYY-MM-DD"),
        ("date", "2027-02-29", False, "YYYY-MM-DD"),
        ("date", "20270601", False, "YYYY-MM-DD"),
        ("date", datetime(2028, 1, 1, 12), False, "YYYY-MM-DD"),
        ("time", "24:01", False, "between 00:00 and 24:00"),
        ("time", "7.30", False, "between 00:00 and 24:00"),
        ("time", "07:30:15", False, "between 00:00 and 24:00"),
        ("string", True, False, "Write it as text"),
        ("string", "bell\a", False, "Remove it"),
        ("string", "x" * 32_001, False, "at most 32,000"),
    ],
)
def test_refused_with_the_accepted_form(kind: Any, cell: Any, comma: bool, remedy: str) -> None:
    with pytest.raises(RejectedCellError) as caught:
        CONVERTERS[kind](cell, comma)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("cell", [None, "", "  ", "\n", float("nan"), np.nan])
def test_null(cell: Any) -> None:
    assert is_null(cell)


@pytest.mark.parametrize("cell", ["NA", "null", "None", "-", 0, False, "nan"])
def test_not_null(cell: Any) -> None:
    assert not is_null(cell)
