"""The rules that further time windows of a stop must keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.rounds.validate_stations import bad_rows

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem


def window_faults(problem: RoundsProblem) -> Iterator[Fault]:
    """List every fault of the windows after the first; the shapes are right."""
    early, late, ids = problem.other_tw_early_s, problem.other_tw_late_s, problem.stop_ids
    if not early.shape[1]:
        return
    table = "other_windows"
    never = np.isposinf(early) & np.isneginf(late)
    unknown = ~never & ~(np.isfinite(early) & np.isfinite(late))
    rule, remedy = "has only one of its two times", "Give both, or leave the window out."
    yield from bad_rows(table, "", ids, unknown.any(axis=1), rule, remedy)
    there = ~never & ~unknown
    crossed = there & (early > late)
    rule = "starts after it ends"
    yield from bad_rows(table, "tw_early_s", ids, crossed.any(axis=1), rule)
    gap = (never[:, :-1] & ~never[:, 1:]).any(axis=1)
    rule, remedy = "has a blank before its last window", "Give the windows first, then the blanks."
    yield from bad_rows(table, "", ids, gap, rule, remedy)
    before = np.column_stack([problem.tw_late_s, late[:, :-1]])
    overlap = there & (early <= before)
    rule = "does not start after the one before it has ended"
    remedy = "Sort the windows and join those that touch."
    yield from bad_rows(table, "tw_early_s", ids, overlap.any(axis=1), rule, remedy)
