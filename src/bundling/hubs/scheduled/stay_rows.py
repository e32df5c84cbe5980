"""Rows of the whole model for hubs with a limit by the hour or on the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.state import Day
from bundling.mip import LinearModel

IntArray = NDArray[np.int64]


def add_stay_rows(
    problem: ScheduledProblem,
    day: Day,
    model: LinearModel,
    columns: tuple[IntArray, IntArray, IntArray, IntArray],
) -> None:
    """Limit what arrives in each hour of the clock, and what stands at a hub in each slot.

    What stands there in a slot is what has arrived until then, less what has left until then.

    Parameters
    ----------
    problem, day, model
        Problem, its arrays, and the model that gets the rows.
    columns
        Shipment, move, slot and position of each column ``x``.
    """
    shipment, move, slot, x = columns
    load = day.load[shipment]
    into = day.end[move] != day.destination[shipment]
    out = day.start[move] != day.origin[shipment]
    arrive = slot + day.slots[move]
    for h in np.flatnonzero(day.hub_timed):
        place = day.hub_location[h]
        comes = np.flatnonzero(into & (day.end[move] == place))
        goes = np.flatnonzero(out & (day.start[move] == place))
        for r in range(problem.num_resources):
            if np.isfinite(day.hub_hourly[h, r]):
                hours, row = np.unique(day.hour[arrive[comes]], return_inverse=True)
                model.add_rows(
                    "hub capacity by hour",
                    len(hours),
                    (row.reshape(-1), x[comes], load[comes, r]),
                    upper=day.hub_hourly[h, r],
                )
            if np.isfinite(day.hub_floor[h, r]):
                for t in np.unique(arrive[comes]):  # it grows in these slots only
                    there, gone = comes[arrive[comes] <= t], goes[slot[goes] <= t]
                    model.add_rows(
                        "hub floor",
                        1,
                        (0, x[there], load[there, r]),
                        (0, x[gone], -load[gone, r]),
                        upper=day.hub_floor[h, r],
                    )
