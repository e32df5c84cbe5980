"""Run each kernel once on four nodes, so that none is compiled while a clock runs."""

from __future__ import annotations

import math

import numpy as np

from bundling.location.hubs.arrays import arrays_of, status_of
from bundling.location.hubs.message_bound import MessageBound
from bundling.location.hubs.multiple import Multiple, RoutePrices, cheapest_ways
from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.shared_room import toll_bound
from bundling.location.hubs.single import Single
from bundling.location.hubs.subsets import left_sets
from bundling.location.hubs.tree import Linear, close_hubs
from bundling.location.sites.found import Found


def run_kernels(single: bool) -> None:
    """Run the kernels of problems with `single` allocation, or of the others.

    Called one by one: a search so small may end before it has used them all.
    """
    flow = np.ones((4, 4)) - np.eye(4)
    place = np.array([0.0, 1.0, 5.0, 7.0])
    problem = HubLocationProblem.of(
        flow, np.abs(place[:, None] - place), alpha=0.5, least_open=2, most_open=2, single=single
    )
    data, status, stop = arrays_of(problem), status_of(problem), np.zeros(1, dtype=np.bool_)
    found = Found(np.zeros(4, dtype=bool), math.inf)
    two, pair, size = np.array([True, True, False, False]), np.array([[0, 1]]), np.array([2])
    left_sets(np.zeros(4), status, np.zeros(4), 0.0, 1, 2, 1.0, 10)
    close_hubs(Linear(0.0, np.ones(4), 0.0), status, 1, 2, 9.0)
    routes = RoutePrices(data, 2, 2)
    routes.bound(status, 1e6, 2, stop)
    multiple = Multiple(data, 2, 2)
    multiple.start(status, found, stop)
    if not single:
        found.cost = math.inf
        multiple.price(pair, size, found, math.inf, stop)
        cheapest_ways(data, two)
        toll_bound(flow, np.ones((4, 2)), np.ones((2, 4)), np.ones(2), np.zeros(2), 1.0, 1)
        return
    relaxation = Single(data, 2, 2)
    messages = routes.messages(np.arange(4))
    state = MessageBound(data, status, messages, np.zeros(4), 0.0)
    prices = routes.node_prices()
    state.priced(prices, 2, 2, 1e6, np.ones(4))
    state.pass_on(prices)
    relaxation.improve(status, two, found, stop)
    found.cost = math.inf
    relaxation.price(pair, size, found, math.inf, stop)
