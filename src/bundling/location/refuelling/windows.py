"""What each flow needs, as sets of sites of which one must be open: its windows.

On a round trip the way from any point of it, as far as the range goes, must hold a station; on a
one-way trip so must the way from the origin with what is in the tank. Only the smallest sets count,
and flows with the same ones are one.

References
----------
- I. Capar, M. Kuby, V. J. Leon, Y.-J. Tsai, "An arc cover-path-cover formulation and strategic
  analysis of alternative-fuel station locations", European Journal of Operational Research 227
  (2013) 142-151.
"""

from __future__ import annotations

import numpy as np

from bundling.location.refuelling.problem import ROUND, RefuellingProblem
from bundling.location.sites.windows import Windows

_EPS = 1e-9


def windows_of(problem: RefuellingProblem) -> tuple[Windows, float]:
    """Return the windows of all flows that sites can serve, and the volume that none can."""
    number = {int(node): j for j, node in enumerate(problem.site_node) if not problem.forbidden[j]}
    groups: dict[frozenset[frozenset[int]], float] = {}
    lost = 0.0
    node, length = problem.path_node.tolist(), problem.path_length.tolist()
    memory: dict[tuple[tuple[int, ...], float], frozenset[frozenset[int]] | None] = {}
    for q in range(problem.num_flows):
        begin, end = int(problem.path_start[q]), int(problem.path_start[q + 1])
        path, legs = node[begin:end], length[begin + 1 : end]
        if problem.trip == ROUND and path[0] > path[-1]:  # the way back is the same round
            path, legs = path[::-1], legs[::-1]
        key = (*path, *legs), float(problem.reach[q])
        if key not in memory:
            memory[key] = _smallest(problem, [number.get(i, -1) for i in path], legs, key[1])
        needs = memory[key]
        if needs is None:
            lost += float(problem.volume[q])
        elif needs:
            groups[needs] = groups.get(needs, 0.0) + float(problem.volume[q])
    return _packed(groups), lost


def _smallest(
    problem: RefuellingProblem, sites: list[int], legs: list[float], reach: float
) -> frozenset[frozenset[int]] | None:
    """Return the smallest windows of a flow; None when one of them is empty."""
    if problem.trip == ROUND:
        found = _round(sites, legs, reach)
    else:
        found = _one_way(sites, legs, reach, problem.start_share, problem.end_share)
    if frozenset() in found:
        return None
    kept: list[frozenset[int]] = []
    for window in sorted(found, key=lambda sites: (len(sites), sorted(sites))):
        if not any(smaller <= window for smaller in kept):
            kept.append(window)
    return frozenset(kept)


def _round(sites: list[int], legs: list[float], reach: float) -> set[frozenset[int]]:
    around = [*sites, *sites[-2:0:-1]]
    ways = [*legs, *reversed(legs)]
    if not ways:
        return {frozenset(site for site in sites if site >= 0)}
    found = set()
    for begin in range(len(around)):
        window, gone = set(), 0.0
        for k in range(len(ways)):
            at = (begin + k) % len(ways)
            gone += ways[at]
            if gone > reach * (1 + _EPS):
                break
            window.add(around[(at + 1) % len(around)])
        found.add(frozenset(window - {-1}))
    return found


def _one_way(
    sites: list[int], legs: list[float], reach: float, start_share: float, end_share: float
) -> set[frozenset[int]]:
    at = np.concatenate([[0.0], np.cumsum(legs)]).tolist()
    ends = at[-1] + end_share * reach
    found = set()
    begins = [((start_share - 1.0) * reach, -1), *((place, k) for k, place in enumerate(at))]
    for begin, first in begins:
        limit = (begin + reach) + _EPS * reach
        if ends <= limit:
            continue
        window = {sites[k] for k in range(first + 1, len(sites)) if at[k] <= limit}
        found.add(frozenset(window - {-1}))
    return found


def _packed(groups: dict[frozenset[frozenset[int]], float]) -> Windows:
    flow, start, site = [0], [0], []
    volume = []
    for needs, amount in groups.items():
        for window in sorted(sorted(sites) for sites in needs):
            site.extend(window)
            start.append(len(site))
        flow.append(len(start) - 1)
        volume.append(amount)
    return Windows(
        np.array(flow, np.int64),
        np.array(start, np.int64),
        np.array(site, np.int32),
        np.array(volume, np.float64),
    )
