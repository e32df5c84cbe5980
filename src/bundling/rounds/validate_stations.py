"""The rules that charging stations, their prices and charging curves must keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.errors import Fault

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem

_SLACK = 1e-9
"""Share by which the last level of a curve may lie under the battery, for rounding."""


def station_faults(problem: RoundsProblem) -> Iterator[Fault]:
    """List every fault of prices and curves of a problem whose arrays have the right shapes."""
    prices = problem.station_eur_per_kwh
    wrong = (~np.isfinite(prices) | (prices < 0)).any(axis=1)
    rule = "has cells that are negative or missing"
    yield from bad_rows("station_prices", "eur_per_kwh", problem.station_ids, wrong, rule)
    faults = [*_curves(problem), *_curve_numbers(problem)]
    yield from faults
    if not faults:
        yield from _long_enough(problem)


def _curves(problem: RoundsProblem) -> Iterator[Fault]:
    kwh, seconds = problem.curve_kwh, problem.curve_s
    rows = tuple(str(c) for c in range(len(kwh)))
    if not rows:
        return
    if kwh.shape[1] < 2:
        yield Fault("curves", "", rows, "has fewer than two points", "Give the first and the last.")
        return
    for name, values in (("curve_kwh", kwh), ("curve_s", seconds)):
        unknown = ~np.isfinite(values).all(axis=1)
        yield from bad_rows("curves", name, rows, unknown, "is not a number")
        yield from bad_rows("curves", name, rows, values[:, 0] != 0, "does not start at 0")
    steps = np.stack([np.diff(kwh, axis=1), np.diff(seconds, axis=1)])
    rises, stays = (steps > 0).all(axis=0), (steps == 0).all(axis=0)
    # Once a point repeats the one before it, it is padding, and so is all that follows.
    ended = np.logical_or.accumulate(stays, axis=1)
    falls = ~(rises | stays).all(axis=1) | (rises & ended).any(axis=1) | stays[:, 0]
    rule = "does not increase from point to point in both kwh and s"
    yield from bad_rows("curves", "", rows, falls & np.isfinite(steps).all(axis=(0, 2)), rule)


def _curve_numbers(problem: RoundsProblem) -> Iterator[Fault]:
    wrong = (problem.curve_of < -1) | (problem.curve_of >= len(problem.curve_kwh))
    ids, rule = problem.vehicle_ids, "names a curve that is not there"
    yield from bad_rows("may_charge", "curve", ids, wrong.any(axis=1), rule)


def _long_enough(problem: RoundsProblem) -> Iterator[Fault]:
    if not len(problem.curve_kwh):
        return
    last = problem.curve_kwh[:, -1] * (1 + _SLACK)
    short = (problem.curve_of >= 0) & (last[problem.curve_of] < problem.usable_kwh[:, None])
    ids, rule = problem.vehicle_ids, "names a curve that ends below usable_kwh"
    yield from bad_rows("may_charge", "curve", ids, short.any(axis=1), rule)


def bad_rows(
    table: str,
    column: str,
    ids: tuple[str, ...],
    wrong: Any,
    rule: str,
    remedy: str = "Correct the value.",
) -> Iterator[Fault]:
    """One fault that names the rows where `wrong` is true; none when it is true nowhere."""
    rows = tuple(ids[i] for i in np.flatnonzero(wrong))
    if rows:
        yield Fault(table, column, rows, rule, remedy)
