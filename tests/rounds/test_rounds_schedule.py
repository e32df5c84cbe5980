"""The best departure against brute force over departures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling.rounds.schedule import best_departure

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
