"""The same rounds under other trucks: each from the hub where it is cheapest, and what that costs.

This tells which plans of the trucks are worth a search. It is an estimate: a search would change
the rounds as well.
"""

from __future__ import annotations

import math

import numpy as np

from bundling.rounds.echelons.freight import penalty_eur
from bundling.rounds.echelons.known import Known
from bundling.rounds.echelons.plans import Plan, cheapest_plan, hubs_eur
from bundling.rounds.echelons.problem import FloatArray, TwoEchelonProblem
from bundling.rounds.echelons.session import open_hubs, row_kg
from bundling.rounds.electric.anneal import read_routes
from bundling.rounds.electric.arrays import OPENS, Data, IntArray, new_state, new_work

_ROOM = 8
_BROKEN = 0.5
"""What stops pay for which no hub is early enough: part of the cost of their round before."""
_HALVINGS = 10
"""Steps in which the last moment to leave is found."""


class Rehub:
    """Prices of rounds from every hub, remembered."""

    def __init__(self, problem: TwoEchelonProblem, data: Data) -> None:
        self.problem = problem
        self.data = data._replace(fleet=data.fleet.copy())
        self._state, self._work = new_state(self.data, 1, _ROOM), new_work(self.data, _ROOM)
        self._known: dict[tuple[int, float, bytes], float] = {}
        self._key, self._column = b"", dict[tuple[int, float], FloatArray]()
        second = problem.second
        self._freight = np.stack(
            [second.delivery_kg, second.delivery_m3, second.delivery_rolls], axis=1
        )
        self._room = np.stack(
            [second.capacity_kg, second.capacity_m3, second.capacity_rolls], axis=1
        )

    def eur(self, v: int, opens_s: float, row: IntArray) -> float:
        """Return the cost of the stops of `row` as a round of fleet entry `v`; infinite: none."""
        stops = row[2 : 2 + row[1]]
        key = (v, opens_s, stops.tobytes())
        if key not in self._known:
            fits = self._freight[stops].sum(axis=0) <= self._room[v] * (1 + 1e-9) + 1e-9
            if not (fits.all() and self.problem.second.allowed[v, stops].all()):
                self._known[key] = math.inf
            else:
                self.data.fleet[v, OPENS] = opens_s
                one = row[None, :].copy()
                one[0, 0] = v
                read_routes(self.data, self._state, self._work, one)
                self._known[key] = float(self._state.eur[0])
        return self._known[key]

    def _columns(self, rows: IntArray, plan: Plan) -> tuple[FloatArray, IntArray]:
        """Return the costs of the rounds used in `rows` from open entries ``[U, E]``, and those."""
        used = rows[rows[:, 1] > 0]
        key = used.tobytes()
        if key != self._key:
            self._key, self._column = key, {}
        opens, count = open_hubs(self.problem, self.data, plan)
        entries = np.flatnonzero(count > 0)
        if not len(entries):
            return np.full((len(used), 1), np.inf), np.zeros(1, dtype=np.int64)
        for v in entries.tolist():
            if (v, opens[v]) not in self._column:
                costs = [self.eur(v, float(opens[v]), row) for row in used]
                self._column[v, opens[v]] = np.array(costs)
        return np.stack([self._column[v, opens[v]] for v in entries.tolist()], axis=1), entries

    def assign(self, rows: IntArray, plan: Plan, price: FloatArray) -> IntArray:
        """Give every round to the fleet entry that drives it at the least cost, freight priced.

        Rounds choose in the order of `rows` where vehicles are few; those that no entry can drive
        any more are left out.
        """
        costs, entries = self._columns(rows, plan)
        hubs = self.problem.second.vehicle_depot[entries]
        used = np.flatnonzero(rows[:, 1] > 0)
        felt = costs + price[hubs][None, :] * row_kg(self.problem, rows[used])[:, None]
        left = open_hubs(self.problem, self.data, plan)[1][entries]
        found = rows.copy()
        for r, eur in zip(used.tolist(), felt, strict=True):
            best = int(np.argmin(np.where(left > 0, eur, np.inf)))
            if left[best] == 0 or np.isinf(eur[best]):
                found[r, 1] = 0
                continue
            found[r, 0] = entries[best]
            left[best] -= 1
        return found

    def estimate(self, rows: IntArray, plan: Plan) -> float:
        """Return what trucks, hubs and rounds may cost together under another plan."""
        costs, entries = self._columns(rows, plan)
        used = rows[rows[:, 1] > 0]
        best = costs.argmin(axis=1)
        eur = costs[np.arange(len(used)), best]
        broken = np.isinf(eur)
        total = float(eur[~broken].sum())
        total += (1.0 + _BROKEN) * math.fsum(self._before(row) for row in used[broken])
        hubs = self.problem.second.vehicle_depot[entries[best]]
        loads = np.bincount(hubs, row_kg(self.problem, used), minlength=self.problem.num_hubs)
        kg = {h: float(loads[h]) for h in np.flatnonzero(loads > 0.0).tolist()}
        more = penalty_eur(self.problem, plan.calls, kg, total)
        return plan.eur + hubs_eur(self.problem, plan.hubs) + total + more

    def repacked(self, known: Known) -> Plan | None:
        """Return the cheapest trucks that are in time for rounds, each as late as it can leave.

        None when they cannot bring the freight, see `cheapest_plan`.
        """
        opens, _ = open_hubs(self.problem, self.data, known.plan)
        hubs = self.problem.second.vehicle_depot
        loads = np.zeros(self.problem.num_hubs)
        latest: dict[int, float] = {}
        used = known.rows[known.rows[:, 1] > 0]
        for row, kg in zip(used, row_kg(self.problem, used), strict=True):
            v, h = int(row[0]), int(hubs[row[0]])
            loads[h] += kg
            leaves = self._latest(v, float(opens[v]), row)
            latest[h] = min(latest.get(h, math.inf), leaves)
        kg = {h: float(loads[h]) for h in sorted(latest)}
        return cheapest_plan(self.problem, kg, latest, known.plan)

    def _latest(self, v: int, opens_s: float, row: IntArray) -> float:
        """Return a moment close to the last at which a round can leave for the same cost."""
        second = self.problem.second
        stops = row[2 : 2 + row[1]]
        limit = float(np.max(np.c_[second.tw_late_s, second.other_tw_late_s][stops[0]]))
        eur, early, late = self.eur(v, opens_s, row), opens_s, max(opens_s, limit)
        for _ in range(_HALVINGS):
            middle = 0.5 * (early + late)
            same = self.eur(v, middle, row) <= eur + 1e-9
            early, late = (middle, late) if same else (early, middle)
        return early

    def _before(self, row: IntArray) -> float:
        """Return what a round costs from where it is driven now, if it could leave at once."""
        v = int(row[0])
        h = self.problem.second.vehicle_depot[v]
        return self.eur(v, float(self.problem.second.depot_open_s[h]), row)
