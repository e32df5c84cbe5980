"""Linear models with a row for every coalition, of which only those that count are written."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from bundling.errors import SolverError
from bundling.gains.game import BoolArray, FloatArray, IntArray, coalition_sums
from bundling.mip import GrowingLp, LinearModel

_BROKEN = 2e-9
_ROWS_A_ROUND = 24


@dataclass(frozen=True, eq=False)
class CoalitionRows:
    """Optimum of a model with a row for every coalition.

    Attributes
    ----------
    values, reduced_costs
        Of all columns.
    coalitions, duals
        The coalitions whose rows were written, and the duals of these rows.
    """

    values: FloatArray
    reduced_costs: FloatArray
    coalitions: IntArray
    duals: FloatArray


def solve_with_coalitions(
    model: LinearModel,
    pays: IntArray,
    limit: FloatArray,
    open_: BoolArray,
    *,
    extra: int | None = None,
    start: IntArray | None = None,
    time_limit: float = math.inf,
) -> CoalitionRows:
    """Minimise `model` such that no open coalition pays more than its limit.

    Parameters
    ----------
    model
        Columns and all other rows; scaled so that limits are near 1.
    pays
        Column of each player's payment.
    limit
        ``[2 ** n]``: what a coalition may pay at most.
    open_
        ``[2 ** n]``: which coalitions have a row.
    extra
        A column that stands in every row with coefficient 1 (the saving all must have), or None.
    start
        Coalitions to begin with; those of one player and of all but one by default.
    time_limit
        Wall seconds.

    Returns
    -------
    CoalitionRows
        Optimal with all rows: every row is looked at, in one sum a coalition, and those most
        broken are added until none is.

    Raises
    ------
    bundling.SolverError
        When HiGHS finds no optimum in time.
    """
    ends = time.perf_counter() + time_limit
    players = pays.size
    if start is None:
        single = 1 << np.arange(players, dtype=np.int64)
        start = np.concatenate([single, limit.size - 1 - single])
    rows = np.unique(start[open_[start]])
    rows = np.union1d(rows, np.flatnonzero(open_)[:1]) if not rows.size else rows
    written: list[IntArray] = []
    lp = GrowingLp(model)
    first = model.num_rows
    while True:
        _add(lp, rows, pays, limit, extra)
        written.append(rows)
        answer = lp.solve(max(0.01, ends - time.perf_counter()))
        if answer is None:
            why = "there is none" if lp.is_infeasible else "time ran out"
            raise SolverError(f"no split keeps all coalitions' rows: {why}")
        asked = coalition_sums(answer.values[pays])
        over = np.where(open_, asked - limit, -np.inf)
        if extra is not None:
            over += answer.values[extra]
        coalitions = np.concatenate(written)
        over[coalitions] = -np.inf
        many = min(_ROWS_A_ROUND, over.size)
        worst = np.argpartition(over, over.size - many)[over.size - many :]
        rows = np.sort(worst[over[worst] > _BROKEN])
        if not rows.size:
            return CoalitionRows(
                answer.values, answer.reduced_costs, coalitions, answer.row_duals[first:]
            )


def _add(
    lp: GrowingLp, rows: IntArray, pays: IntArray, limit: FloatArray, extra: int | None
) -> None:
    held = (rows[:, None] >> np.arange(pays.size)) & 1 == 1
    columns = np.broadcast_to(pays, held.shape)
    if extra is not None:
        held = np.concatenate([held, np.ones((rows.size, 1), dtype=bool)], axis=1)
        columns = np.concatenate([columns, np.full((rows.size, 1), extra)], axis=1)
    begins = np.concatenate([[0], np.cumsum(held.sum(axis=1))])
    column = columns[held]
    lp.add_rows(np.full(rows.size, -np.inf), limit[rows], begins, column, np.ones(column.size))
