"""Better plans for shared plugs: free a few vehicles at a time, the rest stay on their plugs.

Large neighbourhood search: with all spans but those of some vehicles fixed, the integer model is
small and HiGHS solves it in moments. The vehicles of a round are those that charge around one
moment, where they are in each other's way, with those that miss most.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from bundling.energy.lp import ChargingModel
from bundling.energy.problem import EnergyProblem
from bundling.energy.spans import Span
from bundling.mip import MipOutcome, solve_model

FloatArray = NDArray[np.float64]

_FREE = 6
"""Vehicles that are freed in a round."""
_ROUND_S = 4.0
_IDLE = 12
"""Rounds without gain after which the search ends."""
_CLOSE = 1e-4
"""Relative distance to the bound at which the search ends."""


def improve(
    problem: EnergyProblem,
    charging: ChargingModel,
    picked: dict[int, Span],
    values: FloatArray,
    bound: float,
    *,
    time_limit: float,
    seed: int,
) -> FloatArray:
    """Return a plan no dearer than `values`, whose spans are `picked`.

    Parameters
    ----------
    problem, charging
        What is asked, and its model.
    picked, values
        The spans of the plan, by vehicle, and the values of all columns.
    bound
        No plan costs less; the search ends close to it.
    time_limit, seed
        Wall seconds, and the seed of the choice of vehicles.
    """
    assert charging.plugs is not None
    began, rng = time.perf_counter(), np.random.default_rng(seed)
    model = charging.model
    cost, idle = float(model.cost @ values), 0
    picked = dict(picked)
    parked = (problem.limit_kw > 0) & (problem.need_kwh > 0)[:, None]
    while idle < _IDLE and cost - bound > _CLOSE * abs(cost):
        left = time_limit - (time.perf_counter() - began)
        if left <= 0:
            break
        free = _neighbours(parked, picked, rng)
        kept = [span for j, span in picked.items() if j not in free]
        found = solve_with_spans(charging, kept, free, min(left, _ROUND_S), seed, values)
        idle += 1
        if found.values is None or found.objective >= cost - 1e-7 * max(1.0, abs(cost)):
            continue
        values, cost, idle = found.values, found.objective, 0
        picked = {span.vehicle: span for span in _spans_in(charging, values)}
    return values


def _neighbours(
    parked: NDArray[np.bool_], picked: dict[int, Span], rng: np.random.Generator
) -> set[int]:
    """Choose vehicles around one moment: some on a plug then, some parked without a plug."""
    slot = int(rng.choice(np.flatnonzero(parked.any(axis=0))))
    here = np.flatnonzero(parked[:, slot])
    rng.shuffle(here)

    def distance(j: int) -> float:
        span = picked.get(j)
        if span is None:
            return 0.0
        return float(max(span.first - slot, slot - span.end + 1, 0))

    near = sorted((int(j) for j in here), key=distance)
    return set(near[:_FREE])


def _spans_in(charging: ChargingModel, values: FloatArray) -> list[Span]:
    """Read the spans of a plan; what they are worth is no longer of interest."""
    plugs = charging.plugs
    assert plugs is not None
    on = np.flatnonzero(values[plugs.on] > 0.5)
    spans: dict[int, Span] = {}
    for k in on:
        j, kind = int(plugs.vehicle[k]), int(plugs.kind[k])
        slot = int(plugs.slot[k]) if plugs.slot.size else 0
        old = spans.get(j, Span(j, kind, slot, slot + 1, 0.0))
        spans[j] = Span(j, kind, min(old.first, slot), max(old.end, slot + 1), 0.0)
    return list(spans.values())


def solve_with_spans(
    charging: ChargingModel,
    kept: Iterable[Span],
    free: Collection[int],
    time_limit: float,
    seed: int,
    start: FloatArray | None,
) -> MipOutcome:
    """Solve the model with the spans of all vehicles but those in `free` fixed to `kept`."""
    model, plugs = charging.model, charging.plugs
    assert plugs is not None
    kind = np.full(int(plugs.vehicle.max(initial=-1)) + 1, -1)
    first, end = np.zeros(kind.size, dtype=np.int64), np.zeros(kind.size, dtype=np.int64)
    for span in kept:
        kind[span.vehicle] = span.kind
        first[span.vehicle], end[span.vehicle] = span.first, span.end
    on = kind[plugs.vehicle] == plugs.kind
    if plugs.slot.size:
        on &= (plugs.slot >= first[plugs.vehicle]) & (plugs.slot < end[plugs.vehicle])
    fixed = ~np.isin(plugs.vehicle, sorted(free))
    lower, upper, integer = model.lower, model.upper, model.integer
    at = plugs.on[fixed]
    lower[at] = upper[at] = on[fixed]
    integer[at] = False
    limit = max(0.05, time_limit) if math.isfinite(time_limit) else time_limit
    return solve_model(
        model.with_bounds(lower, upper, integer=integer),
        time_limit=limit,
        gap=1e-4,
        seed=seed,
        start=start if free else None,
        lp_method="simplex",
        step="energy",
    )
