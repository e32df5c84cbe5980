"""Is the use of the plugs feasible? One function a rule; no solver, no cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.energy.assets import Plugs
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution, Seats
from bundling.result import Violation

_TOLERANCE = 1e-6

FloatArray = NDArray[np.float64]


def check_seats(problem: EnergyProblem, solution: EnergySolution) -> list[Violation]:
    """List every rule of the plugs that `solution` breaks."""
    plugs, seats = problem.plugs, solution.seats
    if (plugs is None) != (seats is None):
        which = "missing" if seats is None else "not asked for"
        return [Violation("plan of the plugs", which, 1.0, "plan")]
    if plugs is None or seats is None:
        return []
    broken = _seats_fit(problem, plugs, seats)
    if broken:
        return broken
    return [
        *_session_within_stay(problem, seats),
        *_power_only_on_the_plug(problem, solution, seats),
        *_power_of_the_plug(problem, solution, plugs, seats),
        *_one_vehicle_at_a_time(problem, plugs, seats),
    ]


def count_seat_checks(problem: EnergyProblem, solution: EnergySolution) -> int:
    """Count the places where `check_seats` holds a rule against the plan."""
    if problem.plugs is None or solution.seats is None:
        return 0
    return problem.num_vehicles * (3 + 2 * problem.num_slots) + problem.plugs.num_plugs


def _seats_fit(problem: EnergyProblem, plugs: Plugs, seats: Seats) -> list[Violation]:
    """One plug and one span a vehicle, with numbers that exist."""
    broken = []
    for name in ("plug", "first", "end"):
        array = getattr(seats, name)
        if array.shape != (problem.num_vehicles,):
            where = f"{name}, {array.shape} instead of ({problem.num_vehicles},)"
            off = float(abs(array.size - problem.num_vehicles))
            broken.append(Violation("one plug per vehicle", where, off, "numbers"))
    if broken:
        return broken
    unknown = (seats.plug < -1) | (seats.plug >= plugs.num_plugs)
    outside = (seats.first < 0) | (seats.end > problem.num_slots) | (seats.end < seats.first)
    for rule, bad in (("plug that exists", unknown), ("span within the horizon", outside)):
        broken += [
            Violation(rule, f"vehicle {problem.vehicle_ids[j]}", 1.0, "numbers")
            for j in np.flatnonzero(bad)
        ]
    return broken


def _session_within_stay(problem: EnergyProblem, seats: Seats) -> list[Violation]:
    """Find a vehicle parked in every slot it is on a plug."""
    slots = np.arange(problem.num_slots)
    away = ~(problem.limit_kw > 0)
    on = (slots >= seats.first[:, None]) & (slots < seats.end[:, None])
    wrong = (on & away & (seats.plug >= 0)[:, None]).sum(axis=1)
    return [
        Violation(
            "on the plug while parked",
            f"vehicle {problem.vehicle_ids[j]}",
            float(wrong[j]),
            "slots",
        )
        for j in np.flatnonzero(wrong)
    ]


def _power_only_on_the_plug(
    problem: EnergyProblem, solution: EnergySolution, seats: Seats
) -> list[Violation]:
    """Let a vehicle charge only in the slots it is on a plug."""
    slots = np.arange(problem.num_slots)
    on = (slots >= seats.first[:, None]) & (slots < seats.end[:, None])
    off = np.where(on & (seats.plug >= 0)[:, None], 0.0, solution.power_kw)
    return [
        Violation(
            "charging on a plug",
            f"vehicle {problem.vehicle_ids[j]}, {problem.clock(int(slot))}",
            float(off[j, slot]),
            "kW",
        )
        for j, slot in np.argwhere(off > _TOLERANCE)
    ]


def _power_of_the_plug(
    problem: EnergyProblem, solution: EnergySolution, plugs: Plugs, seats: Seats
) -> list[Violation]:
    """Let a vehicle take no more than its plug gives, pro rata of the time parked."""
    plug_kw = np.full(problem.num_vehicles, np.inf)
    plug_kw[seats.plug >= 0] = plugs.kw[seats.plug[seats.plug >= 0]]
    power = np.minimum(np.minimum(problem.charge_kw, problem.charger_kw), plugs.kw.max(initial=0.0))
    share = np.divide(
        problem.limit_kw,
        power[:, None],
        out=np.zeros_like(problem.limit_kw),
        where=power[:, None] > 0,
    )
    with np.errstate(invalid="ignore"):
        limits = np.where(share > 0, plug_kw[:, None] * share, 0.0)
    over = solution.power_kw - limits
    slack = _TOLERANCE * np.maximum(1.0, solution.power_kw)
    return [
        Violation(
            "power of the plug",
            f"vehicle {problem.vehicle_ids[j]}, {problem.clock(int(slot))}",
            float(over[j, slot]),
            "kW",
        )
        for j, slot in np.argwhere(over > slack)
    ]


def _one_vehicle_at_a_time(problem: EnergyProblem, plugs: Plugs, seats: Seats) -> list[Violation]:
    """No two vehicles are on one plug at the same time."""
    by_stay = plugs.rule == "stay"
    begins = problem.arrival_s if by_stay else seats.first.astype(np.float64)
    ends = problem.departure_s if by_stay else seats.end.astype(np.float64)
    broken = []
    for plug, name in enumerate(plugs.ids):
        members = np.flatnonzero((seats.plug == plug) & (ends > begins))
        members = members[np.argsort(begins[members], kind="stable")]
        for k, j in enumerate(members):
            for other in members[k + 1 :]:
                overlap = min(ends[j], ends[other]) - begins[other]
                if overlap <= 0:
                    break
                pair = f"{problem.vehicle_ids[j]} and {problem.vehicle_ids[other]}"
                unit = "s" if by_stay else "slots"
                broken.append(
                    Violation("one vehicle per plug", f"{name}: {pair}", float(overlap), unit)
                )
    return broken
