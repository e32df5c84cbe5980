"""A first plan for shared plugs: CP-SAT assigns, a linear model gives power, prices go back.

The linear relaxation gives a bound, and with its duals a price for charging in each slot. With
those prices every span a vehicle could have on a plug has a cost of its own (the cheapest filling
of its need within the span, and what stays short), and CP-SAT picks spans that fit on the plugs
at least total cost. The relaxation's own plan is the guide: a kWh where it charges counts in full,
one elsewhere for less, or all would take the same cheap slots. With the spans fixed, power is a
linear model again: an exact plan. The best one is improved by `bundling.energy.plug_search`, and
HiGHS starts from what comes out.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.energy.duals import dual_bound
from bundling.energy.lp import ChargingModel, build
from bundling.energy.plug_model import kinds_of, room_rows
from bundling.energy.plug_search import improve, solve_with_spans
from bundling.energy.problem import EnergyProblem
from bundling.energy.spans import Span, spans_of
from bundling.mip import solve_model

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_ELSEWHERE = (0.5, 0.9, 0.1)
"""What a kWh outside the guide is worth in each round, as a share of one within it."""
_STEADY = 30.0
"""CP-SAT's own deterministic time, so that a second run gives the same answer."""
_GRAIN = 1e6
"""CP-SAT counts in whole numbers: the dearest span costs this many."""


@dataclass(frozen=True)
class PlugStart:
    """A plan to start from, as values of all columns (None when none was found), and a bound.

    Both are in the model's money.
    """

    values: FloatArray | None
    cost: float
    bound: float


def plug_start(
    problem: EnergyProblem, charging: ChargingModel, *, time_limit: float, seed: int
) -> PlugStart:
    """Look for a plan within `time_limit` seconds."""
    began = time.perf_counter()

    def left() -> float:
        return time_limit - (time.perf_counter() - began)

    model = charging.model
    offer = -1 if charging.site is None else charging.site.offer
    # The same columns, without the rows that make a linear model of sessions slow.
    loose = build(problem, offer=offer, scale=charging.scale, loose=True).model
    relaxed = loose.with_bounds(
        loose.lower, loose.upper, integer=np.zeros(loose.num_columns, dtype=bool)
    )
    outcome = solve_model(
        relaxed, time_limit=max(0.05, left()), seed=seed, lp_method="simplex", step="energy"
    )
    if outcome.row_duals is None:
        return PlugStart(None, math.inf, -math.inf)
    bound = dual_bound(relaxed, outcome.row_duals)
    assert outcome.values is not None
    prices = _prices(problem, charging, outcome.row_duals)
    guide = np.zeros((problem.num_vehicles, problem.num_slots))
    guide[charging.vehicle, charging.slot] = outcome.values[charging.power]
    best, cost, picked = None, math.inf, dict[int, Span]()
    for elsewhere in _ELSEWHERE:
        spans = spans_of(problem, prices, _shortfall_price(problem, charging), guide, elsewhere)
        chosen = _assign(problem, spans, 0.2 * max(0.0, left()), seed)
        if left() <= 0:
            break
        fixed = solve_with_spans(charging, chosen, (), left(), seed, None)
        if fixed.values is not None and fixed.objective < cost:
            best, cost, picked = fixed.values, fixed.objective, {s.vehicle: s for s in chosen}
    if best is not None and left() > 0:
        best = improve(problem, charging, picked, best, bound, time_limit=left(), seed=seed)
        cost = float(model.cost @ best)
    return PlugStart(best, cost, bound)


def _prices(problem: EnergyProblem, charging: ChargingModel, duals: FloatArray) -> FloatArray:
    """Marginal cost of a kWh into a vehicle in each slot, in the model's money."""
    prices: FloatArray = -duals[charging.balance] / (problem.efficiency * problem.slot_h)
    return prices


def _shortfall_price(problem: EnergyProblem, charging: ChargingModel) -> float:
    """Cost of a missing kWh; where none may miss, far above any other cost."""
    if problem.shortfall_eur_per_kwh is not None:
        return charging.scale * problem.shortfall_eur_per_kwh
    return 100.0 * max(1.0, float(np.abs(charging.model.cost).max(initial=1.0)))


def _assign(problem: EnergyProblem, spans: list[Span], time_limit: float, seed: int) -> list[Span]:
    """Pick at most one span a vehicle, within the number of plugs, that save most together."""
    from ortools.sat.python import cp_model

    assert problem.plugs is not None
    count = kinds_of(problem.plugs)[1]
    largest = max((span.saves for span in spans), default=0.0)
    if largest <= 0:
        return []
    places = _places(problem, spans)
    greedy = _greedy(spans, places, count)
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in spans]
    by_vehicle: dict[int, list[int]] = {}
    by_place: dict[tuple[int, int], list[int]] = {}
    for k, span in enumerate(spans):
        by_vehicle.setdefault(span.vehicle, []).append(k)
        for place in places[k]:
            by_place.setdefault((span.kind, place), []).append(k)
        model.add_hint(taken[k], k in greedy)
    for members in by_vehicle.values():
        model.add_at_most_one(taken[k] for k in members)
    for (kind, _), members in by_place.items():
        model.add(sum(taken[k] for k in members) <= int(count[kind]))
    grain = _GRAIN / largest
    model.maximize(sum(int(grain * span.saves) * taken[k] for k, span in enumerate(spans)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (2**31)
    solver.parameters.relative_gap_limit = 1e-3
    solver.parameters.max_deterministic_time = _STEADY
    solver.parameters.cp_model_probing_level = 0
    if math.isfinite(time_limit):
        solver.parameters.max_time_in_seconds = max(0.05, time_limit)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [spans[k] for k in sorted(greedy)]
    return [span for k, span in enumerate(spans) if solver.boolean_value(taken[k])]


def _places(problem: EnergyProblem, spans: list[Span]) -> list[list[int]]:
    """List for each span the places where it needs room: slots, or sets of stays that overlap."""
    assert problem.plugs is not None
    if problem.plugs.rule == "session":
        return [list(range(span.first, span.end)) for span in spans]
    rooms_of: dict[int, list[int]] = {}
    for number, members in enumerate(room_rows(problem)):
        for j in members:
            rooms_of.setdefault(int(j), []).append(number)
    return [rooms_of.get(span.vehicle, []) for span in spans]


def _greedy(spans: list[Span], places: list[list[int]], count: IntArray) -> set[int]:
    """Take spans in order of what they save per slot, while there is room."""
    width = max((max(where, default=-1) for where in places), default=-1) + 1
    room = np.repeat(count[:, None], width, axis=1)
    seated: set[int] = set()
    taken: set[int] = set()
    order = sorted(range(len(spans)), key=lambda k: -spans[k].saves / (1 + len(places[k])))
    for k in order:
        span = spans[k]
        if span.vehicle in seated or (room[span.kind, places[k]] <= 0).any():
            continue
        room[span.kind, places[k]] -= 1
        seated.add(span.vehicle)
        taken.add(k)
    return taken
