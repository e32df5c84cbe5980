"""Converters at the border."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundling.units import (
    clock_from_seconds,
    rd_from_wgs84,
    seconds_from_clock,
    wgs84_from_rd,
)


def test_the_tower_of_amersfoort_is_the_origin_of_rd() -> None:
    x, y = rd_from_wgs84(52.15517440, 5.38720621)
    assert (float(x), float(y)) == pytest.approx((155_000, 463_000), abs=0.01)


def test_the_martini_tower_as_published_by_the_authors() -> None:
    # Schreutelkamp and Strang van Hees, 2001: Martinitoren Groningen, RD 233883.131, 582065.167.
    x, y = rd_from_wgs84(53 + 13 / 60 + 9.8 / 3600, 6 + 34 / 60 + 4.2 / 3600)
    assert (float(x), float(y)) == pytest.approx((233_883, 582_065), abs=40)


@given(st.floats(180_000, 270_000, allow_nan=False), st.floats(455_000, 530_000, allow_nan=False))
def test_there_and_back_is_the_same_place_in_overijssel(x_m: float, y_m: float) -> None:
    x, y = rd_from_wgs84(*wgs84_from_rd(x_m, y_m))
    assert np.hypot(float(x) - x_m, float(y) - y_m) < 0.5


@pytest.mark.parametrize(
    ("clock", "seconds"), [("00:00", 0), ("7:30", 27_000), ("07:30:15", 27_015), ("24:00", 86_400)]
)
def test_clock_times(clock: str, seconds: int) -> None:
    assert seconds_from_clock(clock) == seconds


@pytest.mark.parametrize("clock", ["7.30", "25:00", "24:01", "12:60", "noon", ""])
def test_what_is_no_clock_time_is_refused(clock: str) -> None:
    with pytest.raises(ValueError, match=r"clock time|later than"):
        seconds_from_clock(clock)


def test_no_clock_is_no_seconds() -> None:
    assert seconds_from_clock(None) is None


@given(st.integers(0, 1440))
def test_clock_text_reads_back(minutes: int) -> None:
    assert seconds_from_clock(clock_from_seconds(60 * minutes)) == 60 * minutes
