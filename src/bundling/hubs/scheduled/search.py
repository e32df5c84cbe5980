"""Search a plan of the day: insertion, ruin and recreate, with empty vehicles priced as they are.

A loaded vehicle changes what must drive empty. That change is in the price of each lane: first the
way back empty, then what the last plan's empty trips say a vehicle is worth at either end (dual
prices of `empties`). Rounds alternate: search at these prices, work out the true empties, take the
new prices; the best plan by its true cost stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.hubs.scheduled.empties import cheapest_empties
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.insert import put
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.ruin import DRAWS, improve, insert_all
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.hubs.scheduled.state import Account, Day, day_of, nothing_moves, solution_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_ROUNDS = 8
_STEPS = 50
"""Steps between two looks at the clock."""
_STEPS_PER_SHIPMENT = 60
"""Steps of all rounds where no time limit ends them."""
_NEAR = 40
_MOST = 30
_FIRST_SHARE = 0.95
"""Spread part of the price of a vehicle while the first shipments find their way."""


@dataclass(frozen=True, eq=False)
class Found:
    """A plan and its cost; None when a shipment has no way.

    Attributes
    ----------
    solution, cost_eur
        The best plan by its true cost.
    without_way
        Shipments for which no way was found, when there is no plan.
    steps
        Steps taken.
    interrupted
        Whether the user ended it (Ctrl-C, or `tell` said so).
    """

    solution: ScheduledSolution | None
    cost_eur: float
    without_way: IntArray
    steps: int
    interrupted: bool = False


class Search:
    """The compiled search on one problem, with its room to work in."""

    def __init__(self, problem: ScheduledProblem, seed: int) -> None:
        self.problem = problem
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.day: Day = day_of(problem)
        hubs, stages = max(1, problem.num_hubs), max(1, problem.max_hubs)
        room = (stages, hubs, problem.num_slots)
        self.ready = np.full(room, np.inf)
        self.back = np.zeros((*room, 3), dtype=np.int64)
        self.moves = np.zeros(problem.max_hubs + 1, dtype=np.int64)
        self.slots = np.zeros(problem.max_hubs + 1, dtype=np.int64)
        self.near = _nearest(problem)

    def run(
        self,
        clock: Clock,
        tell: Callable[[float], bool],
    ) -> Found:
        """Search until the clock or the steps end; `tell` hears of better plans, False stops."""
        problem, day = self.problem, self.day
        price = self._prices(np.zeros((problem.num_vehicles, problem.num_locations)), first=True)
        account = nothing_moves(problem)
        work = (self.ready, self.back, self.moves, self.slots)
        order = np.argsort(-problem.shipment_load[:, 0], kind="stable")
        insert_all(day, account, price, _FIRST_SHARE, order, *work)
        without = np.flatnonzero(account.moves[:, 0] < 0)
        if without.size:
            return Found(None, math.inf, without, 0)
        best: ScheduledSolution | None = None
        best_cost, steps, goes_on = math.inf, 0, True
        limit_steps = max(_STEPS, _STEPS_PER_SHIPMENT * problem.num_shipments)
        for number in range(_ROUNDS):
            best_moves, best_slots = account.moves.copy(), account.slots.copy()
            current = least = self._cost(account, price)
            hot = 0.3 * current / max(1, problem.num_shipments) / (1 + number)
            ends = clock.elapsed + clock.left / (_ROUNDS - number)
            taken, mine = 0, limit_steps // _ROUNDS
            while goes_on and taken < mine:
                part = self._progress(clock, ends, taken, mine)
                if part >= 1.0:
                    break
                now = hot * (1.0 - part)
                draws = self.rng.random((_STEPS, DRAWS))
                current, least = improve(
                    day, account, price, self.near, draws, _MOST, now, now, current, least,
                    best_moves, best_slots, *work,
                )  # fmt: skip
                taken += _STEPS
                goes_on = tell(best_cost)
            steps += taken
            found, cost, worth = self._true(best_moves, best_slots)
            if found is not None and cost < best_cost - 1e-9:
                best, best_cost = found, cost
                goes_on = tell(best_cost) and goes_on
            if not goes_on or clock.left <= 0:
                break
            if worth is not None:
                price = 0.5 * price + 0.5 * self._prices(worth, first=False)
                price = np.maximum(price, 0.0)
            account = self._again(best_moves, best_slots, price)
        return Found(best, best_cost, without, steps, not goes_on)

    def _progress(self, clock: Clock, ends: float, taken: int, mine: int) -> float:
        by_steps = taken / mine
        if math.isinf(clock.time_limit):
            return by_steps
        span = clock.time_limit / _ROUNDS
        return max(by_steps, 1.0 - (ends - clock.elapsed) / span if span > 0 else 1.0)

    def _prices(self, worth: FloatArray, *, first: bool) -> FloatArray:
        """Price of a vehicle of each move with what it does to the empty trips [K + Q]."""
        problem = self.problem
        lane = problem.lane_price_eur.copy()
        returns = problem.vehicle_returns[problem.lane_vehicle]
        if first:
            lane += np.where(returns, _way_back(problem), 0.0)
        else:
            vehicle = problem.lane_vehicle
            change = worth[vehicle, problem.lane_from] - worth[vehicle, problem.lane_to]
            lane += np.where(returns, change, 0.0)
        return np.concatenate([lane, problem.sailing_price_eur])

    def _cost(self, account: Account, price: FloatArray) -> float:
        """Cost of the plan at these prices, by the account's own sums."""
        problem = self.problem
        load, count = account.load, account.count
        total = float(count.sum(axis=(1, 2)) @ price)
        total += float((load.sum(axis=(1, 2)) * self.day.slot_eur).sum())
        handled, users = account.handled, account.users
        total += float((handled * problem.hub_handling_eur).sum())
        return total + float(problem.hub_fixed_eur[users > 0].sum())

    def _again(self, moves: IntArray, slots: IntArray, price: FloatArray) -> Account:
        account = nothing_moves(self.problem)
        for i in range(self.problem.num_shipments):
            put(self.day, account, price, i, moves[i], slots[i], 1)
        return account

    def _true(
        self, moves: IntArray, slots: IntArray
    ) -> tuple[ScheduledSolution | None, float, FloatArray | None]:
        """Plan with the cheapest empty trips, its true cost, and what vehicles are worth."""
        problem = self.problem
        plan = solution_of(problem, moves, slots, np.zeros(problem.num_lanes, dtype=np.int64))
        loaded = np.bincount(
            plan.trip_lane, weights=plan.trip_count, minlength=problem.num_lanes
        ).astype(np.float64)
        empties = cheapest_empties(problem, loaded, self.seed)
        if empties is None:
            return None, math.inf, None
        plan = solution_of(problem, moves, slots, empties.count)
        return plan, evaluate(problem, plan).objective, empties.worth_eur


def _way_back(problem: ScheduledProblem) -> FloatArray:
    """Price of one empty vehicle back along each lane; the dearest known where there is none."""
    back = {
        (int(v), int(a), int(b)): float(eur)
        for v, a, b, eur in zip(
            problem.lane_vehicle, problem.lane_from, problem.lane_to,
            problem.lane_empty_price_eur, strict=True,
        )
        if math.isfinite(eur)
    }  # fmt: skip
    dearest = max(back.values(), default=0.0)
    return np.array(
        [
            back.get((int(v), int(b), int(a)), dearest)
            for v, a, b in zip(
                problem.lane_vehicle, problem.lane_from, problem.lane_to, strict=True
            )
        ],
        dtype=np.float64,
    )


def _nearest(problem: ScheduledProblem) -> IntArray:
    """Shipments by nearness of both ends to each shipment, itself first [N, n]."""
    from scipy.spatial import cKDTree

    x, y = problem.location_x_m, problem.location_y_m
    ends = np.stack(
        [
            x[problem.shipment_origin],
            y[problem.shipment_origin],
            x[problem.shipment_destination],
            y[problem.shipment_destination],
        ],
        axis=1,
    )
    count = min(_NEAR, problem.num_shipments)
    found = cKDTree(ends).query(ends, k=count)[1]
    near: IntArray = np.asarray(found, dtype=np.int64).reshape(problem.num_shipments, count)
    # Those at the very same places come in any order; the shipment itself must be the first.
    own = np.arange(problem.num_shipments)
    for i in np.flatnonzero(near[:, 0] != own):
        near[i] = np.concatenate([[i], near[i][near[i] != i][: count - 1]])
    return near
