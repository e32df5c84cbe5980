"""Compile the search and the bound before a clock starts."""

from __future__ import annotations

import math

import numpy as np

from bundling.certify import Clock
from bundling.hubs.scheduled.bound import shared_bound
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.search import Search

_compiled: set[bool] = set()


def warm_up(problem: ScheduledProblem) -> None:
    """Search the day of one shipment for a moment, once in a process.

    The first time on a machine this compiles, for half a minute; no time limit should pay for that.
    """
    if _compiled or not problem.num_shipments:
        return
    one = problem.only(np.array([0]))
    Search(one, 0).run(Clock(math.inf), lambda _: True)  # all its steps: none of its kernels waits
    steps = iter(range(2))
    shared_bound(one, lambda: next(steps, None) is None)
    _compiled.add(True)
