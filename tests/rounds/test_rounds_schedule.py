"""The best departure against brute force over departures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds_cases import charging_problem

from bundling.rounds import Charge, RoundsSolution, Route, check, route_figures
from bundling.rounds.schedule import best_departure, best_timed, route_timing

EIGHT = 8 * 3600.0

minutes = st.integers(0, 120).map(lambda m: 60.0 * m)


def drive(departure, driving, service, early, late, close):
    """Return time when leaving at `departure`, or None when a window is missed."""
    now = departure
    for leg, stay, opens, closes in zip(driving, service, early, late, strict=False):
        now = max(now + leg, opens)
        if now > closes:
            return None
        now += stay
    now += driving[-1]
    return now if now <= close else None


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_no_departure_is_shorter(data) -> None:
    n = data.draw(st.integers(1, 4))
    driving = data.draw(st.lists(minutes, min_size=n + 1, max_size=n + 1))
    service = data.draw(st.lists(minutes, min_size=n, max_size=n))
    early = data.draw(st.lists(minutes, min_size=n, max_size=n))
    late = [
        e + w
        for e, w in zip(early, data.draw(st.lists(minutes, min_size=n, max_size=n)), strict=True)
    ]
    close = 60.0 * 400
    timing = best_departure(driving, service, early, late, 0.0, close)
    # All data are whole minutes, so the best departure is a whole minute too.
    tried = {t: drive(t, driving, service, early, late, close) for t in np.arange(0.0, close, 60.0)}
    lengths = {t: back - t for t, back in tried.items() if back is not None}
    if not lengths:
        assert timing.late_s > 0
        return
    assert timing.late_s == 0
    assert timing.duration_s == pytest.approx(min(lengths.values()))
    assert timing.return_s == pytest.approx(
        drive(timing.departure_s, driving, service, early, late, close)
    )
    best = [t for t, length in lengths.items() if length <= timing.duration_s + 1e-6]
    assert timing.departure_s == pytest.approx(min(best))


def test_by_hand() -> None:
    # 30 min to a stop open 09:00-10:00 (20 min), 40 min to one open from 11:00, 50 min home.
    # Leaving at 09:30 reaches the first at its closing, 10:00; done 10:20; second at 11:00 without
    # waiting. 09:30 to 11:00 + 10 min + 50 min = 12:00: 2.5 h, all of it work.
    timing = best_departure(
        [1800, 2400, 3000], [1200, 600], [9 * 3600, 11 * 3600], [10 * 3600, 12 * 3600], 0, 86_400
    )
    assert timing.departure_s == 9.5 * 3600
    assert timing.return_s == 12 * 3600
    # If the first closes at 09:40, 20 minutes of waiting cannot be avoided.
    timing = best_departure(
        [1800, 2400, 3000], [1200, 600], [9 * 3600, 11 * 3600], [34_800, 12 * 3600], 0, 86_400
    )
    assert timing.departure_s == 34_800 - 1800
    assert timing.duration_s == 2.5 * 3600 + 1200


def test_lateness_is_reported() -> None:
    timing = best_departure([3600, 3600], [0], [0], [1800], 0, 86_400)
    assert timing.late_s == 1800


quarters = st.integers(0, 16).map(lambda q: 900.0 * q)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_no_departure_is_shorter_with_charges_and_reloads(data) -> None:
    """`check` and `route_figures` at every minute against the one departure that is computed."""
    early = data.draw(st.lists(quarters, min_size=2, max_size=2))
    hours = st.sampled_from([8.0, 3.0, 5.0, 1.0]).map(lambda h: 3600.0 * h)
    widths = data.draw(st.lists(hours, min_size=2, max_size=2))
    opens, width = data.draw(quarters), data.draw(hours)
    problem = charging_problem(
        tw_early_s=early,
        tw_late_s=[a + b for a, b in zip(early, widths, strict=True)],
        release_s=data.draw(st.lists(minutes, min_size=2, max_size=2)),
        usable_kwh=[30.0],
        curve_kwh=[[0.0, 10.0, 30.0]],
        curve_s=[[0.0, 600.0, 6600.0]],
        station_open_s=[opens],
        station_close_s=[opens + width],
        depot_close_s=[10 * 3600.0],
        shift_s=[86_400.0],
        max_trips=[2],
        reload_s=[900.0],
        kwh_per_km_per_t=[0.0],
        start_kwh=[15.0],  # at the post with 7, 8, 12, 13 or 14 kWh: every charge takes minutes
    )
    route = Route(
        "hub/evan",
        ("near", "far"),
        0.0,
        data.draw(
            st.sampled_from([(), (Charge(1, "post", 4.0),), (Charge(0, "post", 3.0),)])
            if data.draw(st.booleans())
            else st.just((Charge(0, "post", 2.0), Charge(2, "post", 5.0)))
        ),
        data.draw(st.sampled_from([(), (1,)])),
    )
    timing = route_timing(problem, route)
    lengths = {}
    for departure in np.arange(0.0, 10 * 3600.0, 60.0):
        tried = replace(route, departure_s=float(departure))
        if check(problem, RoundsSolution((tried,))) == []:
            figures = route_figures(problem, tried)
            lengths[departure] = figures.return_s - figures.departure_s
    if not lengths:
        assert timing.late_s > 0
        return
    assert timing.late_s == 0
    assert timing.duration_s == pytest.approx(min(lengths.values()))
    best = best_timed(problem, route)
    assert (
        best.departure_s
        == timing.departure_s
        == pytest.approx(
            min(t for t, length in lengths.items() if length <= timing.duration_s + 1e-6)
        )
    )
    assert route_figures(problem, best).return_s == pytest.approx(timing.return_s)
    assert check(problem, RoundsSolution((best,))) == []


def test_best_departure_of_a_charged_round_by_hand() -> None:
    # Near opens at 08:00 and the post at 08:30 for a charge of 20 min until it closes at 09:00:
    # the vehicle may start charging until 08:40, so it reaches the post at 08:30 when it leaves
    # near at 08:25 and home at 08:05, and is back 20 + 5 + 10 + 20 min after 08:30: 09:25.
    problem = charging_problem(station_open_s=[EIGHT + 1800.0], station_close_s=[EIGHT + 3600.0])
    route = Route("hub/evan", ("near", "far"), 0.0, (Charge(1, "post", 4.0),))
    timing = route_timing(problem, route)
    assert timing.departure_s == pytest.approx(EIGHT + 300.0)
    assert timing.return_s == pytest.approx(EIGHT + 5100.0)
    assert timing.late_s == 0
    # Closing at 08:45 is five minutes too early for a charge from 08:30 on.
    early = problem.replace(station_close_s=[EIGHT + 2700.0])
    assert route_timing(early, route).late_s == pytest.approx(300.0)
