"""Compile the search and the bound before a clock starts."""

from __future__ import annotations

import math

import numpy as np

from bundling.certify import Clock
from bundling.hubs.scheduled.bound import shared_bound
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.search import Search

_TRIES = 5

_compiled: set[bool] = set()


def warm_up(problem: ScheduledProblem) -> None:
    """Search the day of one shipment, and end at the first moment at which a search asks.

    Once in a process. The first time on a machine this compiles, for half a minute; no time limit
    should pay for that, nor keep a part of the search from being compiled.
    """
    if _compiled or not problem.num_shipments:
        return
    for i in range(min(_TRIES, problem.num_shipments)):  # one that has a way
        one = problem.only(np.array([i]))
        if Search(one, 0).run(Clock(math.inf), lambda _: False, by_steps=True).solution:
            break
    steps = iter(range(2))
    shared_bound(one, lambda: next(steps, None) is None)
    _compiled.add(True)
