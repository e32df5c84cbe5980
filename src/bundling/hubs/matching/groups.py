"""Groups worth considering, and the best partition into them: set packing by columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bundling.hubs.matching.pairs import Group, saving_of
from bundling.hubs.matching.problem import FloatArray, MatchingProblem
from bundling.hubs.matching.trips import Planner
from bundling.mip import LinearModel, MipOutcome, solve_model

_BASES = 60
_TRIES = 400
_ROUNDS = 40


def grow(
    problem: MatchingProblem,
    planner: Planner,
    savings: dict[Group, float],
    stop: Callable[[], bool],
) -> dict[Group, float]:
    """Add larger groups that the partition may want, by column generation.

    The relaxed packing prices each shipper. Of the groups at hand, those that come nearest to
    their price are tried with one member more, the most promising first: by the group's saving
    and the pairs' savings with the newcomer, above all prices. The pricing is a search, not a
    proof: groups it does not think of are not tried.

    Parameters
    ----------
    problem, planner
        What the groups are of.
    savings
        Saving of each group so far, the pairs; it is added to in place.
    stop
        Asked before each group is planned.

    Returns
    -------
    dict
        `savings`.
    """
    may = problem.may_join()
    pair = np.zeros(may.shape)
    for group, saving in savings.items():
        if len(group) == 2:
            pair[group[0], group[1]] = pair[group[1], group[0]] = saving
    tried: set[Group] = set(savings)
    for _ in range(_ROUNDS):
        price = _prices(problem, savings)
        if price is None or stop():
            return savings
        nearest = sorted(
            (g for g in savings if len(g) < problem.most_members),
            key=lambda g: (price[list(g)].sum() - savings[g], g),
        )
        offers = []
        for group in nearest[:_BASES]:
            members = list(group)
            with_all = may[members].all(axis=0) & (pair[members] > 0).any(axis=0)
            hope = savings[group] + pair[members].sum(axis=0) - price[members].sum() - price
            for newcomer in np.flatnonzero(with_all & (hope > 1e-6)).tolist():
                new = tuple(sorted((*group, newcomer)))
                if new not in tried:
                    tried.add(new)
                    offers.append((-float(hope[newcomer]), new))
        offers.sort()
        added = False
        for _, group in offers[:_TRIES]:
            if stop():
                return savings
            saving = saving_of(problem, planner, group)
            if saving > 1e-6:
                savings[group] = saving
                added |= saving > price[list(group)].sum() + 1e-6
        for _, group in offers[_TRIES:]:
            tried.discard(group)
        if not added:
            return savings
    return savings


def best_partition_of(
    problem: MatchingProblem,
    savings: dict[Group, float],
    *,
    gap: float,
    seed: int,
    time_limit: float,
) -> tuple[list[Group], float, MipOutcome | None]:
    """Choose groups that share nobody and save most.

    Returns
    -------
    tuple
        The groups; a proved upper bound on the saving of any choice among `savings`; and what
        HiGHS gave back. Without its answer in time, groups are taken greedily, best first.
    """
    groups = list(savings)
    if not groups:
        return [], 0.0, None
    model = _packing(problem, savings, integer=True)
    greedy = _greedy(savings)
    start = np.array([float(group in greedy) for group in groups])
    outcome = solve_model(
        model, time_limit=max(0.05, time_limit), gap=gap, seed=seed, start=start, step="matching"
    )
    bound = -outcome.bound if np.isfinite(outcome.bound) else np.inf
    chosen = sorted(greedy)
    if outcome.values is not None:
        found = [g for g, x in zip(groups, outcome.values, strict=True) if x > 0.5]
        if sum(savings[g] for g in found) >= sum(savings[g] for g in chosen):
            chosen = sorted(found)
    return chosen, bound, outcome


def _greedy(savings: dict[Group, float]) -> set[Group]:
    taken: set[int] = set()
    chosen = set()
    for group in sorted(savings, key=lambda g: (-savings[g], g)):
        if not taken & set(group):
            taken |= set(group)
            chosen.add(group)
    return chosen


def _packing(
    problem: MatchingProblem, savings: dict[Group, float], *, integer: bool
) -> LinearModel:
    model = LinearModel()
    cost = -np.array(list(savings.values()))
    column = model.add_columns("group", len(savings), upper=1.0, cost=cost, integer=integer)
    members = [(s, k) for k, group in enumerate(savings) for s in group]
    row, at = np.array(members, dtype=np.int64).T
    model.add_rows("once", problem.num_shippers, (row, column[at], 1.0), upper=1.0)
    return model


def _prices(problem: MatchingProblem, savings: dict[Group, float]) -> FloatArray | None:
    """Dual price of each shipper in the relaxed packing."""
    if not savings:
        return None
    model = _packing(problem, savings, integer=False)
    free = model.with_bounds(model.lower, np.full(model.num_columns, np.inf))
    outcome = solve_model(free, lp_method="simplex")
    if outcome.row_duals is None:
        return None
    price: FloatArray = np.abs(outcome.row_duals)
    return price
