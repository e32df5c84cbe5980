"""The rules that driver breaks and periods of the day must keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.rounds.breaks import BREAK_RULES
from bundling.rounds.defaults import SECONDS_PER_DAY
from bundling.rounds.validate_stations import bad_rows

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem


def break_faults(problem: RoundsProblem) -> Iterator[Fault]:
    """List the entries whose rule on breaks is not known."""
    unknown = [bool(name) and name not in BREAK_RULES for name in problem.break_rule]
    remedy = f"Name one of {', '.join(BREAK_RULES)}, or none."
    rule = "is no rule on breaks"
    yield from bad_rows("vehicles", "break_rule", problem.vehicle_ids, unknown, rule, remedy)


def period_faults(problem: RoundsProblem) -> Iterator[Fault]:
    """List every fault of the periods of the day; the shapes are right."""
    start, speed = problem.period_start_s, problem.period_speed
    if not len(start):
        return
    rows = tuple(str(p + 1) for p in range(len(start)))
    outside = ~((start >= 0) & (start < SECONDS_PER_DAY))
    yield from bad_rows("periods", "start_s", rows, outside, "is no time of the day")
    if start[0] != 0:
        yield Fault("periods", "start_s", ("1",), "is not 0", "Start the first at midnight.")
    falls = np.concatenate([[False], ~(np.diff(start) > 0)])
    remedy = "Sort the periods and give each its own start."
    yield from bad_rows("periods", "start_s", rows, falls, "is not after the one before", remedy)
    wrong = ~(np.isfinite(speed) & (speed > 0))
    yield from bad_rows("periods", "speed", rows, wrong, "must be a number above 0")
