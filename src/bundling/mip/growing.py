"""A linear model that grows by rows and is solved again from where it stood.

HiGHS has no callback for cuts, so methods with many rows of which few count are loops: solve, look
for rows that the solution breaks, add them, solve again. The simplex method goes on from its basis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundling.errors import SolverError
from bundling.mip.highs import banner_silenced, import_highs, pass_model, run_watched
from bundling.mip.model import LinearModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


_TOLERANCE = 1e-9
"""How far a row may be broken: cuts that a solution breaks by more must not come back."""


@dataclass(frozen=True)
class LpAnswer:
    """Optimum of a linear model.

    Attributes
    ----------
    objective
        In the model's unit.
    values, reduced_costs
        Of all columns.
    row_duals
        Of all rows.
    """

    objective: float
    values: FloatArray
    reduced_costs: FloatArray
    row_duals: FloatArray


class GrowingLp:
    """A linear model in HiGHS that takes more rows.

    Parameters
    ----------
    model
        To begin with; whole numbers are not asked for.
    """

    def __init__(self, model: LinearModel) -> None:
        self._hp = import_highs()
        with banner_silenced():
            self._solver: Any = self._hp.Highs()
        self._solver.silent()
        options = {
            "threads": 1,
            "solver": "simplex",
            "presolve": "choose",
            "primal_feasibility_tolerance": _TOLERANCE,
        }
        for key, value in options.items():
            if self._solver.setOptionValue(key, value) == self._hp.HighsStatus.kError:
                raise SolverError(f"HiGHS refuses option {key}={value!r}")
        pass_model(self._hp, self._solver, model, is_mip=False)
        self.is_infeasible = False

    def add_rows(
        self, lower: FloatArray, upper: FloatArray, start: NDArray[Any], column: NDArray[Any],
        coefficient: FloatArray,
    ) -> None:  # fmt: skip
        """Add rows; terms of row ``r`` are ``start[r] : start[r + 1]``.

        Raises
        ------
        bundling.SolverError
            When HiGHS does not take them.
        """
        status = self._solver.addRows(
            len(lower), lower.astype(np.float64), upper.astype(np.float64), len(column),
            start[:-1].astype(np.int32), column.astype(np.int32), coefficient.astype(np.float64),
        )  # fmt: skip
        if status == self._hp.HighsStatus.kError:
            raise SolverError(f"HiGHS rejects {len(lower)} new rows of a linear model")

    def set_bounds(self, column: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Give columns other bounds."""
        self._solver.changeColsBounds(
            len(column), column.astype(np.int32), lower.astype(np.float64), upper.astype(np.float64)
        )

    def solve(self, time_limit: float) -> LpAnswer | None:
        """Solve to optimality; None when there is no solution, or the time did not do.

        Which of the two it was, `is_infeasible` tells.

        Raises
        ------
        bundling.SolverError
            When HiGHS ends without an optimum for any other reason.
        """
        # HiGHS counts its time over all runs of one model.
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + time_limit)
        failures: list[BaseException] = []
        _, timed_out, left_behind = run_watched(self._solver, time_limit, failures)
        if failures:
            raise failures[0]
        code = self._solver.getModelStatus() if not left_behind else None
        kind = self._hp.HighsModelStatus
        self.is_infeasible = code == kind.kInfeasible
        if self.is_infeasible:
            return None
        if timed_out or left_behind or code in (kind.kTimeLimit, kind.kInterrupt):
            return None
        if code != kind.kOptimal:
            words = self._solver.modelStatusToString(code)
            raise SolverError(f"HiGHS ends a linear model with: {words}")
        raw = self._solver.getSolution()
        return LpAnswer(
            float(self._solver.getInfo().objective_function_value),
            np.array(raw.col_value, dtype=np.float64),
            np.array(raw.col_dual, dtype=np.float64),
            np.array(raw.row_dual, dtype=np.float64),
        )
