"""Tables of a day of departures as people read them, and what is full, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.hubs.scheduled.loads import aboard, handled, modes_of, moves_of
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.report.messages import Messages
from bundling.report.rooms.parts import endless
from bundling.units import KG_PER_T

if TYPE_CHECKING:
    import pandas as pd

    from bundling.result import Result

_FULL = 0.999
_LEFT_OUT = ("costs", "indicators")


def for_people(_m: Messages, result: Result) -> dict[str, pd.DataFrame]:
    """Tables with headings that tell their units, hubs in use first, moves without English."""
    problem: ScheduledProblem = result.problem
    tables = {name: f.copy() for name, f in result.tables.items() if name not in _LEFT_OUT}
    tables["flows"]["moves"] = list(_moves(problem, result.solution))
    for name in ("departures", "sailings"):
        tables[name] = tables[name].rename(
            columns={f"load_rate_{r}": f"{r}_load_rate" for r in problem.resource_ids}
        )
    departures = tables["departures"].drop(columns="lane")
    if not departures["group"].any():
        departures = departures.drop(columns="group")
    tables["departures"] = departures.sort_values(
        ["departure", "from_id", "to_id"], kind="stable", ignore_index=True
    )
    tables["empty_trips"] = tables["empty_trips"].drop(columns="lane")
    tables["hubs"] = tables["hubs"].sort_values(
        ["open", "capacity_share"], ascending=False, kind="stable", ignore_index=True
    )
    return {name: endless(frame) for name, frame in tables.items()}


def _moves(problem: ScheduledProblem, solution: ScheduledSolution) -> Iterator[str]:
    """Each shipment's moves as ``07:15 truck → Deventer``, which no language needs to translate."""
    end = moves_of(problem, solution).end
    words: list[list[str]] = [[] for _ in problem.shipment_ids]
    for row, who in enumerate(solution.move_shipment.tolist()):
        lane, sailing = int(solution.move_lane[row]), int(solution.move_sailing[row])
        by = (
            problem.sailing_ids[sailing]
            if lane < 0
            else (problem.vehicle_ids[problem.lane_vehicle[lane]])
        )
        at = problem.slot_name(int(solution.move_slot[row]))
        words[who].append(f"{at} {by} → {problem.location_ids[end[row]]}")
    return ("; ".join(moves) for moves in words)


def modes_of_plan(problem: ScheduledProblem, solution: ScheduledSolution) -> dict[str, float]:
    """Load of the first resource that moves by each mode; twice where it moves twice."""
    load = problem.shipment_load[solution.move_shipment, 0]
    found: dict[str, float] = {}
    for mode, amount in zip(modes_of(problem, solution), load.tolist(), strict=True):
        if mode:
            found[mode] = found.get(mode, 0.0) + amount
    return found


def amount_word(m: Messages, problem: ScheduledProblem, amount: float) -> str:
    """Write an amount of the first resource with its unit; kilograms from a tonne up in tonnes."""
    unit = problem.resource_ids[0]
    if unit == "kg" and amount >= KG_PER_T:
        return f"{m.compact(amount / KG_PER_T)} t"
    return f"{m.compact(amount)} {unit}"


def full_places(m: Messages, result: Result) -> Iterator[str]:
    """Say which hubs and vessels take no more; the rest has room to spare."""
    problem, solution = result.problem, result.solution
    load = handled(problem, solution)
    for h, r in np.argwhere((load > 0) & (load >= _FULL * problem.hub_capacity)):
        yield m(
            "reason.hub_full",
            hub=problem.hub_ids[h],
            most=m.compact(float(problem.hub_capacity[h, r])),
            unit=problem.resource_ids[r],
        )
    load = aboard(problem, solution)
    with np.errstate(invalid="ignore"):  # no vessel of endless room
        room = problem.sailing_capacity * problem.sailing_limit[:, None]
    for q, r in np.argwhere((load > 0) & (load >= _FULL * room)):
        yield m(
            "reason.sailing_full",
            sailing=problem.sailing_ids[q],
            at=problem.slot_name(int(problem.sailing_depart_slot[q])),
            most=m.compact(float(room[q, r])),
            unit=problem.resource_ids[r],
        )
