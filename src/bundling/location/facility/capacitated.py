"""Sites with capacities, as the search sees them: clients may be split over open sites."""

from __future__ import annotations

import math

import numpy as np

from bundling.location.facility.knapsacks import ascend_capacitated
from bundling.location.facility.problem import FacilityProblem
from bundling.location.facility.transport import transport
from bundling.location.sites.found import BoolArray, FloatArray, IntArray
from bundling.location.sites.lists import sorted_lists
from bundling.location.sites.plain import Plain
from bundling.location.sites.relax import CLOSED, FREE, OPEN


class Capacitated:
    """Clients, demands, and sites with capacities; see `branch.Relaxation`."""

    grain = 0.0

    def __init__(self, problem: FacilityProblem) -> None:
        self.problem = problem
        self.num_sites, self.most = problem.num_sites, problem.most_open
        self.least = max(problem.least_open, _needed(problem))
        self._cost = np.ascontiguousarray(problem.cost.T)

    def greedy(self, status: IntArray) -> BoolArray:
        """Return sites that are good without capacities, and enough of them."""
        problem = self.problem
        free = np.full(problem.num_clients, np.inf)
        lists = sorted_lists(problem.cost, free)
        plain = Plain(lists, free, problem.fixed_cost, self.least, self.most)
        is_open = plain.greedy(status)
        # The largest come in until all demand fits.
        for j in np.argsort(-problem.capacity, kind="stable"):
            short = problem.demand.sum() - problem.capacity[is_open].sum()
            if short <= 0.0 or is_open.sum() >= self.most:
                break
            is_open[j] |= status[j] == FREE
        return is_open

    def improve(self, status: IntArray, is_open: BoolArray) -> BoolArray:  # noqa: ARG002
        """Return the sites as they are."""
        return is_open

    def price(self, is_open: BoolArray) -> float:
        """Return what it costs when these sites are open; infinite when they do not do."""
        if not self.problem.least_open <= int(is_open.sum()) <= self.most:
            return math.inf
        return transport(self.problem, is_open).cost + float(self.problem.fixed_cost[is_open].sum())

    def first_prices(self, is_open: BoolArray) -> FloatArray:  # noqa: ARG002
        """Return the second cheapest cost of each client, or the only one."""
        ranked = np.sort(self.problem.cost, axis=1)[:, :2]
        return np.where(np.isfinite(ranked[:, -1]), ranked[:, -1], ranked[:, 0])

    def forget(self, status: IntArray) -> None:
        """Do nothing: closed sites are passed over as they are."""

    def ascend(
        self, status: IntArray, prices: FloatArray, usage: FloatArray, cutoff: float,
        target: float, iterations: int, step: float,
    ) -> tuple[float, BoolArray]:  # fmt: skip
        """Raise the bound; see `knapsacks.ascend_capacitated`."""
        problem = self.problem
        if problem.capacity[status != CLOSED].sum() < problem.demand.sum() * (1 - 1e-9):
            return math.inf, status == OPEN
        bound, chosen, _ = ascend_capacitated(
            self._cost, problem.demand, problem.capacity, problem.fixed_cost, status, self.least,
            self.most, prices, usage, cutoff, target, iterations, step,
        )  # fmt: skip
        return bound, chosen


def _needed(problem: FacilityProblem) -> int:
    """How many sites all demand needs at least: that many of the largest hold it."""
    largest = np.cumsum(-np.sort(-np.where(problem.forbidden, 0.0, problem.capacity)))
    return int(np.searchsorted(largest, problem.demand.sum() * (1 - 1e-9))) + 1
