"""What comes and goes at the hubs, hour by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bundling.hubs.scheduled.loads import hour_of, moves_of
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution

if TYPE_CHECKING:
    import pandas as pd


def hub_hours(problem: ScheduledProblem, solution: ScheduledSolution) -> pd.DataFrame:
    """Load that arrives at and leaves each open hub, one row a hub and hour with any of both."""
    import pandas as pd

    moves, load = moves_of(problem, solution), problem.shipment_load[solution.move_shipment]
    before, hour_at = np.flatnonzero(~moves.is_last), hour_of(problem)
    hub = problem.hub_at[moves.end[before]]
    total = np.zeros((2, problem.num_hubs, int(hour_at[-1]) + 1, problem.num_resources))
    for way, rows, slot in (
        (0, before, moves.arrive_slot[before]),
        (1, before + 1, moves.depart_slot[before + 1]),
    ):
        np.add.at(total[way], (hub, hour_at[slot]), load[rows])
    at, hour = np.nonzero(total.any(axis=(0, 3)))
    columns: dict[str, object] = {
        "hub_id": [problem.hub_ids[h] for h in at],
        "hour": [f"{h:02d}:00" for h in hour],
    }
    for way, name in enumerate(("arrives", "leaves")):
        for r, resource in enumerate(problem.resource_ids):
            columns[f"{name}_{resource}"] = total[way, at, hour, r]
    return pd.DataFrame(columns)
