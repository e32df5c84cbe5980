"""Rules of depots: charging behind one connection after the rounds, and docks.

A connection is metered by the quarter hour, so its limit holds for the mean power of each. Quarters
are counted from midnight of the day of the rounds; limits and prices go by the time of the day.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from bundling.result import Violation
from bundling.rounds.connection import (
    QUARTER_S,
    QUARTERS_PER_HOUR,
    depot_kwh,
    depot_load_kwh,
    stays_s,
)
from bundling.rounds.figures import RouteFigures
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.rounds.tolerance import exceeds, slack
from bundling.units import SECONDS_PER_HOUR, clock_from_seconds


def known_charges(solution: RoundsSolution) -> Iterator[Violation]:
    """Report charges at depots that name no round, no quarter or no amount."""
    for charge in solution.depot_charging:
        words = ""
        if not 0 <= charge.route < len(solution.routes):
            words = f"round {charge.route} of {len(solution.routes)}"
        elif charge.quarter < 0:
            words = f"quarter {charge.quarter}"
        elif not 0.0 <= charge.kwh < math.inf:
            words = f"{charge.kwh} kWh"
        if words:
            yield Violation("charge at the depot can be done", words, 1, "charge")


def charging_power(
    problem: RoundsProblem, solution: RoundsSolution, rounds: Sequence[RouteFigures]
) -> Iterator[Violation]:
    """Report vehicles that charge above their power, or while they are not at their depot."""
    drawn: dict[tuple[int, int], float] = {}
    for charge in solution.depot_charging:
        place = (charge.route, charge.quarter)
        drawn[place] = drawn.get(place, 0.0) + charge.kwh
    for (number, quarter), kwh in sorted(drawn.items()):
        figures = rounds[number]
        stays = stays_s(problem, figures, quarter)
        limit = figures.charge_kw * stays / SECONDS_PER_HOUR
        if exceeds(kwh, limit):
            where = f"{_clock(quarter)}, {figures.vehicle} (round {number + 1})"
            yield Violation("charging power at the depot", where, kwh - limit, "kWh")


def recharged(
    problem: RoundsProblem, solution: RoundsSolution, rounds: Sequence[RouteFigures]
) -> Iterator[Violation]:
    """Report vehicles that do not get back at the depot what they drew, or get more.

    Holds when charging at depots is planned by the quarter; otherwise it is nobody's concern here.
    """
    if not problem.plans_depot_charging and not solution.depot_charging:
        return
    got = [0.0] * len(rounds)
    for charge in solution.depot_charging:
        got[charge.route] += charge.kwh
    for number, (figures, kwh) in enumerate(zip(rounds, got, strict=True)):
        need = depot_kwh(figures)
        where = f"{figures.vehicle} (round {number + 1})"
        if exceeds(need, kwh) and problem.plans_depot_charging:
            yield Violation("recharged at the depot", where, need - kwh, "kWh")
        if exceeds(kwh, need):
            yield Violation("no more charged than drawn", where, kwh - need, "kWh")


def connection(
    problem: RoundsProblem, solution: RoundsSolution, rounds: Sequence[RouteFigures]
) -> Iterator[Violation]:
    """Report quarters in which the vehicles at a depot draw more than its connection gives."""
    for (depot, quarter), kwh in sorted(depot_load_kwh(problem, solution, rounds).items()):
        kw = kwh * QUARTERS_PER_HOUR
        limit = float(problem.depot_kw[depot, quarter % problem.depot_kw.shape[1]])
        if exceeds(kw, limit):
            where = f"{problem.depot_ids[depot]}, {_clock(quarter)}"
            yield Violation("connection of the depot", where, kw - limit, "kW")


def docks(problem: RoundsProblem, rounds: Sequence[RouteFigures]) -> Iterator[Violation]:
    """Report depots where more vehicles are loaded at one moment than there are docks.

    A dock is taken for `loading_s` before the first departure and while a vehicle reloads; the next
    may start at the moment it is left.
    """
    for d, depot in enumerate(problem.depot_ids):
        moments: list[tuple[float, int]] = []
        for figures in rounds:
            if figures.depot != depot:
                continue
            first = float(problem.loading_s[problem.vehicle_index[figures.vehicle]])
            loads = [(figures.departure_s - first, figures.departure_s)]
            loads += [(event.start_s, event.end_s) for event in figures.reloads]
            for start, end in loads:
                # Ends are taken a tolerance early, so that loads may touch despite rounding.
                end -= slack(end)
                if end > start:
                    moments += [(start, 1), (end, -1)]
        busy = most = 0
        for _, change in sorted(moments):
            busy += change
            most = max(most, busy)
        over = most - int(problem.docks[d])
        if over > 0:
            yield Violation("docks", depot, over, "vehicles")


def _clock(quarter: int) -> str:
    return f"quarter from {clock_from_seconds(quarter * QUARTER_S)}"
