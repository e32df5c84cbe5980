"""A HiGHS that never asks whether to stop does not hold up the caller."""

import threading
import time

import numpy as np
import pytest

from bundling import Limit, Status
from bundling.mip import LinearModel, highs


class DeafSolver:
    """Runs on after every cancellation, as HiGHS 1.16.0 was seen to do in presolve."""

    HandleUserInterrupt = False

    def __init__(self) -> None:
        self.released = threading.Event()
        self.cancelled = 0

    def run(self) -> None:
        self.released.wait(20)

    def cancelSolve(self) -> None:
        self.cancelled += 1


def test_it_is_left_behind_after_the_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highs, "_GRACE_S", 0.1)
    solver = DeafSolver()
    began = time.perf_counter()
    assert highs.run_watched(solver, 0.1, []) == (False, True, True)
    assert time.perf_counter() - began < 10
    assert solver.cancelled == 1
    # The end of the process waits for it, but not for ever.
    monkeypatch.setattr(highs, "_EXIT_WAIT_S", 0.05)
    highs._wait_for_left_behind()
    assert not highs._LEFT_BEHIND[-1].is_set()
    solver.released.set()
    monkeypatch.setattr(highs, "_EXIT_WAIT_S", 10.0)
    highs._wait_for_left_behind()
    assert highs._LEFT_BEHIND[-1].is_set()


def test_what_it_told_before_is_kept() -> None:
    model = LinearModel()
    model.add_columns("x", 2, upper=1, cost=[2.0, 3.0], integer=True)
    told = [(0.1, 5.0, 1.0), (0.2, 3.0, 2.5)]
    kept = highs._last_seen(model, told, [np.array([1e-9, 1.0])], interrupted=False)
    assert (kept.status, kept.limit) == (Status.FEASIBLE, Limit.TIME)
    assert (kept.objective, kept.bound) == (3.0, 2.5)
    assert kept.values is not None
    assert kept.values.tolist() == [0.0, 1.0]


def test_without_an_incumbent_nothing_is_known() -> None:
    model = LinearModel()
    model.add_columns("x", 1, integer=True)
    nothing = highs._last_seen(model, [], [], interrupted=True)
    assert (nothing.status, nothing.limit) == (Status.UNKNOWN, Limit.INTERRUPT)
    assert nothing.values is None
    assert nothing.bound == -np.inf
