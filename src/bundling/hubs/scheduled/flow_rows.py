"""Rows of the whole model for the way of each shipment through the day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.state import Day
from bundling.mip import LinearModel

IntArray = NDArray[np.int64]


def add_flow_rows(
    problem: ScheduledProblem, day: Day, model: LinearModel, shipment: IntArray, move: IntArray,
    slot: IntArray, x: IntArray, last: np.ndarray,
) -> None:  # fmt: skip
    """Leave the origin once; leave a hub only after arriving there; at most so many moves."""
    count = problem.num_shipments
    from_origin = day.start[move] == day.origin[shipment]
    begins = np.flatnonzero(from_origin)
    model.add_rows("leaves", count, (shipment[begins], x[begins], 1.0), lower=1.0, upper=1.0)
    model.add_rows("arrives", count, (shipment[last], x[last], 1.0), lower=1.0, upper=1.0)
    model.add_rows("moves", count, (shipment, x, 1.0), upper=float(problem.max_hubs + 1))
    # At a hub, for each slot with a departure: what has left until then was ready until then.
    leaves = np.flatnonzero(~from_origin)
    enters = np.flatnonzero(~last)
    if not len(leaves) and not len(enters):
        return
    hub_out = day.hub_at[day.start[move[leaves]]]
    hub_in = day.hub_at[day.end[move[enters]]]
    ready = slot[enters] + day.slots[move[enters]] + day.hub_dwell[hub_in]
    out_key = shipment[leaves] * problem.num_hubs + hub_out
    in_key = shipment[enters] * problem.num_hubs + hub_in
    rows, columns, values = [], [], []
    number = 0
    lower, upper = [], []
    for key in np.unique(np.concatenate([out_key, in_key])):
        mine, theirs = leaves[out_key == key], enters[in_key == key]
        when = ready[in_key == key]
        for t in np.unique(slot[mine]):
            gone, there = mine[slot[mine] <= t], theirs[when <= t]
            rows.append(np.full(len(gone) + len(there), number))
            columns.append(np.concatenate([x[gone], x[there]]))
            values.append(np.concatenate([np.ones(len(gone)), -np.ones(len(there))]))
            lower.append(-np.inf)
            upper.append(0.0)
            number += 1
        rows.append(np.full(len(mine) + len(theirs), number))
        columns.append(np.concatenate([x[mine], x[theirs]]))
        values.append(np.concatenate([np.ones(len(mine)), -np.ones(len(theirs))]))
        lower.append(0.0)
        upper.append(0.0)
        number += 1
    model.add_rows(
        "hub",
        number,
        (np.concatenate(rows), np.concatenate(columns), np.concatenate(values)),
        lower=np.array(lower),
        upper=np.array(upper),
    )
