"""Blocks of columns and rows: positions, broadcasting, sums, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from bundling.mip import LinearModel


def test_columns_stand_in_blocks():
    model = LinearModel()
    x = model.add_columns("x", (2, 3), upper=[[1], [2]], cost=[10, 20, 30])
    y = model.add_columns("y", 2, lower=-1, integer=True)
    np.testing.assert_array_equal(x, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(y, [6, 7])
    assert model.num_columns == 8
    np.testing.assert_array_equal(model.upper, [1, 1, 1, 2, 2, 2, np.inf, np.inf])
    np.testing.assert_array_equal(model.lower, [0] * 6 + [-1] * 2)
    np.testing.assert_array_equal(model.cost, [10, 20, 30, 10, 20, 30, 0, 0])
    np.testing.assert_array_equal(model.integer, [False] * 6 + [True] * 2)
    np.testing.assert_array_equal(
        model.block("x").take(np.arange(8.0)), [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    )
    with pytest.raises(KeyError, match="z"):
        model.block("z")


def test_rows_broadcast_and_add_up():
    model = LinearModel()
    x = model.add_columns("x", (2, 3))
    y = model.add_columns("y", 2)
    first = model.add_rows("sum", 2, (np.arange(2)[:, None], x, 1.0), lower=[1, 2])
    # The same entry twice adds up; the block's own rows count from 0.
    second = model.add_rows(
        "link", (2, 3), (np.arange(6).reshape(2, 3), x, 2.0), (np.arange(6), x.ravel(), 1.0),
        (np.arange(6).reshape(2, 3), y[:, None], -5.0), upper=0,
    )  # fmt: skip
    np.testing.assert_array_equal(first, [0, 1])
    np.testing.assert_array_equal(second, [[2, 3, 4], [5, 6, 7]])
    dense = model.matrix().toarray()
    assert dense.shape == (8, 8)
    np.testing.assert_array_equal(dense[0], [1, 1, 1, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(dense[2], [3, 0, 0, 0, 0, 0, -5, 0])
    np.testing.assert_array_equal(dense[7], [0, 0, 0, 0, 0, 3, 0, -5])
    np.testing.assert_array_equal(model.row_lower, [1, 2] + [-np.inf] * 6)
    np.testing.assert_array_equal(model.row_upper, [np.inf] * 2 + [0] * 6)


def test_a_term_outside_its_block_is_refused():
    model = LinearModel()
    x = model.add_columns("x", 3)
    with pytest.raises(IndexError, match="row block 'sum'"):
        model.add_rows("sum", 2, (np.arange(3), x, 1.0))
    with pytest.raises(IndexError, match="row block 'sum'"):
        model.add_rows("sum", 2, (-1, x, 1.0))


def test_a_model_without_rows_or_columns():
    model = LinearModel()
    assert model.matrix().shape == (0, 0)
    model.add_columns("x", 0)
    model.add_columns("y", 2)
    assert model.matrix().shape == (0, 2)
    assert model.cost.shape == (2,)


def test_other_bounds_leave_the_model_as_it_was():
    model = LinearModel()
    x = model.add_columns("x", 2, upper=4, cost=1)
    model.add_rows("sum", 1, (0, x, 1.0), lower=1, upper=3)
    other = model.with_bounds(
        np.zeros(2), np.ones(2), cost=np.full(2, 5.0), row_upper=np.array([2.0])
    )
    np.testing.assert_array_equal(other.upper, [1, 1])
    np.testing.assert_array_equal(other.cost, [5, 5])
    np.testing.assert_array_equal(other.row_lower, [1])
    np.testing.assert_array_equal(other.row_upper, [2])
    assert (other.matrix() != model.matrix()).nnz == 0
    lower = model.with_bounds(model.lower, model.upper, row_lower=np.array([0.5]))
    np.testing.assert_array_equal(lower.row_lower, [0.5])
    np.testing.assert_array_equal(lower.row_upper, [3])
    np.testing.assert_array_equal(model.upper, [4, 4])
    np.testing.assert_array_equal(model.row_lower, [1])
    np.testing.assert_array_equal(model.row_upper, [3])
