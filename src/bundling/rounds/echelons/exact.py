"""Small two-echelon problems to proved optimality: all plans of trucks, all sets of stops.

For every plan of the trucks that no other makes needless, labels give the cheapest round of every
set of stops from every hub (`labels`), and dynamic programming shares the stops out over rounds
(`partition`). 15 stops take a second or so.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bundling.rounds.echelons.labels import Rounds, beyond_labels, cheapest_rounds, read_round
from bundling.rounds.echelons.outcome import hub_loads
from bundling.rounds.echelons.partition import cheapest_partition
from bundling.rounds.echelons.plans import Plan, hubs_eur, lean, undominated_plans
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.solution import Route
from bundling.rounds.tolerance import exceeds

MOST_STOPS = 15
_MOST_HUBS = 3


@dataclass(frozen=True)
class Proved:
    """The best answer there is; no plan when there is none at all.

    Attributes
    ----------
    plan, routes, eur
        Trucks, rounds, and the cost of all.
    """

    plan: Plan | None = None
    routes: tuple[Route, ...] = ()
    eur: float = math.inf


def beyond_exact(problem: TwoEchelonProblem) -> str:
    """Say why `solve_exactly` cannot prove `problem`; empty when it can."""
    second = problem.second
    kg = float(second.delivery_kg.sum())
    rounds = min(problem.vehicle_count, problem.num_stops)
    reasons = (
        (problem.num_stops > MOST_STOPS, f"more than {MOST_STOPS} stops"),
        (problem.num_hubs > _MOST_HUBS, f"more than {_MOST_HUBS} hubs"),
        (exceeds(kg, problem.truck_capacity_kg), "one truck cannot carry all freight"),
        (bool((second.delivery_kg <= 0).any()), "a stop has no freight"),
        (bool((problem.hub_capacity_kg < kg).any()), "a hub cannot take all freight"),
        (bool((second.count < rounds).any()), "a hub has few vehicles"),
    )
    return next((words for there, words in reasons if there), "") or beyond_labels(second)


def solve_exactly(problem: TwoEchelonProblem, *, in_time: Callable[[], bool]) -> Proved | None:
    """Find the best answer; None when `in_time` says that there is no time left."""
    second = problem.second
    known: dict[tuple[int, float], Rounds] = {}
    best = Proved()
    for plan in undominated_plans(problem, _MOST_HUBS):
        fixed = plan.eur + hubs_eur(problem, plan.hubs)
        if fixed >= best.eur:
            break  # plans come cheapest first, and rounds cost nothing at least
        cost = np.full(1 << problem.num_stops, np.inf)
        maker = np.full(len(cost), -1)
        ready = plan.ready_s
        opens: dict[int, float] = {}
        for v, h in enumerate(second.vehicle_depot.tolist()):
            if h not in ready:
                continue
            opens[v] = max(ready[h], float(second.depot_open_s[h]))
            if (v, opens[v]) not in known:
                found = cheapest_rounds(second, v, opens[v], in_time=in_time)
                if found is None:
                    return None
                known[v, opens[v]] = found
            for stops, eur in known[v, opens[v]].cost.items():
                if eur < cost[stops]:
                    cost[stops], maker[stops] = eur, v
        if not in_time():
            return None
        shared = cheapest_partition(cost, problem.num_stops, problem.vehicle_count)
        if shared is not None and fixed + shared[0] < best.eur:
            routes = []
            for stops in shared[1]:
                v = int(maker[stops])
                end = known[v, opens[v]].ends[stops]
                routes.append(read_round(second, v, opens[v], end))
            best = Proved(plan, tuple(routes), fixed + shared[0])
    if best.plan is None:
        return best
    kg = hub_loads(problem, best.routes)
    trucks = lean(problem, best.plan, kg)  # a way past a hub that costs nothing is left out
    return best if trucks is None else dataclasses.replace(best, plan=trucks)
