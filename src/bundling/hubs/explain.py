"""Why a hubs problem has no solution, in words: what is short, where and by how much."""

from __future__ import annotations

import math

import numpy as np

from bundling.hubs.legs import Legs, all_options
from bundling.hubs.milp import build
from bundling.hubs.problem import DIRECT, LAST_MILE, LINEHAUL, HubsProblem, IntArray
from bundling.mip import solve_model
from bundling.result import Status

_SHOWN = 1e-6


def stranded(problem: HubsProblem, legs: Legs) -> list[str]:
    """One sentence for each shipment that cannot travel whatever the others do."""
    return [
        _why_stranded(problem, i) for i, options in enumerate(legs.options) if options.size == 0
    ]


def _why_stranded(problem: HubsProblem, i: int) -> str:
    name = problem.shipment_ids[i]
    origin, destination = int(problem.shipment_origin[i]), int(problem.shipment_destination[i])
    place = problem.location_ids[destination]
    shipment, hub = all_options(problem)
    hubs = hub[(shipment == i) & (hub >= 0)]
    ways = []
    if problem.shipment_direct[i]:
        ways.append(f"direct: {_why_not(problem, i, DIRECT, origin, destination)}")
    else:
        ways.append("direct: not allowed for this shipment")
    for h in hubs:
        place_h = int(problem.hub_location[h])
        why = _why_not(problem, i, LAST_MILE, place_h, destination)
        if why == "possible" and place_h != origin:
            why = _why_not(problem, i, LINEHAUL, origin, place_h)
        ways.append(f"via {problem.hub_ids[h]}: {why}")
    small = [h for h in range(problem.num_hubs) if h not in hubs]
    if small:
        kg, m3 = problem.shipment_kg[i], problem.shipment_m3[i]
        ways.append(
            f"via {', '.join(problem.hub_ids[h] for h in small)}: at its destination, or too "
            f"small for its {kg:g} kg and {m3:g} m3"
        )
    # Many hubs fail alike; five ways are enough to see what is wrong.
    shown = "; ".join(ways[:5]) + (f"; and {len(ways) - 5} more ways" if len(ways) > 5 else "")
    return f"{name} to {place} cannot travel. {shown}."


def _why_not(problem: HubsProblem, i: int, kind: int, start: int, end: int) -> str:
    """Name what stops every vehicle type on one leg, or say ``possible``."""
    legs = [np.array([value], dtype=np.int64) for value in (kind, start, end)]
    may = problem.allowed[:, end].copy()
    here = problem.location_ids[end]
    if not may.any():
        return f"no vehicle type is allowed at {here}"
    if kind == LINEHAUL:
        may &= problem.vehicle_linehaul
        if not may.any():
            return f"no linehaul vehicle type is allowed at {here}"
    hours = problem.trip_hours(legs[1], legs[2])[0]
    spare = problem.vehicle_shift_h - hours
    best = int(np.flatnonzero(may)[np.argmax(spare[may])])
    trip = f"the trip to {here} and back takes {hours[best]:.2f} h"
    if not problem.usable(*legs).any():
        return f"{trip} and the shift of {problem.vehicle_ids[best]} is {-spare[best]:.2f} h short"
    if kind != LINEHAUL and problem.shipment_service_h[i] > 0 and spare[best] <= 0:
        return f"{trip}, which leaves no time for {problem.shipment_service_h[i]:.2f} h of service"
    limit = problem.vehicle_limit[problem.usable(*legs)[0]]
    if np.isfinite(limit).all():
        return f"the {limit.sum():g} vehicles that may drive to {here} cannot carry it"
    return "possible"


def shortages(problem: HubsProblem, legs: Legs, *, time_limit: float = 30.0) -> list[str]:
    """Find the least shortage of hub capacity and vehicles, one sentence each.

    The model is solved again with those limits priced instead of forbidden; whatever it still
    buys is short. The time limit may leave more shortage than the least; the words say so.
    """
    model = build(problem, legs, elastic=True)
    outcome = solve_model(model.linear, time_limit=max(1.0, time_limit))
    if outcome.values is None:
        return ["The freight does not fit; the search for what is short ran out of time."]
    found = []
    for unit, capacity in (("kg", problem.hub_capacity_kg), ("m3", problem.hub_capacity_m3)):
        short = model.linear.block(f"short {unit}").take(outcome.values)
        for h in np.flatnonzero(short > _SHOWN):
            amount = short[h] * max(capacity[h], 1e-9)
            found.append(
                f"{problem.hub_ids[h]} is {amount:,.1f} {unit} short of {capacity[h]:,.1f} {unit}"
            )
    limited: IntArray = np.flatnonzero(np.isfinite(problem.vehicle_limit))
    if limited.size:
        short = model.linear.block("short vehicles").take(outcome.values)
        for v, amount in zip(limited, short, strict=True):
            if amount > _SHOWN:
                number = math.ceil(amount - _SHOWN)
                have = problem.vehicle_limit[v]
                found.append(f"{number} more of {problem.vehicle_ids[v]} are needed than {have:g}")
    least = "at the least" if outcome.status is Status.OPTIMAL else "by the best plan found"
    return [f"Short {least}: {sentence}." for sentence in found]
