"""Why the answer is what it is, in words: shipments without a way, and what is full."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.loads import aboard, handled
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_MOST_WORDS = 6
_FULL = 0.999
"""Share of the room from which a hub or vessel is called full."""


def no_way(problem: ScheduledProblem, shipments: IntArray) -> list[str]:
    """Say which shipments no departures bring in time, and what stands nearest in the way."""
    words = []
    starts = np.concatenate([problem.lane_from, problem.sailing_from])
    ends = np.concatenate([problem.lane_to, problem.sailing_to])
    capacity = np.concatenate(
        [problem.vehicle_capacity[problem.lane_vehicle], problem.sailing_capacity]
    )
    alone = np.concatenate([np.full(problem.num_lanes, np.inf), problem.sailing_limit])
    for i in shipments[:_MOST_WORDS]:
        origin, to = problem.shipment_origin[i], problem.shipment_destination[i]
        name = problem.shipment_ids[i]
        if not (starts == origin).any():
            why = f"nothing leaves {problem.location_ids[origin]}"
        elif not (ends == to).any():
            why = f"nothing goes to {problem.location_ids[to]}"
        elif not _takes(capacity, alone, problem.shipment_load[i])[starts == origin].any():
            why = f"nothing that leaves {problem.location_ids[origin]} has room for it"
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


def _takes(capacity: FloatArray, most: FloatArray, load: FloatArray) -> NDArray[np.bool_]:
    """Which lanes and sailings take a load, with all their vehicles and vessels."""
    with np.errstate(invalid="ignore"):  # no vehicle of endless room
        room = np.nan_to_num(capacity * most[:, None], nan=0.0, posinf=np.inf)
    fits: NDArray[np.bool_] = np.asarray((room >= load).all(axis=1))
    return fits


def what_is_full(problem: ScheduledProblem, solution: ScheduledSolution) -> list[str]:
    """Say which hubs and which sailings take no more, and of what; the rest has room to spare."""
    words = []
    load = handled(problem, solution)
    for h, r in np.argwhere((load > 0) & (load >= _FULL * problem.hub_capacity)):
        most = f"{problem.hub_capacity[h, r]:,g} {problem.resource_ids[r]}"
        words.append(f"{problem.hub_ids[h]} is full: it handles {most} a day")
    load = aboard(problem, solution)
    with np.errstate(invalid="ignore"):  # no vessel of endless room
        room = problem.sailing_capacity * problem.sailing_limit[:, None]
    for q, r in np.argwhere((load > 0) & (load >= _FULL * room)):
        most = f"{room[q, r]:,g} {problem.resource_ids[r]}"
        at = problem.slot_name(int(problem.sailing_depart_slot[q]))
        words.append(f"{problem.sailing_ids[q]} at {at} is full: it takes {most}")
    return words
