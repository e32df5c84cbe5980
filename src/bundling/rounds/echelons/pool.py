"""Rounds seen in all searches, and the best choice among them for given trucks.

A set partitioning model, as in `bundling.rounds.electric.recombine`, with what the searches only
price or count: what the trucks of a plan can bring to any group of its hubs, what a hub takes, and
the number of vehicles.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bundling.mip.highs import solve_model
from bundling.mip.model import LinearModel
from bundling.rounds.echelons.plans import Plan
from bundling.rounds.echelons.problem import FloatArray, TwoEchelonProblem
from bundling.rounds.echelons.session import Session, open_hubs, row_kg
from bundling.rounds.electric.arrays import PRIZE, Data, IntArray
from bundling.rounds.electric.recombine import gather
from bundling.rounds.tolerance import slack

_MOST_CELLS = 30_000_000
"""Numbers that are kept; the oldest rounds are forgotten first."""
_FAR = 0.05
"""How far, as a part, the choice may be above the relaxation where no answer is known."""
_A_TIME = 600
"""Rounds that are taken from a search each time."""


Batch = tuple[FloatArray, NDArray[np.int32], FloatArray]
"""Earliest departures ``[V]`` for which rounds were made, the rounds, and their costs."""


def batch_of(session: Session) -> Batch:
    """Return the rounds that a search has seen since it got its plan."""
    rows, eur = session.seen(_A_TIME)
    if len(rows):
        rows, eur = gather([], rows, eur)
    opens, _ = open_hubs(session.problem, session.data, session.plan)
    return opens, rows.astype(np.int32), eur


@dataclass
class Pool:
    """Rounds of all searches, in batches that were each made for one plan.

    Attributes
    ----------
    problem, data
        The problem, and `bundling.rounds.echelons.session.build_data` of it.
    batches
        The rounds.
    """

    problem: TwoEchelonProblem
    data: Data
    batches: list[Batch] = field(default_factory=list)

    def add(self, batches: Iterable[Batch]) -> None:
        """Keep rounds."""
        self.batches += batches
        while sum(batch[1].size for batch in self.batches) > _MOST_CELLS and len(self.batches) > 1:
            self.batches.pop(0)

    def of(self, plan: Plan) -> tuple[IntArray, FloatArray]:
        """Return the rounds that can be driven under a plan."""
        opens, count = open_hubs(self.problem, self.data, plan)
        rows, costs = [], []
        for made_for, some, eur in self.batches:
            v = some[:, 0]
            fits = (count[v] > 0) & (opens[v] <= made_for[v])
            rows.append(some[fits])
            costs.append(eur[fits])
        routes, money = np.concatenate(rows).astype(np.int64), np.concatenate(costs)
        return gather([], routes, money) if len(routes) else (routes, money)

    def choose(
        self, plan: Plan, rows: IntArray, eur: float, *, time_limit: float, seed: int
    ) -> tuple[IntArray, float] | None:
        """Choose rounds for a plan that cost less than `eur`; None when none are found.

        Only rounds whose reduced cost is within the gap of the linear relaxation can be in them.
        `rows` tells the shape of the answer.
        """
        routes, money = self.of(plan)
        if not len(routes):
            return None
        within, most = self._within(plan, routes)
        relaxed = solve_model(
            _model(self.data, routes, money, within, most, False), time_limit=time_limit
        )
        if relaxed.row_duals is None or relaxed.objective >= eur - 1e-6:
            return None
        n = len(self.data.stop)
        inside = np.arange(n)[None, :] < routes[:, 1:2]
        worth = np.where(inside, relaxed.row_duals[:n][routes[:, 2:]], 0.0).sum(axis=1)
        reduced = money - worth - relaxed.row_duals[n:] @ within
        near = reduced <= min(eur, (1.0 + _FAR) * relaxed.objective) - relaxed.objective
        routes, money = routes[near], money[near]
        outcome = solve_model(
            _model(self.data, routes, money, within[:, near], most, True),
            time_limit=time_limit,
            seed=seed,
        )
        if outcome.values is None or outcome.objective >= eur - 1e-6:
            return None
        picked = routes[np.flatnonzero(outcome.values[: len(routes)] > 0.5)]
        found = np.zeros_like(rows)
        found[: len(picked)] = picked
        return found, float(outcome.objective)

    def _within(self, plan: Plan, routes: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return what each round takes of what is limited ``[L, P]``, and the limits ``[L]``."""
        problem = self.problem
        hubs, kg = problem.second.vehicle_depot[routes[:, 0]], row_kg(problem, routes)
        _, count = open_hubs(problem, self.data, plan)
        takes = [np.ones(len(routes))]
        most = [float(min(problem.vehicle_count, problem.num_stops))]
        for v in np.flatnonzero(count < problem.num_stops).tolist():
            takes.append((routes[:, 0] == v).astype(np.float64))
            most.append(float(count[v]))
        total = float(problem.second.delivery_kg.sum())
        for h in plan.hubs:
            if problem.hub_capacity_kg[h] < total:
                takes.append(np.where(hubs == h, kg, 0.0))
                most.append(float(problem.hub_capacity_kg[h]))
        for size in range(1, len(plan.hubs) + 1):
            for group in itertools.combinations(plan.hubs, size):
                trucks = sum(bool(set(group) & set(calls)) for calls in plan.calls)
                room = trucks * problem.truck_capacity_kg
                if room < total:
                    takes.append(np.where(np.isin(hubs, group), kg, 0.0))
                    most.append(room)
        limits = np.array(most)
        return np.array(takes), limits + np.array([slack(limit) for limit in most]) / 2.0


def _model(
    data: Data,
    routes: IntArray,
    eur: FloatArray,
    within: FloatArray,
    most: FloatArray,
    integer: bool,
) -> LinearModel:
    """Serve every stop once, or pay what leaving it out costs, within the limits."""
    n = len(data.stop)
    model = LinearModel()
    x = model.add_columns("route", len(routes), upper=1.0, cost=eur, integer=integer)
    inside = np.arange(n)[None, :] < routes[:, 1:2]
    terms = [(routes[:, 2:][inside], x[np.nonzero(inside)[0]], 1.0)]
    optional = np.flatnonzero(np.isfinite(data.stop[:, PRIZE]))
    if len(optional):
        out = model.add_columns("left_out", len(optional), cost=data.stop[optional, PRIZE])
        terms.append((optional, out, 1.0))
    model.add_rows("served", n, *terms, lower=1.0, upper=1.0)
    limited, taken = np.nonzero(within)
    model.add_rows("within", len(most), (limited, x[taken], within[limited, taken]), upper=most)
    return model
