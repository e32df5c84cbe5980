"""Rivers are crossed at bridges only."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bundling.network.crossing import Crossings, odd_crossings

Points = NDArray[np.float64]


def one_river(bridges: list[tuple[float, float]]) -> Crossings:
    # The line x = 0 from y = 100 down to y = -100.
    river = np.array([[0.0, 100.0], [0.0, -100.0]])
    return Crossings((river,), np.array(bridges), np.zeros(len(bridges), dtype=np.int64))


def test_straight_on_one_side_and_over_the_nearest_bridge() -> None:
    crossings = one_river([(0.0, 3.0), (0.0, -40.0)])
    a, b = np.array([[-4.0, 0.0]]), np.array([[-4.0, 9.0], [4.0, 0.0]])
    # Same side: 9. Other side: 5 to the bridge at (0, 3) and 5 back.
    assert crossings.straight_m(a, b) == pytest.approx(np.array([[9.0, 10.0]]))


def test_beyond_the_end_of_the_line_nothing_is_crossed() -> None:
    crossings = one_river([(0.0, 3.0)])
    assert crossings.straight_m(
        np.array([[-4.0, 101.0]]), np.array([[4.0, 101.0]])
    ) == pytest.approx(np.array([[8.0]]))


def test_two_crossings_of_a_bend_are_none() -> None:
    # A horseshoe open to the left; the segment enters and leaves it through its two arms.
    river = np.array([[-9.0, 5.0], [5.0, 5.0], [5.0, -5.0], [-9.0, -5.0]])
    crossings = Crossings((river,), np.array([[5.0, 0.0]]), np.zeros(1, dtype=np.int64))
    points = np.array([[0.0, 9.0], [0.0, -9.0], [0.0, 0.0]])
    got = crossings.straight_m(points, points)
    assert got[0, 1] == pytest.approx(18.0)
    assert got[0, 2] == pytest.approx(np.hypot(5, 9) + 5)


def test_two_rivers_need_a_bridge_each() -> None:
    # Rivers at x = 0 and x = 10; bridges at (0, 0) and (10, 30).
    rivers = tuple(np.array([[x, 100.0], [x, -100.0]]) for x in (0.0, 10.0))
    crossings = Crossings(rivers, np.array([[0.0, 0.0], [10.0, 30.0]]), np.array([0, 1]))
    a, b = np.array([[-5.0, 0.0]]), np.array([[5.0, 0.0], [15.0, 30.0]])
    expected = [[10.0, 5.0 + np.hypot(10, 30) + 5.0]]
    assert crossings.straight_m(a, b) == pytest.approx(np.array(expected))


def test_no_bridge_that_serves_is_infinite() -> None:
    rivers = tuple(np.array([[x, 100.0], [x, -100.0]]) for x in (0.0, 10.0))
    crossings = Crossings(rivers, np.array([[0.0, 0.0]]), np.array([0]))
    assert np.isinf(crossings.straight_m(np.array([[-5.0, 0.0]]), np.array([[15.0, 0.0]]))).all()


def test_vertex_on_the_segment_counts_once() -> None:
    # The segment passes exactly through the middle point of the line.
    river = np.array([[0.0, 10.0], [0.0, 0.0], [0.0, -10.0]])
    assert odd_crossings(np.array([[-1.0, 0.0]]), np.array([[1.0, 0.0]]), river)[0, 0]
    bent = np.array([[-3.0, 10.0], [0.0, 0.0], [-3.0, -10.0]])  # only touched
    assert not odd_crossings(np.array([[0.5, -5.0]]), np.array([[0.5, 5.0]]), bent)[0, 0]


def brute_force(a: Points, b: Points, river: Points) -> bool:
    """Count proper crossings segment by segment, by orientation."""

    def side(p: Points, q: Points, r: Points) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    count = 0
    for p, q in pairwise(river):
        if side(a, b, p) * side(a, b, q) < 0 and side(p, q, a) * side(p, q, b) < 0:
            count += 1
    return count % 2 == 1


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(2, 12))
def test_law_same_as_counting_segments(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    river, a, b = rng.normal(size=(size, 2)), rng.normal(size=(6, 2)), rng.normal(size=(7, 2))
    got = odd_crossings(a, b, river)
    expected = [[brute_force(p, q, river) for q in b] for p in a]
    assert (got == np.array(expected)).all()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_laws_of_crossing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(-90, 90, size=(8, 2))
    bridges = [(0.0, float(y)) for y in rng.uniform(-90, 90, size=3)]
    crossings = one_river(bridges)
    got = crossings.straight_m(points, points)
    straight = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    assert got == pytest.approx(got.T)
    assert (got >= straight - 1e-9).all()
    same_side = (points[:, None, 0] > 0) == (points[None, :, 0] > 0)
    assert got[same_side] == pytest.approx(straight[same_side])
    # Another bridge never makes a way longer.
    more = one_river([*bridges, (0.0, 0.0)]).straight_m(points, points)
    assert (more <= got + 1e-9).all()
