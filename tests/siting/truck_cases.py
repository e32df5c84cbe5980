"""Oracles for truck windows: one truck driven stop by stop, and the exact test of open sites."""

from __future__ import annotations

import numpy as np

from bundling.siting.truck_inputs import Roads, Truck, in_km

EPS = 1e-6


def drive(truck: Truck, way_km: float, visits: list[tuple[float, float, float]]) -> bool:
    """Whether (km, detour km, kWh) visits in the order of the way bring the truck to its end."""
    level = truck.battery_kwh * truck.start_share
    reserve = truck.battery_kwh * truck.reserve_share
    gone = 0.0
    for km, detour_km, kwh in sorted(visits):
        level -= truck.kwh_per_km * (km - gone + detour_km / 2.0)
        if level < reserve - EPS:
            return False
        level += kwh
        if level > truck.battery_kwh + EPS:
            return False
        level -= truck.kwh_per_km * detour_km / 2.0
        gone = km
    level -= truck.kwh_per_km * (way_km - gone)
    return level >= truck.battery_kwh * truck.end_share - EPS


def can_drive(truck: Truck, way_km: float, sites: list[tuple[float, float]], most: int) -> bool:
    """Whether a truck can get there with at most `most` stops at open (km, detour km) sites.

    More in the battery is never worse, so each site keeps the best level after k stops.
    """
    limit = in_km(truck)
    if way_km + limit["end_km"] <= limit["start_km"] + EPS:
        return True
    sites = sorted(sites)
    at = np.array([km for km, _ in sites])
    away = np.array([detour for _, detour in sites])
    level = limit["start_km"] - at  # on the way, before leaving it
    for _ in range(most):
        arrives = level - away / 2.0
        charged = np.minimum(limit["full_km"], arrives + limit["stop_km"]) - away / 2.0
        charged = np.where(arrives >= -EPS, charged, -np.inf)
        if (charged - (way_km - at) >= limit["end_km"] - EPS).any():
            return True
        # The next stop may be here again (another break) or at any later site.
        drop = charged[:, None] - (at[None, :] - at[:, None])
        ahead = at[None, :] >= at[:, None]
        level = np.where(ahead, drop, -np.inf).max(axis=0, initial=-np.inf)
    return False


def line(nodes: int, step_km: float = 10.0, kmh: float = 80.0) -> Roads:
    """A road with nodes every `step_km`, driven both ways."""
    here = np.arange(nodes - 1)
    source, target = np.r_[here, here + 1], np.r_[here + 1, here]
    count = len(source)
    return Roads(nodes, source, target, np.full(count, step_km), np.full(count, kmh))


def plane(nodes: int, seed: int, extent_km: float = 600.0) -> Roads:
    """Nodes at random, each joined to its nearest ones, both ways."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0.0, extent_km, (nodes, 2))
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    near = np.argsort(apart, axis=1)[:, 1:5]
    pairs = np.stack([np.repeat(np.arange(nodes), near.shape[1]), near.ravel()])
    pairs = np.unique(np.concatenate([pairs, pairs[::-1]], axis=1), axis=1)
    km = apart[pairs[0], pairs[1]] * 1.2
    return Roads(nodes, pairs[0], pairs[1], km, np.full(len(km), 80.0))
