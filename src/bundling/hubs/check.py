"""Is a hubs solution feasible? One function a rule; no solver, and no cost, in sight.

Quantities are sums of at most a few thousand numbers known to a gram or a second, and solvers
keep rows to about 1e-6; so a rule is broken when it is exceeded by more than one in a million.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bundling.hubs.problem import LEG_KINDS, LINEHAUL, BoolArray, FloatArray, HubsProblem
from bundling.hubs.solution import HubsSolution
from bundling.result import Violation

TOLERANCE = 1e-6


def check(problem: HubsProblem, solution: HubsSolution) -> list[Violation]:
    """List every rule `solution` breaks; empty when it is feasible."""
    shape = list(_decisions_have_the_right_shape(problem, solution))
    if shape:
        return shape  # the other rules cannot be asked of indices that point nowhere
    rules = (
        _direct_only_where_allowed,
        _hub_not_at_destination,
        _hub_capacity,
        _vehicle_access,
        _vehicle_back_within_shift,
        _vehicle_limit,
        _a_vehicle_on_every_leg,
        _leg_capacity,
    )
    return [violation for rule in rules for violation in rule(problem, solution)]


def count_checks(problem: HubsProblem, solution: HubsSolution) -> int:
    """Count the places where a rule was asked."""
    legs = len(_loads_by_leg(problem, solution))
    return (
        2 * problem.num_shipments  # direct allowed, hub not at destination
        + 2 * problem.num_hubs  # kg and m3
        + 2 * int(solution.leg_count.size)  # access, shift
        + problem.num_vehicles
        + legs * 6  # a vehicle there; kg and m3 both ways, hours
    )


def _decisions_have_the_right_shape(
    problem: HubsProblem, solution: HubsSolution
) -> Iterator[Violation]:
    rule = "a decision for every shipment"
    if solution.route.shape != (problem.num_shipments,):
        missing = abs(problem.num_shipments - solution.route.size)
        yield Violation(rule, "route", float(missing), "shipments")
    for i in np.flatnonzero((solution.route < -1) | (solution.route >= problem.num_hubs)):
        yield Violation("route names a hub", f"shipment number {i}", 1.0, "shipments")
    places = len(problem.location_ids)
    for name, size in (
        ("leg_kind", len(LEG_KINDS)),
        ("leg_start", places),
        ("leg_end", places),
        ("leg_vehicle", problem.num_vehicles),
    ):
        values = getattr(solution, name)
        if values.shape != solution.leg_count.shape:
            yield Violation("legs are complete rows", name, 1.0, "columns")
        elif ((values < 0) | (values >= size)).any():
            bad = float(((values < 0) | (values >= size)).sum())
            yield Violation("legs name existing things", name, bad, "rows")
    if (solution.leg_count < 0).any():
        bad = float((solution.leg_count < 0).sum())
        yield Violation("vehicle counts are 0 or more", "leg_count", bad, "rows")


def _direct_only_where_allowed(problem: HubsProblem, solution: HubsSolution) -> Iterator[Violation]:
    for i in np.flatnonzero((solution.route < 0) & ~problem.shipment_direct):
        yield Violation("direct travel is allowed", problem.shipment_ids[i], 1.0, "shipments")


def _hub_not_at_destination(problem: HubsProblem, solution: HubsSolution) -> Iterator[Violation]:
    via = np.flatnonzero(solution.route >= 0)
    there = problem.hub_location[solution.route[via]] == problem.shipment_destination[via]
    for i in via[there]:
        where = problem.shipment_ids[i]
        yield Violation("hub lies elsewhere than the destination", where, 1.0, "shipments")


def _hub_capacity(problem: HubsProblem, solution: HubsSolution) -> Iterator[Violation]:
    via = np.flatnonzero(solution.route >= 0)
    for unit, amount, capacity in (
        ("kg", problem.shipment_kg, problem.hub_capacity_kg),
        ("m3", problem.shipment_m3, problem.hub_capacity_m3),
    ):
        through = np.zeros(problem.num_hubs)
        np.add.at(through, solution.route[via], amount[via])
        for h in np.flatnonzero(_exceeds(through, capacity)):
            excess = float(through[h] - capacity[h])
            yield Violation(f"hub capacity ({unit})", problem.hub_ids[h], excess, unit)


def _vehicle_access(problem: HubsProblem, solution: HubsSolution) -> Iterator[Violation]:
    used = solution.leg_count > 0
    allowed = problem.allowed[solution.leg_vehicle, solution.leg_end]
    fit = (solution.leg_kind != LINEHAUL) | problem.vehicle_linehaul[solution.leg_vehicle]
    for row in np.flatnonzero(used & ~(allowed & fit)):
        count = float(solution.leg_count[row])
        yield Violation("vehicle access", _leg_name(problem, solution, row), count, "vehicles")


def _vehicle_back_within_shift(problem: HubsProblem, solution: HubsSolution) -> Iterator[Violation]:
    rows = np.arange(solution.leg_count.size)
    hours = problem.trip_hours(solution.leg_start, solution.leg_end)[rows, solution.leg_vehicle]
    shift = problem.vehicle_shift_h[solution.leg_vehicle]
    for row in np.flatnonzero((solution.leg_count > 0) & _exceeds(hours, shift)):
        excess = float(hours[row] - shift[row])
        yield Violation("shift length", _leg_name(problem, solution, row), excess, "h")


def _vehicle_limit(problem: HubsProblem, solution: HubsSolution) -> Iterator[Violation]:
    used = np.zeros(problem.num_vehicles)
    np.add.at(used, solution.leg_vehicle, solution.leg_count)
    for v in np.flatnonzero(_exceeds(used, problem.vehicle_limit)):
        excess = float(used[v] - problem.vehicle_limit[v])
        yield Violation("vehicles that exist", problem.vehicle_ids[v], excess, "vehicles")


def _a_vehicle_on_every_leg(problem: HubsProblem, solution: HubsSolution) -> Iterator[Violation]:
    offered = _offers_by_leg(problem, solution)
    for leg in _loads_by_leg(problem, solution):
        if leg not in offered:
            yield Violation("a vehicle on every leg", _name(problem, leg), 1.0, "vehicles missing")


def _leg_capacity(problem: HubsProblem, solution: HubsSolution) -> Iterator[Violation]:
    offered = _offers_by_leg(problem, solution)
    for leg, load in _loads_by_leg(problem, solution).items():
        if leg not in offered:
            continue  # reported as a leg without vehicles
        for r, (what, unit) in enumerate(
            (("kg out", "kg"), ("m3 out", "m3"), ("kg back", "kg"), ("m3 back", "m3"), ("h", "h"))
        ):
            if _exceeds(load[r], offered[leg][r]):
                excess = float(load[r] - offered[leg][r])
                yield Violation(f"leg capacity ({what})", _name(problem, leg), excess, unit)


Leg = tuple[int, int, int]


def _loads_by_leg(problem: HubsProblem, solution: HubsSolution) -> dict[Leg, FloatArray]:
    """Sum per leg with freight: kg and m3 out, kg and m3 back, hours at the destination."""
    found: dict[Leg, FloatArray] = {}
    for i, kind, start, end in zip(*problem.legs_of(solution.route), strict=True):
        load = found.setdefault((int(kind), int(start), int(end)), np.zeros(5))
        way = 2 if problem.shipment_pickup[i] else 0
        load[way] += problem.shipment_kg[i]
        load[way + 1] += problem.shipment_m3[i]
        if kind != LINEHAUL:
            load[4] += problem.shipment_service_h[i]
    return found


def _offers_by_leg(problem: HubsProblem, solution: HubsSolution) -> dict[Leg, FloatArray]:
    """Sum the same quantities offered, per leg with at least one vehicle."""
    hours = problem.trip_hours(solution.leg_start, solution.leg_end)
    found: dict[Leg, FloatArray] = {}
    for row in np.flatnonzero(solution.leg_count > 0):
        v = solution.leg_vehicle[row]
        kg, m3 = problem.vehicle_capacity_kg[v], problem.vehicle_capacity_m3[v]
        spare_h = problem.vehicle_shift_h[v] - hours[row, v]
        leg = (
            int(solution.leg_kind[row]),
            int(solution.leg_start[row]),
            int(solution.leg_end[row]),
        )
        offer = solution.leg_count[row] * np.array([kg, m3, kg, m3, spare_h])
        found[leg] = found.get(leg, np.zeros(5)) + offer
    return found


def _exceeds(amount: FloatArray, limit: FloatArray) -> BoolArray:
    over: BoolArray = amount > limit + TOLERANCE * np.maximum(1.0, np.abs(limit))
    return over


def _leg_name(problem: HubsProblem, solution: HubsSolution, row: np.signedinteger[Any]) -> str:
    leg = (
        int(solution.leg_kind[row]),
        int(solution.leg_start[row]),
        int(solution.leg_end[row]),
    )
    return f"{_name(problem, leg)}, {problem.vehicle_ids[solution.leg_vehicle[row]]}"


def _name(problem: HubsProblem, leg: Leg) -> str:
    kind, start, end = leg
    return f"{LEG_KINDS[kind]} {problem.location_ids[start]} - {problem.location_ids[end]}"
