"""Who brings how much: the freight of the hubs shared out over the trucks that go there."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.tolerance import slack

_MOST_LOOKS = 200_000
"""Groups of hubs that are looked at."""
_MOST_GROUPED = 10
"""Up to this number of hubs all groups of them are looked at in a penalty."""
_EXCESS = 3.0
"""What freight counts that trucks or hubs have no room for: so many times its mean cost."""


def share_freight(
    problem: TwoEchelonProblem, calls: Sequence[Sequence[int]], kg: Mapping[int, float]
) -> list[list[float]] | None:
    """Share the freight of the hubs out over trucks that go there, or None when they lack room.

    A hub is filled from the trucks in order, and where that fails freight moves along paths in the
    graph of trucks and hubs until it fits, so that None is a proof.
    """
    room = [problem.truck_capacity_kg for _ in calls]
    given = [dict.fromkeys(hubs, 0.0) for hubs in calls]
    for h in sorted(kg):
        left = kg[h]
        while left > slack(kg[h]):
            path = _path_to_room(calls, given, room, h)
            if path is None:
                return None
            amount = min(left, room[path[-1][1]])
            for (_, one), (hub, _) in itertools.pairwise(path):
                amount = min(amount, given[one][hub])
            for step, (hub, truck) in enumerate(path):
                given[truck][hub] += amount
                if step:
                    given[path[step - 1][1]][hub] -= amount
            room[path[-1][1]] -= amount
            left -= amount
    # Rounding is put right: the last truck of a hub brings what the others do not.
    for h, wanted in kg.items():
        mine = [t for t, hubs in enumerate(calls) if h in hubs]
        if mine:
            most = max(mine, key=lambda t: given[t][h])
            given[most][h] = wanted - math.fsum(given[t][h] for t in mine if t != most)
    return [[given[t][h] for h in hubs] for t, hubs in enumerate(calls)]


def _path_to_room(
    calls: Sequence[Sequence[int]],
    given: Sequence[Mapping[int, float]],
    room: Sequence[float],
    hub: int,
) -> list[tuple[int, int]] | None:
    """Find how freight for `hub` can move: pairs of hub and the truck that takes it over."""
    queue: list[list[tuple[int, int]]] = [[(hub, t)] for t, hubs in enumerate(calls) if hub in hubs]
    seen = {path[0][1] for path in queue}
    for path in queue:  # grows while it is read
        truck = path[-1][1]
        if room[truck] > 1e-9:
            return path
        for other, kg in given[truck].items():
            if kg <= 1e-9:
                continue
            for t, hubs in enumerate(calls):
                if t not in seen and other in hubs:
                    seen.add(t)
                    queue.append([*path, (other, t)])
    return None


def overloaded(
    problem: TwoEchelonProblem, calls: Sequence[Sequence[int]], kg: Mapping[int, float]
) -> tuple[tuple[int, ...], float]:
    """Return the hubs whose freight exceeds most what the trucks that go there carry; and by what.

    Where nothing exceeds it, that are the hubs that come closest to it.
    """
    sizes = range(1, len(kg) + 1)
    groups = (group for size in sizes for group in itertools.combinations(sorted(kg), size))

    def excess(group: tuple[int, ...]) -> float:
        trucks = sum(any(h in hubs for h in group) for hubs in calls)
        return math.fsum(kg[h] for h in group) - trucks * problem.truck_capacity_kg

    few = itertools.islice(groups, _MOST_LOOKS)
    worst = max(few, key=lambda group: (excess(group), -len(group)))
    return worst, excess(worst)


def unbrought_kg(
    problem: TwoEchelonProblem, calls: Sequence[Sequence[int]], kg: Mapping[int, float]
) -> float:
    """Return the freight that trucks lack room for: the most by which any group of hubs exceeds it.

    By the theorem of maximum flow and minimum cut that is what cannot be brought. With many hubs
    only all of them and each alone are looked at, so that it may be less.
    """
    hubs = sorted(kg)
    groups = _groups(len(hubs))
    bits = {h: 1 << i for i, h in enumerate(hubs)}
    trucks = np.zeros(len(groups))
    for tour in calls:
        trucks += (groups & sum(bits.get(h, 0) for h in tour)) > 0
    loads = np.zeros(len(groups))
    for h, bit in bits.items():
        loads += ((groups & bit) > 0) * kg[h]
    return max(0.0, float((loads - trucks * problem.truck_capacity_kg).max()))


@cache
def _groups(hubs: int) -> NDArray[np.int64]:
    """Return groups of so many hubs as bits, the empty one included."""
    if hubs <= _MOST_GROUPED:
        return np.arange(1 << hubs)
    return np.array([0, (1 << hubs) - 1, *(1 << h for h in range(hubs))])


def penalty_eur(
    problem: TwoEchelonProblem,
    calls: Sequence[Sequence[int]],
    kg: Mapping[int, float],
    rounds_eur: float,
) -> float:
    """Return what freight of hubs counts that trucks or hubs have no room for; 0 when all fits."""
    over = unbrought_kg(problem, calls, kg)
    over += sum(max(0.0, load - float(problem.hub_capacity_kg[h])) for h, load in kg.items())
    total = math.fsum(kg.values())
    return 0.0 if over <= slack(total) / 2.0 else _EXCESS * over * rounds_eur / total
