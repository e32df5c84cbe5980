"""Routes before they have times: a fleet entry and its stops in order; pools of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple


class Sequenced(NamedTuple):
    """Positions of a fleet entry, of the stops it serves, and where its next trips begin.

    Attributes
    ----------
    vehicle, stops
        Positions in the problem, stops in order over all trips.
    reloads
        The vehicle loads again just before ``stops[i]``.
    """

    vehicle: int
    stops: tuple[int, ...]
    reloads: tuple[int, ...] = ()


Pool = dict[Sequenced, float]
"""Sequences with the cost of the cheapest solution in which each was seen, EUR."""


def add_to(pool: Pool, routes: Iterable[Sequenced], cost_eur: float) -> None:
    """Put the routes of a solution into the pool."""
    for route in routes:
        pool[route] = min(cost_eur, pool.get(route, math.inf))


def merged(pools: Iterable[Pool]) -> Pool:
    """Return what all pools hold."""
    whole: Pool = {}
    for pool in pools:
        for route, cost_eur in pool.items():
            whole[route] = min(cost_eur, whole.get(route, math.inf))
    return whole
