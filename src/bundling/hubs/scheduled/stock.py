"""What stands at the hubs over time, for floor space: no cost, no decision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.loads import moves_of
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution


def hub_stock(problem: ScheduledProblem, solution: ScheduledSolution) -> NDArray[np.float64]:
    """Load that stands at each hub in each slot.

    Freight stands there from the slot in which it arrives up to, and not with, the slot in which
    it leaves.

    Returns
    -------
    numpy.ndarray
        Shape [H, slots, R]; a slot after the horizon does not occur.
    """
    moves = moves_of(problem, solution)
    change = np.zeros((problem.num_hubs, problem.num_slots + 1, problem.num_resources))
    for row in np.flatnonzero(~moves.is_last):
        hub = problem.hub_at[moves.end[row]]
        load = problem.shipment_load[solution.move_shipment[row]]
        change[hub, min(moves.arrive_slot[row], problem.num_slots)] += load
        change[hub, min(moves.depart_slot[row + 1], problem.num_slots)] -= load
    stock: NDArray[np.float64] = change.cumsum(axis=1)[:, :-1]
    return stock
