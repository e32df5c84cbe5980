"""A plan under change: routes, loads and the exact cost of every leg, kept up to date.

Kept in plain Python lists on purpose: a move touches two to four legs with a handful of
combinations each, where a list scan takes under a microsecond and a numpy call several.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from bundling.hubs.legs import NO_LEG, Legs
from bundling.hubs.mixes import FIT
from bundling.hubs.problem import HubsProblem, IntArray

UNROUTED = -1
_Load = tuple[float, ...]
_Row = tuple[float, float, float, float, float, float]


class Plan:
    """Routes as option rows of `Legs`, with cost by leg; only feasible plans are kept.

    Vehicle limits are not looked at: they tie legs together, which this search does not do.
    """

    def __init__(self, problem: HubsProblem, legs: Legs) -> None:
        self.legs = legs
        self.rent: list[float] = problem.hub_rent_eur.tolist()
        self.capacity_kg = (problem.hub_capacity_kg * (1 + FIT)).tolist()
        self.capacity_m3 = (problem.hub_capacity_m3 * (1 + FIT)).tolist()
        self.kg, self.m3 = problem.shipment_kg.tolist(), problem.shipment_m3.tolist()
        self.hub: list[int] = legs.hub.tolist()
        self.handling: list[float] = legs.handling_eur.tolist()
        self.options: list[list[int]] = [rows.tolist() for rows in legs.options]
        self.by_hub = [{self.hub[o]: o for o in rows} for rows in self.options]
        self.load: list[_Load] = [tuple(row) for row in legs.load.tolist()]
        self.haul: list[_Load] = [tuple(row) for row in legs.haul_load.tolist()]
        self.first, self.last = legs.first_leg.tolist(), legs.last_leg.tolist()
        self._mixes: list[list[_Row]] = [
            list(
                zip(
                    mix.cost_eur.tolist(),
                    *(mix.capacity * (1 + FIT) + FIT).T.tolist(),
                    strict=True,
                )
            )
            for mix in legs.mixes
        ]
        self.option = [UNROUTED] * problem.num_shipments
        self.interrupted = False
        self.clear()

    def clear(self) -> None:
        """Take every shipment out."""
        self.option = [UNROUTED] * len(self.option)
        self.leg_load = [[0.0] * 5 for _ in self._mixes]
        self.leg_users = [0] * len(self._mixes)
        self.leg_cost = [0.0] * len(self._mixes)
        self.hub_kg = [0.0] * len(self.rent)
        self.hub_m3 = [0.0] * len(self.rent)
        self.hub_users = [0] * len(self.rent)
        self.cost = 0.0

    def load_options(self, option: Iterable[int]) -> None:
        """Start over with `option` per shipment; sums are taken afresh, without drift."""
        self.clear()
        for i, o in enumerate(option):
            if o != UNROUTED:
                self.move(i, o)

    def _leg(self, leg: int, extra: _Load, sign: int) -> float:
        """Cost of `leg` after adding (`sign` 1) or taking out (-1) one shipment's `extra`."""
        if self.leg_users[leg] + sign == 0:
            return 0.0
        a, b, c, d, e = (x + sign * y for x, y in zip(self.leg_load[leg], extra, strict=True))
        for cost, ma, mb, mc, md, me in self._mixes[leg]:
            if ma >= a and mb >= b and mc >= c and md >= d and me >= e:
                return cost
        return math.inf

    def price(self, i: int, o: int) -> float:
        """EUR that option `o` of the unrouted shipment `i` would add; inf when it cannot."""
        h = self.hub[o]
        extra: float = self.handling[o]
        if h >= 0:
            if (
                self.hub_kg[h] + self.kg[i] > self.capacity_kg[h]
                or self.hub_m3[h] + self.m3[i] > self.capacity_m3[h]
            ):
                return math.inf
            if self.hub_users[h] == 0:
                extra += self.rent[h]
            first = self.first[o]
            if first != NO_LEG:
                extra += self._leg(first, self.haul[i], 1) - self.leg_cost[first]
        last = self.last[o]
        extra += self._leg(last, self.load[i], 1) - self.leg_cost[last]
        return extra

    def _shift(self, leg: int, extra: _Load, sign: int) -> None:
        new = self._leg(leg, extra, sign)
        self.cost += new - self.leg_cost[leg]
        self.leg_cost[leg] = new
        load = self.leg_load[leg]
        self.leg_users[leg] += sign
        for r in range(5):
            load[r] += sign * extra[r]
        if self.leg_users[leg] == 0:
            self.leg_load[leg] = [0.0] * 5

    def _turn(self, i: int, o: int, sign: int) -> None:
        h = self.hub[o]
        self.cost += sign * self.handling[o]
        if h >= 0:
            if self.first[o] != NO_LEG:
                self._shift(self.first[o], self.haul[i], sign)
            before = self.hub_users[h]
            self.hub_users[h] = before + sign
            if before == 0 or self.hub_users[h] == 0:
                self.cost += sign * self.rent[h]
            self.hub_kg[h] += sign * self.kg[i]
            self.hub_m3[h] += sign * self.m3[i]
        self._shift(self.last[o], self.load[i], sign)

    def move(self, i: int, o: int) -> None:
        """Give shipment `i` option `o`; `UNROUTED` takes it out."""
        if self.option[i] != UNROUTED:
            self._turn(i, self.option[i], -1)
        self.option[i] = o
        if o != UNROUTED:
            self._turn(i, o, 1)

    def overfull(self) -> bool:
        """Whether a hub got more than it can handle (moves of groups look afterwards)."""
        return any(
            kg > most_kg or m3 > most_m3
            for kg, most_kg, m3, most_m3 in zip(
                self.hub_kg, self.capacity_kg, self.hub_m3, self.capacity_m3, strict=True
            )
        )

    def mixes(self) -> IntArray:
        """Cheapest listed combination on each leg, -1 where nothing travels."""
        found = np.full(len(self._mixes), -1)
        for k, users in enumerate(self.leg_users):
            if users:
                found[k] = self.legs.mixes[k].cheapest(np.array(self.leg_load[k]))
        return found
