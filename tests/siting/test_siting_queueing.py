"""Queues at chargers, against values worked out by hand and laws that must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling import InputError
from bundling.siting.queueing import blocking, chargers_needed, service_table, waiting

pools = st.integers(1, 60)
shares = st.floats(0.01, 0.98)
sessions = st.floats(5.0, 300.0)


def test_erlang_b_by_hand():
    # a = 2: B(1) = 2/3, B(2) = 2 (2/3) / (2 + 4/3) = 2/5, B(3) = (4/5) / (3 + 4/5) = 4/19
    assert blocking([0, 1, 2, 3], 2.0) == pytest.approx([1.0, 2 / 3, 2 / 5, 4 / 19])


def test_erlang_b_of_a_large_pool_neither_overflows_nor_cancels():
    # For load = chargers, B is about sqrt(2 / (pi n)).
    assert blocking(10_000, 10_000.0) == pytest.approx(np.sqrt(2 / (np.pi * 10_000)), rel=0.01)


def test_erlang_c_by_hand():
    # Three chargers, 4 trucks an hour, half an hour each: a = 2, B = 4/19, so C = 3 (4/19) /
    # (3 - 2 (15/19)) = 12/27 = 4/9; mean wait 4/9 x 30 / 1 = 40/3 minutes.
    found = waiting(3, 4.0, 30.0)
    assert found.wait_probability == pytest.approx(4 / 9)
    assert found.mean_wait_minutes == pytest.approx(40 / 3)
    assert found.share_in_use == pytest.approx(2 / 3)
    # P(W > t) = 4/9 exp(-t / 30) = 0.1
    assert found.p90_wait_minutes == pytest.approx(30 * np.log(40 / 9))


def test_one_charger_is_the_queue_everybody_knows():
    # M/M/1: waits with probability rho, mean rho T / (1 - rho)
    found = waiting(1, [0.5, 1.0, 1.5], 30.0)
    assert found.wait_probability == pytest.approx([0.25, 0.5, 0.75])
    assert found.mean_wait_minutes == pytest.approx([10.0, 30.0, 90.0])


def test_too_few_chargers_never_end_the_queue():
    found = waiting([0, 1, 2], 4.0, 30.0)
    assert np.isinf(found.mean_wait_minutes).all()
    assert np.isinf(found.p90_wait_minutes).all()
    assert (found.wait_probability == 1.0).all()
    assert waiting(0, 0.0, 30.0).mean_wait_minutes == 0.0


def test_chargers_needed_by_hand():
    # a = 2: C(3) = 4/9, C(4) = 4 B / (4 - 2 (1 - B)) with B(4) = 2/21, so 8/46 = 4/23
    four = chargers_needed([4.0, 0.0], 30.0, max_wait_probability=0.2)
    assert four.tolist() == [4, 0]
    assert chargers_needed(4.0, 30.0, max_wait_minutes=13.4) == 3
    assert chargers_needed(4.0, 30.0, max_wait_minutes=13.3) == 4
    assert chargers_needed(4.0, 30.0, max_p90_wait_minutes=0.0) == 5  # first with C of 10 % at most
    assert chargers_needed(4.0, 30.0, max_wait_minutes=13.4, max_wait_probability=0.2) == 4


@given(pools, shares, sessions)
def test_more_chargers_never_wait_longer(n, share, session):
    arrivals = n * share * 60.0 / session
    found = waiting(np.arange(n, n + 5), arrivals, session)
    for values in (found.wait_probability, found.mean_wait_minutes, found.p90_wait_minutes):
        assert (np.diff(values) <= 1e-12).all()


@given(pools, shares, sessions)
def test_a_pool_twice_as_large_at_the_same_use_waits_less(n, share, session):
    arrivals = n * share * 60.0 / session
    small, large = waiting(n, arrivals, session), waiting(2 * n, 2 * arrivals, session)
    assert large.mean_wait_minutes <= small.mean_wait_minutes + 1e-12
    assert large.wait_probability <= small.wait_probability + 1e-12


@given(st.floats(0.1, 200.0), sessions, st.floats(0.5, 30.0))
def test_what_is_needed_keeps_the_level_and_one_fewer_does_not(arrivals, session, most):
    n = chargers_needed(arrivals, session, max_wait_minutes=most)
    assert waiting(n, arrivals, session).mean_wait_minutes <= most
    assert waiting(n - 1, arrivals, session).mean_wait_minutes > most


@settings(max_examples=30)  # a table has 29 pools
@given(sessions, st.floats(0.5, 30.0))
def test_larger_pools_can_be_busier(session, most):
    table = service_table(range(1, 30), session, max_wait_minutes=most)
    assert (table["largest_share_in_use"].diff().dropna() > 0).all()
    assert (table["mean_wait_minutes"] <= most).all()


def test_the_table_and_the_count_agree():
    table = service_table([1, 2, 4, 8, 16], 45.0, max_wait_minutes=5.0)
    just = chargers_needed(table["arrivals_per_hour"] * 0.999, 45.0, max_wait_minutes=5.0)
    more = chargers_needed(table["arrivals_per_hour"] * 1.001, 45.0, max_wait_minutes=5.0)
    assert just.tolist() == [1, 2, 4, 8, 16]
    assert more.tolist() == [2, 3, 5, 9, 17]
    # One charger: rho T / (1 - rho) = 5 with T = 45 gives rho = 0.1.
    assert table["largest_share_in_use"][0] == pytest.approx(0.1)
    assert table["arrivals_per_hour"][0] == pytest.approx(0.1 * 60 / 45)


def test_a_thousand_pools_at_once():
    arrivals = np.linspace(0.0, 400.0, 1000)
    found = chargers_needed(arrivals, 45.0, max_p90_wait_minutes=10.0)
    assert (np.diff(found) >= 0).all()


def test_every_fault_is_named_at_once():
    with pytest.raises(InputError) as caught:
        chargers_needed([1.0, -2.0, np.nan], 0.0, max_wait_probability=1.5, max_wait_minutes=0.0)
    named = [fault.column for fault in caught.value.faults]
    assert named == [
        "max_wait_probability",
        "max_wait_minutes",
        "arrivals_per_hour",
        "session_minutes",
    ]
    assert caught.value.faults[2].rows == ("2", "3")
    with pytest.raises(InputError, match="no service level"):
        chargers_needed(1.0, 30.0)
    with pytest.raises(InputError, match="whole number"):
        waiting([1.5, 2], 1.0, 30.0)
    with pytest.raises(InputError, match="Check the units"):
        chargers_needed(1e9, 30.0, max_wait_minutes=5.0)
