"""The fewest vehicles for a set of units, by CP-SAT from a loading in hand."""

from __future__ import annotations

import math
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np

from bundling.result import Limit

if TYPE_CHECKING:
    from bundling.hubs.loading import LoadingProblem

_SCALE: Final = 1_000
_BUILD_SHARE: Final = 0.4
"""Largest part of the time for stating the model; CP-SAT reads it again before its own clock."""
_CP_SHARE: Final = 0.7


def exact(
    problem: LoadingProblem, start: tuple[int, ...], bound: int, deadline: float, seed: int
) -> tuple[tuple[int, ...], int, Limit]:
    """Return the vehicle of each unit, what is proved, and what ended it.

    Parameters
    ----------
    problem, start, bound
        The units, a loading of them, and a number of vehicles that no loading goes below.
    deadline
        In seconds of `time.perf_counter`. A model that takes too long to state is given up, and
        `start` comes back.
    seed
        For CP-SAT, which runs on one worker.

    Notes
    -----
    Goods that go apart are told by kind: a unit brings its kind into a vehicle, and kinds that go
    apart are never both there. So the model does not grow with pairs of units.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    give_up = perf_counter() + _BUILD_SHARE * (deadline - perf_counter())
    most = max(start) + 1
    used = [model.new_bool_var(f"used({k})") for k in range(most)]
    # Needs rounded up and room down: what CP-SAT allows is allowed by the data too.
    need = np.ceil(problem.need * _SCALE - 1e-6).astype(np.int64)
    room = np.floor(problem.room * _SCALE + 1e-6).astype(np.int64)
    rounded = bool(np.any(np.abs(problem.need * _SCALE - need) > 1e-6))
    put = []
    for u in range(len(start)):
        if perf_counter() > give_up:
            return start, bound, Limit.TIME
        put.append([model.new_bool_var(f"put({u},{k})") for k in range(most)])
        model.add_exactly_one(put[u])
        for k in range(most):
            model.add_hint(put[u][k], start[u] == k)
    clashing = [pair for pair in problem.apart if pair <= set(problem.goods)]
    kinds = sorted(set().union(*clashing)) if clashing else []
    for k in range(most):
        if perf_counter() > give_up:
            return start, bound, Limit.TIME
        column = [row[k] for row in put]
        for r in range(need.shape[1]):
            load = cp_model.LinearExpr.weighted_sum(column, need[:, r].tolist())
            model.add(load <= int(room[r]) * used[k])
        for var in column:
            model.add_implication(var, used[k])
        there = {kind: model.new_bool_var(f"{kind}({k})") for kind in kinds}
        for var, kind in zip(column, problem.goods, strict=True):
            if kind in there:
                model.add_implication(var, there[kind])
        for pair in clashing:
            if len(pair) == 1:  # a kind of which each unit goes by itself
                model.add_at_most_one(
                    var for var, kind in zip(column, problem.goods, strict=True) if kind in pair
                )
            else:
                model.add_at_most_one(there[kind] for kind in pair)
        if k:
            model.add_implication(used[k], used[k - 1])
    model.add(sum(used) >= bound)
    model.minimize(sum(used))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, (deadline - perf_counter()) * _CP_SHARE)
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        # Rounding up can make the start itself too large; then nothing is proved.
        return start, bound, Limit.TIME if status == cp_model.UNKNOWN else Limit.ITERATIONS
    found = tuple(next(k for k, var in enumerate(row) if solver.value(var)) for row in put)
    # A bound of rounded needs is no bound of the data.
    proved = bound if rounded else math.ceil(solver.best_objective_bound - 1e-6)
    if status != cp_model.OPTIMAL:
        return found, proved, Limit.TIME
    return found, proved, Limit.ITERATIONS if rounded else Limit.NONE
