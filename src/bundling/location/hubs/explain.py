"""Why no hubs will do, and why these ones are open, in words."""

from __future__ import annotations

import numpy as np

from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.solution import HubLocationSolution


def clashes(problem: HubLocationProblem) -> list[str]:
    """Say which limits rule each other out, as far as that can be told beforehand."""
    words = []
    capacity = np.where(problem.forbidden, 0.0, problem.capacity)
    total = float(problem.sent.sum())
    if capacity.sum() < total * (1 - 1e-9):
        words.append(
            f"nodes send {total:,.6g} and all hubs together can collect {capacity.sum():,.6g}: "
            f"{total - capacity.sum():,.6g} short"
        )
    else:
        others = np.sort(np.where(problem.must_open, 0.0, capacity))[::-1]
        more = max(0, problem.most_open - int(problem.must_open.sum()))
        largest = float(capacity[problem.must_open].sum() + others[:more].sum())
        if largest < total * (1 - 1e-9):
            words.append(
                f"at most {problem.most_open} hubs may be open, and the largest so many can "
                f"collect {largest:,.6g} of {total:,.6g}: {total - largest:,.6g} short"
            )
    if problem.single and problem.has_capacity:
        small = problem.must_open & (problem.sent > problem.capacity * (1 + 1e-9))
        words.extend(
            f"{problem.node_ids[k]} must be a hub and serve itself, but sends "
            f"{problem.sent[k]:,.6g} and can collect {problem.capacity[k]:,.6g}"
            for k in np.flatnonzero(small)
        )
    if problem.most_open == 0 and (problem.flow > 0).any():
        words.append("no hub may be open, and there is flow to carry")
    return words


def explain(problem: HubLocationProblem, solution: HubLocationSolution) -> list[str]:
    """Say for each open hub whom it serves, what passes, and what closing it would cost at least.

    Closing is told for plans without capacities: every way that used the hub takes the cheapest way
    through the other open hubs; the nodes of a single allocation may each take another hub then, so
    what is told is the least that closing costs while the other hubs stay.

    Returns
    -------
    list of str
        One sentence a hub, the busiest first.
    """
    from bundling.location.hubs.tables import tables

    frame = tables(problem, solution)["hubs"]
    hubs = np.flatnonzero(solution.is_open)
    words = []
    for row in frame.sort_values("through", ascending=False, kind="stable").itertuples():
        k = problem.node_ids.index(str(row.node_id))
        text = (
            f"{row.node_id} serves {row.nodes} of {problem.num_nodes} nodes and collects "
            f"{row.collected:,.6g}; {row.through:,.6g} passes"
        )
        if len(hubs) > 1 and not problem.has_capacity and not problem.covering:
            text += f"; without it the same flow costs at least {_closing(problem, solution, k)}"
        words.append(text + ".")
    return words


def _closing(problem: HubLocationProblem, solution: HubLocationSolution, k: int) -> str:
    from bundling.location.hubs.evaluate import evaluate

    hubs = np.flatnonzero(solution.is_open & (np.arange(problem.num_nodes) != k))
    d = problem.distance
    at = (problem.chi * d[:, hubs, None] + problem.alpha * d[np.ix_(hubs, hubs)][None]).min(axis=1)
    cost = (at[:, :, None] + problem.delta * d[hubs][None]).min(axis=1)
    total = float((problem.flow * cost).sum() + problem.fixed_cost[hubs].sum())
    more = total - evaluate(problem, solution).objective
    return f"{more:,.6g} {problem.unit} {'more' if more >= 0 else '(less)'}".strip()
