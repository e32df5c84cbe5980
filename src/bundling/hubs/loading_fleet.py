"""Units in a given row of vehicles of several types: a loading, or the proof that there is none."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Final

import numpy as np

from bundling.hubs.loading import TOLERANCE, LoadingProblem

_SCALE: Final = 1_000
_CP_SHARE: Final = 0.7
_MOST_PAIRS: Final = 40_000
"""Units times vehicles from which the exact model is not begun."""


def first_fit(problems: Sequence[LoadingProblem], types: Sequence[int]) -> tuple[int, ...]:
    """Vehicle of each unit, -1 where none had room: largest units first, largest vehicles first.

    Parameters
    ----------
    problems
        The same units posed for each type of vehicle.
    types
        Type of each vehicle, an index in `problems`.
    """
    if not types:
        return (-1,) * len(problems[0].unit_ids)
    room = np.array([problems[t].room for t in types])
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = [np.where(p.room > 0, p.need / p.room, 0.0).max(axis=1) for p in problems]
    order = np.argsort(-np.min(shares, axis=0), kind="stable")
    turn = sorted(range(len(types)), key=lambda k: (-room[k, 1], -room[k, 0], k))
    loads = np.zeros_like(room)
    inside: list[set[str]] = [set() for _ in types]
    vehicle = [-1] * len(problems[0].unit_ids)
    for u in order.tolist():
        for k in turn:
            problem = problems[types[k]]
            kind = problem.goods[u]
            apart = any(frozenset((kind, other)) in problem.apart for other in inside[k])
            full = (loads[k] + problem.need[u] > room[k] * (1.0 + TOLERANCE)).any()
            if not apart and not full:
                loads[k] += problem.need[u]
                inside[k].add(kind)
                vehicle[u] = k
                break
    return tuple(vehicle)


def fit(
    problems: Sequence[LoadingProblem], types: Sequence[int], deadline: float, seed: int
) -> tuple[tuple[int, ...] | None, bool]:
    """Load all units in the vehicles given.

    Parameters
    ----------
    problems, types
        As for `first_fit`.
    deadline
        In seconds of `time.perf_counter`.
    seed
        For CP-SAT, which runs on one worker.

    Returns
    -------
    tuple
        Vehicle of each unit, or None; and whether None is proved: there is no such loading.
    """
    found = first_fit(problems, types)
    if min(found, default=0) >= 0:
        return found, False
    if len(found) * len(types) > _MOST_PAIRS or deadline - perf_counter() < 0.05:
        return None, _too_much(problems, types)
    if _too_much(problems, types):
        return None, True
    return _exact(problems, types, deadline, seed)


def _too_much(problems: Sequence[LoadingProblem], types: Sequence[int]) -> bool:
    """Whether all vehicles together offer too little of weight or volume."""
    room = np.sum([problems[t].room[:2] for t in types], axis=0) if types else np.zeros(2)
    return bool((problems[0].need[:, :2].sum(axis=0) > room * (1.0 + 1e-7)).any())


def _exact(
    problems: Sequence[LoadingProblem], types: Sequence[int], deadline: float, seed: int
) -> tuple[tuple[int, ...] | None, bool]:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    units, rounded = range(len(problems[0].unit_ids)), False
    put: list[dict[int, cp_model.IntVar]] = [{} for _ in units]
    for k, t in enumerate(types):
        problem = problems[t]
        able = [u for u in units if (problem.need[u] <= problem.room * (1.0 + TOLERANCE)).all()]
        for u in able:
            put[u][k] = model.new_bool_var(f"put({u},{k})")
        column = [put[u][k] for u in able]
        # Needs rounded up and room down: what CP-SAT allows is allowed by the data too.
        exact = problem.need[able] * _SCALE
        need = np.ceil(exact - 1e-6).astype(np.int64)
        rounded |= bool(np.any(np.abs(exact - need) > 1e-6))
        for r in range(need.shape[1]):
            if np.isfinite(problem.room[r]):
                load = cp_model.LinearExpr.weighted_sum(column, need[:, r].tolist())
                model.add(load <= int(np.floor(problem.room[r] * _SCALE + 1e-6)))
        kinds = {problem.goods[u] for u in able}
        there = {kind: model.new_bool_var(f"{kind}({k})") for kind in kinds}
        for u in able:
            model.add_implication(put[u][k], there[problem.goods[u]])
        for pair in problem.apart:
            if len(pair) == 2 and pair <= kinds:
                model.add_at_most_one(there[kind] for kind in pair)
            elif len(pair) == 1 and pair <= kinds:
                model.add_at_most_one(put[u][k] for u in able if {problem.goods[u]} == pair)
    if any(not row for row in put):
        return None, True
    for row in put:
        model.add_exactly_one(row.values())
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, (deadline - perf_counter()) * _CP_SHARE)
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return tuple(next(k for k, v in row.items() if solver.value(v)) for row in put), False
    return None, status == cp_model.INFEASIBLE and not rounded
