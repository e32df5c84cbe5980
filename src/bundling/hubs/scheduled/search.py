"""Search a plan of the day: insertion, ruin and recreate, with an estimate of the empty vehicles.

What must drive empty depends on all vehicles together. The search counts at each place how many
more vehicles of a type arrive than leave, and prices each that is too many or too few (`pull`).
Now and then the cheapest empty trips are worked out; the best plan by its true cost stays, and the
prices are set so that the estimate would have been right. Two other ways were tried: a price for
the way back on every lane knows no backhaul, and dual prices of the empty trips promise more than
they keep (with 50 hubs and 5,000 shipments the plan at such prices seemed to cost 168,000 EUR and
did cost 192,000).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.hubs.scheduled.empties import cheapest_empties
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.loads import imbalance
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.ruin import DRAWS, improve
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.hubs.scheduled.starts import start
from bundling.hubs.scheduled.state import (
    Account,
    Day,
    Work,
    day_of,
    nothing_moves,
    room_for,
    solution_of,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_START_SHARE = 0.25
"""Largest part of the time for first plans."""
_ROUNDS = 10
_HOT = 0.3
"""What a step may cost at first, as a part of the mean cost of a shipment."""
_NEAR_TRIP = 0.2
"""Quantile of the empty trips at a place that counts as a near one."""
_STEPS = 50
"""Steps between two looks at the clock."""
_STEPS_PER_SHIPMENT = 60
"""Steps of all rounds where no time limit ends them."""
_ENOUGH_PER_SHIPMENT = 1000
"""Steps after which the search begins anew, if there is time."""
_NEAR = 40
_MOST = 30
_MANY = 0.3
"""Part of all shipments that may be taken off when a hub might close."""


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
    """The compiled search on one problem, with its room to work in.

    Attributes
    ----------
    rounds
        Times that the true cost is worked out.
    begins_anew
        Whether time that is left is for another search.
    price
        Of one vehicle of each move while it runs, EUR [K + Q]; `_true` may change it in place.
    """

    rounds = _ROUNDS
    begins_anew = True

    def __init__(self, problem: ScheduledProblem, seed: int) -> None:
        self.problem = problem
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.day: Day = day_of(problem)
        self.work: Work = room_for(problem)
        self.near = _nearest(problem)

    def run(
        self,
        clock: Clock,
        tell: Callable[[float], bool],
        *,
        by_steps: bool = False,
    ) -> Found:
        """Search until the clock ends; `tell` hears of better plans, False stops.

        Without a time limit, or `by_steps`, a number of steps ends it at the latest. Where time is
        left when plans no longer get better, it begins anew.
        """
        best = self._once(clock, tell, by_steps=by_steps)
        while (
            self.begins_anew
            and not by_steps
            and math.isfinite(clock.time_limit)
            and best.solution is not None
            and not best.interrupted
            and clock.left > 0.0
        ):
            least = best.cost_eur
            other = self._once(Clock(clock.left), lambda cost: tell(min(cost, least)))  # noqa: B023
            steps = best.steps + other.steps
            best = replace(
                min(best, other, key=lambda found: found.cost_eur),
                steps=steps, interrupted=other.interrupted,
            )  # fmt: skip
        return best

    def _once(
        self,
        clock: Clock,
        tell: Callable[[float], bool],
        *,
        by_steps: bool = False,
    ) -> Found:
        """Search from first plans to the end of cooling."""
        problem, day = self.problem, self.day
        if not problem.num_shipments:
            none = np.zeros((0, problem.max_hubs + 1), dtype=np.int64)
            idle = solution_of(problem, none, none, np.zeros(problem.num_lanes, dtype=np.int64))
            return Found(idle, 0.0, np.zeros(0, dtype=np.int64), 0)
        self.price = price = np.concatenate([problem.lane_price_eur, problem.sailing_price_eur])
        account = nothing_moves(problem)
        account.pull[:] = _first_pull(problem)
        work = self.work
        without = start(
            day, account, price, work, self.rng,
            lambda: clock.elapsed <= _START_SHARE * clock.time_limit,
            lambda: self._cost(account, price),
        )  # fmt: skip
        if without.size:
            return Found(None, math.inf, without, 0)
        many = max(_MOST, int(_MANY * problem.num_shipments))
        best: ScheduledSolution | None = None
        best_cost, steps, goes_on = math.inf, 0, True
        best_moves, best_slots = account.moves.copy(), account.slots.copy()
        by_steps = by_steps or math.isinf(clock.time_limit)
        each = _STEPS_PER_SHIPMENT if by_steps else _ENOUGH_PER_SHIPMENT
        most = max(_STEPS * self.rounds, each * problem.num_shipments)
        hot = _HOT * self._cost(account, price) / max(1, problem.num_shipments)
        for number in range(1, self.rounds + 1):
            current = least = self._cost(account, price)
            best_moves[:], best_slots[:] = account.moves, account.slots
            try:
                while goes_on:
                    part = max(clock.elapsed / clock.time_limit, steps / most)
                    if part >= number / self.rounds:
                        break
                    now = hot * (1.0 - part) ** 2
                    draws = self.rng.random((_STEPS, DRAWS))
                    current, least = improve(
                        day, account, price, self.near, draws, _MOST, many, now, now, current,
                        least, best_moves, best_slots, work,
                    )  # fmt: skip
                    steps += _STEPS
                    goes_on = tell(best_cost)
                found, cost, factor = self._true(best_moves, best_slots, account)
            except KeyboardInterrupt:  # the best so far is the answer
                goes_on = False
                found, cost, factor = self._true(best_moves, best_slots, account)
            if found is not None and cost < best_cost - 1e-9:
                best, best_cost = found, cost
                goes_on = tell(best_cost) and goes_on
            if not goes_on:
                break
            account.pull[:] *= factor
        return Found(best, best_cost, without, steps, not goes_on)

    def _cost(self, account: Account, price: FloatArray) -> float:
        """Cost of the plan with the estimate of empty trips, by the account's own sums."""
        problem = self.problem
        total = float(account.vehicles.sum(axis=(1, 2)) @ price)
        total += float((account.load.sum(axis=(1, 2)) * self.day.slot_eur).sum())
        total += float((account.handled * problem.hub_handling_eur).sum())
        total += float(problem.hub_fixed_eur[account.users > 0].sum())
        return total + float((account.pull * np.abs(account.net)).sum())

    def _true(
        self, moves: IntArray, slots: IntArray, account: Account
    ) -> tuple[ScheduledSolution | None, float, float]:
        """Plan with the cheapest empty trips, its true cost, and how far the estimate is off."""
        problem = self.problem
        plan = solution_of(problem, moves, slots, np.zeros(problem.num_lanes, dtype=np.int64))
        loaded = np.bincount(
            plan.trip_lane, weights=plan.trip_count, minlength=problem.num_lanes
        ).astype(np.float64)
        empties = cheapest_empties(problem, loaded, self.seed)
        if empties is None:
            return None, math.inf, 1.0
        estimate = float((account.pull * np.abs(imbalance(problem, plan))).sum())
        factor = empties.price_eur / estimate if estimate > 0 else 1.0
        plan = solution_of(problem, moves, slots, empties.count)
        return plan, evaluate(problem, plan).objective, min(2.0, max(0.5, factor))


def _first_pull(problem: ScheduledProblem) -> FloatArray:
    """Half the price of a near empty trip from or to each place, by type [V, L]."""
    pull = np.zeros((problem.num_vehicles, problem.num_locations))
    price = problem.lane_empty_price_eur
    for v in np.flatnonzero(problem.vehicle_returns):
        mine = np.flatnonzero((problem.lane_vehicle == v) & np.isfinite(price))
        for place in range(problem.num_locations):
            touches = (problem.lane_from[mine] == place) | (problem.lane_to[mine] == place)
            if touches.any():
                pull[v, place] = 0.5 * np.quantile(price[mine[touches]], _NEAR_TRIP)
    return pull


def _nearest(problem: ScheduledProblem) -> IntArray:
    """Shipments by nearness of both ends to each shipment, itself first [N, n]."""
    from scipy.spatial import cKDTree

    if not problem.num_shipments:
        return np.zeros((0, 0), dtype=np.int64)
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
