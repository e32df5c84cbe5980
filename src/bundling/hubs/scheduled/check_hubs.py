"""Rules of the hubs: what they take by day, by hour, on the floor, and from whom."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.loads import Moves, handled, hub_arrivals
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.hubs.scheduled.stock import hub_stock
from bundling.result import Violation

FloatArray = NDArray[np.float64]

TOLERANCE = 1e-6


def check_hubs(
    problem: ScheduledProblem, solution: ScheduledSolution, moves: Moves
) -> Iterator[Violation]:
    """Yield every limit of a hub that the plan breaks, and every shipper it may not serve."""
    yield from _by_day(problem, solution)
    yield from _by_hour(problem, solution)
    yield from _on_the_floor(problem, solution)
    yield from _who_may(problem, solution, moves)


def count_hub_checks(problem: ScheduledProblem) -> int:
    """Count the limits by hour and slot, and the shipments that not every hub serves."""
    hours = int(np.ceil(problem.num_slots * problem.slot_s / 3600.0))
    by_hour = int(np.isfinite(problem.hub_hour_capacity).sum()) * hours
    floor = int(np.isfinite(problem.hub_floor_capacity).sum()) * problem.num_slots
    return by_hour + floor + int((~problem.hub_shippers[:, problem.shipment_shipper]).sum())


def _over(load: FloatArray, most: FloatArray) -> FloatArray:
    """How much a load lies above a limit; 0 where it does not."""
    over: FloatArray = np.where(load > most * (1 + TOLERANCE) + TOLERANCE, load - most, 0.0)
    return over


def _by_day(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    over = _over(handled(problem, solution), problem.hub_capacity)
    for h, r in np.argwhere(over):
        name = problem.hub_ids[h]
        yield Violation("hub capacity", name, float(over[h, r]), problem.resource_ids[r])


def _by_hour(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    over = _over(hub_arrivals(problem, solution), problem.hub_hour_capacity[:, None])
    for h, hour, r in np.argwhere(over):
        where = f"{problem.hub_ids[h]} from {hour:02d}:00"
        amount = float(over[h, hour, r])
        yield Violation("hub capacity by hour", where, amount, problem.resource_ids[r])


def _on_the_floor(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    over = _over(hub_stock(problem, solution), problem.hub_floor_capacity[:, None])
    for h, r in np.argwhere(over.any(axis=1)):
        slot = int(over[h, :, r].argmax())
        where = f"{problem.hub_ids[h]} at {problem.slot_name(slot)}"
        yield Violation("hub floor", where, float(over[h, slot, r]), problem.resource_ids[r])


def _who_may(
    problem: ScheduledProblem, solution: ScheduledSolution, moves: Moves
) -> Iterator[Violation]:
    hub, who = problem.hub_at[moves.end], solution.move_shipment
    at = np.flatnonzero(~moves.is_last & (hub >= 0))
    for row in at[~problem.hub_shippers[hub[at], problem.shipment_shipper[who[at]]]]:
        where = f"{problem.shipment_ids[who[row]]} at {problem.hub_ids[hub[row]]}"
        yield Violation("shipper may use the hub", where, 1.0, "move")
