"""Rounds as they are with all that they share: charging at depots, and what is too much at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bundling.rounds.check_charging import connectors
from bundling.rounds.check_depots import docks
from bundling.rounds.connection import QUARTER_S
from bundling.rounds.depot_charging import DepotSchedule, depot_schedule
from bundling.rounds.evaluate import all_figures, left_out
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution, Route
from bundling.units import clock_from_seconds

_SHOWN = 5
"""What is short that is told; the rest is counted."""


@dataclass(frozen=True)
class Together:
    """Rounds that go together, or why none were found.

    Attributes
    ----------
    solution
        Rounds and charging at depots; None when they do not keep all limits.
    eur
        What it costs, prizes included; infinite without a solution.
    reasons
        What is broken, in words; empty with a solution.
    """

    solution: RoundsSolution | None
    eur: float
    reasons: tuple[str, ...] = ()


def as_planned(problem: RoundsProblem, routes: Sequence[Route]) -> Together:
    """Look at rounds as they are, with the cheapest charging at their depots."""
    solution = RoundsSolution(in_order(problem, routes))
    rounds = all_figures(problem, solution)
    words = [str(v) for v in (*connectors(problem, rounds), *docks(problem, rounds))]
    eur = [figures.cost_eur for figures in rounds]
    eur += [float(problem.prize_eur[s]) for s in left_out(problem, solution)]
    if problem.plans_depot_charging:
        plan = depot_schedule(problem, solution.routes)
        words += _short(solution.routes, plan)
        solution = replace(solution, depot_charging=plan.charges)
        eur.append(plan.cost_eur)
    if words:
        return Together(None, math.inf, tuple(words))
    return Together(solution, math.fsum(eur))


def in_order(problem: RoundsProblem, routes: Sequence[Route]) -> tuple[Route, ...]:
    """Put rounds in the order of a solution."""
    place = problem.vehicle_index
    return tuple(sorted(routes, key=lambda r: (place[r.vehicle], r.departure_s, r.stops)))


def _short(routes: Sequence[Route], plan: DepotSchedule) -> Iterator[str]:
    for short in plan.shortages[:_SHOWN]:
        if short.route >= 0:
            yield (
                f"{routes[short.route].vehicle} (round {short.route + 1}) is at depot "
                f"{short.depot} too briefly to charge: {short.kwh:.1f} kWh short"
            )
        else:
            at = clock_from_seconds(short.quarter * QUARTER_S)
            yield (
                f"the connection of depot {short.depot} is {short.kw:.1f} kW short in the quarter "
                f"from {at}"
            )
    if len(plan.shortages) > _SHOWN:
        kwh = math.fsum(short.kwh for short in plan.shortages)
        yield f"and {len(plan.shortages) - _SHOWN} times more, {kwh:.1f} kWh short in all"
