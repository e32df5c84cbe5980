"""Compile the search before a clock starts that several solves share."""

from __future__ import annotations

import numpy as np

from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solve import solve

_BRIEF_S = 0.05


def warm_up(problem: ScheduledProblem) -> None:
    """Solve one shipment of a problem for a moment.

    The first solve on a machine compiles for some ten seconds, which a limit shared by a series of
    solves should not pay for.
    """
    if problem.num_shipments:
        solve(problem.only(np.array([0])), time_limit=_BRIEF_S, gap=1.0)
