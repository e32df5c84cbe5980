"""Departures of a plan with their shipments and vehicles, whatever problem the plan solves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bundling.hubs.problem import LEG_KINDS, HubsProblem

if TYPE_CHECKING:
    from bundling.hubs.scheduled import ScheduledProblem


@dataclass(frozen=True)
class Departure:
    """One departure: its name, ends, direction, shipments, and vehicles by type."""

    name: str
    from_id: str
    to_id: str
    direction: str
    shipments: tuple[int, ...]
    vehicles: Mapping[int, int]


def departures_of(problem: HubsProblem | ScheduledProblem, solution: Any) -> list[Departure]:
    """Return the departures of a plan in order, vessels left out.

    A leg of a `HubsProblem` with deliveries and pickups is two departures of the same vehicles:
    deliveries fill them on the way out, pickups on the way back.
    """
    if isinstance(problem, HubsProblem):
        return list(_legs(problem, solution))
    return list(_lanes(problem, solution))


def _legs(problem: HubsProblem, solution: Any) -> Iterator[Departure]:
    """Legs of a day; deliveries fill the vehicles on the way out, pickups on the way back."""
    vehicles: dict[tuple[int, int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for *leg, vehicle, count in zip(
        solution.leg_kind.tolist(), solution.leg_start.tolist(), solution.leg_end.tolist(),
        solution.leg_vehicle.tolist(), solution.leg_count.tolist(), strict=True,
    ):  # fmt: skip
        vehicles[leg[0], leg[1], leg[2]][vehicle] += count
    freight: dict[tuple[tuple[int, int, int], bool], list[int]] = defaultdict(list)
    rows = (column.tolist() for column in problem.legs_of(solution.route))
    for i, kind, start, end in zip(*rows, strict=True):
        freight[(kind, start, end), bool(problem.shipment_pickup[i])].append(i)
    place = problem.location_ids
    for ((kind, start, end), back), shipments in sorted(freight.items()):
        name = f"{LEG_KINDS[kind]} {place[start]} - {place[end]}"
        ends = (place[end], place[start]) if back else (place[start], place[end])
        way = "back" if back else "out"
        yield Departure(name, *ends, way, tuple(shipments), vehicles[kind, start, end])


def _lanes(problem: ScheduledProblem, solution: Any) -> Iterator[Departure]:
    """Departures of lanes with their clock time."""
    count: dict[tuple[int, int, int], int] = defaultdict(int)
    for lane, slot, group, number in zip(
        solution.trip_lane.tolist(), solution.trip_slot.tolist(), solution.trip_group.tolist(),
        solution.trip_count.tolist(), strict=True,
    ):  # fmt: skip
        count[lane, slot, group] += number
    freight: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    moves = zip(
        solution.move_shipment.tolist(), solution.move_lane.tolist(), solution.move_slot.tolist(),
        strict=True,
    )  # fmt: skip
    for i, lane, slot in moves:
        if lane >= 0:
            freight[lane, slot, int(problem.shipment_group[i])].append(i)
    place = problem.location_ids
    for (lane, slot, group), shipments in sorted(freight.items()):
        ends = place[problem.lane_from[lane]], place[problem.lane_to[lane]]
        vehicle = int(problem.lane_vehicle[lane])
        name = f"{problem.slot_name(slot)} {problem.vehicle_ids[vehicle]} {ends[0]} - {ends[1]}"
        name += f" group {group}" if problem.num_groups > 1 else ""
        yield Departure(name, *ends, "out", tuple(shipments), {vehicle: count[lane, slot, group]})
