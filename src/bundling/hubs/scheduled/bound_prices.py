r"""What a vehicle costs in the bound: the way back of empty vehicles, the fewest that must leave.

Two rules of the vehicles make their prices differ from those of the data, by Lagrangian prices.
Vehicles that return leave each place as often as they arrive there: a price :math:`\pi_{vl}` of a
vehicle at a place; no empty trip may pay, so prices differ by no more than an empty trip costs. And
at least so many vehicles leave a place as its freight takes when all of it goes together wherever
its hours allow (:func:`fewest`), and likewise for what arrives: those earn :math:`\alpha_l`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bundling.hubs.scheduled.problem import ScheduledProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_MOST_PLACES = 1200
"""Beyond this, empty vehicles count nothing: all distances between places would take too long."""
_MEMORY = 0.95
"""Of the running means of slopes."""
_STEP_SHARE = 0.03
"""First step of a price, as a share of the mean price of a loaded trip."""


class VehiclePrices:
    """Prices of vehicles that leave a bound valid, and their ascent.

    Attributes
    ----------
    price
        Of one loaded vehicle of each lane and sailing at hand, EUR [K + Q]; never negative.
    earned_eur
        What the fewest vehicles earn at hand; part of the bound.
    """

    def __init__(
        self, problem: ScheduledProblem, fewest_out: IntArray, fewest_in: IntArray
    ) -> None:
        self.problem = problem
        self.fewest = np.stack([fewest_out, fewest_in])
        self.place = np.stack([problem.lane_from, problem.lane_to])
        places = problem.num_locations
        self.at = np.zeros((problem.num_vehicles, places))
        self.earns = np.zeros((2, places))
        self.slopes = [_Slope(self.at.shape), _Slope(self.earns.shape)]
        self.empty = {
            int(v): _between_places(problem, int(v))
            for v in np.flatnonzero(problem.vehicle_returns)
            if places <= _MOST_PLACES
        }
        lanes = problem.num_lanes
        self.step = _STEP_SHARE * float(problem.lane_price_eur.mean()) if lanes else 0.0
        self._price()

    def _price(self) -> None:
        problem = self.problem
        start, end = self.place
        v = problem.lane_vehicle
        lane = problem.lane_price_eur + self.at[v, start] - self.at[v, end]
        lane = np.maximum(lane, 0.0)  # of rounding
        over = np.maximum(self.earns[0][start] + self.earns[1][end] - lane, 0.0)
        for side, place in enumerate(self.place):  # each gives up what is too much
            least = np.zeros(problem.num_locations)
            np.maximum.at(least, place, over)
            self.earns[side] = np.maximum(self.earns[side] - least, 0.0)
        lane = np.maximum(lane - self.earns[0][start] - self.earns[1][end], 0.0)
        self.price = np.concatenate([lane, problem.sailing_price_eur])
        self.earned_eur = float((self.earns * self.fewest).sum())

    def ascend(self, used: FloatArray, rate: float) -> None:
        """Move the prices along the vehicles used on each lane, [K]; `rate` falls from 1."""
        v, lanes = self.problem.lane_vehicle, used[: self.problem.num_lanes]
        start, end = self.place
        if self.empty:
            slope = np.zeros_like(self.at)
            np.add.at(slope, (v, start), lanes)
            np.add.at(slope, (v, end), -lanes)
            self.at += rate * self.slopes[0].step(slope) * self.step
            for vehicle in range(self.problem.num_vehicles):
                if vehicle in self.empty:
                    self.at[vehicle] = (self.at[vehicle][:, None] + self.empty[vehicle]).min(axis=0)
                    self.at[vehicle] -= self.at[vehicle].mean()
                else:
                    self.at[vehicle] = 0.0
        slope = self.fewest.astype(np.float64)
        np.subtract.at(slope[0], start, lanes)
        np.subtract.at(slope[1], end, lanes)
        slope[self.fewest == 0] = 0.0
        self.earns = np.maximum(self.earns + rate * self.slopes[1].step(slope) * self.step, 0.0)
        self._price()


class _Slope:
    """Running means of a slope and of its square: a step that shrinks where the slope turns.

    D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.mean = np.zeros(shape)
        self.square = np.full(shape, 1e-12)

    def step(self, slope: FloatArray) -> FloatArray:
        """Return the step for the slope seen, between -1 and 1 or so."""
        self.mean += (1.0 - _MEMORY) * (slope - self.mean)
        self.square += (1.0 - _MEMORY) * (slope**2 - self.square)
        scaled: FloatArray = self.mean / np.sqrt(self.square)
        return scaled


def _between_places(problem: ScheduledProblem, vehicle: int) -> FloatArray:
    """Cheapest way of an empty vehicle between all places, EUR [L, L]; 0 to itself."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import shortest_path

    places = problem.num_locations
    mine = np.flatnonzero(problem.lane_vehicle == vehicle)
    # Not above a loaded trip either: that keeps prices of loaded vehicles at 0 or more.
    eur = np.minimum(problem.lane_empty_price_eur[mine], problem.lane_price_eur[mine])
    least = np.full((places, places), np.inf)
    np.minimum.at(least, (problem.lane_from[mine], problem.lane_to[mine]), eur)
    graph = csr_array(np.where(np.isfinite(least), np.maximum(least, 1e-9), 0.0))
    between: FloatArray = shortest_path(graph, method="D")
    return between


@njit(cache=True, nogil=True)
def fewest(load: FloatArray, first: IntArray, last: IntArray, room: float) -> int:
    """Fewest vehicles of `room` for loads that may each ride in slots `first` to `last`.

    Loads with all their slots within an interval fill at least so many vehicles in it, rounded up;
    intervals without a common slot add up (a dynamic program over the slots).
    """
    most = 0
    for i in range(load.shape[0]):
        most = max(most, last[i] + 1)
    table = np.zeros((most + 1, most + 1))  # by first and last
    for i in range(load.shape[0]):
        table[first[i], last[i]] += load[i]
    inside = np.zeros((most + 2, most + 1))
    for a in range(most - 1, -1, -1):
        row = 0.0
        for b in range(most):
            row += table[a, b]
            inside[a, b] = inside[a + 1, b] + row
    count = np.zeros(most + 1, dtype=np.int64)  # with slots before b
    for b in range(most):
        best = count[b]
        for a in range(b + 1):
            load_in = inside[a, b]
            if load_in > 0.0:
                best = max(best, count[a] + int(np.ceil(load_in / room - 1e-7)))
        count[b + 1] = best
    return int(count[most])
