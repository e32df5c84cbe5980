"""Empty vehicles: the cheapest that bring every type home, and what a vehicle is worth where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.mip import LinearModel, solve_model
from bundling.result import Limit, Status

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Empties:
    """The cheapest empty trips for given loaded ones.

    Attributes
    ----------
    count
        Empty vehicles of each lane [K].
    price_eur
        What they cost.
    worth_eur
        What one more vehicle of a type at a place would save [V, L]; dual prices, so exact for
        small changes only.
    """

    count: IntArray
    price_eur: float
    worth_eur: FloatArray


def cheapest_empties(
    problem: ScheduledProblem, loaded: FloatArray, seed: int = 0
) -> Empties | None:
    """Bring the vehicles home by a minimum-cost flow; None when there is no way.

    Parameters
    ----------
    problem
        The problem.
    loaded
        Loaded vehicles of each lane [K].
    seed
        For HiGHS.

    Notes
    -----
    The flow of each type stands alone and is whole by itself: the rows are those of a network.
    """
    vehicle = problem.lane_vehicle
    returns = problem.vehicle_returns[vehicle]
    usable = np.flatnonzero(returns & np.isfinite(problem.lane_empty_eur))
    shape = (problem.num_vehicles, problem.num_locations)
    net = np.zeros(shape)
    home = np.flatnonzero(returns)
    np.add.at(net, (vehicle[home], problem.lane_to[home]), loaded[home])
    np.add.at(net, (vehicle[home], problem.lane_from[home]), -loaded[home])
    model = LinearModel()
    price = problem.lane_empty_price_eur[usable]
    column = model.add_columns("empty", len(usable), cost=price)
    row = np.arange(net.size).reshape(shape)
    model.add_rows(
        "balance",
        net.size,
        (row[vehicle[usable], problem.lane_from[usable]], column, 1.0),
        (row[vehicle[usable], problem.lane_to[usable]], column, -1.0),
        lower=net.ravel(),
        upper=net.ravel(),
    )
    outcome = solve_model(model, seed=seed)
    if outcome.limit is Limit.INTERRUPT:
        raise KeyboardInterrupt
    if outcome.status is not Status.OPTIMAL or outcome.values is None:
        return None
    count = np.zeros(problem.num_lanes, dtype=np.int64)
    count[usable] = np.round(outcome.values).astype(np.int64)
    duals = np.zeros(net.size) if outcome.row_duals is None else outcome.row_duals
    return Empties(count, outcome.objective, -duals.reshape(shape))
