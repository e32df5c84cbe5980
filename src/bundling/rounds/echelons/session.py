"""One search for rounds from all hubs, on one thread, that can be given other trucks at any time.

The kernels of the electric search (`bundling.rounds.electric`) see the hubs as depots. A plan of
the trucks says which of them are open and from when on; freight through a hub may be given a price,
so that a hub to which the trucks cannot bring more gets less (Lagrangian relaxation: what is priced
is taken off again before costs are compared).
"""

from __future__ import annotations

import numpy as np

from bundling.rounds.coupling import released_loaded
from bundling.rounds.echelons.plans import Plan
from bundling.rounds.echelons.problem import FloatArray, TwoEchelonProblem
from bundling.rounds.electric.anneal import read_routes
from bundling.rounds.electric.arrays import (
    ARCS,
    CLOSES,
    COUNT,
    EUR,
    OPENS,
    PRIZE,
    Data,
    IntArray,
)
from bundling.rounds.electric.build import build
from bundling.rounds.electric.routes import total_eur
from bundling.rounds.electric.searcher import Budget, Searcher, Steps

_SMALL = 30
_ROOM_SMALL, _ROOM = (32, 16), (8, 3)
"""Labels a stop, and stations between two places, for up to `_SMALL` stops and for more."""
ROOM_PLAN = 32
"""Labels a stop for the rounds that are given back."""


def room_of(problem: TwoEchelonProblem) -> tuple[int, int]:
    """Labels a stop, and stations between two places, that suit the size of `problem`."""
    return _ROOM_SMALL if problem.num_stops <= _SMALL else _ROOM


def build_data(problem: TwoEchelonProblem) -> Data:
    """Return the rounds from all hubs as the kernels read them."""
    _, stations = room_of(problem)
    small = problem.num_stops <= _SMALL
    return build(released_loaded(problem.second), stations_a_gap=stations, chains=small)


def open_hubs(problem: TwoEchelonProblem, data: Data, plan: Plan) -> tuple[FloatArray, IntArray]:
    """Return from when on each fleet entry may leave, and how many vehicles it has ``[V]``.

    No vehicles where no truck comes, or where the freight is ready after the hub has closed.
    """
    second, ready = problem.second, plan.ready_s
    when = np.array([ready.get(h, np.inf) for h in range(problem.num_hubs)])
    opens = np.maximum(second.depot_open_s, when)[second.vehicle_depot]
    closed = ~(opens <= data.fleet[:, CLOSES])
    return np.where(closed, np.inf, opens), np.where(closed, 0, second.count).astype(np.int64)


def hub_kg(problem: TwoEchelonProblem, rows: IntArray) -> FloatArray:
    """Return the freight of each hub ``[H]``; `rows` hold fleet entry, number of stops, stops."""
    second = problem.second
    kg = np.zeros(problem.num_hubs)
    used = rows[rows[:, 1] > 0]
    np.add.at(kg, second.vehicle_depot[used[:, 0]], row_kg(problem, used))
    return kg


def row_kg(problem: TwoEchelonProblem, rows: IntArray) -> FloatArray:
    """Return the freight of each round in `rows`."""
    inside = np.arange(rows.shape[1] - 2)[None, :] < rows[:, 1:2]
    kg: FloatArray = np.where(inside, problem.second.delivery_kg[rows[:, 2:]], 0.0).sum(axis=1)
    return kg


class Session:
    """A search that keeps its random numbers while plans come and go.

    Parameters
    ----------
    problem, data
        The problem, and `build_data` of it; what changes with the plan is copied.
    seed
        Random seed.
    """

    def __init__(self, problem: TwoEchelonProblem, data: Data, seed: int) -> None:
        self.problem = problem
        self._classes = len(data.arc)
        arcs = (
            np.tile(data.arc, (1 + problem.num_hubs, 1, 1, 1)) if may_price(problem) else data.arc
        )
        self.data = data._replace(arc=arcs, fleet=data.fleet.copy(), kind=data.kind.copy())
        self._arcs_of = data.kind[:, ARCS].copy()
        most = min(problem.num_stops, problem.vehicle_count)
        labels, _ = room_of(problem)
        self.searcher = Searcher(self.data, labels, seed, most_routes=max(1, most))
        self.plan = Plan(())
        self._taken = (np.zeros((0, 2 + problem.num_stops), dtype=np.int64), np.zeros(0))
        self.price = np.zeros(problem.num_hubs)

    def switch(self, plan: Plan, price: FloatArray) -> None:
        """Open the hubs of a plan; EUR a kg through each hub ``[H]`` is added to the costs."""
        self.plan, self.price = plan, price.copy()
        opens, count = open_hubs(self.problem, self.data, plan)
        self.data.fleet[:, OPENS] = np.where(count > 0, opens, 0.0)
        self.data.kind[:, COUNT] = count
        classes, stops = self._classes, self.problem.num_stops
        hubs = self.problem.second.vehicle_depot
        priced = price[hubs] > 0.0
        self.data.kind[:, ARCS] = self._arcs_of + np.where(priced, (1 + hubs) * classes, 0)
        for h in np.flatnonzero(price > 0.0).tolist():
            own = slice((1 + h) * classes, (2 + h) * classes)
            more = price[h] * self.problem.second.delivery_kg
            self.data.arc[own, :, :stops, EUR] = self.data.arc[:classes, :, :stops, EUR] + more
        self.searcher.work.memo_code[:] = 0  # what routes cost has changed
        self.searcher.pooled[0] = 0
        self._taken = (self._taken[0][:0], self._taken[1][:0])

    def begin(self) -> None:
        """Build rounds from nothing; they may leave stops out."""
        self.searcher.take(np.zeros_like(self.searcher.best), np.inf)
        self.searcher.begin()

    def take(self, rows: IntArray) -> None:
        """Go on from other rounds; those that cannot be driven any more are given up."""
        searcher, rows = self.searcher, rows.copy()
        read_routes(self.data, searcher.current, searcher.work, rows)
        closed = self.data.kind[rows[:, 0], COUNT] == 0
        rows[closed | ((rows[:, 1] > 0) & ~np.isfinite(searcher.current.eur)), 1] = 0
        searcher.take(rows, np.inf)
        used = rows[:, 1] > 0
        self._taken = (rows[used], searcher.current.eur[used].copy())
        served = searcher.current.route >= 0
        if (served | np.isfinite(self.data.stop[:, PRIZE])).all():
            searcher.best_eur[0] = total_eur(self.data, searcher.current)

    def anneal(self, budget: Budget, hot: float, cold: float) -> None:
        """Anneal from one temperature to the other until the budget is gone."""
        self.searcher.iterations = 0
        steps = Steps(self.searcher, budget)
        while (gone := budget.gone(self.searcher)) < 1.0:
            steps.run(hot * (cold / hot) ** gone, fewer=False)

    @property
    def rows(self) -> IntArray:
        """The best rounds ``[R, 2 + n]``: fleet entry, number of stops, stops."""
        return self.searcher.best.copy()

    @property
    def eur_per_stop(self) -> float:
        """Money of an average stop in the best rounds, or in those of now while stops are out."""
        searcher = self.searcher
        if np.isfinite(searcher.eur):
            return searcher.eur_per_stop
        served = int((searcher.current.route >= 0).sum())
        spent = float(np.where(searcher.current.size > 0, searcher.current.eur, 0.0).sum())
        return max(1e-6, spent / max(1, served))

    @property
    def eur(self) -> float:
        """What they cost, without the price of freight; infinite when a stop is left out."""
        if np.isinf(self.searcher.eur):
            return np.inf
        return self.searcher.eur - float(self.price @ hub_kg(self.problem, self.searcher.best))

    def seen(self, most: int) -> tuple[IntArray, FloatArray]:
        """Return rounds since the last `switch` and their costs: those taken, the latest found."""
        searcher = self.searcher
        count, size = int(searcher.pooled[0]), len(searcher.pool)
        latest = np.arange(max(0, count - min(most, size)), count) % size
        rows = np.concatenate([self._taken[0], searcher.pool[latest]])
        eur = np.r_[self._taken[1], searcher.pool_eur[latest]]
        hubs = self.problem.second.vehicle_depot[rows[:, 0]]
        return rows, eur - self.price[hubs] * row_kg(self.problem, rows)


def may_price(problem: TwoEchelonProblem) -> bool:
    """Whether trucks or hubs may be too small for what the rounds would take from a hub."""
    kg = float(problem.second.delivery_kg.sum())
    return kg > problem.truck_capacity_kg or bool((problem.hub_capacity_kg < kg).any())
