"""Which rounds of a pool are worth a place in the choice: those with the least reduced cost.

The linear programme of the choice without limits and departures gives every stop a value and every
fleet entry a price; what a round costs beyond those is what it would cost to be driven instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations

import numpy as np

from bundling.mip import LinearModel, solve_model
from bundling.rounds.candidates import Candidate, candidate
from bundling.rounds.enumeration import all_candidates
from bundling.rounds.evaluate import route_figures
from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.search import Found, price
from bundling.rounds.sequenced import merged
from bundling.rounds.solution import Route


def promising(
    problem: RoundsProblem, routes: Sequence[Route], most: int, *, time_limit: float
) -> list[Route]:
    """Return the `most` rounds with the least reduced cost, the least first.

    Parameters
    ----------
    problem, routes
        Rounds to choose from; together they serve every stop that must be served.
    most
        How many are wanted.
    time_limit
        Seconds for HiGHS; when they do not do, rounds are taken in the order given.
    """
    if not routes:
        return []
    stops = [[problem.stop_index[stop] for stop in route.stops] for route in routes]
    entries = np.array([problem.vehicle_index[route.vehicle] for route in routes])
    eur = np.array([route_figures(problem, route).cost_eur for route in routes])
    model = LinearModel()
    x = model.add_columns("round", len(routes), cost=eur)
    optional = np.flatnonzero(np.isfinite(problem.prize_eur))
    pairs = np.array([(s, j) for j, mine in enumerate(stops) for s in mine]).reshape(-1, 2)
    terms = [(pairs[:, 0], x[pairs[:, 1]], 1.0)]
    if len(optional):
        absent = model.add_columns("absent", len(optional), cost=problem.prize_eur[optional])
        terms.append((optional, absent, 1.0))
    model.add_rows("serve", problem.num_stops, *terms, lower=1.0, upper=1.0)
    counts = problem.count.astype(np.float64)
    model.add_rows("count", problem.num_vehicles, (entries, x, 1.0), upper=counts)
    outcome = solve_model(model, time_limit=time_limit, step="rounds together")
    if outcome.row_duals is None:
        return list(routes[:most])
    value, price = np.split(outcome.row_duals, [problem.num_stops])
    worth = np.array([value[mine].sum() for mine in stops])
    order = np.argsort(eur - worth - price[entries], kind="stable")
    return [routes[j] for j in order[:most]]


def pooled(
    problem: RoundsProblem,
    parts: Sequence[Part],
    runs: Mapping[int, Sequence[Found]],
    time_left: Callable[[], float],
) -> Iterator[Route]:
    """Give rounds beside the best: those seen by the searches of a part, or every one of it.

    Parameters
    ----------
    problem, parts
        What was searched.
    runs
        Searches of each part; the others are small.
    time_left
        Seconds there are; half of them may be taken.
    """
    until = 0.5 * time_left()
    for k, part in enumerate(parts):
        if k in runs:
            pool = merged(run.pool for run in runs[k])
            found = price(problem, part, pool, lambda: time_left() - until)
            yield from (as_route(problem, one) for one in found)
        else:
            orders = _every_order(problem, part, lambda: time_left() - until)
            yield from (as_route(problem, one) for one in orders)


def _every_order(
    problem: RoundsProblem, part: Part, time_left: Callable[[], float]
) -> Iterator[Candidate]:
    """Give rounds for a part of a few stops: the best of each subset, then every other order."""
    yield from all_candidates(problem, part)
    for size in range(1, len(part.stops) + 1):
        for i, v in enumerate(part.vehicles):
            mine = [s for s, can in zip(part.stops, part.possible[i], strict=True) if can]
            for order in permutations(mine, size):
                if time_left() <= 0.0:
                    return
                found = candidate(problem, v, order)
                if found is not None:
                    yield found


def as_route(problem: RoundsProblem, found: Candidate) -> Route:
    """Return a candidate as a round."""
    return Route(
        problem.vehicle_ids[found.vehicle],
        tuple(problem.stop_ids[s] for s in found.stops),
        found.departure_s,
        reloads=found.reloads,
    )
