"""A plan as values of all columns of the whole model, to start from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.loads import handled
from bundling.hubs.scheduled.milp import Built
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution

FloatArray = NDArray[np.float64]


def values_of(
    problem: ScheduledProblem, built: Built, plan: ScheduledSolution
) -> FloatArray | None:
    """Values of all columns; None when the model has no column for a part of the plan."""
    values = np.zeros(built.model.num_columns)
    lanes = problem.num_lanes
    columns = dict(
        zip(
            zip(built.shipment.tolist(), built.move.tolist(), built.slot.tolist(), strict=True),
            built.x.tolist(),
            strict=True,
        )
    )
    move = np.where(plan.move_lane >= 0, plan.move_lane, lanes + plan.move_sailing)
    for key in zip(
        plan.move_shipment.tolist(), move.tolist(), plan.move_slot.tolist(), strict=True
    ):
        if key not in columns:
            return None
        values[columns[key]] = 1.0
    for k, (m, slot, group) in enumerate(built.departure.tolist()):
        if m >= lanes:
            values[built.vehicles[k]] = plan.sailing_count[m - lanes]
            continue
        same = (plan.trip_lane == m) & (plan.trip_slot == slot) & (plan.trip_group == group)
        values[built.vehicles[k]] = plan.trip_count[same].sum()
    values[built.opened] = handled(problem, plan).any(axis=1)
    empty = np.zeros(lanes)
    np.add.at(empty, plan.empty_lane, plan.empty_count)
    values[built.empty] = empty[built.empty_lane]
    return values
