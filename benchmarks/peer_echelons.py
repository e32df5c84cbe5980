"""Two echelons with PyVRP: the rounds as a problem with several depots, then the trucks.

No peer can state both echelons. PyVRP gets the rounds with all depots of a set of hubs, each open
when a truck that drives straight there would have been unloaded, and their charges are put in
afterwards (`peer_pyvrp`). Sets of one and two hubs with room for all freight, and all hubs, are
tried for a short time each and the cheapest for the rest. The trucks are then the best ones for
those rounds, by our own exact choice. What a hub may take at most PyVRP cannot state, nor what a
hub costs: sets are compared with it.
"""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import peer_pyvrp

from bundling.rounds import RoundsProblem, RoundsSolution
from bundling.rounds.echelons import TwoEchelonProblem
from bundling.rounds.echelons.check import check
from bundling.rounds.echelons.evaluate import evaluate, hub_kg
from bundling.rounds.echelons.plans import cheapest_plan, truck_routes
from bundling.rounds.echelons.solution import TwoEchelonSolution

NOT_STATED = f"two echelons; capacity and cost of hubs; {peer_pyvrp.NOT_STATED}"
_SHORT_SHARE = 0.4
"""Part of the time for choosing among sets of hubs."""
_LEAST_S = 1.0


def solve(problem: TwoEchelonProblem, time_limit: float, seed: int) -> TwoEchelonSolution | None:
    """Return rounds by PyVRP and the trucks for them; None when nothing was found."""
    ends = time.perf_counter() + time_limit
    sets = _hub_sets(problem)
    short_s = max(_LEAST_S, _SHORT_SHARE * time_limit / len(sets))
    tried = [(_with_hubs(problem, hubs, short_s, seed), hubs) for hubs in sets]
    found = [(_worth(problem, each), hubs, each) for each, hubs in tried if each is not None]
    if not found:
        return None
    worth, hubs, best = min(found, key=lambda each: (each[0], each[1]))
    longer = _with_hubs(problem, hubs, max(_LEAST_S, ends - time.perf_counter()), seed)
    return longer if longer is not None and _worth(problem, longer) < worth else best


def _hub_sets(problem: TwoEchelonProblem) -> list[tuple[int, ...]]:
    kg, hubs = float(problem.second.delivery_kg.sum()), range(problem.num_hubs)
    few = [*((h,) for h in hubs), *itertools.combinations(hubs, 2)]
    roomy = [each for each in few if problem.hub_capacity_kg[list(each)].sum() >= kg]
    return [*roomy, tuple(hubs)]


def _with_hubs(
    problem: TwoEchelonProblem, hubs: tuple[int, ...], seconds: float, seed: int
) -> TwoEchelonSolution | None:
    rounds = peer_pyvrp.solve(_second(problem, hubs), seconds, seed)
    return None if rounds is None else _with_trucks(problem, rounds)


def _second(problem: TwoEchelonProblem, hubs: tuple[int, ...]) -> RoundsProblem:
    """Keep some hubs, each open from when a truck could have brought freight."""
    second = problem.second
    direct = problem.depot_open_s + problem.truck_time_s[0, 1:]
    ready = np.maximum(direct, problem.hub_open_s) + problem.hub_handling_s
    there = np.isin(second.vehicle_depot, hubs)
    return second.replace(
        depot_open_s=np.maximum(second.depot_open_s, ready),
        count=np.where(there, second.count, 0),
    )


def _with_trucks(problem: TwoEchelonProblem, rounds: RoundsSolution) -> TwoEchelonSolution | None:
    """Add the cheapest trucks that bring each hub its freight before its first round leaves."""
    second = problem.second
    kg = {
        problem.hub_index[hub]: amount
        for hub, amount in hub_kg(problem, TwoEchelonSolution((), rounds)).items()
        if amount > 0
    }
    latest = dict.fromkeys(kg, math.inf)
    for route in rounds.routes:
        h = int(second.vehicle_depot[second.vehicle_index[route.vehicle]])
        latest[h] = min(latest.get(h, math.inf), route.departure_s)
    plan = cheapest_plan(problem, kg, latest)
    trucks = None if plan is None else truck_routes(problem, plan, kg)
    return None if trucks is None else TwoEchelonSolution(trucks, rounds)


def _worth(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> tuple[int, float]:
    """Fewest broken rules first, then the cost."""
    return len(check(problem, solution)), evaluate(problem, solution).objective
