"""Routes the search has seen that are worth another look: those with the least reduced cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bundling.mip.highs import solve_model
from bundling.mip.model import LinearModel
from bundling.rounds.electric.anneal import read_routes
from bundling.rounds.electric.arrays import PRIZE, new_state, new_work
from bundling.rounds.electric.build import build
from bundling.rounds.electric.plan import route_of
from bundling.rounds.electric.recombine import gather
from bundling.rounds.electric.searcher import Searcher
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Route

_ROWS = 3_000
"""Routes looked at of each search, the latest."""
_ROOM, _STATIONS = 8, 3
_SECONDS = 2.0


def pooled(problem: RoundsProblem, searchers: Sequence[Searcher], most: int) -> Iterator[Route]:
    """Give up to `most` routes of the pools, each with its charges and its best departure.

    A linear programme over all of them values the stops; what a route costs beyond the worth of
    its stops is what it would cost to drive it instead of others.
    """
    data = searchers[0].data
    n = len(data.stop)
    rows, costs = [], []
    for searcher in searchers:
        latest, latest_eur = searcher.latest(_ROWS)
        rows.append(latest)
        costs.append(latest_eur)
    seen, money = np.concatenate(rows), np.concatenate(costs)
    if not len(seen):
        return
    routes, eur = gather([], seen, money)
    if not len(routes):
        return
    inside = np.arange(n)[None, :] < routes[:, 1:2]
    columns = np.nonzero(inside)[0]
    model = LinearModel()
    x = model.add_columns("route", len(routes), cost=eur)
    prize = data.stop[:, PRIZE]
    dear = 10.0 * float(eur.max()) + 1.0
    u = model.add_columns("absent", n, cost=np.where(np.isfinite(prize), prize, dear))
    model.add_rows(
        "served", n, (routes[:, 2:][inside], x[columns], 1.0), (np.arange(n), u, 1.0), lower=1.0
    )
    outcome = solve_model(model, step="rounds", time_limit=_SECONDS)
    worth = np.zeros(len(routes))
    if outcome.row_duals is not None:
        np.add.at(worth, columns, outcome.row_duals[routes[:, 2:][inside]])
    state, work = new_state(data, 1, _ROOM), new_work(data, _ROOM)
    for j in np.argsort(eur - worth, kind="stable")[:most].tolist():
        if read_routes(data, state, work, np.ascontiguousarray(routes[j : j + 1])):
            yield route_of(problem, data, state, work, 0)


def with_charges(
    problem: RoundsProblem, sequences: Sequence[tuple[int, tuple[int, ...]]]
) -> list[Route | None]:
    """Return fleet entries and stops as routes with the charges they need; None where none do."""
    data = build(problem, stations_a_gap=_STATIONS, chains=False)
    state, work = new_state(data, 1, _ROOM), new_work(data, _ROOM)
    found: list[Route | None] = []
    for v, stops in sequences:
        row = np.zeros((1, 2 + problem.num_stops), dtype=np.int64)
        row[0, 0], row[0, 1] = v, len(stops)
        row[0, 2 : 2 + len(stops)] = stops
        fine = read_routes(data, state, work, row)
        found.append(route_of(problem, data, state, work, 0) if fine else None)
    return found
