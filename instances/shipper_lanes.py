"""Shippers with lanes, made by a seed: for matching, when no region shares its lanes.

Every number is synthetic. Sizes are like those of a Dutch region: business parks on a square of
140 km, towns by a rank rule, shippers with a few lanes of a part of a truck to some trucks a day,
most of them from their own park, some back to it. No row is a fact about a company.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.hubs.matching import MatchingProblem

_SIDE_M = 140_000.0
_DETOUR = 1.3
_SPEED_M_PER_S = 60_000 / 3600
_KG_PER_PALLET, _M3_PER_PALLET = 420.0, 2.2


def shipper_lanes(
    shippers: int = 100, *, parks: int = 25, towns: int = 60, seed: int = 1, **settings: Any
) -> MatchingProblem:
    """Return `shippers` with two to six lanes each, over five days.

    Parameters
    ----------
    shippers, parks, towns
        Sizes. A shipper has an address of its own within 3 km of its park, and each of its
        customers one within 3 km of its town.
    seed
        Same seed, same problem.
    **settings
        Fields of `MatchingProblem`, such as ``most_members``.
    """
    rng = np.random.default_rng(seed)
    park_xy = rng.uniform(0, _SIDE_M, (parks, 2))
    town_xy = rng.uniform(0, _SIDE_M, (towns, 2))
    weight = 1.0 / np.arange(1, towns + 1) ** 0.8
    home = park_xy[rng.integers(parks, size=shippers)] + rng.normal(0, 1_500, (shippers, 2))
    count = rng.integers(2, 7, size=shippers)
    shipper = np.repeat(np.arange(shippers), count)
    lanes = shipper.size
    town = rng.choice(towns, size=lanes, p=weight / weight.sum())
    customer = town_xy[town] + rng.normal(0, 1_500, (lanes, 2))
    xy = np.asarray(np.vstack([home, customer]).round(), dtype=np.float64)
    inbound = rng.random(lanes) < 0.25
    at = shippers + np.arange(lanes)
    pallets = np.asarray(np.clip(rng.gamma(1.1, 9.0, lanes), 1, 90).round(), dtype=np.float64)
    days = rng.random((lanes, 5)) < rng.choice([0.4, 0.7, 1.0], size=lanes)[:, None]
    days[np.arange(lanes), rng.integers(5, size=lanes)] = True
    early = 3600.0 * rng.integers(5, 11, size=lanes).astype(np.float64)
    gap = xy[:, None] - xy
    distance = np.asarray(_DETOUR * np.hypot(gap[..., 0], gap[..., 1]), dtype=np.float64)
    return MatchingProblem(
        shipper_ids=tuple(f"shipper {s + 1}" for s in range(shippers)),
        area_ids=tuple(f"home {s + 1}" for s in range(shippers))
        + tuple(f"customer {k + 1}" for k in range(lanes)),
        area_x_m=180_000.0 + xy[:, 0],
        area_y_m=440_000.0 + xy[:, 1],
        distance_m=distance,
        time_s=distance / _SPEED_M_PER_S,
        lane_shipper=shipper,
        lane_origin=np.where(inbound, at, shipper),
        lane_destination=np.where(inbound, shipper, at),
        lane_kg=pallets * _KG_PER_PALLET,
        lane_m3=pallets * _M3_PER_PALLET,
        lane_pallets=pallets,
        lane_days=days,
        lane_early_s=early,
        lane_late_s=early + 3600.0 * rng.integers(2, 9, size=lanes).astype(np.float64),
        apart=np.zeros((0, 2), dtype=np.int64),
        **settings,
    )
