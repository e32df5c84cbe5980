"""The rounds for a plan of the trucks, by the search for rounds, and what both cost together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bundling.result import Limit, OnEvent
from bundling.rounds.defaults import left_at_default
from bundling.rounds.echelons.freight import overloaded
from bundling.rounds.echelons.plans import Plan, cheapest_plan, hubs_eur
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.evaluate import evaluate as evaluate_rounds
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution, Route
from bundling.rounds.solve import solve as solve_rounds
from bundling.rounds.tolerance import exceeds
from bundling.rounds.validate import OPTIONAL_VEHICLE_COLUMNS, VEHICLE_COLUMNS

_OF_ENTRIES = (
    *VEHICLE_COLUMNS,
    *OPTIONAL_VEHICLE_COLUMNS,
    "vehicle_depot",
    "end_depot",
    "barred",
    "curve_of",
)


@dataclass(frozen=True)
class Outcome:
    """What came of one plan.

    Attributes
    ----------
    plan
        The plan the rounds were made for.
    trucks
        The plan that carries their freight, which may be a cheaper or another one; None when the
        trucks cannot, or there are no rounds.
    routes, eur
        Rounds, and the cost of all; infinite without trucks.
    kg
        Freight of each hub.
    limit
        What ended the search.
    too_many
        By how many vehicles hubs should do with less next time (0: with no more), where a limit
        that the search for rounds does not know was broken.
    """

    plan: Plan
    trucks: Plan | None
    routes: tuple[Route, ...]
    eur: float
    kg: Mapping[int, float]
    limit: Limit
    too_many: Mapping[int, int]

    @property
    def vehicles(self) -> int:
        """Number of rounds."""
        return len(self.routes)


def rounds_problem(
    problem: TwoEchelonProblem, plan: Plan, counts: Mapping[int, int]
) -> RoundsProblem | None:
    """Return the rounds that a plan leaves: of its hubs, from when their freight is ready.

    `counts` limits the vehicles of a hub, the same for all its fleet entries. None when freight is
    ready after a hub has closed.
    """
    second, ready = problem.second, plan.ready_s
    opens = second.depot_open_s.copy()
    for h, at in ready.items():
        opens[h] = max(opens[h], at)
        if opens[h] > second.depot_close_s[h]:
            return None
    keep = [v for v, h in enumerate(second.vehicle_depot.tolist()) if h in ready]
    usual = set(left_at_default(second))
    if second.plans_depot_charging:
        usual.discard("ready_by_s")  # the hub opens next day when it did, not when freight comes
    # What is left at its default follows the other fields by itself.
    names = [name for name in _OF_ENTRIES if name not in usual]
    fields: dict[str, Any] = {name: getattr(second, name)[keep] for name in names}
    for name in ("vehicle_ids", "vehicle_types", "break_rule"):
        values = getattr(second, name)
        fields[name] = tuple(values[v] for v in keep) if values else ()
    hubs = second.vehicle_depot[keep].tolist()
    most = [counts.get(h, problem.vehicle_count) for h in hubs]
    fields["count"] = np.minimum(fields["count"], most)
    return second.replace(**fields, depot_open_s=opens)


def attempt(
    problem: TwoEchelonProblem,
    plan: Plan,
    *,
    counts: Mapping[int, int],
    time_limit: float,
    seed: int,
    max_iterations: int | None,
    on_event: OnEvent | None,
) -> Outcome:
    """Look for the rounds of a plan, and see whether the trucks can bring their freight."""
    none = Outcome(plan, None, (), math.inf, {}, Limit.NONE, {})
    second = rounds_problem(problem, plan, counts)
    if second is None:
        return none
    result = solve_rounds(
        second, time_limit=time_limit, seed=seed, max_iterations=max_iterations, on_event=on_event
    )
    if result.solution is None:
        return Outcome(plan, None, (), math.inf, {}, result.limit, {})
    routes: tuple[Route, ...] = result.solution.routes
    return outcome_of_rounds(problem, plan, routes, result.limit)


def outcome_of_rounds(
    problem: TwoEchelonProblem, plan: Plan, routes: tuple[Route, ...], limit: Limit
) -> Outcome:
    """See whether trucks can bring the freight of rounds made for a plan, and what all costs."""
    kg, leaves, used = _of_hubs(problem, routes)
    too_many: dict[int, int] = {}
    over = len(routes) - problem.vehicle_count
    if over > 0:
        too_many[min(used, key=lambda h: (used[h], h))] = over
    for h, load in kg.items():
        if exceeds(load, float(problem.hub_capacity_kg[h])):
            too_many[h] = 1
    # The plan itself is in time, so the cheapest one that is in time costs no more.
    trucks = cheapest_plan(problem, kg, leaves, plan)
    if trucks is None and plan.tours:
        hubs, excess = overloaded(problem, plan.calls, kg)
        rounds = sum(used[h] for h in hubs)
        mean = math.fsum(kg[h] for h in hubs) / max(1, rounds)
        # None of these hubs may grow, and the one with most rounds has to shrink.
        too_many |= {h: max(0, too_many.get(h, 0)) for h in hubs}
        heavy = max(hubs, key=lambda h: (used[h], -h))
        too_many[heavy] = max(too_many[heavy], max(1, math.ceil(excess / max(mean, 1e-9))))
    if trucks is None or too_many:
        return Outcome(plan, None, routes, math.inf, kg, limit, too_many)
    done = evaluate_rounds(problem.second, RoundsSolution(routes))
    eur = trucks.eur + hubs_eur(problem, sorted({*kg, *trucks.hubs})) + done.objective
    return Outcome(plan, trucks, routes, eur, kg, limit, {})


def _of_hubs(
    problem: TwoEchelonProblem, routes: tuple[Route, ...]
) -> tuple[dict[int, float], dict[int, float], dict[int, int]]:
    """Return freight, first departure and number of rounds of each hub that is used."""
    second = problem.second
    loads: dict[int, list[float]] = {}
    leaves: dict[int, float] = {}
    for route in routes:
        h = int(second.vehicle_depot[second.vehicle_index[route.vehicle]])
        mine = [float(second.delivery_kg[second.stop_index[stop]]) for stop in route.stops]
        loads.setdefault(h, []).append(math.fsum(mine))
        leaves[h] = min(route.departure_s, leaves.get(h, math.inf))
    kg = {h: math.fsum(parts) for h, parts in sorted(loads.items())}
    return kg, leaves, {h: len(parts) for h, parts in loads.items()}


def hub_loads(problem: TwoEchelonProblem, routes: Sequence[Route]) -> dict[int, float]:
    """Return the freight of each hub that is used."""
    return _of_hubs(problem, tuple(routes))[0]
