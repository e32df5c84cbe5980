"""Plane geometry of the generator: worked examples and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling.instances import geometry as geo

# A square of 10 by 10 with a hole of 2 by 2 in its middle, and a far triangle.
SQUARE = np.array([[0.0, 0], [10, 0], [10, 10], [0, 10], [0, 0]])
HOLE = np.array([[4.0, 4], [6, 4], [6, 6], [4, 6]])
FAR = np.array([[20.0, 0], [24, 0], [20, 4]])
SHAPE = ((SQUARE, HOLE), (FAR,))


def test_points_in_a_square_with_a_hole_and_in_a_second_part() -> None:
    x = np.array([1.0, 5.0, 11.0, 21.0, 23.9, -1.0])
    y = np.array([1.0, 5.0, 5.0, 1.0, 3.9, 0.0])
    assert geo.contains(SHAPE, x, y).tolist() == [True, False, False, True, False, False]


def test_points_in_a_concave_shape() -> None:
    # A U of width 9: the gap between its legs is outside.
    ring = np.array([[0.0, 0], [9, 0], [9, 9], [6, 9], [6, 3], [3, 3], [3, 9], [0, 9]])
    inside = geo.contains(
        ((ring,),), np.array([1.0, 4.5, 8.0, 4.5]), np.array([8.0, 8.0, 8.0, 1.0])
    )
    assert inside.tolist() == [True, False, True, True]


def test_area_subtracts_holes() -> None:
    # 100 - 4 + 8 = 104 m2.
    assert geo.area_ha(SHAPE) == pytest.approx(104e-4)


def test_overlap_is_the_share_of_the_first() -> None:
    left = ((np.array([[0.0, 0], [100, 0], [100, 100], [0, 100]]),),)
    right = ((np.array([[50.0, 0], [200, 0], [200, 100], [50, 100]]),),)
    assert geo.overlap_share(left, right, step_m=1.0) == pytest.approx(0.5, abs=0.02)
    assert geo.overlap_share(right, left, step_m=1.0) == pytest.approx(1 / 3, abs=0.02)


def test_samples_lie_inside_and_are_even() -> None:
    points = geo.sample(SHAPE, 4000, np.random.default_rng(1))
    assert points.shape == (4000, 2)
    assert geo.contains(SHAPE, points[:, 0], points[:, 1]).all()
    # The triangle is 8 of 104 m2; four standard deviations are 1.7 %.
    assert np.mean(points[:, 0] > 15) == pytest.approx(8 / 104, abs=0.017)


def test_a_disc_has_the_area_it_should() -> None:
    points = geo.sample_disc(100.0, 200.0, np.pi, 2000, np.random.default_rng(1))
    radius = np.hypot(points[:, 0] - 100.0, points[:, 1] - 200.0)
    assert radius.max() <= 100.0
    # Even over the disc: half the points within radius / sqrt(2).
    assert np.mean(radius < 100.0 / np.sqrt(2)) == pytest.approx(0.5, abs=0.05)


def test_a_shape_without_area_is_refused() -> None:
    flat = ((np.array([[0.0, 0], [10, 0], [10, 0], [0, 0]]),),)
    with pytest.raises(ValueError, match="too little"):
        geo.sample(flat, 3, np.random.default_rng(1))


def test_geojson_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="LineString"):
        geo.shape_from_geojson({"type": "LineString", "coordinates": [[5.0, 52.0], [6.0, 52.0]]})


def test_nearest() -> None:
    index, distance = geo.nearest(
        np.array([0.0, 9.0]), np.array([0.0, 0.0]), np.array([3.0, 10.0]), np.array([4.0, 0.0])
    )
    assert index.tolist() == [0, 1]
    assert distance.tolist() == [5.0, 1.0]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=2, max_size=30),
    st.floats(0.01, 20),
)
def test_a_simplified_line_stays_near_the_line(
    points: list[tuple[float, float]], tolerance: float
) -> None:
    line = np.array(points)
    simple = geo.simplify(line, tolerance)
    assert np.array_equal(simple[0], line[0])
    assert np.array_equal(simple[-1], line[-1])
    a, b = simple[:-1], simple[1:]
    span = b - a
    squared = np.maximum((span**2).sum(axis=1), 1e-12)
    for point in line:
        along = np.clip(((point - a) * span).sum(axis=1) / squared, 0, 1)
        gap = np.hypot(*(point - (a + along[:, None] * span)).T).min()
        assert gap <= tolerance + 1e-6
