"""The part of a model that is left when most columns are held at their values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bundling.mip.model import LinearModel

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Part:
    """A model of the free columns only.

    Attributes
    ----------
    model
        The free columns and the rows they stand in; held columns are in the row bounds.
    columns
        Positions of the free columns in the whole model.
    held_cost
        Cost of the held columns.
    """

    model: LinearModel
    columns: NDArray[np.int64]
    held_cost: float

    def whole(self, values: FloatArray, found: FloatArray) -> FloatArray:
        """Return `values` of the whole model with the free columns as `found`."""
        merged: FloatArray = values.copy()
        merged[self.columns] = found
        return merged


class Parts:
    """Makes parts of one model; the matrix is turned once for all of them."""

    def __init__(self, model: LinearModel) -> None:
        self.model = model
        self.by_column: sparse.csc_matrix = model.matrix().tocsc()
        self.lower, self.upper, self.cost = model.lower, model.upper, model.cost
        self.integer = model.integer
        self.row_lower, self.row_upper = model.row_lower, model.row_upper

    def part(self, free: BoolArray, values: FloatArray) -> Part:
        """Hold the columns that are not `free` at `values`."""
        columns = np.flatnonzero(free)
        mine = self.by_column[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(mine.indptr) > 0)
        held = np.where(free, 0.0, values)
        fixed = np.asarray(self.by_column @ held)[rows]
        model = LinearModel()
        model.add_columns(
            "free",
            len(columns),
            lower=self.lower[columns],
            upper=self.upper[columns],
            cost=self.cost[columns],
        )
        model._integer = [self.integer[columns]]
        entries = mine[rows].tocoo()
        model.add_rows(
            "touched",
            len(rows),
            (entries.row, entries.col, entries.data),
            lower=self.row_lower[rows] - fixed,
            upper=self.row_upper[rows] - fixed,
        )
        return Part(model, columns, float(self.cost @ held))
