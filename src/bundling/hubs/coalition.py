"""What every coalition of players would pay on its own."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from bundling.certify import Clock
from bundling.errors import Fault, raise_if
from bundling.gains import members
from bundling.gains.subadditive import parts_of
from bundling.hubs.coalition_parts import PartsOfPlan
from bundling.hubs.evaluate import evaluate
from bundling.hubs.problem import BoolArray, FloatArray, HubsProblem, IntArray
from bundling.hubs.solve import solve_within
from bundling.result import Event, OnEvent, Result

MOST_PLAYERS = 12
"""Players up to which every coalition is solved: 4,095 problems."""
_LEAST_S = 0.05
_LENT, _MOST_PART = 4.0, 0.25
"""A coalition may take so many times its even part of what is left, and no more than this part of
it. Most end by their gap well before, so that those that need the time have it: on the 127
coalitions of Zwolle in 60 s the largest gap falls from 0.50 to 0.17."""
SEARCH_SHARE = 0.15
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
    solved
        How many coalitions were solved by themselves. The others, when time ran out or `on_event`
        ended the work, carry the cost of a larger coalition and the bound of a smaller one.
    co2e_kg
        ``[2 ** players]``: emissions of the plan found for each coalition, which was sought for
        its cost: they have no bound. A coalition that was not solved carries those of a larger
        one. Entry 0 is 0.
    """

    players: tuple[str, ...]
    cost_eur: FloatArray
    bound_eur: FloatArray
    solved: int
    co2e_kg: FloatArray

    @property
    def gap(self) -> float:
        """Largest relative gap over all coalitions."""
        cost, bound = self.cost_eur[1:], self.bound_eur[1:]
        if not cost.size:
            return 0.0
        if not (np.isfinite(cost) & np.isfinite(bound)).all():
            return math.inf
        return float(np.max((cost - bound) / np.maximum(cost, 1e-9)))


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
    what one leaves over goes to the rest. Afterwards facts tighten all values: a coalition pays no
    more than a larger one (leave out the others' freight) and no less than a smaller one; and
    where no vehicle or hub can run out, no more than its parts and no less than a larger one less
    what the others pay.

    Parameters
    ----------
    problem
        The problem of all players; `shipper_player` says who they are.
    time_limit
        Wall seconds for all coalitions together. When they run out, what is left unsolved is
        bracketed by its neighbours, and `CoalitionCosts.gap` says how loosely.
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
        remedy = "Use share_many, or group shippers that share as one under the same player."
        raise_if([Fault("shippers", "player", (), rule, remedy)])
    held = members(len(players))
    size = held.shape[0]
    cost, bound = np.full(size, np.inf), np.full(size, -np.inf)
    cost[0] = bound[0] = 0.0
    co2e = np.full(size, np.nan)
    owner = np.array([players.index(str(name)) for name in player_of], dtype=np.int64)
    began = time.perf_counter()
    # All together first, since it bounds every other cost from above. Then small coalitions before
    # large ones: they are quick, and leave their time to those that weigh more in its division.
    freight = np.array([np.count_nonzero(held[s][owner]) for s in range(size)], dtype=np.float64)
    order = sorted(range(1, size), key=lambda s: (s != size - 1, freight[s], s))
    solved, not_bracketed = 0, True
    if grand is not None and grand.solution is not None:
        cost[-1], bound[-1] = grand.objective, grand.bound
        co2e[-1] = evaluate(problem, grand.solution).indicators["co2e_kg"]
        order.remove(size - 1)
        solved = 1
    for done, s in enumerate(order):
        left = time_limit - (time.perf_counter() - began)
        if left <= 0 and math.isfinite(cost[-1]):
            break
        if s != size - 1 and not_bracketed and grand is not None:
            cost = np.minimum(cost, _parts_of_a_plan(problem, grand.solution.route, held, owner))
            not_bracketed = False
        even = float(freight[s] / freight[order[done:]].sum())
        limit = max(_LEAST_S, left * max(even, min(_MOST_PART, _LENT * even)))
        mine = problem.only(held[s][owner])
        result = solve_within(mine, Clock(limit), gap, seed, None, SEARCH_SHARE)
        if result.solution is None:
            who = ", ".join(name for name, here in zip(players, held[s], strict=True) if here)
            remedy = "Correct the data, or give more time."
            raise_if([Fault("shipments", "", (who,), " ".join(result.reasons), remedy)])
        cost[s], bound[s] = min(cost[s], result.objective), result.bound
        co2e[s] = evaluate(mine, result.solution).indicators["co2e_kg"]
        solved += 1
        if s == size - 1:
            grand = result
        told = Event("sharing", time.perf_counter() - began, message=f"{done + 1}/{len(order)}")
        if on_event is not None and on_event(told) is False:
            break
    _tighten(cost, bound, len(players))
    if plans_unite(problem):
        _unite(cost, bound)
        _tighten(cost, bound, len(players))
    _carry_emissions(co2e, len(players))
    return CoalitionCosts(players, cost, bound, solved, co2e)


def _parts_of_a_plan(
    problem: HubsProblem, route: IntArray, held: BoolArray, owner: IntArray
) -> FloatArray:
    """Cost of every coalition when its freight keeps the routes of a plan for all."""
    parts = PartsOfPlan(problem, route)
    return np.array([0.0, *(parts.cost_eur(mine[owner]) for mine in held[1:])])


def _carry_emissions(co2e: FloatArray, players: int) -> None:
    """Give coalitions without a plan the least emissions of one with one player more, in place."""
    for s in range(co2e.size - 1, 0, -1):
        if np.isnan(co2e[s]):
            co2e[s] = min(co2e[s | 1 << p] for p in range(players) if not s >> p & 1)
    co2e[0] = 0.0


def plans_unite(problem: HubsProblem) -> bool:
    """Whether plans of two coalitions are together always a plan of both: nothing runs out."""
    return bool(
        np.isinf(problem.vehicle_limit).all()
        and (problem.hub_capacity_kg >= problem.shipment_kg.sum()).all()
        and (problem.hub_capacity_m3 >= problem.shipment_m3.sum()).all()
    )


def _unite(cost: FloatArray, bound: FloatArray) -> None:
    """Let no coalition cost more than its parts, nor less than a whole less the rest, in place.

    Two plans are together a plan, and cost at most their sum. So a whole costs at most what its
    parts do, and a part at least the bound of a whole less the cost of the rest. What two plans
    share, a hub's rent or a truck that is not full, only makes the whole cheaper.
    """
    by_size = sorted((s for s in range(cost.size) if s & (s - 1)), key=int.bit_count)
    for whole in by_size:
        parts = parts_of(whole)
        cost[whole] = min(cost[whole], float((cost[parts] + cost[whole - parts]).min()))
    for whole in reversed(by_size):
        parts = parts_of(whole)
        rest = whole - parts
        bound[parts] = np.maximum(bound[parts], bound[whole] - cost[rest])
        bound[rest] = np.maximum(bound[rest], bound[whole] - cost[parts])


def _tighten(cost: FloatArray, bound: FloatArray, players: int) -> None:
    """Carry costs down to smaller and bounds up to larger coalitions, in place."""
    coalition = np.arange(cost.size)
    for p in range(players):
        without = coalition[(coalition >> p) & 1 == 0]
        larger = without | (1 << p)
        cost[without] = np.minimum(cost[without], cost[larger])
        bound[larger] = np.maximum(bound[larger], bound[without])
    cost[0] = bound[0] = 0.0
