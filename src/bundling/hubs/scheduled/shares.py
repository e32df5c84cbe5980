"""What each shipment costs: the cost of a plan, split by load.

A vehicle's price goes to those on board by their share of its fullest resource: where floor or
volume runs out first, that is what made the next vehicle go. Empty vehicles follow the loaded ones
of their type, by km. A vessel's charter goes as a vehicle's price, a hub's fixed cost by what is
handled there; slots on board and handling go to who asks for them. The shares sum to the cost of
the plan; they are an account, not a stable division of gains. Emissions have a rule of their own,
that of ISO 14083: `bundling.hubs.emissions_plan`.
"""

from __future__ import annotations

import numpy as np

from bundling.hubs.scheduled.loads import moves_of
from bundling.hubs.scheduled.problem import FloatArray, IntArray, ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution


def cost_shares(problem: ScheduledProblem, solution: ScheduledSolution) -> FloatArray:
    """Split the cost of a feasible plan over the shipments.

    Returns
    -------
    numpy.ndarray
        EUR (shipments,); they sum to the objective. Prices of CO2e and NOx are part of a vehicle's
        price.
    """
    who, moves = solution.move_shipment, moves_of(problem, solution)
    load = problem.shipment_load[who]
    on, by = np.flatnonzero(solution.move_lane >= 0), np.flatnonzero(solution.move_sailing >= 0)

    price, empty_price = problem.lane_price_eur, problem.lane_empty_price_eur
    eur = np.zeros(problem.num_shipments)
    lane, slot = solution.move_lane[on], solution.move_slot[on]
    keys = np.stack([lane, slot, problem.shipment_group[who[on]]], axis=1).reshape(-1, 3)
    rows, at = np.unique(keys, axis=0, return_inverse=True)
    part = split(load[on], at.reshape(-1), problem.vehicle_capacity[problem.lane_vehicle[lane]])
    count = _vehicles(solution, rows)[at.reshape(-1)]
    km = part * count * problem.lane_km[lane]
    np.add.at(eur, who[on], part * count * price[lane])
    vehicle = problem.lane_vehicle[lane]
    for v in np.unique(problem.lane_vehicle[solution.empty_lane]):
        mine, empty = vehicle == v, problem.lane_vehicle[solution.empty_lane] == v
        way, number = solution.empty_lane[empty], solution.empty_count[empty]
        weight = km[mine] if km[mine].sum() > 0 else part[mine] * count[mine]
        weight = weight / max(weight.sum(), 1e-300)
        np.add.at(eur, who[on][mine], weight * (empty_price[way] @ number))

    sailing = solution.move_sailing[by]
    part = split(load[by], sailing, problem.sailing_capacity[sailing])
    vessels = solution.sailing_count[sailing]
    np.add.at(eur, who[by], part * vessels * problem.sailing_price_eur[sailing])
    np.add.at(eur, who[by], (load[by] * problem.sailing_slot_eur[sailing]).sum(axis=1))

    at_hub = np.flatnonzero(~moves.is_last)
    hub = problem.hub_at[moves.end[at_hub]]
    part = split(load[at_hub], hub, problem.hub_capacity[hub])
    np.add.at(eur, who[at_hub], part * problem.hub_fixed_eur[hub])
    np.add.at(eur, who[at_hub], (load[at_hub] * problem.hub_handling_eur[hub]).sum(axis=1))
    return eur


def split(load: FloatArray, at: IntArray, room: FloatArray) -> FloatArray:
    """Share of each row in its group, by the resource of which the group fills most.

    Parameters
    ----------
    load
        Load of each row [M, R].
    at
        Group of each row [M].
    room
        What one unit of the group takes [M, R]; ``inf`` in all: by the first resource with load.
    """
    if not len(load):
        return np.zeros(0)
    total = np.zeros((int(at.max()) + 1, load.shape[1]))
    np.add.at(total, at, load)
    filled = np.where(
        total[at] > 0, total[at] / np.where(np.isfinite(room), np.maximum(room, 1e-300), 1e300), 0.0
    )
    fullest = filled.argmax(axis=1)
    mine = np.arange(len(load))
    share: FloatArray = load[mine, fullest] / total[at, fullest]
    return share


def _vehicles(solution: ScheduledSolution, rows: IntArray) -> IntArray:
    """Vehicles of each departure in `rows`; several rows of the plan may tell of the same one."""
    have: dict[tuple[int, ...], int] = {}
    for lane, slot, group, count in zip(
        solution.trip_lane.tolist(), solution.trip_slot.tolist(), solution.trip_group.tolist(),
        solution.trip_count.tolist(), strict=True,
    ):  # fmt: skip
        have[lane, slot, group] = have.get((lane, slot, group), 0) + count
    return np.array([have.get(tuple(row), 0) for row in rows.tolist()], dtype=np.int64)
