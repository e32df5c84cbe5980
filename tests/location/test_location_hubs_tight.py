"""Single allocation where capacities fit to the last unit, against every allocation there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bundling.location import hub_covering, hub_location
from bundling.location.hubs.solve import solve
from bundling.result import Limit, Status


def tight(seed, nodes=12, hubs=3):
    """Nodes 0, 1, ... are the hubs; some allocation fills them all exactly."""
    rng = np.random.default_rng(seed)
    place = rng.random((nodes, 2)) * 100
    km = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    sent = rng.integers(20, 60, nodes).astype(float)
    flow = np.zeros((nodes, nodes))
    for i in range(nodes):
        part = rng.random(nodes)
        part[i] = 0.0
        flow[i] = sent[i] * part / part.sum()
    at = np.concatenate([np.arange(hubs), rng.integers(0, hubs, nodes - hubs)])
    capacity = np.zeros(nodes)
    np.add.at(capacity, at, sent)
    return hub_location(
        flow, km, 0.0, alpha=0.5, capacity=capacity, single=True, forbidden=np.arange(nodes) >= hubs
    )


def least_of_all(problem, hubs=3):
    """Cheapest allocation to all `hubs` that fits, by trying every one."""
    nodes = problem.num_nodes
    rest = np.array(list(itertools.product(range(hubs), repeat=nodes - hubs)))
    every = np.hstack([np.tile(np.arange(hubs), (len(rest), 1)), rest])
    load = np.stack([(problem.sent * (every == k)).sum(axis=1) for k in range(hubs)], axis=1)
    every = every[(load <= problem.capacity[:hubs] * (1 + 1e-9)).all(axis=1)]
    own = problem.distance[np.arange(nodes), every] @ (problem.sent + problem.received)
    between = [(problem.flow * problem.distance[np.ix_(at, at)]).sum() for at in every]
    return float((own + 0.5 * np.array(between)).min())


@pytest.mark.parametrize("seed", [15, 37, 3])
def test_what_is_proved_is_the_best_of_all(seed):
    """Seed 15 was once proved at a cost 3 % above the best: struck labels had swallowed the rest.

    All three hubs are needed, since their capacities add up to the flow exactly.
    """
    problem = tight(seed)
    result = solve(problem, gap=0.0, time_limit=60.0)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(least_of_all(problem))


def test_a_search_that_the_clock_cancels_says_so():
    """Hub covering goes to HiGHS, which hears of the clock as of Ctrl-C."""
    rng = np.random.default_rng(1)
    place = rng.random((45, 2)) * 100
    km = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    problem = hub_covering(km, 90.0, fixed_cost=rng.random(45) + 1, alpha=0.5)
    assert solve(problem, gap=0.0, time_limit=1.0).limit is Limit.TIME
