"""Costs of coalitions as they are met: solved while there is time, else parts of a plan of all."""

from __future__ import annotations

import dataclasses

import numpy as np

from bundling.certify import Clock
from bundling.gains import SampledShapley
from bundling.hubs.coalition import SEARCH_SHARE, plans_unite
from bundling.hubs.coalition_parts import PartsOfPlan
from bundling.hubs.problem import BoolArray, FloatArray, HubsProblem
from bundling.hubs.solve import solve_within
from bundling.result import Event, Limit, OnEvent, Result

LEAST_S = 0.05
"""Wall seconds below which the solver is not begun."""


class CoalitionsMet:
    """Costs of coalitions: solved while there is time, else with what is left of a plan."""

    def __init__(
        self, problem: HubsProblem, time_limit: float, gap: float, seed: int,
        on_event: OnEvent | None,
    ) -> None:  # fmt: skip
        self.problem, self.gap, self.seed, self.on_event = problem, gap, seed, on_event
        self.clock = Clock(time_limit)
        names = [problem.shipper_player[k] for k in problem.shipment_shipper]
        self.players = tuple(dict.fromkeys(names))
        self.owner = np.array([self.players.index(name) for name in names], dtype=np.int64)
        self.kg: FloatArray = np.zeros(len(self.players))
        np.add.at(self.kg, self.owner, problem.shipment_kg)
        self.unite = plans_unite(problem)
        self.until, self.each_s, self.solved = -np.inf, LEAST_S, 0
        self.stopped = False
        self.alone = np.zeros((len(self.players), 2))
        self._held: list[BoolArray] = []
        self._value: list[tuple[float, float]] = []

    def start(self, grand: Result) -> None:
        """Take the plan of all, whose parts are plans of coalitions."""
        self.grand = grand
        self.parts = PartsOfPlan(self.problem, grand.solution.route)

    def solved_for(self, held: BoolArray, limit: float) -> Result:
        """Solve for a coalition in some wall seconds."""
        part = self.problem.only(held[self.owner])
        result = solve_within(part, Clock(limit), self.gap, self.seed, None, SEARCH_SHARE)
        self.solved += 1
        self.stopped = self.stopped or result.limit is Limit.INTERRUPT  # Ctrl-C: no more solves
        told = Event("sharing", self.clock.elapsed, message=f"{self.solved} coalitions")
        if self.on_event is not None and self.on_event(told) is False:
            self.stopped = True
        return result

    def solve_alone(self, player: int, held: BoolArray, limit: float) -> None:
        """Solve for one player, who has what is left of the plan of all in any case."""
        cost = min(self.parts.cost_eur(self.owner == player), float(self.grand.objective))
        bound = 0.0
        if not self.stopped:
            result = self.solved_for(held, limit)
            bound = max(bound, result.bound)
            cost = cost if result.solution is None else min(cost, result.objective)
        self.alone[player] = cost, min(bound, cost)

    def within(self, shapley: SampledShapley) -> SampledShapley:
        """Narrow the range: a player adds at least nothing, mostly at most what it pays alone.

        The latter where nothing can run out. Joining nobody adds what it pays alone.
        """
        n = len(self.players)
        low = np.maximum(shapley.low_eur, self.alone[:, 1] / n)
        high = np.minimum(shapley.high_eur, self.alone[:, 0] if self.unite else np.inf)
        return dataclasses.replace(shapley, low_eur=low, high_eur=high)

    def values(self, held: BoolArray) -> list[tuple[float, float]]:
        """Cost and bound of coalitions, as `ValueOracle` asks for them."""
        return [self._value_of(row) for row in held]

    def _value_of(self, held: BoolArray) -> tuple[float, float]:
        if held.all():
            return float(self.grand.objective), float(self.grand.bound)
        members = np.flatnonzero(held)
        if members.size == 1:
            cost, bound = self.alone[members[0]].tolist()
            return cost, bound
        mine = held[self.owner]
        # Without the others' freight the plan of all is a plan, whatever its vehicles.
        cost = min(self.parts.cost_eur(mine), float(self.grand.objective))
        bound = float(self.alone[members, 1].max())
        if self.unite:
            cost = min(cost, float(self.alone[members, 0].sum()))
            bound = max(bound, float(self.grand.bound) - self.parts.cost_eur(~mine))
        left = self.until - self.clock.elapsed
        if left > LEAST_S and not self.stopped and cost - bound > self.gap * abs(cost):
            result = self.solved_for(held, min(left, self.each_s))
            cost = cost if result.solution is None else min(cost, result.objective)
            bound = max(bound, result.bound)
        self._held.append(held.copy())
        self._value.append((cost, min(bound, cost)))
        return self._value[-1]

    def looked_at(self) -> tuple[BoolArray, FloatArray, FloatArray]:
        """All coalitions so far but everybody, the single players first, with cost and bound."""
        held = np.array([*np.eye(len(self.players), dtype=bool), *self._held])
        value = np.array([*self.alone, *self._value])
        return held, value[:, 0], value[:, 1]

    def known(self) -> tuple[BoolArray, FloatArray] | None:
        """Coalitions of two and more so far, for `least_core_by_rows`."""
        held, cost, _ = self.looked_at()
        n = len(self.players)
        return (held[n:], cost[n:]) if len(held) > n else None
