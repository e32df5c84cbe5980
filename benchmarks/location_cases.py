"""Location problems of our own making, larger than the public ones; the same for the same seed."""

from __future__ import annotations

import numpy as np
from scipy.spatial import Delaunay

from bundling.location import (
    CoveringProblem,
    FacilityProblem,
    RefuellingProblem,
    covers_within,
    maximal_covering,
    p_median,
)
from bundling.location.refuelling.paths import shortest_paths

_DETOUR = 1.2
"""Length of a road over the distance as the crow flies."""


def planar_medians(points: int, p: int, seed: int = 1) -> FacilityProblem:
    """Points spread evenly over a square of 10,000 by 10,000, distances rounded to whole units."""
    xy = np.random.default_rng(seed).random((points, 2)) * 10_000
    distance = np.rint(np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1)))
    return p_median(distance, p, unit="units")


def grid_covering(
    sites: int, clients: int, radius: float, p: int, seed: int = 1
) -> CoveringProblem:
    """Sites and clients spread evenly over 30 by 30, weights 1 to 100.

    The sizes are those of J.-F. Cordeau, F. Furini, I. Ljubic, "Benders decomposition for very
    large scale partial set covering and maximal covering location problems", European Journal of
    Operational Research 275 (2019) 882-896; the random numbers are not.
    """
    rng = np.random.default_rng(seed)
    site_xy, client_xy = rng.random((sites, 2)) * 30, rng.random((clients, 2)) * 30
    weight = rng.integers(1, 101, clients)
    covers = covers_within(client_xy, site_xy, radius)
    return maximal_covering(covers, p, weight=weight, unit="weight")


def planar_flows(nodes: int, ends: int, reach: float, p: int, seed: int = 1) -> RefuellingProblem:
    """Roads between neighbours in a square of 1,000 by 1,000, trips by gravity between `ends`."""
    rng = np.random.default_rng(seed)
    xy = rng.random((nodes, 2)) * 1000
    corners = Delaunay(xy).simplices
    sides = np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    arcs = [
        (int(i), int(j), float(round(_DETOUR * np.hypot(*(xy[i] - xy[j])), 3)))
        for i, j in np.unique(sides, axis=0)
    ]
    places = np.sort(rng.choice(nodes, ends, replace=False))
    weight = np.exp(rng.normal(0.0, 1.0, nodes)) * 100
    pairs = [(int(a), int(b)) for k, a in enumerate(places) for b in places[k + 1 :]]
    paths, lengths = shortest_paths(arcs, pairs)
    volume = [
        weight[a] * weight[b] / sum(ways) ** 1.5
        for (a, b), ways in zip(pairs, lengths, strict=True)
    ]
    return RefuellingProblem.on_paths(paths, lengths, volume=volume, reach=reach, most_open=p)
