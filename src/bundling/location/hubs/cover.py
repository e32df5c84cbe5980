"""Hub covering as an integer model: the cheapest hubs with every pair of nodes within reach.

Multiple allocation: some pair of hubs covers each pair of nodes. Single allocation: a node at a hub
rules out the hubs that are too far for each other node.

References
----------
J. F. Campbell, "Integer programming formulations of discrete hub location problems", European
Journal of Operational Research 72 (1994) 387-405. B. Y. Kara, B. C. Tansel, "The single-assignment
hub covering problem: models and linearizations", Journal of the Operational Research Society 54
(2003) 59-64.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bundling.location.hubs.arrays import status_of
from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.solution import HubLocationSolution
from bundling.mip import LinearModel, MipOutcome, solve_model

_SLACK = 1e-9
Answer = tuple[MipOutcome, HubLocationSolution | None]


def cover(
    problem: HubLocationProblem, *, left: Callable[[], float], gap: float, seed: int,
    cancelled: Callable[[], bool],
) -> Answer:  # fmt: skip
    """Solve a hub covering problem; return what HiGHS says and the plan."""
    model = LinearModel()
    status = status_of(problem)
    is_open = model.add_columns(
        "open", problem.num_nodes, lower=status == 1, upper=status >= 0, cost=problem.fixed_cost,
        integer=True,
    )  # fmt: skip
    model.add_rows(
        "number", 1, (0, is_open, 1.0), lower=problem.least_open, upper=problem.most_open
    )
    (_single if problem.single else _multiple)(problem, model, is_open)
    outcome = solve_model(
        model, time_limit=max(0.05, left()), gap=gap, seed=seed, cancelled=cancelled
    )
    if outcome.values is None:
        return outcome, None
    opened = outcome.values[is_open] > 0.5
    if problem.single:
        at = model.block("at").take(outcome.values)
        return outcome, HubLocationSolution.allocated(problem.flow, at.argmax(axis=1), opened)
    return outcome, _cheapest(problem, opened)


def _limit(problem: HubLocationProblem) -> float:
    return problem.reach * (1 + _SLACK) + _SLACK


def _single(problem: HubLocationProblem, model: LinearModel, is_open: np.ndarray) -> None:
    n, d, limit = problem.num_nodes, problem.distance, _limit(problem)
    at = model.add_columns("at", (n, n), upper=1.0, integer=True)
    node, hub = np.divmod(np.arange(n * n), n)
    model.add_rows("one hub", n, (node, at.ravel(), 1.0), lower=1.0, upper=1.0)
    model.add_rows(
        "hub is open", n * n, (np.arange(n * n), at.ravel(), 1.0),
        (np.arange(n * n), is_open[hub], -1.0), upper=0.0,
    )  # fmt: skip
    model.add_rows(
        "a hub serves itself", n, (np.arange(n), np.diagonal(at), 1.0),
        (np.arange(n), is_open, -1.0), lower=0.0, upper=0.0,
    )  # fmt: skip
    for i in range(n):
        others = np.flatnonzero(problem.flow[i] > 0)
        if not len(others):
            continue
        # [k, m, j]
        cost = (
            problem.chi * d[i][:, None, None]
            + problem.alpha * d[:, :, None]
            + problem.delta * d[None, :, others]
        )
        far = cost > limit
        if i in others:  # to itself, through its one hub
            mine = int(np.searchsorted(others, i))
            alone = np.flatnonzero(far[np.arange(n), np.arange(n), mine])
            model.add_rows("itself", len(alone), (np.arange(len(alone)), at[i, alone], 1.0),
                           upper=0.0)  # fmt: skip
            far[:, :, mine] = False
        rows = far.any(axis=1)
        number = np.cumsum(rows.ravel()).reshape(rows.shape) - 1
        k, q = np.nonzero(rows)
        a, m, b = np.nonzero(far)
        model.add_rows(
            "too far", int(rows.sum()), (number[k, q], at[i, k], 1.0),
            (number[a, b], at[others[b], m], 1.0), upper=1.0,
        )  # fmt: skip


def _multiple(problem: HubLocationProblem, model: LinearModel, is_open: np.ndarray) -> None:
    n, d, limit = problem.num_nodes, problem.distance, _limit(problem)
    both = model.add_columns("both", (n, n), upper=1.0)
    first, last = np.divmod(np.arange(n * n), n)
    for hub in (first, last):
        model.add_rows(
            "both are open", n * n, (np.arange(n * n), both.ravel(), 1.0),
            (np.arange(n * n), is_open[hub], -1.0), upper=0.0,
        )  # fmt: skip
    for i in range(n):
        others = np.flatnonzero(problem.flow[i] > 0)
        if not len(others):
            continue
        cost = (
            problem.chi * d[i][:, None, None]
            + problem.alpha * d[:, :, None]
            + problem.delta * d[None, :, others]
        )
        k, m, q = np.nonzero(cost <= limit)
        model.add_rows("covered", len(others), (q, both[k, m], 1.0), lower=1.0)


def _cheapest(problem: HubLocationProblem, opened: np.ndarray) -> HubLocationSolution:
    from bundling.location.hubs.arrays import arrays_of
    from bundling.location.hubs.multiple import cheapest_ways

    first, last = cheapest_ways(arrays_of(problem), opened)
    i, j = np.nonzero(problem.flow > 0)
    return HubLocationSolution(opened, i, j, first[i, j], last[i, j], np.ones(len(i)))
