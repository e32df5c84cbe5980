r"""The charge schedule as a linear model by arrays, solved by HiGHS in two stages.

With vehicles ``j``, slots ``t`` of ``h`` hours, power ``p[j,t]``, draw ``d[t]``, peak ``P`` and
shortfall ``s[j]`` (`bundling.models.energy` has the same with one equation a rule)::

    min   sum_t h (price[t] + transport) d[t] + peak_price (P - paid) + shortfall_price sum_j s[j]
    need        h sum_t p[j,t] + s[j] = need[j]                  for every vehicle
    draw        sum_j p[j,t] / efficiency = d[t]                 for every slot
    peak        base[t] + d[t] <= P                              for every slot
    bounds      0 <= p[j,t] <= limit[j,t],  0 <= d[t] <= connection[t] - base[t],  P >= paid

The connection stands as a bound on ``d[t]`` instead of a second dense row per slot, and only
slots in which a vehicle is parked have a ``p[j,t]``.

Optimal schedules are many: slots of one price are interchangeable. The second stage picks, among
the schedules of least cost, one that charges earliest (least power-weighted slot number), which
is what a planner would do against surprises, and which makes the answer steady. It runs on the
optimal face of the first stage, so it costs nothing; that is verified, and the first schedule is
kept if the cost differs by more than a billionth.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.energy.duals import dual_bound, optimal_face
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution
from bundling.mip import LinearModel, MipOutcome, solve_model
from bundling.result import Event, Limit, OnEvent, Status

METHOD = "LP by HiGHS; ties broken by earliest charging"

# Measured on 2 cores: 500 vehicles x 96 slots cost 0.15 s by simplex and 0.20 s by interior point,
# 2,000 vehicles 1.2 s by both; the second stage, all ties, 0.3 s and 7.2 s by simplex but 0.15 s
# and 0.9 s by interior point with crossover.
_COST_BY = "simplex"
TIES_BY = "ipx"

_SAME_COST = 1e-9

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class ChargingModel:
    """The linear model and where its columns stand.

    Attributes
    ----------
    model
        Money in it is multiplied by `scale`.
    vehicle, slot
        Vehicle and slot of each power column.
    power, draw, shortfall, peak
        Positions of the columns; the last two are empty when the problem does not need them.
    need, balance
        Positions of the rows need and draw.
    scale
        A power of two, so that scaling is exact.
    constant_eur
        Cost that the model leaves out.
    """

    model: LinearModel
    vehicle: IntArray
    slot: IntArray
    power: IntArray
    draw: IntArray
    shortfall: IntArray
    peak: IntArray
    need: IntArray
    balance: IntArray
    scale: float
    constant_eur: float


@dataclass(frozen=True)
class Answer:
    """What the linear model gave; `solution` is None unless it was solved to the end."""

    status: Status
    limit: Limit
    solution: EnergySolution | None
    objective_eur: float
    bound_eur: float
    message: str


def build(problem: EnergyProblem, *, elastic: bool = False) -> ChargingModel:
    """Write the model of `problem`; `elastic` asks for the least total shortfall instead of cost.

    The elastic model ignores all prices and lets every need fall short, at 1 per kWh.
    """
    limits = problem.limit_kw
    vehicle, slot = np.nonzero(limits)
    pairs, vehicles, slots = vehicle.size, problem.num_vehicles, problem.num_slots
    grid_price = problem.slot_h * (problem.price_eur_per_kwh + problem.transport_eur_per_kwh)
    shortfall_price = 1.0 if elastic else problem.shortfall_eur_per_kwh
    peak_price = 0.0 if elastic else problem.peak_eur_per_kw
    scale = 1.0 if elastic else _scale(np.r_[grid_price, peak_price, shortfall_price or 0.0])

    model = LinearModel()
    power = model.add_columns("power", pairs, upper=limits[vehicle, slot])
    most = np.minimum(np.maximum(problem.headroom_kw, 0.0), limits.sum(axis=0) / problem.efficiency)
    draw = model.add_columns("draw", slots, upper=most, cost=0.0 if elastic else scale * grid_price)
    shortfall = peak = np.zeros(0, dtype=np.int64)
    terms: list[tuple[IntArray, IntArray, float]] = [(vehicle, power, problem.slot_h)]
    if shortfall_price is not None:
        shortfall = model.add_columns(
            "shortfall", vehicles, upper=problem.need_kwh, cost=scale * shortfall_price
        )
        terms.append((np.arange(vehicles), shortfall, 1.0))
    need = model.add_rows("need", vehicles, *terms, lower=problem.need_kwh, upper=problem.need_kwh)
    every = np.arange(slots)
    balance = model.add_rows(
        "draw",
        slots,
        (slot, power, 1.0 / problem.efficiency),
        (every, draw, -1.0),
        lower=0,
        upper=0,
    )
    if peak_price > 0:
        highest = max(problem.paid_peak_kw, float((problem.base_load_kw + most).max()))
        peak = model.add_columns(
            "peak", 1, lower=problem.paid_peak_kw, upper=highest, cost=scale * peak_price
        )
        model.add_rows(
            "peak", slots, (every, draw, 1.0), (every, peak[0], -1.0), upper=-problem.base_load_kw
        )
    constant = -peak_price * problem.paid_peak_kw
    return ChargingModel(
        model, vehicle, slot, power, draw, shortfall, peak, need, balance, scale, constant
    )


def minimise(
    problem: EnergyProblem,
    *,
    time_limit: float = math.inf,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Answer:
    """Find a schedule of least cost, and among those one that charges earliest."""
    began = time.perf_counter()
    charging = build(problem)
    outcome = solve_model(
        charging.model, time_limit=time_limit, seed=seed, lp_method=_COST_BY, step="energy"
    )
    if outcome.values is None or outcome.row_duals is None:
        return Answer(outcome.status, outcome.limit, None, math.inf, -math.inf, outcome.message)
    objective = outcome.objective / charging.scale + charging.constant_eur
    bound = dual_bound(charging.model, outcome.row_duals) / charging.scale + charging.constant_eur
    seconds = time.perf_counter() - began
    goes_on = on_event is None or on_event(Event("energy", seconds, objective, bound)) is not False
    values, message = outcome.values, outcome.message
    left = time_limit - (time.perf_counter() - began)
    if goes_on and left > 0:
        values = _earliest(charging, outcome, values, left, seed)
    return Answer(
        outcome.status,
        outcome.limit,
        read(problem, charging, values),
        objective,
        bound,
        message,
    )


def read(problem: EnergyProblem, charging: ChargingModel, values: FloatArray) -> EnergySolution:
    """Turn column values into a schedule, with the solver's rounding cut off at the limits."""
    power = np.zeros((problem.num_vehicles, problem.num_slots))
    power[charging.vehicle, charging.slot] = values[charging.power]
    power = np.clip(power, 0.0, problem.limit_kw)
    shortfall = np.zeros(problem.num_vehicles)
    if charging.shortfall.size:
        # From the balance, so that charged and missing add up exactly to the need.
        charged = power.sum(axis=1) * problem.slot_h
        shortfall = np.maximum(0.0, problem.need_kwh - charged)
        shortfall[shortfall < 1e-9 * np.maximum(1.0, problem.need_kwh)] = 0.0
    return EnergySolution(power, shortfall)


def _earliest(
    charging: ChargingModel,
    outcome: MipOutcome,
    values: FloatArray,
    time_limit: float,
    seed: int,
) -> FloatArray:
    """Return the optimal solution that charges earliest; `values` when it is not found in time."""
    assert outcome.row_duals is not None
    cost = np.zeros(charging.model.num_columns)
    cost[charging.power] = (charging.slot + 1) / (charging.slot.max(initial=0) + 1)
    face = optimal_face(charging.model, values, outcome.row_duals, cost)
    second = solve_model(face, time_limit=time_limit, seed=seed, lp_method=TIES_BY, step="energy")
    if second.values is None:
        return values
    change = abs(float(charging.model.cost @ (second.values - values)))
    return second.values if change <= _SAME_COST * max(1.0, abs(outcome.objective)) else values


def _scale(prices: FloatArray) -> float:
    """Power of two that brings the middle price near 1; HiGHS' tolerances are absolute."""
    known = np.abs(prices[prices != 0])
    return 1.0 if known.size == 0 else 2.0 ** -round(math.log2(float(np.median(known))))
