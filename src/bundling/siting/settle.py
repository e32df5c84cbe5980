"""The best plan with given whole numbers: what is continuous follows by a linear program."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bundling.mip import LinearModel, solve_model
from bundling.result import Status

FloatArray = NDArray[np.float64]


def settle(
    model: LinearModel, values: FloatArray | None, seed: int, time_limit: float = math.inf
) -> tuple[FloatArray | None, float]:
    """Best values of the continuous columns for the whole numbers in `values`, and their cost.

    None and ``inf`` when there are none, or not in `time_limit` seconds.
    """
    if values is None:
        return None, math.inf
    lower, upper = model.lower, model.upper
    whole = model.integer
    wanted = np.round(values[whole])
    if (wanted < lower[whole]).any() or (wanted > upper[whole]).any():
        return None, math.inf
    lower[whole] = upper[whole] = wanted
    exact = model.with_bounds(lower, upper, integer=np.zeros_like(whole))
    outcome = solve_model(exact, seed=seed, time_limit=time_limit)
    if outcome.status is not Status.OPTIMAL or outcome.values is None:
        return None, math.inf
    return outcome.values, outcome.objective
