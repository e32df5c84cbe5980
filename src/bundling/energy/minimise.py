"""Least cost by HiGHS: one model an offer, the cheapest wins, and ties go to the earliest charging.

Optimal schedules are many: slots of one price are interchangeable. The second stage picks, among
the schedules of least cost, one that charges earliest (least power-weighted slot number) and uses
the battery least, which is what a planner would do against surprises, and which makes the answer
steady. It runs on the optimal face of the first stage, so it costs nothing; that is verified, and
the first schedule is kept if the cost differs by more than a billionth. Integers stay as they are.

Offers are few and each makes a linear model of the rest, so they are tried one by one: exact, with
a bound for each, and with the cost of every offer as a by-product.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bundling.energy.duals import dual_bound, optimal_face
from bundling.energy.lp import ChargingModel, build
from bundling.energy.plug_model import plugs_bind
from bundling.energy.plug_start import plug_start
from bundling.energy.problem import EnergyProblem
from bundling.energy.read import read
from bundling.energy.solution import EnergySolution
from bundling.mip import MipOutcome, solve_model
from bundling.result import Event, Limit, OnEvent, Status

# Measured on 2 cores: 500 vehicles x 96 slots cost 0.15 s by simplex and 0.20 s by interior point,
# 2,000 vehicles 1.2 s by both; the second stage, all ties, 0.3 s and 7.2 s by simplex but 0.15 s
# and 0.9 s by interior point with crossover.
COST_BY = "simplex"
TIES_BY = "ipx"

_SAME_COST = 1e-9

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class OfferCost:
    """What is known about planning with one offer.

    Attributes
    ----------
    name
        Name of the offer; empty for a problem without offers.
    status
        `Status.INFEASIBLE` when the offer cannot meet all needs.
    objective_eur, bound_eur
        Least cost found with it, and what it costs at least.
    """

    name: str
    status: Status
    objective_eur: float
    bound_eur: float


@dataclass(frozen=True)
class Answer:
    """What the models gave; `solution` is None when none was found."""

    status: Status
    limit: Limit
    solution: EnergySolution | None
    objective_eur: float
    bound_eur: float
    message: str
    offers: tuple[OfferCost, ...] = ()


@dataclass(frozen=True)
class _Try:
    """One offer's model and what came of it."""

    charging: ChargingModel
    outcome: MipOutcome
    objective_eur: float
    bound_eur: float


def method_of(problem: EnergyProblem) -> str:
    """Say how `problem` is solved."""
    price = problem.price_eur_per_kwh + problem.transport_eur_per_kwh
    either_way = (problem.feed_in_kw > 0) & (price < problem.feed_in_eur_per_kwh)
    odd = problem.is_site and bool(
        either_way.any() or (problem.battery is not None and (price < 0).any())
    )
    parts = ["MIP by HiGHS" if odd else "LP by HiGHS"]
    if plugs_bind(problem):
        parts = ["plugs by CP-SAT and power by LP, then MIP by HiGHS"]
    if problem.offers:
        parts.append(f"{len(problem.offers)} offers one by one")
    return "; ".join([*parts, "ties broken by earliest charging"])


def minimise(
    problem: EnergyProblem,
    *,
    time_limit: float = math.inf,
    gap: float = 0.0,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Answer:
    """Find a schedule of least cost, and among those one that charges earliest."""
    began = time.perf_counter()

    def left() -> float:
        return time_limit - (time.perf_counter() - began)

    best: _Try | None = None
    tried: list[OfferCost] = []
    limit, message, failed = Limit.NONE, "", Status.INFEASIBLE
    numbers = range(len(problem.offers)) if problem.offers else (-1,)
    for count, number in enumerate(numbers):
        name = problem.offers[number].name if problem.offers else ""
        share = left() / (len(numbers) - count)
        if share <= 0:
            tried.append(OfferCost(name, Status.UNKNOWN, math.inf, -math.inf))
            limit, failed = Limit.TIME, Status.UNKNOWN
            continue
        found = _one_offer(problem, number, share, gap, seed)
        outcome = found.outcome
        tried.append(OfferCost(name, outcome.status, found.objective_eur, found.bound_eur))
        if outcome.limit is not Limit.NONE:
            limit = outcome.limit
        if outcome.values is None:
            if outcome.status is not Status.INFEASIBLE:
                failed = outcome.status
            message = outcome.message
        elif best is None or found.objective_eur < best.objective_eur:
            best = found
    bound = min(
        (known.bound_eur for known in tried if known.status is not Status.INFEASIBLE),
        default=-math.inf,
    )
    if best is None:
        return Answer(failed, limit, None, math.inf, bound, message, tuple(tried))
    seconds = time.perf_counter() - began
    event = Event("energy", seconds, best.objective_eur, bound)
    goes_on = on_event is None or on_event(event) is not False
    values = best.outcome.values
    assert values is not None
    if goes_on and left() > 0:
        values = _earliest(best, values, left(), seed)
    status = Status.OPTIMAL if best.objective_eur - bound <= 1e-9 else Status.FEASIBLE
    return Answer(
        status,
        limit,
        read(problem, best.charging, values),
        best.objective_eur,
        bound,
        best.outcome.message,
        tuple(tried),
    )


def _one_offer(
    problem: EnergyProblem, number: int, time_limit: float, gap: float, seed: int
) -> _Try:
    """Solve the model of one offer."""
    began = time.perf_counter()
    charging = build(problem, offer=number)
    model = charging.model
    start, known = None, -math.inf
    if charging.plugs is not None:
        first = plug_start(problem, charging, time_limit=0.5 * time_limit, seed=seed)
        start, known = first.values, first.bound
    if start is not None and _close(charging, start, known, gap):
        outcome, lowest = _of_start(charging, start, known), known
    elif model.integer.any():
        left = max(1e-3, time_limit - (time.perf_counter() - began))
        sessions = charging.plugs is not None and charging.plugs.slot.size > 0
        root = TIES_BY if sessions else COST_BY  # 3 s against 20 s at 50 vehicles on 15 plugs
        outcome = solve_model(
            model, time_limit=left, gap=gap, seed=seed, start=start, lp_method=root, step="energy"
        )
        outcome = _at_least(charging, outcome, start)
        lowest = max(outcome.bound, known)
    else:
        outcome = solve_model(
            model, time_limit=time_limit, seed=seed, lp_method=COST_BY, step="energy"
        )
        lowest = -math.inf
        if outcome.row_duals is not None:
            lowest = dual_bound(model, outcome.row_duals)
    objective = outcome.objective if outcome.values is not None else math.inf
    return _Try(
        charging,
        outcome,
        objective / charging.scale + charging.constant_eur,
        lowest / charging.scale + charging.constant_eur,
    )


def _close(charging: ChargingModel, start: FloatArray, bound: float, gap: float) -> bool:
    """Whether the start is within `gap` of its bound, in money of the user."""
    cost = float(charging.model.cost @ start)
    total = abs(cost / charging.scale + charging.constant_eur)
    return (cost - bound) / charging.scale <= gap * total


def _of_start(charging: ChargingModel, start: FloatArray, bound: float) -> MipOutcome:
    cost = float(charging.model.cost @ start)
    return MipOutcome(Status.FEASIBLE, Limit.GAP, cost, bound, start, None, 0.0, "start is kept")


def _at_least(charging: ChargingModel, outcome: MipOutcome, start: FloatArray | None) -> MipOutcome:
    """Keep the start solution when HiGHS returns nothing, or something dearer."""
    if start is None:
        return outcome
    kept = _of_start(charging, start, outcome.bound)
    if outcome.values is not None and outcome.objective <= kept.objective + 1e-9:
        return outcome
    return replace(kept, limit=outcome.limit, message=outcome.message)


def _earliest(found: _Try, values: FloatArray, time_limit: float, seed: int) -> FloatArray:
    """Return the optimal solution that charges earliest; `values` when it is not found in time."""
    charging, model, duals = found.charging, found.charging.model, found.outcome.row_duals
    began = time.perf_counter()
    if duals is None:
        # With the integers where they are, the rest is a linear model that has duals.
        kept = model.integer
        model = model.with_bounds(
            np.where(kept, values, model.lower),
            np.where(kept, values, model.upper),
            integer=np.zeros(model.num_columns, dtype=bool),
        )
        rest = solve_model(
            model, time_limit=time_limit, seed=seed, lp_method=COST_BY, step="energy"
        )
        if rest.values is None or rest.row_duals is None:
            return values
        values, duals = rest.values, rest.row_duals
    cost = np.zeros(model.num_columns)
    cost[charging.power] = (charging.slot + 1) / (charging.slot.max(initial=0) + 1)
    if charging.site is not None:
        cost[charging.site.charge] = cost[charging.site.discharge] = _BATTERY_TIE
    face = optimal_face(model, values, duals, cost)
    left = max(1e-3, time_limit - (time.perf_counter() - began))
    second = solve_model(face, time_limit=left, seed=seed, lp_method=TIES_BY, step="energy")
    if second.values is None:
        return values
    change = abs(float(model.cost @ (second.values - values)))
    same = change <= _SAME_COST * max(1.0, abs(found.outcome.objective))
    return second.values if same else values


_BATTERY_TIE = 0.1
"""What a kW of battery counts in the second stage, where a kW into a vehicle counts up to 1."""
