"""What a two-echelon solution costs and does, recomputed from the data alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bundling.result import Evaluation
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.echelons.solution import TruckRoute, TwoEchelonSolution
from bundling.rounds.evaluate import evaluate as evaluate_rounds
from bundling.units import METRES_PER_KM


@dataclass(frozen=True)
class TruckCall:
    """A truck at a hub: when it came, when the freight was ready, and what it left."""

    hub: str
    arrival_s: float
    ready_s: float
    kg: float


@dataclass(frozen=True)
class TruckFigures:
    """What one truck does: its calls, its return, its kilometres and its load at the start."""

    departure_s: float
    return_s: float
    km: float
    kg: float
    calls: tuple[TruckCall, ...]


def truck_figures(problem: TwoEchelonProblem, truck: TruckRoute) -> TruckFigures:
    """Drive one truck; it waits for a hub to open, and stands there while it is handled.

    Raises
    ------
    KeyError
        When it names a hub the problem does not have.
    """
    here, now, metres = 0, truck.departure_s, 0.0
    calls = []
    for drop in truck.drops:
        h = problem.hub_index[drop.hub]
        metres += float(problem.truck_distance_m[here, 1 + h])
        arrival = now + float(problem.truck_time_s[here, 1 + h])
        now = max(arrival, float(problem.hub_open_s[h])) + float(problem.hub_handling_s[h])
        calls.append(TruckCall(drop.hub, arrival, now, drop.kg))
        here = 1 + h
    metres += float(problem.truck_distance_m[here, 0])
    back = now + float(problem.truck_time_s[here, 0])
    kg = math.fsum(drop.kg for drop in truck.drops)
    return TruckFigures(truck.departure_s, back, metres / METRES_PER_KM, kg, tuple(calls))


def hub_kg(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> dict[str, float]:
    """Freight that the rounds take from each hub."""
    second = problem.second
    kg: dict[str, list[float]] = {hub: [] for hub in problem.hub_ids}
    for route in solution.rounds.routes:
        hub = problem.hub_ids[int(second.vehicle_depot[second.vehicle_index[route.vehicle]])]
        kg[hub] += [float(second.delivery_kg[second.stop_index[stop]]) for stop in route.stops]
    return {hub: math.fsum(loads) for hub, loads in kg.items()}


def ready_s(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> dict[str, float]:
    """When the freight that the last truck brings to each hub is ready; hubs without one lack."""
    ready: dict[str, float] = {}
    for truck in solution.trucks:
        for call in truck_figures(problem, truck).calls:
            ready[call.hub] = max(call.ready_s, ready.get(call.hub, 0.0))
    return ready


def used_hubs(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> list[str]:
    """Hubs where a truck or a round calls, in the order of the problem."""
    second = problem.second
    used = {drop.hub for truck in solution.trucks for drop in truck.drops}
    for route in solution.rounds.routes:
        v = second.vehicle_index[route.vehicle]
        used.add(problem.hub_ids[int(second.vehicle_depot[v])])
    return [hub for hub in problem.hub_ids if hub in used]


def evaluate(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> Evaluation:
    """Recompute cost and indicators of both echelons.

    Costs ``trucks``, ``truck_kilometres`` and ``hubs`` stand before those of the rounds, which have
    the names they have in `bundling.rounds.evaluate`.
    """
    trucks = [truck_figures(problem, truck) for truck in solution.trucks]
    hubs = used_hubs(problem, solution)
    rounds = evaluate_rounds(problem.second, solution.rounds)
    km = math.fsum(truck.km for truck in trucks)
    costs = {
        "trucks": len(trucks) * problem.truck_fixed_eur,
        "truck_kilometres": km * problem.truck_eur_per_km,
        "hubs": math.fsum(float(problem.hub_eur[problem.hub_index[hub]]) for hub in hubs),
        **rounds.costs_eur,
    }
    indicators = {
        "trucks": float(len(trucks)),
        "hubs": float(len(hubs)),
        "truck_km": km,
        "truck_co2e_kg": km * problem.truck_co2e_kg_per_km,
        **rounds.indicators,
    }
    indicators["co2e_kg"] += indicators["truck_co2e_kg"]
    return Evaluation(costs_eur=costs, indicators=indicators)
