"""Driving times by period of the day: by hand, first in first out, best departures, tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds_cases import charging_problem, line_problem
from test_rounds_problem import same

from bundling.errors import InputError
from bundling.rounds import Charge, RoundsProblem, RoundsSolution, Route, check, route_figures
from bundling.rounds.periods import DayClock
from bundling.rounds.schedule import best_timed, route_timing, sequence_timing

HOUR, MINUTE = 3600.0, 60.0
ROUND = Route("hub/evan", ("near", "far"), 8 * HOUR - 300.0)


def rush(**changes) -> RoundsProblem:
    """The line, driven at half speed from 08:00 to 09:00."""
    periods = {"period_start_s": [0.0, 8 * HOUR, 9 * HOUR], "period_speed": [1.0, 0.5, 1.0]}
    return line_problem(**(periods | changes))


def test_a_way_is_driven_at_the_speed_of_each_period() -> None:
    # 07:55 out: 5 min at full speed, the other 5 at half: 08:10. Served 08:20, 20 min to far:
    # 08:40. Served 08:50; home 20 min at full speed: 5 by 09:00, 15 more.
    figures = route_figures(rush(), ROUND)
    assert [visit.arrival_s / MINUTE for visit in figures.visits] == [490.0, 520.0]
    assert figures.return_s == 9 * HOUR + 15 * MINUTE
    assert figures.driving_h == pytest.approx((15 + 20 + 25) / 60)
    plain = route_figures(line_problem(), ROUND)
    assert (figures.km, figures.kwh) == (plain.km, plain.kwh)


def test_a_window_missed_in_the_rush() -> None:
    problem = rush(tw_late_s=[8 * HOUR + 300.0, 12 * HOUR])
    (found,) = check(problem, RoundsSolution((ROUND,)))
    assert (found.rule, found.amount) == ("time window", pytest.approx(300.0))
    assert check(line_problem(tw_late_s=problem.tw_late_s), RoundsSolution((ROUND,))) == []


def test_every_day_has_the_same_periods() -> None:
    clock = DayClock([0.0, 8 * HOUR, 9 * HOUR], [1.0, 0.5, 1.0])
    today, tomorrow = clock.arrival_s(8 * HOUR, 600.0), clock.arrival_s(32 * HOUR, 600.0)
    assert (today, tomorrow) == (8 * HOUR + 1200.0, 32 * HOUR + 1200.0)
    assert clock.arrival_s(5.0, 0.0) == 5.0
    assert clock.changes_s(8.5 * HOUR, 33 * HOUR) == [9 * HOUR, 24 * HOUR, 32 * HOUR]


speeds = st.lists(st.sampled_from([0.4, 0.5, 0.8, 1.0, 1.6]), min_size=1, max_size=5)
times = st.integers(0, 3000).map(lambda minute: 60.0 * minute)


@settings(max_examples=60, deadline=None)
@given(speeds, times, times, times)
def test_who_leaves_later_never_arrives_earlier(fast, leave, later, lasts) -> None:
    clock = DayClock([14_400.0 * p for p in range(len(fast))], fast)
    first, second = (clock.arrival_s(t, lasts) for t in (leave, leave + later))
    assert second >= first - 1e-6
    assert clock.departure_s(first, lasts) == pytest.approx(leave)
    assert lasts / max(fast) - 1e-6 <= first - leave <= lasts / min(fast) + 1e-6


def test_one_speed_all_day_is_a_speed_factor() -> None:
    half = line_problem(period_start_s=[0.0], period_speed=[0.5])
    factor = line_problem(speed_factor=[0.5])
    assert route_figures(half, ROUND) == route_figures(factor, ROUND)
    mine, other = route_timing(half, ROUND), route_timing(factor, ROUND)
    assert (mine.departure_s, mine.return_s) == pytest.approx((other.departure_s, other.return_s))


def test_the_best_departure_avoids_the_rush() -> None:
    # Leaving at 09:00 takes 10 + 10 + 10 + 10 + 20 = 60 min, before that half of the rush counts.
    timing = route_timing(rush(), ROUND)
    assert timing.duration_s == pytest.approx(HOUR)
    assert timing.departure_s == pytest.approx(9 * HOUR)
    assert sequence_timing(rush(), 0, [0, 1]) == timing
    assert best_timed(rush(), ROUND).departure_s == timing.departure_s
    # If both close at 08:30, near cannot be reached after the rush.
    tight = rush(tw_late_s=[8.5 * HOUR] * 2)
    best = best_timed(tight, ROUND)
    assert check(tight, RoundsSolution((best,))) == []


@settings(max_examples=25, deadline=None)
@given(
    speeds,
    st.lists(st.integers(0, 16), min_size=2, max_size=2),
    st.lists(st.integers(0, 8), min_size=2, max_size=2),
    st.sampled_from([(), (Charge(1, "post", 2.0),)]),
    st.sampled_from([(), (1,)]),
)
def test_no_departure_is_shorter(fast, early, width, charges, reloads) -> None:
    problem = charging_problem(
        period_start_s=[7200.0 * p for p in range(len(fast))],
        period_speed=fast,
        tw_early_s=[900.0 * e for e in early],
        tw_late_s=[900.0 * (e + w) for e, w in zip(early, width, strict=True)],
        usable_kwh=[30.0],
        curve_kwh=[[0.0, 30.0]],
        curve_s=[[0.0, 9000.0]],
        max_trips=[2],
        reload_s=[600.0],
        depot_close_s=[10 * HOUR],
        shift_s=[10 * HOUR],
    )
    route = Route("hub/evan", ("near", "far"), 0.0, charges, reloads)
    timing = route_timing(problem, route)
    lengths = {}
    for departure in np.arange(0.0, 6 * HOUR, 150.0):
        tried = replace(route, departure_s=float(departure))
        rules = {v.rule for v in check(problem, RoundsSolution((tried,)))}
        if not rules & {"time window", "depot hours (return)", "depot hours (reload)"}:
            lengths[departure] = route_figures(problem, tried).return_s - departure
    if timing.late_s > 0:
        assert not lengths
        return
    best = replace(route, departure_s=timing.departure_s)
    figures = route_figures(problem, best)
    assert figures.return_s == pytest.approx(timing.return_s)
    assert {v.rule for v in check(problem, RoundsSolution((best,)))} <= {"battery is full"}
    assert timing.duration_s <= min(lengths.values(), default=np.inf) + 1e-3


@pytest.mark.parametrize(
    ("start", "speed", "word"),
    [
        ([60.0], [1.0], "Start the first at midnight"),
        ([0.0, 0.0], [1.0, 1.0], "not after the one before"),
        ([0.0, 86_400.0], [1.0, 1.0], "no time of the day"),
        ([0.0], [0.0], "must be a number above 0"),
        ([0.0], [np.inf], "must be a number above 0"),
        ([0.0, 60.0], [1.0], "shape"),
    ],
)
def test_each_fault_says_what_is_wrong(start, speed, word: str) -> None:
    with pytest.raises(InputError, match=word):
        line_problem(period_start_s=start, period_speed=speed)


def test_periods_go_through_tables() -> None:
    assert same(RoundsProblem.from_tables(rush().to_tables()), rush())
    assert "periods" not in line_problem().to_tables()
