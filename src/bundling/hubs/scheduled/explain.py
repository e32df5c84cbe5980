"""Why the answer is what it is, in words: shipments without a way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.problem import ScheduledProblem

IntArray = NDArray[np.int64]

_MOST_WORDS = 6


def no_way(problem: ScheduledProblem, shipments: IntArray) -> list[str]:
    """Say which shipments no departures bring in time, and what stands nearest in the way."""
    words = []
    starts = np.concatenate([problem.lane_from, problem.sailing_from])
    ends = np.concatenate([problem.lane_to, problem.sailing_to])
    for i in shipments[:_MOST_WORDS]:
        origin, to = problem.shipment_origin[i], problem.shipment_destination[i]
        name = problem.shipment_ids[i]
        if not (starts == origin).any():
            why = f"nothing leaves {problem.location_ids[origin]}"
        elif not (ends == to).any():
            why = f"nothing goes to {problem.location_ids[to]}"
        else:
            ready = problem.slot_name(int(problem.shipment_release_slot[i]))
            due = problem.slot_name(int(problem.shipment_due_slot[i]))
            why = (
                f"no departures over at most {problem.max_hubs} hubs bring it from "
                f"{problem.location_ids[origin]} (ready {ready}) to "
                f"{problem.location_ids[to]} (due {due})"
            )
        words.append(f"{name}: {why}")
    if len(shipments) > _MOST_WORDS:
        words.append(f"and {len(shipments) - _MOST_WORDS} shipments more")
    return words
