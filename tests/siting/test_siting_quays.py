"""Shore power at quays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bundling
from bundling import InputError
from bundling.siting.quays import harbour_berths, quay_loads, quay_points


@pytest.fixture(scope="module")
def overijssel():
    return bundling.load("overijssel")


def berths(**changes):
    row = {"quay_id": "q", "name": "Quay", "berths": 4, "ships_per_day": 0.5, "arrival_h": 18.5,
           "departure_h": 6.0, "kw": 10.0, "kva": 43.0, "rd_x_m": 2e5, "rd_y_m": 5e5}  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


def test_a_night_at_berth_by_hand():
    found = quay_loads(berths(), 0.5)
    # 4 berths x 0.5 ships x 10 kW, from half past six in the evening to six.
    assert found.quay_kw[0, 18] == pytest.approx(10.0)
    assert found.quay_kw[0, 19] == found.quay_kw[0, 0] == found.quay_kw[0, 5] == 20.0
    assert (found.quay_kw[0, 6:18] == 0).all()
    assert found.quay_kw.sum() == pytest.approx(4 * 0.5 * 10 * 11.5)
    # g(4) = 0.5 + 0.5 / 2
    assert found.quay_kva == pytest.approx([4 * 43 * 0.75])


def test_several_kinds_of_berth_at_one_quay():
    table = pd.concat(
        [berths(), berths(berths=1, kva=436.0, kw=100.0, arrival_h=8, departure_h=20)]
    )
    found = quay_loads(table, 0.0)
    assert found.quay_ids == ("q",)
    assert found.berth_kw.shape == (2, 24)
    assert found.quay_kw[0] == pytest.approx(found.berth_kw.sum(axis=0))
    # (172 + 436) / sqrt(5) is less than the one connection of 436 kVA
    assert found.quay_kva == pytest.approx([436.0])


@given(st.floats(0, 24), st.floats(0, 24), st.integers(1, 30), st.floats(0, 1), st.floats(0, 1))
def test_energy_and_connection_obey_their_laws(arrival, departure, count, lower, higher):
    table = berths(arrival_h=arrival, departure_h=departure, berths=count)
    stay = departure - arrival if departure > arrival else departure - arrival + 24
    lower, higher = sorted((lower, higher))
    low, high = quay_loads(table, lower), quay_loads(table, higher)
    assert low.quay_kw.sum() == pytest.approx(count * 0.5 * 10 * stay, abs=1e-6)
    assert 43 - 1e-9 <= low.quay_kva[0] <= high.quay_kva[0] + 1e-9 <= count * 43 + 1e-6


def test_points_of_overijssel(overijssel):
    points, profiles = quay_points(overijssel, (2026, 2030, 2035))
    assert len(points) == len(harbour_berths(overijssel)) > 5
    assert {point.kind for point in points} == {"quay"}
    assert np.ptp(profiles.groupby("profile")["share"].sum()) == pytest.approx(0.0, abs=1e-9)
    first = points[0]
    assert first.kwh[0] < first.kwh[1] < first.kwh[2]
    # A barge of 3 kW for twelve hours
    assert first.session_kwh == pytest.approx(36.0)
    cruise = harbour_berths(overijssel, "river_cruise")
    assert (cruise["kva"] == 436).all()


def test_faults_at_once(overijssel):
    with pytest.raises(InputError) as caught:
        quay_loads(berths(arrival_h=25.0, kw=-1.0, kva=np.nan), 1.5)
    named = [fault.column for fault in caught.value.faults]
    assert named == ["arrival_h", "kw", "kva", "coincidence"]
    with pytest.raises(InputError, match="more than 24 hours a day"):
        quay_loads(berths(ships_per_day=3.0), 0.5)
    with pytest.raises(InputError, match="the column is missing"):
        quay_loads(berths().drop(columns="kva"), 0.5)
    with pytest.raises(InputError, match="no kind of ship"):
        harbour_berths(overijssel, "ferry")
    with pytest.raises(InputError, match="do not ascend"):
        quay_points(overijssel, ())
