"""Flows that may leave their shortest path for a station, as the search for sites sees them.

A flow may take any way to its destination that is not too long. What counts are the stations on it
in order: from the origin to the first, from each to the next, and from the last to the destination,
each by the shortest way. A round trip goes the same way back, so half a range does for both ends.

Where stations that are open do not let a flow through, one of the sites must open that could be
next after those it gets to: a cut. When sites are open in part, those open by some share count as
open, for a few shares; at whole sites the cut is exact, which is what the proof needs.

References
----------
- J.-G. Kim, M. Kuby, "The deviation-flow refueling location model for optimizing a network of
  refueling stations", International Journal of Hydrogen Energy 37 (2012) 5406-5420.
- O. Arslan, O. E. Karasan, A. R. Mahjoub, H. Yaman, "A branch-and-cut algorithm for the alternative
  fuel refueling station location problem with routing", Transportation Science 53 (2019) 1107-1125.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy import sparse

from bundling.location.kernel import kernel
from bundling.location.refuelling.problem import ROUND, RefuellingProblem
from bundling.location.sites.found import BoolArray, FloatArray, IntArray
from bundling.location.sites.lists import SiteArray
from bundling.location.sites.relax import FREE, OPEN

_EPS = 1e-9
_GROUPS = 400
_SHARES = np.array([0.999, 0.5, 0.2, 0.05, 1e-6])
"""Sites open by so much count as open when cuts are looked for."""
_EASY = 2e7
"""Exchanges are tried where all of them together take no more steps than about this."""


class Reach(NamedTuple):
    """What each flow could use; sites of flow ``q`` are ``start[q] : start[q + 1]``."""

    start: IntArray  # [Q + 1]
    site: SiteArray  # [P] sites it can pass without going too far
    there: FloatArray  # [P] from the origin to the site
    back: FloatArray  # [P] from the site to the destination
    budget: FloatArray  # [Q] how far it may go
    first: FloatArray  # [Q] how far the first station may be
    last: FloatArray  # [Q] how far the last one may be from the destination
    reach: FloatArray  # [Q]
    direct: BoolArray  # [Q] whether it needs no station
    volume: FloatArray  # [Q]
    between: FloatArray  # [J, J]


def reach_of(problem: RefuellingProblem) -> Reach:
    """Return what each flow of a problem with detours could use."""
    distance = problem.distance
    origin = problem.path_node[problem.path_start[:-1]]
    destination = problem.path_node[problem.path_start[1:] - 1]
    shortest = distance[origin, destination]
    budget = shortest * (1.0 + problem.detour_share) * (1.0 + _EPS)
    around = problem.trip == ROUND
    first = problem.reach * (0.5 if around else problem.start_share)
    last = problem.reach * (0.5 if around else 1.0 - problem.end_share)
    starts, sites, theres, backs = [0], [], [], []
    allowed = ~problem.forbidden
    for q in range(problem.num_flows):
        there = distance[origin[q], problem.site_node]
        back = distance[problem.site_node, destination[q]]
        near = np.flatnonzero(allowed & (there + back <= budget[q]))
        near = near[np.argsort(there[near], kind="stable")]
        sites.append(near)
        theres.append(there[near])
        backs.append(back[near])
        starts.append(starts[-1] + len(near))
    needed = problem.reach * (problem.start_share - problem.end_share)
    return Reach(
        np.array(starts, dtype=np.int64),
        np.concatenate(sites).astype(np.int32),
        np.concatenate(theres),
        np.concatenate(backs),
        budget,
        first * (1.0 + _EPS),
        last * (1.0 + _EPS),
        problem.reach * (1.0 + _EPS),
        (shortest <= needed * (1.0 + _EPS)) & (not around),
        np.array(problem.volume),
        np.ascontiguousarray(distance[np.ix_(problem.site_node, problem.site_node)]),
    )


class Detours:
    """Flows that may make detours; see `sites.tree.Missing`."""

    def __init__(self, problem: RefuellingProblem) -> None:
        self.reach = reach_of(problem)
        self.fixed = np.array(problem.fixed_cost)
        self.num_sites = problem.num_sites
        self.least, self.most = problem.least_open, problem.most_open
        self.groups = max(1, min(_GROUPS, problem.num_flows))
        self._group = np.arange(problem.num_flows) * self.groups // problem.num_flows
        numbers = np.concatenate([self.fixed, self.reach.volume])
        self.grain = 1.0 if bool((numbers == np.rint(numbers)).all()) else 0.0

    def price(self, is_open: BoolArray) -> float:
        """Return what it costs when these sites are open; infinite when they do not do."""
        if not self.least <= int(is_open.sum()) <= self.most:
            return math.inf
        lost = missed_volume(self.reach, is_open.astype(np.float64))
        return float(lost) + float(self.fixed[is_open].sum())

    def greedy(self, status: IntArray) -> BoolArray:
        """Return good sites to begin from."""
        is_open = status == OPEN
        open_greedily(self.reach, self.fixed, status, is_open, self.least, self.most)
        return self.improve(status, is_open)

    def improve(self, status: IntArray, is_open: BoolArray) -> BoolArray:
        """Return sites like these after exchanges that pay, where looking for them is quick."""
        steps = self.num_sites * max(1, int(is_open.sum())) * len(self.reach.site)
        if steps > _EASY:
            return is_open
        better = is_open.copy()
        exchange_stations(self.reach, self.fixed, status, better, self.price(is_open))
        return better

    def cuts(self, sites: FloatArray) -> tuple[FloatArray, sparse.csr_array]:
        """Return what is missed of each group of flows at least, as cuts."""
        size = int(np.diff(self.reach.start).max(initial=0))
        room = np.zeros((3, size + 1))
        chosen = np.zeros(len(self.reach.site), dtype=np.bool_)
        lacking = np.zeros(len(self.reach.volume), dtype=np.bool_)
        find_cuts(self.reach, sites, _SHARES, room, chosen, lacking)
        flow = np.repeat(np.arange(len(lacking)), np.diff(self.reach.start))[chosen]
        constant = np.bincount(
            self._group, weights=np.where(lacking, self.reach.volume, 0.0), minlength=self.groups
        ).astype(np.float64)
        held = sparse.csr_array(
            (self.reach.volume[flow], (self._group[flow], self.reach.site[chosen])),
            shape=(self.groups, self.num_sites),
        )
        return constant, held

    def demands(self, sites: FloatArray) -> sparse.csr_array:
        """Return nothing: every flow may be missed."""
        return sparse.csr_array((0, len(sites)))


@kernel
def _go(reach, q, y, share, far, next_to):
    """Go from station to station; return whether the destination is reached.

    `far` is written: how far each site of the flow is by stations, infinite where these do not get
    to it; `next_to` whether it could be the next one.
    """
    begin, end = reach.start[q], reach.start[q + 1]
    if reach.direct[q]:
        return True
    count = end - begin
    for k in range(count):
        there = reach.there[begin + k]
        far[k] = there if there <= reach.first[q] else np.inf
        next_to[k] = 0.0
    while True:
        best = -1
        for k in range(count):
            if next_to[k] == 0.0 and far[k] < np.inf and (best < 0 or far[k] < far[best]):
                best = k
        if best < 0:
            return False
        next_to[best] = 1.0
        j = reach.site[begin + best]
        if far[best] + reach.back[begin + best] > reach.budget[q]:
            next_to[best] = -1.0  # too far to be of any use
            continue
        if y[j] < share:
            continue
        next_to[best] = 2.0
        if reach.back[begin + best] <= reach.last[q]:
            return True
        for k in range(count):
            if next_to[k] == 0.0:
                way = reach.between[j, reach.site[begin + k]]
                if way <= reach.reach[q] and far[best] + way < far[k]:
                    far[k] = far[best] + way


@kernel
def missed_volume(reach, y):
    """Volume of the flows that stations do not let through."""
    size = 0
    for q in range(len(reach.volume)):
        size = max(size, reach.start[q + 1] - reach.start[q])
    far, next_to = np.zeros(size + 1), np.zeros(size + 1)
    lost = 0.0
    for q in range(len(reach.volume)):
        if not _go(reach, q, y, 0.5, far, next_to):
            lost += reach.volume[q]
    return lost


@kernel
def find_cuts(reach, y, shares, room, chosen, lacking):
    """Mark the sites in the cut of each flow that lacks most, and the flows that have one."""
    far, next_to, best = room[0], room[1], room[2]
    for q in range(len(reach.volume)):
        begin, count = reach.start[q], reach.start[q + 1] - reach.start[q]
        worst = 1e-7
        for s in range(len(shares)):
            if _go(reach, q, y, shares[s], far, next_to):
                break  # and so it is with any smaller share
            held = 0.0
            for k in range(count):
                if next_to[k] == 1.0:
                    held += y[reach.site[begin + k]]
            if 1.0 - held > worst:
                worst = 1.0 - held
                best[:count] = next_to[:count]
        lacking[q] = worst > 1e-7
        for k in range(count):
            chosen[begin + k] = lacking[q] and best[k] == 1.0


@kernel
def open_greedily(reach, fixed, status, is_open, least, most):
    """Open sites one by one: those that let most volume through, or are next for most of it."""
    num_sites = len(fixed)
    size = 0
    for q in range(len(reach.volume)):
        size = max(size, reach.start[q + 1] - reach.start[q])
    far, next_to = np.zeros(size + 1), np.zeros(size + 1)
    hope, y = np.zeros(num_sites), np.zeros(num_sites)
    count = 0
    for j in range(num_sites):
        y[j] = 1.0 if is_open[j] else 0.0
        count += is_open[j]
    while count < most:
        hope[:] = -fixed
        for q in range(len(reach.volume)):
            if _go(reach, q, y, 0.5, far, next_to):
                continue
            begin = reach.start[q]
            for k in range(reach.start[q + 1] - begin):
                if next_to[k] == 1.0:
                    through = reach.back[begin + k] <= reach.last[q]
                    hope[reach.site[begin + k]] += reach.volume[q] * (1.0 if through else 0.25)
        best = -1
        for j in range(num_sites):
            if y[j] == 0.0 and status[j] == FREE and (best < 0 or hope[j] > hope[best]):
                best = j
        if best < 0 or (count >= least and hope[best] <= 0.0):
            break
        y[best], is_open[best] = 1.0, True
        count += 1


@kernel
def exchange_stations(reach, fixed, status, is_open, cost):
    """Exchange one open site for another while that pays; return the cost."""
    num_sites = len(fixed)
    y = np.zeros(num_sites)
    for j in range(num_sites):
        y[j] = 1.0 if is_open[j] else 0.0
    better = True
    while better:
        better = False
        for out in range(num_sites):
            if y[out] == 0.0 or status[out] != FREE:
                continue
            y[out] = 0.0
            best, come = cost * (1.0 - 1e-9) - 1e-12, -1
            for j in range(num_sites):
                if j == out or y[j] == 1.0 or status[j] != FREE:
                    continue
                y[j] = 1.0
                found = missed_volume(reach, y) + (y * fixed).sum()
                if found < best:
                    best, come = found, j
                y[j] = 0.0
            if come >= 0:
                y[come], cost, better = 1.0, best, True
            else:
                y[out] = 1.0
    for j in range(num_sites):
        is_open[j] = y[j] == 1.0
    return cost
