"""Is a two-echelon solution feasible? One private function a rule; no solver is imported here.

Tolerances are those of the rounds (`bundling.rounds.tolerance`). The rounds are checked by
`bundling.rounds.check`, and here what joins them to the trucks.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from bundling.result import Violation
from bundling.rounds.check import check as check_rounds
from bundling.rounds.check import count_checks as count_checks_of_rounds
from bundling.rounds.echelons.evaluate import hub_kg, ready_s, truck_figures
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.echelons.solution import TwoEchelonSolution
from bundling.rounds.tolerance import exceeds, slack

_RULES_PER_TRUCK = 4
_RULES_PER_DROP = 2
_RULES_PER_HUB = 3


def check(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible."""
    found = [*_known_hubs(problem, solution), *_amounts(solution)]
    found += check_rounds(problem.second, solution.rounds)
    if any(violation.rule.endswith("is known") for violation in found):
        return found  # the other rules cannot be looked at
    for rule in (
        _truck_count,
        _truck_stops,
        _truck_capacity,
        _depot_departure,
        _depot_return,
        _hub_hours,
        _hub_balance,
        _hub_capacity,
        _freight_is_there,
        _vehicle_count,
    ):
        found += rule(problem, solution)
    return found


def count_checks(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> int:
    """How many rules `check` looks at, counted per place where a rule applies."""
    drops = sum(len(truck.drops) for truck in solution.trucks)
    return (
        2
        + _RULES_PER_TRUCK * len(solution.trucks)
        + _RULES_PER_DROP * drops
        + _RULES_PER_HUB * problem.num_hubs
        + len(solution.rounds.routes)
        + count_checks_of_rounds(problem.second, solution.rounds)
    )


def _known_hubs(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> Iterator[Violation]:
    for truck in solution.trucks:
        for drop in truck.drops:
            if drop.hub not in problem.hub_index:
                yield Violation("hub is known", drop.hub, 1, "hub")


def _amounts(solution: TwoEchelonSolution) -> Iterator[Violation]:
    for number, truck in enumerate(solution.trucks, 1):
        for drop in truck.drops:
            if not (math.isfinite(drop.kg) and drop.kg >= 0.0):
                where = f"{drop.hub}, truck {number}"
                yield Violation("a truck leaves an amount of freight", where, abs(drop.kg), "kg")


def _truck_count(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> Iterator[Violation]:
    over = len(solution.trucks) - problem.truck_count
    if over > 0:
        yield Violation("number of trucks", problem.depot_id, over, "trucks")


def _truck_stops(_: TwoEchelonProblem, solution: TwoEchelonSolution) -> Iterator[Violation]:
    for number, truck in enumerate(solution.trucks, 1):
        if not truck.drops:
            yield Violation("a truck goes to a hub", f"truck {number}", 1, "empty route")
        for hub, calls in Counter(drop.hub for drop in truck.drops).items():
            if calls > 1:
                where = f"{hub}, truck {number}"
                yield Violation("a truck goes to a hub once", where, calls - 1, "calls")


def _truck_capacity(
    problem: TwoEchelonProblem, solution: TwoEchelonSolution
) -> Iterator[Violation]:
    for number, truck in enumerate(solution.trucks, 1):
        kg = math.fsum(drop.kg for drop in truck.drops)
        if exceeds(kg, problem.truck_capacity_kg):
            over = kg - problem.truck_capacity_kg
            yield Violation("truck capacity (kg)", f"truck {number}", over, "kg")


def _depot_departure(
    problem: TwoEchelonProblem, solution: TwoEchelonSolution
) -> Iterator[Violation]:
    for number, truck in enumerate(solution.trucks, 1):
        if exceeds(problem.depot_open_s, truck.departure_s):
            amount = problem.depot_open_s - truck.departure_s
            yield Violation("depot hours (departure of a truck)", f"truck {number}", amount, "s")


def _depot_return(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> Iterator[Violation]:
    for number, truck in enumerate(solution.trucks, 1):
        back = truck_figures(problem, truck).return_s
        if exceeds(back, problem.depot_close_s):
            amount = back - problem.depot_close_s
            yield Violation("depot hours (return of a truck)", f"truck {number}", amount, "s")


def _hub_hours(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> Iterator[Violation]:
    for number, truck in enumerate(solution.trucks, 1):
        for call in truck_figures(problem, truck).calls:
            closes = float(problem.hub_close_s[problem.hub_index[call.hub]])
            if exceeds(call.arrival_s, closes):
                where = f"{call.hub}, truck {number}"
                yield Violation("hub hours (truck)", where, call.arrival_s - closes, "s")


def _hub_balance(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> Iterator[Violation]:
    brought = dict.fromkeys(problem.hub_ids, 0.0)
    for truck in solution.trucks:
        for drop in truck.drops:
            brought[drop.hub] += drop.kg
    for hub, taken in hub_kg(problem, solution).items():
        if abs(brought[hub] - taken) > slack(taken):
            amount = abs(brought[hub] - taken)
            yield Violation("trucks bring what the rounds take", hub, amount, "kg")


def _hub_capacity(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> Iterator[Violation]:
    for hub, taken in hub_kg(problem, solution).items():
        limit = float(problem.hub_capacity_kg[problem.hub_index[hub]])
        if exceeds(taken, limit):
            yield Violation("hub capacity (kg)", hub, taken - limit, "kg")


def _freight_is_there(
    problem: TwoEchelonProblem, solution: TwoEchelonSolution
) -> Iterator[Violation]:
    second, ready = problem.second, ready_s(problem, solution)
    for route in solution.rounds.routes:
        v = second.vehicle_index[route.vehicle]
        hub = problem.hub_ids[int(second.vehicle_depot[v])]
        first = route.stops[0] if route.stops else "no stop"
        # A hub without a truck is reported by the balance.
        if hub in ready and exceeds(ready[hub], route.departure_s):
            where = f"{hub}, route of {route.vehicle} starting at {first}"
            amount = ready[hub] - route.departure_s
            yield Violation("a round leaves after the truck has come", where, amount, "s")


def _vehicle_count(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> Iterator[Violation]:
    over = len(solution.rounds.routes) - problem.vehicle_count
    if over > 0:
        yield Violation("number of vehicles at all hubs", "the hubs", over, "vehicles")
