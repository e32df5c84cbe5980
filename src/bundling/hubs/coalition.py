"""What every coalition of players would pay on its own."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from bundling.certify import Clock
from bundling.errors import Fault, raise_if
from bundling.hubs.problem import BoolArray, FloatArray, HubsProblem
from bundling.hubs.solve import solve_within
from bundling.result import Event, OnEvent, Result

MOST_PLAYERS = 12
"""Players up to which every coalition is solved: 4,095 problems."""
_SEARCH_SHARE = 0.15
"""Part of a coalition's time for local search; sharing needs bounds more than the last euro."""


@dataclass(frozen=True, eq=False)
class CoalitionCosts:
    """Cost of every coalition; coalition `s` holds player `p` when bit `p` of `s` is set.

    Attributes
    ----------
    players
        Names, in the order of the bits.
    cost_eur
        ``[2 ** players]``: cost of the best plan known. Entry 0 is 0.
    bound_eur
        ``[2 ** players]``: proved lower bound.
    stopped
        Whether `on_event` ended the work early; the rest then have infinite cost.
    """

    players: tuple[str, ...]
    cost_eur: FloatArray
    bound_eur: FloatArray
    stopped: bool = False

    @property
    def gap(self) -> float:
        """Largest relative gap over all coalitions."""
        cost, bound = self.cost_eur[1:], self.bound_eur[1:]
        if not cost.size:
            return 0.0
        if not (np.isfinite(cost) & np.isfinite(bound)).all():
            return math.inf
        return float(np.max((cost - bound) / np.maximum(cost, 1e-9)))


def members(count: int) -> BoolArray:
    """Which players each coalition holds, ``[2 ** count, count]``."""
    coalition = np.arange(2**count)[:, None]
    held: BoolArray = (coalition >> np.arange(count)) & 1 == 1
    return held


def coalition_costs(
    problem: HubsProblem,
    *,
    time_limit: float = 120.0,
    gap: float = 1e-3,
    seed: int = 0,
    grand: Result | None = None,
    on_event: OnEvent | None = None,
) -> CoalitionCosts:
    """Solve the problem of every coalition of players with the solver of `bundling.hubs`.

    A coalition ships its own freight only and may use every hub. Coalitions share the time limit;
    what one leaves over goes to the rest. Afterwards two facts tighten all values: a coalition
    pays no more than a larger one (leave out the others' freight) and no less than a smaller one.

    Parameters
    ----------
    problem
        The problem of all players; `shipper_player` says who they are.
    time_limit
        Wall seconds for all coalitions together.
    gap, seed
        For each coalition, as in `solve`.
    grand
        Result of the whole problem, when it is known already.
    on_event
        Told after each coalition; returning False stops.

    Raises
    ------
    bundling.InputError
        With more than `MOST_PLAYERS` players, or when a coalition has no feasible plan.
    """
    player_of = np.array(problem.shipper_player, dtype=object)[problem.shipment_shipper]
    players = tuple(dict.fromkeys(str(name) for name in player_of))
    if len(players) > MOST_PLAYERS:
        rule = f"{len(players)} players ship freight; exact sharing takes at most {MOST_PLAYERS}"
        remedy = "Group shippers that share as one under the same player."
        raise_if([Fault("shippers", "player", (), rule, remedy)])
    held = members(len(players))
    size = held.shape[0]
    cost, bound = np.full(size, np.inf), np.full(size, -np.inf)
    cost[0] = bound[0] = 0.0
    owner = np.array([players.index(str(name)) for name in player_of], dtype=np.int64)
    began = time.perf_counter()
    stopped = False
    # Small coalitions first: they are quick and leave their time to the large ones, which weigh
    # more in the division of time as well.
    freight = np.array([np.count_nonzero(held[s][owner]) for s in range(size)], dtype=np.float64)
    order = sorted(range(1, size), key=lambda s: (freight[s], s))
    weight = freight**1.5
    if grand is not None and grand.solution is not None:
        cost[-1], bound[-1] = grand.objective, grand.bound
        order.remove(size - 1)
    for done, s in enumerate(order):
        left = time_limit - (time.perf_counter() - began)
        limit = max(0.1, left * weight[s] / weight[order[done:]].sum())
        part = problem.only(held[s][owner])
        result = solve_within(part, Clock(limit), gap, seed, None, _SEARCH_SHARE)
        if result.solution is None:
            who = ", ".join(name for name, here in zip(players, held[s], strict=True) if here)
            remedy = "Correct the data, or give more time."
            raise_if([Fault("shipments", "", (who,), " ".join(result.reasons), remedy)])
        cost[s], bound[s] = result.objective, result.bound
        told = Event("sharing", time.perf_counter() - began, message=f"{done + 1}/{len(order)}")
        if on_event is not None and on_event(told) is False:
            stopped = True
            break
    _tighten(cost, bound, len(players))
    return CoalitionCosts(players, cost, bound, stopped)


def _tighten(cost: FloatArray, bound: FloatArray, players: int) -> None:
    """Carry costs down to smaller and bounds up to larger coalitions, in place."""
    coalition = np.arange(cost.size)
    for p in range(players):
        without = coalition[(coalition >> p) & 1 == 0]
        larger = without | (1 << p)
        cost[without] = np.minimum(cost[without], cost[larger])
        bound[larger] = np.maximum(bound[larger], bound[without])
    cost[0] = bound[0] = 0.0
