"""What the duals of a linear model are good for: a bound of our own, and the optimal face.

Both follow from weak duality and complementary slackness, see V. Chvatal, *Linear Programming*
(1983), chapters 5 and 10. The bound is recomputed from the data and any vector of duals, so it
does not rest on the solver's word that its answer is optimal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.mip import LinearModel

FloatArray = NDArray[np.float64]

_ZERO = 1e-9


def usable_duals(model: LinearModel, row_duals: FloatArray) -> FloatArray:
    """Return the duals with those set to 0 that price a side on which the row has no limit."""
    wrong_side = ((row_duals > 0) & np.isneginf(model.row_lower)) | (
        (row_duals < 0) & np.isposinf(model.row_upper)
    )
    return np.where(wrong_side, 0.0, row_duals)


def reduced_costs(model: LinearModel, row_duals: FloatArray) -> FloatArray:
    """``cost - A' y`` for all columns."""
    reduced: FloatArray = model.cost - model.matrix().T @ row_duals
    return reduced


def dual_bound(model: LinearModel, row_duals: FloatArray) -> float:
    """Lower bound on the objective by weak duality; ``-inf`` where a column has no limit.

    With duals ``y`` and reduced costs ``d``, every feasible ``x`` costs at least the sum over
    rows of ``y`` times the side it prices, plus the sum over columns of the cheapest ``d x``
    within the bounds.
    """
    y = usable_duals(model, row_duals)
    d = reduced_costs(model, y)
    lower, upper = model.lower, model.upper
    side = np.where(y > 0, model.row_lower, model.row_upper)
    rows = np.where(y == 0, 0.0, y * np.where(y == 0, 0.0, side))
    # Rounding leaves specks in d; on a column without a limit they would void the bound.
    d = np.where((np.abs(d) < _ZERO) & ~(np.isfinite(lower) & np.isfinite(upper)), 0.0, d)
    at = np.where(d > 0, lower, upper)
    columns = np.where(d == 0, 0.0, d * np.where(d == 0, 0.0, at))
    return float(rows.sum() + columns.sum())


def optimal_face(
    model: LinearModel, values: FloatArray, row_duals: FloatArray, cost: FloatArray
) -> LinearModel:
    """Return a model over the optimal solutions of `model`, with another `cost`.

    By complementary slackness every optimal solution has the columns with a reduced cost at the
    bound they are at now, and the rows with a dual at the side they are at now. Fixing those is
    an exact second stage, without a constraint "costs no more than" whose rounding would leak.

    Parameters
    ----------
    model
        The model of the first stage.
    values, row_duals
        Its optimal solution and duals.
    cost
        The objective of the second stage, over the same columns.
    """
    matrix = model.matrix()
    reduced = model.cost - matrix.T @ row_duals
    fixed = np.abs(reduced) > _ZERO
    tight = np.abs(row_duals) > _ZERO
    activity = matrix @ values
    face = LinearModel()
    face.add_columns(
        "face",
        model.num_columns,
        lower=np.where(fixed, values, model.lower),
        upper=np.where(fixed, values, model.upper),
        cost=cost,
    )
    entries = matrix.tocoo()
    face.add_rows(
        "rules",
        model.num_rows,
        (entries.row, entries.col, entries.data),
        lower=np.where(tight, activity, model.row_lower),
        upper=np.where(tight, activity, model.row_upper),
    )
    return face
