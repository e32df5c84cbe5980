"""p-center: the least radius within which so many sites reach every client.

The radius is one of the costs, so a search among them by halving asks each time how many sites
cover all clients within it. (E. Minieka, "The m-center problem", SIAM Review 12 (1970) 138-139.)
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bundling.location.covering.merge import merged
from bundling.location.facility.problem import FacilityProblem
from bundling.location.sites.clients import Clients
from bundling.location.sites.found import BoolArray, Found, IntArray
from bundling.location.sites.lists import covering_lists
from bundling.location.sites.relax import CLOSED
from bundling.location.sites.tree import search
from bundling.result import Limit


def center(
    problem: FacilityProblem,
    status: IntArray,
    *,
    gap: float,
    stopped: Callable[[Found], Limit],
    left: Callable[[], float],
) -> Found:
    """Find the sites with the least radius; arguments as `branch.search`."""
    cost = np.where(status == CLOSED, np.inf, problem.cost)
    radii = np.unique(cost[np.isfinite(cost)])
    low = int(np.searchsorted(radii, cost.min(axis=1).max()))
    high = len(radii) - 1
    found = Found(np.zeros(problem.num_sites, dtype=bool), math.inf)
    found.bound = float(radii[low])
    while low <= high:
        if math.isfinite(found.cost) and found.cost - found.bound <= gap * found.cost:
            found.limit = Limit.GAP
            return found
        middle = (low + high) // 2
        answer = _cover(problem, cost <= radii[middle], status, found, stopped, left)
        found.nodes += answer.nodes
        if answer.cost <= problem.most_open:
            found.is_open = _enough(problem, answer.is_open)
            found.cost = float(cost[:, found.is_open].min(axis=1).max())
            high = int(np.searchsorted(radii, found.cost)) - 1
        elif answer.bound > problem.most_open:
            low = middle + 1
            found.bound = float(radii[min(low, len(radii) - 1)])
        else:
            found.limit = answer.limit
            return found
    if math.isfinite(found.cost):
        found.bound = found.cost
    return found


def _cover(
    problem: FacilityProblem,
    covers: BoolArray,
    status: IntArray,
    found: Found,
    stopped: Callable[[Found], Limit],
    left: Callable[[], float],
) -> Found:
    """Cover all clients with few sites, until it is known whether `most_open` do."""
    if not covers.any(axis=1).all():
        return Found(found.is_open, math.inf, math.inf)
    must = np.full(problem.num_clients, np.inf)
    lists = covering_lists(covers)
    start, site, weight, _ = merged(lists.start, lists.site, must, problem.num_sites)
    clients = Clients(start, site, weight, np.ones(problem.num_sites), 0, problem.num_sites)

    def enough(answer: Found) -> Limit:
        if answer.cost <= problem.most_open or answer.bound > problem.most_open + 1e-6:
            return Limit.GAP
        return stopped(found)

    first = clients.greedy(status)
    answer = search(clients, status, [first], gap=0.0, stopped=enough, left=left)
    answer.bound = math.ceil(answer.bound - 1e-6)  # sites are whole
    return answer


def _enough(problem: FacilityProblem, is_open: BoolArray) -> BoolArray:
    """Open more sites where so many must be."""
    is_open = is_open.copy()
    spare = np.flatnonzero(~is_open & ~problem.forbidden)
    is_open[spare[: max(0, problem.least_open - int(is_open.sum()))]] = True
    return is_open
