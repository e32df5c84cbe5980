"""Is a day of departures allowed? One function a rule; no solver here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bundling.hubs.scheduled.check_hubs import check_hubs, count_hub_checks
from bundling.hubs.scheduled.loads import Moves, aboard, departures, imbalance, moves_of
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.result import Violation

TOLERANCE = 1e-6


def check(problem: ScheduledProblem, solution: ScheduledSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible.

    A solution of the wrong shape gives that violation alone.
    """
    shapes = list(_shape(problem, solution))
    if shapes:
        return shapes
    moves = moves_of(problem, solution)
    return [
        *_way(problem, solution, moves),
        *_number_of_hubs(problem, solution),
        *_transfer_at_a_hub(problem, solution, moves),
        *_release_and_due(problem, solution, moves),
        *_time_at_the_hub(problem, solution, moves),
        *_hub_hours(problem, solution, moves),
        *_departure_hours(problem, solution),
        *_vehicles_suffice(problem, solution),
        *_vehicles_carry(problem, solution),
        *_vessels_suffice(problem, solution),
        *_number_of_vessels(problem, solution),
        *check_hubs(problem, solution, moves),
        *_vehicles_return(problem, solution),
        *_empty_trips(problem, solution),
        *_emission_cap(problem, solution),
    ]


def count_checks(problem: ScheduledProblem, solution: ScheduledSolution) -> int:
    """Count the places where a rule applies."""
    moves, trips = len(solution.move_lane), len(solution.trip_lane)
    places = problem.num_vehicles * problem.num_locations
    ways = 2 * problem.num_shipments + 6 * moves
    capped = int(np.isfinite(problem.co2e_cap_kg))
    limits = count_hub_checks(problem) + capped
    return ways + trips + 2 * problem.num_sailings + places + limits


def _shape(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    for prefix in ("move", "trip", "empty"):
        names = [n for n in solution.__dataclass_fields__ if n.startswith(prefix + "_")]
        sizes = sorted({len(getattr(solution, name)) for name in names})
        if len(sizes) > 1:
            yield Violation("shape", f"{', '.join(names)} of lengths {sizes}", 1.0, "")
            return
    if len(solution.sailing_count) != problem.num_sailings:
        found = f"{len(solution.sailing_count)} sailings instead of {problem.num_sailings}"
        yield Violation("shape", found, 1.0, "")
        return
    both = (solution.move_lane >= 0) == (solution.move_sailing >= 0)
    if both.any():
        yield Violation("a lane or a sailing", f"move {int(both.argmax())}", float(both.sum()), "")
    for name, values, most, least in (
        ("shipment", solution.move_shipment, problem.num_shipments, 0),
        ("lane", solution.move_lane, problem.num_lanes, -1),
        ("sailing", solution.move_sailing, problem.num_sailings, -1),
        ("lane", solution.trip_lane, problem.num_lanes, 0),
        ("group", solution.trip_group, problem.num_groups, 0),
        ("lane", solution.empty_lane, problem.num_lanes, 0),
    ):
        wrong = (values < least) | (values >= most)
        if wrong.any():
            yield Violation(f"unknown {name}", f"row {int(wrong.argmax())}", float(wrong.sum()), "")
    for name in ("trip_count", "empty_count", "sailing_count"):
        wrong = getattr(solution, name) < 0
        if wrong.any():
            yield Violation("number not negative", name, float(wrong.sum()), "")
    if (np.diff(solution.move_shipment) < 0).any():
        yield Violation("moves in order of shipment", "move_shipment", 1.0, "")


def _way(
    problem: ScheduledProblem, solution: ScheduledSolution, moves: Moves
) -> Iterator[Violation]:
    """From the origin to the destination without a jump, and never back."""
    who = solution.move_shipment
    none = np.setdiff1d(np.arange(problem.num_shipments), who)
    for i in none:
        yield Violation("shipment travels", problem.shipment_ids[i], 1.0, "shipment")
    first = np.ones(len(who), dtype=bool)
    first[1:] = who[1:] != who[:-1]
    begins = np.flatnonzero(first & (moves.start != problem.shipment_origin[who]))
    for row in begins:
        yield Violation("begins at the origin", problem.shipment_ids[who[row]], 1.0, "move")
    for row in np.flatnonzero(moves.is_last & (moves.end != problem.shipment_destination[who])):
        yield Violation("ends at the destination", problem.shipment_ids[who[row]], 1.0, "move")
    jumps = ~moves.is_last[:-1] & (moves.end[:-1] != moves.start[1:])
    for row in np.flatnonzero(jumps):
        yield Violation("moves follow each other", problem.shipment_ids[who[row]], 1.0, "move")
    for row in np.flatnonzero(moves.end == problem.shipment_origin[who]):
        yield Violation("never back at the origin", problem.shipment_ids[who[row]], 1.0, "move")


def _number_of_hubs(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    count = np.bincount(solution.move_shipment, minlength=problem.num_shipments)
    for i in np.flatnonzero(count > problem.max_hubs + 1):
        over = float(count[i] - 1 - problem.max_hubs)
        yield Violation("most hubs on the way", problem.shipment_ids[i], over, "hubs")
    for i in np.flatnonzero((count == 1) & ~problem.shipment_direct):
        yield Violation("may not go direct", problem.shipment_ids[i], 1.0, "move")


def _transfer_at_a_hub(
    problem: ScheduledProblem, solution: ScheduledSolution, moves: Moves
) -> Iterator[Violation]:
    nowhere = ~moves.is_last & (problem.hub_at[moves.end] < 0)
    for row in np.flatnonzero(nowhere):
        name = problem.shipment_ids[solution.move_shipment[row]]
        where = f"{name} at {problem.location_ids[moves.end[row]]}"
        yield Violation("transfer at a hub", where, 1.0, "move")


def _release_and_due(
    problem: ScheduledProblem, solution: ScheduledSolution, moves: Moves
) -> Iterator[Violation]:
    who = solution.move_shipment
    early = problem.shipment_release_slot[who] - moves.depart_slot
    for row in np.flatnonzero(early > 0):
        yield Violation(
            "ready to leave", problem.shipment_ids[who[row]], float(early[row]), "slots"
        )
    late = np.where(moves.is_last, moves.arrive_slot - problem.shipment_due_slot[who], 0)
    for row in np.flatnonzero(late > 0):
        yield Violation("there in time", problem.shipment_ids[who[row]], float(late[row]), "slots")


def _time_at_the_hub(
    problem: ScheduledProblem, solution: ScheduledSolution, moves: Moves
) -> Iterator[Violation]:
    hub = problem.hub_at[moves.end[:-1]]
    dwell = np.where(hub >= 0, problem.hub_dwell_slots[hub] if problem.num_hubs else 0, 0)
    short = moves.arrive_slot[:-1] + dwell - moves.depart_slot[1:]
    for row in np.flatnonzero(~moves.is_last[:-1] & (short > 0)):
        where = problem.shipment_ids[solution.move_shipment[row]]
        yield Violation("time to handle at the hub", where, float(short[row]), "slots")


def _hub_hours(
    problem: ScheduledProblem, solution: ScheduledSolution, moves: Moves
) -> Iterator[Violation]:
    before, after = np.flatnonzero(~moves.is_last), np.flatnonzero(~moves.is_last) + 1
    hub = problem.hub_at[moves.end[before]]
    for rows, slot in (
        (before, moves.arrive_slot[before]),
        (after, moves.depart_slot[np.minimum(after, len(moves.end) - 1)]),
    ):
        known = hub >= 0
        shut = np.zeros(len(rows), dtype=bool)
        shut[known] = (slot[known] < problem.hub_first_slot[hub[known]]) | (
            slot[known] > problem.hub_last_slot[hub[known]]
        )
        for k in np.flatnonzero(shut):
            name = problem.shipment_ids[solution.move_shipment[before[k]]]
            yield Violation("hub is open", f"{name} at {problem.hub_ids[hub[k]]}", 1.0, "move")


def _departure_hours(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    lane, slot = solution.move_lane, solution.move_slot
    on = np.flatnonzero(lane >= 0)
    wrong = (slot[on] < problem.lane_first_slot[lane[on]]) | (
        slot[on] > problem.lane_last_slot[lane[on]]
    )
    for row in on[wrong]:
        where = problem.shipment_ids[solution.move_shipment[row]]
        yield Violation("departure hours of the lane", where, 1.0, "move")
    sailing = solution.move_sailing
    by = np.flatnonzero(sailing >= 0)
    for row in by[slot[by] != problem.sailing_depart_slot[sailing[by]]]:
        where = problem.shipment_ids[solution.move_shipment[row]]
        yield Violation("departure of the sailing", where, 1.0, "move")


def _vehicles_suffice(
    problem: ScheduledProblem, solution: ScheduledSolution
) -> Iterator[Violation]:
    rows, load = departures(problem, solution)
    have: dict[tuple[int, int, int], int] = {}
    trips = zip(
        solution.trip_lane.tolist(),
        solution.trip_slot.tolist(),
        solution.trip_group.tolist(),
        solution.trip_count.tolist(),
        strict=True,
    )
    for lane, slot, group, count in trips:
        have[lane, slot, group] = have.get((lane, slot, group), 0) + count
    for row, asked in zip(rows.tolist(), load, strict=True):
        lane, slot, group = row
        count = have.get((lane, slot, group), 0)
        capacity = problem.vehicle_capacity[problem.lane_vehicle[lane]]
        # No vehicle takes nothing, also where one would take all there is.
        given = count * capacity if count else np.zeros_like(capacity)
        over = asked - given
        if (over > TOLERANCE * np.maximum(1.0, asked)).any():
            r = int(over.argmax())
            where = f"lane {lane + 1} at {problem.slot_name(slot)}"
            yield Violation("vehicles suffice", where, float(over[r]), problem.resource_ids[r])


def _vehicles_carry(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    """Refuse loaded vehicles without a load: they are empty ones at another price."""
    rows, _ = departures(problem, solution)
    carried = {tuple(row) for row in rows.tolist()}
    trips = np.stack([solution.trip_lane, solution.trip_slot, solution.trip_group], axis=1)
    for row, count in zip(trips.tolist(), solution.trip_count.tolist(), strict=True):
        if count and tuple(row) not in carried:
            where = f"lane {row[0] + 1} at {problem.slot_name(row[1])}"
            yield Violation("loaded vehicles carry freight", where, float(count), "vehicles")


def _vessels_suffice(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    load = aboard(problem, solution)
    count = solution.sailing_count[:, None]
    room = np.where(count > 0, problem.sailing_capacity, 0.0) * np.maximum(count, 1)
    for q, r in np.argwhere(load > room + TOLERANCE * np.maximum(1.0, load)):
        over = float(load[q, r] - room[q, r])
        yield Violation(
            "vessel is large enough", problem.sailing_ids[q], over, problem.resource_ids[r]
        )


def _number_of_vessels(
    problem: ScheduledProblem, solution: ScheduledSolution
) -> Iterator[Violation]:
    over = solution.sailing_count - problem.sailing_limit
    for q in np.flatnonzero(over > 0):
        yield Violation("vessels there are", problem.sailing_ids[q], float(over[q]), "vessels")


def _vehicles_return(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    net = imbalance(problem, solution) * problem.vehicle_returns[:, None]
    for v, place in np.argwhere(net != 0):
        where = f"{problem.vehicle_ids[v]} at {problem.location_ids[place]}"
        yield Violation("as many leave as arrive", where, abs(float(net[v, place])), "vehicles")


def _empty_trips(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    never = np.isinf(problem.lane_empty_eur[solution.empty_lane]) & (solution.empty_count > 0)
    for row in np.flatnonzero(never):
        where = f"lane {solution.empty_lane[row] + 1}"
        yield Violation(
            "no empty vehicle there", where, float(solution.empty_count[row]), "vehicles"
        )


def _emission_cap(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[Violation]:
    kg = float(
        problem.lane_co2e_kg[solution.trip_lane] @ solution.trip_count
        + problem.lane_co2e_kg[solution.empty_lane] @ solution.empty_count
        + problem.sailing_co2e_kg @ solution.sailing_count
    )
    over = kg - problem.co2e_cap_kg
    if over > TOLERANCE * max(1.0, problem.co2e_cap_kg):
        yield Violation("emission cap", "the day", over, "kg CO2e")
