"""Clients that the same sites cover are one client: their weights add up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.location.kernel import kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
SiteArray = NDArray[np.int32]


def merged(
    start: IntArray, site: SiteArray, weight: FloatArray, num_sites: int
) -> tuple[IntArray, SiteArray, FloatArray, IntArray]:
    """Merge clients with equal lists of sites.

    Returns
    -------
    tuple
        Start, sites and weights of the groups, and the group of each client ``[I]``.
    """
    key = np.random.default_rng(0).integers(1, 2**63, size=num_sites, dtype=np.int64)
    code = np.zeros(len(weight), dtype=np.int64)
    _codes(start, site, key, code)
    order = np.argsort(code, kind="stable")
    group = np.zeros(len(weight), dtype=np.int64)
    first = np.zeros(len(weight), dtype=np.int64)
    count = _groups(start, site, code, order, group, first)
    first = first[:count]
    begins = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.diff(start)[first], out=begins[1:])
    sites = np.zeros(begins[-1], dtype=np.int32)
    _copy(start, site, first, begins, sites)
    weights = np.bincount(group, weights=weight, minlength=count).astype(np.float64)
    return begins, sites, weights, group


@kernel
def _codes(start, site, key, code):
    for i in range(len(code)):
        total = 0
        for t in range(start[i], start[i + 1]):
            total += key[site[t]]
        code[i] = total


@kernel
def _equal(start, site, i, k):
    size = start[i + 1] - start[i]
    if start[k + 1] - start[k] != size:
        return False
    same = True
    for t in range(size):
        same = same and site[start[i] + t] == site[start[k] + t]
    return same


@kernel
def _groups(start, site, code, order, group, first):
    """Write numbers of groups; clients with one code and other sites begin a group of their own."""
    count = 0
    for at in range(len(order)):
        i = order[at]
        if at > 0 and code[order[at - 1]] == code[i] and _equal(start, site, first[count - 1], i):
            group[i] = count - 1
            continue
        first[count], group[i] = i, count
        count += 1
    return count


@kernel
def _copy(start, site, first, begins, sites):
    for g in range(len(first)):
        for t in range(begins[g + 1] - begins[g]):
            sites[begins[g] + t] = site[start[first[g]] + t]


@kernel
def count_within(clients, sites, radius, start):
    """Write where the sites within `radius` of each client will start ``[I + 1]``."""
    for i in range(len(clients)):
        num = 0
        for j in range(len(sites)):
            dx, dy = clients[i, 0] - sites[j, 0], clients[i, 1] - sites[j, 1]
            num += dx * dx + dy * dy <= radius * radius
        start[i + 1] = start[i] + num


@kernel
def write_within(clients, sites, radius, start, site):
    """Write the sites within `radius` of each client, ascending."""
    for i in range(len(clients)):
        at = start[i]
        for j in range(len(sites)):
            dx, dy = clients[i, 0] - sites[j, 0], clients[i, 1] - sites[j, 1]
            if dx * dx + dy * dy <= radius * radius:
                site[at] = j
                at += 1
