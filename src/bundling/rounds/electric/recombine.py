"""The best solution that can be put together from routes the search has seen.

A set partitioning model over the pool of routes, solved by HiGHS: routes that were good in
different solutions come together in one. All recent winners on electric routes do so; the name
"heuristic concentration" is of Rosing and ReVelle (EJOR 97, 1997).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bundling.mip.highs import solve_model
from bundling.mip.model import LinearModel
from bundling.rounds.electric.arrays import COUNT, PRIZE, Data, FloatArray, IntArray
from bundling.rounds.electric.searcher import Searcher

_KEY_SEED = 20_000_003
_ROWS = 6_000
"""Routes looked at of each search, the latest: HiGHS' presolve must end in the time it gets."""


def _keys(routes: IntArray) -> IntArray:
    """Return a number for each route that is the same for the same fleet entry and stops."""
    draw = np.random.default_rng(_KEY_SEED)
    n = routes.shape[1] - 2
    tickets = draw.integers(0, 2**50, n)
    kinds = draw.integers(0, 2**50, n + int(routes[:, 0].max()) + 1)
    inside = np.arange(n)[None, :] < routes[:, 1:2]
    keys: IntArray = np.where(inside, tickets[routes[:, 2:]], 0).sum(axis=1) + kinds[routes[:, 0]]
    return keys


def gather(
    searchers: Sequence[Searcher], best: IntArray, eur: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Return the different routes of the pools, and of `best`, each at its least cost.

    Routes with the same fleet entry and stops are the same whatever their order.
    """
    rows, costs = [best], [eur]
    for searcher in searchers:
        seen, eur_seen = searcher.latest(_ROWS)
        rows.append(seen)
        costs.append(eur_seen)
    routes, money = np.concatenate(rows), np.concatenate(costs)
    fine = np.isfinite(money) & (routes[:, 1] > 0)
    routes, money = routes[fine], money[fine]
    if not len(routes):
        return routes, money
    keys = _keys(routes)
    order = np.lexsort((money, keys))
    first = np.ones(len(order), dtype=bool)
    first[1:] = keys[order][1:] != keys[order][:-1]
    return routes[order[first]], money[order[first]]


def recombine(
    data: Data, routes: IntArray, eur: FloatArray, best: IntArray, *, time_limit: float, seed: int
) -> IntArray | None:
    """Choose routes that serve every stop at the least cost.

    Parameters
    ----------
    routes, eur
        Candidates ``[P, 2 + n]`` and their cost, see `gather`.
    best
        The best solution known ``[R, 2 + n]``; its routes are among the candidates.
    time_limit
        Seconds.

    Returns
    -------
    IntArray or None
        Routes ``[R, 2 + n]``; None when nothing better was found.
    """
    n, count = routes.shape[1] - 2, len(routes)
    if not count:
        return None
    model = LinearModel()
    x = model.add_columns("route", count, upper=1.0, cost=eur, integer=True)
    inside = np.arange(n)[None, :] < routes[:, 1:2]
    columns = np.nonzero(inside)[0]
    terms = [(routes[:, 2:][inside], x[columns], 1.0)]
    optional = np.flatnonzero(np.isfinite(data.stop[:, PRIZE]))
    if len(optional):
        out = model.add_columns("left_out", len(optional), cost=data.stop[optional, PRIZE])
        terms.append((optional, out, 1.0))
    model.add_rows("served", n, *terms, lower=1.0, upper=1.0)
    limits = data.kind[:, COUNT].astype(np.float64)
    model.add_rows("vehicles", len(limits), (routes[:, 0], x, 1.0), upper=limits)
    served = best[best[:, 1] > 0]
    start = np.zeros(model.num_columns)
    start[x] = np.isin(_keys(routes), _keys(served))
    if len(optional):
        missing = ~np.isin(optional, np.concatenate([row[2 : 2 + row[1]] for row in served]))
        start[out] = missing
    before = float(model.cost @ start)
    outcome = solve_model(model, time_limit=time_limit, seed=seed, start=start)
    if outcome.values is None or outcome.objective >= before - 1e-6:
        return None
    found = np.zeros_like(best)
    picked = np.flatnonzero(outcome.values[x] > 0.5)
    found[: len(picked)] = routes[picked]
    return found
