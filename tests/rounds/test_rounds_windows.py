"""Several time windows a stop: by hand, broken, faults, best departures, laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds_cases import line_problem
from test_rounds_problem import same

from bundling.errors import InputError
from bundling.rounds import RoundsProblem, RoundsSolution, Route, check, route_figures
from bundling.rounds.schedule import best_timed, route_timing

HOUR = 3600.0
ROUND = Route("hub/evan", ("near", "far"), 8 * HOUR)


def shop_problem(**changes) -> RoundsProblem:
    """Near is open 08:00-09:00 and 11:00-12:00; far 08:00-12:00 and two more times."""
    fields = {
        "tw_early_s": [8 * HOUR, 8 * HOUR],
        "tw_late_s": [9 * HOUR, 9 * HOUR],
        "other_tw_early_s": [[11 * HOUR, np.nan], [10 * HOUR, 14 * HOUR]],
        "other_tw_late_s": [[12 * HOUR, np.nan], [10.5 * HOUR, 16 * HOUR]],
    }
    return line_problem(**(fields | changes))


def test_who_comes_between_two_windows_waits_for_the_next() -> None:
    # 09:00 out, near at 09:10 waits until 11:00, far at 11:20 waits until 14:00.
    problem = shop_problem()
    route = replace(ROUND, departure_s=9 * HOUR)
    figures = route_figures(problem, route)
    assert [visit.start_s for visit in figures.visits] == [11 * HOUR, 14 * HOUR]
    assert figures.waiting_h == pytest.approx(110 / 60 + 160 / 60)
    assert check(problem, RoundsSolution((route,))) == []


def test_arriving_as_a_window_closes_is_in_time() -> None:
    problem = shop_problem()
    route = replace(ROUND, departure_s=9 * HOUR - 600.0 + 1e-6)
    assert route_figures(problem, route).visits[0].start_s == pytest.approx(9 * HOUR)


def test_lateness_counts_from_the_last_window() -> None:
    problem = shop_problem()
    late = replace(ROUND, departure_s=16 * HOUR - 600.0 + 60.0)
    found = [(v.rule, v.where[:4], v.amount) for v in check(problem, RoundsSolution((late,)))]
    # Near at 16:01, four hours after 12:00; far at 16:21.
    assert found == [("time window", "near", 4 * HOUR + 60), ("time window", "far,", 21 * 60.0)]


def test_windows_of_a_stop() -> None:
    problem = shop_problem()
    assert problem.windows_of(0) == ((8 * HOUR, 9 * HOUR), (11 * HOUR, 12 * HOUR))
    assert len(problem.windows_of(1)) == 3
    assert line_problem().windows_of(0) == ((8 * HOUR, 12 * HOUR),)
    assert np.isposinf(problem.other_tw_early_s[0, 1])
    assert np.isneginf(problem.other_tw_late_s[0, 1])


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"other_tw_early_s": [[9.0 * HOUR], [10 * HOUR]]}, "not start after the one before"),
        ({"other_tw_early_s": [[13 * HOUR], [10 * HOUR]]}, "starts after it ends"),
        ({"other_tw_early_s": [[np.nan], [10 * HOUR]]}, "only one of its two times"),
        ({"other_tw_early_s": [[11 * HOUR]]}, "shape"),
    ],
)
def test_each_fault_says_what_is_wrong(changes, word: str) -> None:
    two = {"other_tw_late_s": [[12 * HOUR], [10.5 * HOUR]]}
    with pytest.raises(InputError, match=word):
        shop_problem(**(two | changes))


def test_blanks_stand_at_the_end_and_windows_in_order() -> None:
    early = [[np.inf, 11 * HOUR], [14 * HOUR, 10 * HOUR]]
    late = [[-np.inf, 12 * HOUR], [16 * HOUR, 10.5 * HOUR]]
    with pytest.raises(InputError) as caught:
        shop_problem(other_tw_early_s=early, other_tw_late_s=late)
    assert [fault.rows for fault in caught.value.faults] == [("near",), ("far",)]


def test_windows_go_through_tables() -> None:
    problem = shop_problem()
    tables = problem.to_tables()
    assert len(tables["other_windows"]) == 3
    assert same(RoundsProblem.from_tables(tables), problem)
    tables["other_windows"]["stop_id"] = "moon"
    with pytest.raises(InputError, match=r"other_windows.stop_id.*moon"):
        RoundsProblem.from_tables(tables)


def test_best_departure_by_hand() -> None:
    # Near closes at 09:00 and far opens again at 10:00: leaving near at 09:10 means waiting at far
    # from 09:20 to 10:00. Far's first window is met when near is served at 08:00 to 08:30.
    problem = shop_problem()
    timing = route_timing(problem, ROUND)
    assert timing.late_s == 0
    assert timing.departure_s == 8 * HOUR - 600.0
    assert timing.duration_s == 600 + 600 + 600 + 600 + 1200
    # Without far's first window the choice is 40 min of waiting for 10:00, or near at 11:00 and
    # far at 14:00. The latest start at near is 09:00: 40 min it is.
    later = shop_problem(tw_early_s=[8 * HOUR, 7 * HOUR], tw_late_s=[9 * HOUR, 7 * HOUR])
    timing = route_timing(later, ROUND)
    assert timing.departure_s == 9 * HOUR - 600.0
    assert timing.return_s == 10 * HOUR + 600 + 1200
    assert best_timed(later, ROUND).departure_s == timing.departure_s


quarters = st.integers(0, 6).map(lambda q: 900.0 * q)


@st.composite
def windows(draw):
    """Two stops with three windows each, on the quarter hour."""
    early, late = np.zeros((2, 3)), np.zeros((2, 3))
    for s in range(2):
        now = 0.0
        for w in range(3):
            now = early[s, w] = now + 900.0 + draw(quarters)
            now = late[s, w] = now + draw(quarters)
    return early, late


def posed(early, late, **changes) -> RoundsProblem:
    return line_problem(
        tw_early_s=early[:, 0],
        tw_late_s=late[:, 0],
        other_tw_early_s=early[:, 1:],
        other_tw_late_s=late[:, 1:],
        depot_close_s=[10 * HOUR],
        shift_s=[10 * HOUR],
        **changes,
    )


@settings(max_examples=40, deadline=None)
@given(windows())
def test_no_departure_is_shorter(drawn) -> None:
    problem = posed(*drawn)
    timing = route_timing(problem, ROUND)
    lengths = {}
    for departure in np.arange(0.0, 10 * HOUR, 300.0):  # all data are multiples of 5 minutes
        tried = replace(ROUND, departure_s=float(departure))
        if check(problem, RoundsSolution((tried,))) == []:
            lengths[departure] = route_figures(problem, tried).return_s - departure
    if not lengths:
        assert timing.late_s > 0
        return
    assert timing.late_s == 0
    assert timing.duration_s == pytest.approx(min(lengths.values()))
    best = [t for t, length in lengths.items() if length <= timing.duration_s + 1e-6]
    assert timing.departure_s == pytest.approx(min(best))


@settings(max_examples=40, deadline=None)
@given(windows(), st.integers(0, 1), st.integers(0, 2), quarters, st.integers(0, 30))
def test_a_wider_or_further_window_never_forbids(drawn, s: int, w: int, more, start: int) -> None:
    early, late = drawn
    route = replace(ROUND, departure_s=300.0 * start)
    solution = RoundsSolution((route,))
    # One window fewer is the harder problem; then one is widened as far as its neighbours let it.
    fewer_early, fewer_late = np.delete(early, 1, axis=1), np.delete(late, 1, axis=1)
    wider_early = early.copy()
    wider_early[s, w] = max(late[s, w - 1] + 1.0 if w else 0.0, early[s, w] - more)
    if check(posed(fewer_early, fewer_late), solution) == []:
        assert check(posed(early, late), solution) == []
    if check(posed(early, late), solution) == []:
        assert check(posed(wider_early, late), solution) == []
