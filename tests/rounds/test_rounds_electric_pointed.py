"""Named tuples as one pointer: kernels read the same fields, and nothing is counted or lost."""

from __future__ import annotations

import gc
import sys
from typing import NamedTuple

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from bundling.rounds.electric import pointed as module
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.pointed import pointed


class Things(NamedTuple):
    matrix: NDArray[np.float64]
    number: NDArray[np.int64]
    mark: NDArray[np.bool_]
    yes: bool
    price: float


@pytest.fixture(autouse=True)
def _write_off_the_record(monkeypatch) -> None:
    """Write tuples of tests by a kernel that is not kept: others cannot read what is kept of it."""
    monkeypatch.setattr(module, "_write", njit(module._write.py_func))


def things() -> Things:
    return Things(np.arange(6.0).reshape(2, 3), np.arange(4), np.array([True, False]), True, 2.5)


@kernel
def read_and_write(held, i):
    total = held.matrix[1, i] + held.number[i] + held.price
    if held.yes and held.mark[0]:
        total += len(held.number)
    held.matrix[0, i] = -1.0
    held.mark[1] = True
    return total


@njit
def row_sum(held):
    """Make arrays of its own, so that references are counted."""
    copy = held.matrix[1].copy()
    return copy.sum() + len(held.number)


def test_kernels_read_and_write_what_the_tuple_holds() -> None:
    held = pointed(things())
    assert read_and_write(held, 2) == 5.0 + 2 + 2.5 + 4
    assert held.matrix.tolist() == [[0.0, 1.0, -1.0], [3.0, 4.0, 5.0]]
    assert held.mark.tolist() == [True, True]


def test_no_reference_is_lost_where_they_are_counted() -> None:
    held = pointed(things())
    row_sum(held)  # compiles, which may keep what it was shown
    before = sys.getrefcount(held.matrix)
    for _ in range(1000):
        assert row_sum(held) == 3.0 + 4.0 + 5.0 + 4
    gc.collect()
    after = sys.getrefcount(held.matrix)
    assert after == before


def test_a_changed_copy_leaves_the_first_alone() -> None:
    held = pointed(things())
    other = held._replace(price=10.0, number=np.arange(4) * 2)
    assert read_and_write(other, 1) - read_and_write(held, 1) == 7.5 + 1
    assert held.price == 2.5
