"""Answers as the search over trucks and rounds keeps them, and written out at its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundling.result import Limit
from bundling.rounds.coupling import released_loaded
from bundling.rounds.echelons.freight import overloaded, penalty_eur, share_freight
from bundling.rounds.echelons.outcome import Outcome, outcome_of_rounds
from bundling.rounds.echelons.plans import Plan, hubs_eur, lean
from bundling.rounds.echelons.problem import FloatArray, TwoEchelonProblem
from bundling.rounds.echelons.session import ROOM_PLAN, hub_kg, open_hubs
from bundling.rounds.electric.anneal import read_routes
from bundling.rounds.electric.arrays import OPENS, Data, IntArray, new_state, new_work
from bundling.rounds.electric.plan import route_of
from bundling.rounds.tolerance import exceeds

_STEP, _MOST, _LESS = 0.12, 1.5, 0.85
"""By what a price of freight rises and what it is at most, as parts of what a kg costs on average
in the rounds; and how it falls."""


@dataclass(frozen=True, eq=False)
class Known:
    """Trucks and the rounds they make possible.

    Attributes
    ----------
    plan
        Trucks that bring what the rounds need, in time.
    rows, rounds_eur
        Rounds ``[R, 2 + n]``: fleet entry, number of stops, stops; and their cost.
    eur
        Cost of all, with a penalty for freight beyond the room of trucks and hubs.
    fits
        Whether there is none of that.
    """

    plan: Plan
    rows: IntArray
    rounds_eur: float
    eur: float
    fits: bool


def judge(
    problem: TwoEchelonProblem, plan: Plan, rows: IntArray, rounds_eur: float
) -> Known | None:
    """Return an answer with the trucks of `plan`, without needless calls.

    None when stops are left out, which an infinite `rounds_eur` says.
    """
    if not np.isfinite(rounds_eur):
        return None
    loads = hub_kg(problem, rows)
    used = np.unique(problem.second.vehicle_depot[rows[rows[:, 1] > 0, 0]]).tolist()
    kg = {h: float(loads[h]) for h in used}
    more = penalty_eur(problem, plan.calls, kg, rounds_eur)
    trucks = lean(problem, plan, kg) if more == 0.0 else None
    calls = plan if trucks is None else trucks
    eur = calls.eur + hubs_eur(problem, sorted({*used, *calls.hubs})) + rounds_eur + more
    return Known(calls, rows, rounds_eur, eur, trucks is not None)


def dearer(
    problem: TwoEchelonProblem, plan: Plan, rows: IntArray, rounds_eur: float, price: FloatArray
) -> FloatArray | None:
    """Return other prices of freight (EUR a kg) through the hubs ``[H]``, or None for the same.

    Those of hubs that get more than trucks can bring, or than they take, rise; where all have room
    prices fall, so that they are no higher than is needed.
    """
    if not np.isfinite(rounds_eur):
        return None
    loads = hub_kg(problem, rows)
    kg = {h: float(loads[h]) for h in np.flatnonzero(loads > 0.0).tolist()}
    over = {h for h in kg if exceeds(kg[h], float(problem.hub_capacity_kg[h]))}
    if kg and share_freight(problem, plan.calls, kg) is None:
        over |= set(overloaded(problem, plan.calls, kg)[0])
    if not over:
        return price * _LESS if price.any() else None
    mean = rounds_eur / max(1e-9, sum(kg.values()))
    new = price.copy()
    new[sorted(over)] = np.minimum(new[sorted(over)] + _STEP * mean, _MOST * mean)
    return new


def outcome_of(problem: TwoEchelonProblem, data: Data, known: Known, limit: Limit) -> Outcome:
    """Write an answer with the charges of its rounds, and the cheapest trucks in time for them."""
    second = released_loaded(problem.second)
    opens, _ = open_hubs(problem, data, known.plan)
    hours = second.depot_open_s.copy()
    for h, at in known.plan.ready_s.items():
        hours[h] = max(hours[h], at)
    own = data._replace(fleet=data.fleet.copy())
    own.fleet[:, OPENS] = np.where(np.isfinite(opens), opens, 0.0)
    state = new_state(own, len(known.rows), ROOM_PLAN)
    work = new_work(own, ROOM_PLAN)
    read_routes(own, state, work, known.rows)
    from_then = second.replace(depot_open_s=hours)
    routes = tuple(
        route_of(from_then, own, state, work, r) for r in np.flatnonzero(state.size > 0).tolist()
    )
    return outcome_of_rounds(problem, known.plan, routes, limit)
