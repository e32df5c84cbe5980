"""Every group there can be, planned one by one: then the best partition is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bundling.hubs.matching.pairs import Group, saving_of
from bundling.hubs.matching.problem import BoolArray, MatchingProblem
from bundling.hubs.matching.trips import Planner


def useful_groups(problem: MatchingProblem) -> Iterator[Group]:
    """Give the groups of three and more in which everybody may join, and may gain.

    Left out are groups with a member that ships on no day on which another member does, or that
    fall apart so in any other way: their parts save as much without them.
    """
    may = problem.may_join()
    ships = np.zeros((problem.num_shippers, problem.num_days), dtype=bool)
    runs = problem.lane_days & (problem.lane_loads > 1e-9)[:, None]
    np.logical_or.at(ships, problem.lane_shipper, runs)
    meet = (ships.astype(np.int64) @ ships.T.astype(np.int64)) > 0

    def larger(group: Group, others: BoolArray) -> Iterator[Group]:
        for newcomer in np.flatnonzero(others).tolist():
            grown = (*group, newcomer)
            if len(grown) > 2 and _hangs_together(meet, grown):
                yield grown
            if len(grown) < problem.most_members:
                after = others & may[newcomer]
                after[: newcomer + 1] = False
                yield from larger(grown, after)

    yield from larger((), np.ones(problem.num_shippers, dtype=bool))


def listed(problem: MatchingProblem, most: int) -> list[Group] | None:
    """List all useful groups, or None when they are more than `most`."""
    groups: list[Group] = []
    for group in useful_groups(problem):
        if len(groups) >= most:
            return None
        groups.append(group)
    return groups


def plan_all(
    problem: MatchingProblem,
    planner: Planner,
    groups: list[Group],
    savings: dict[Group, float],
    stop: Callable[[], bool],
) -> bool:
    """Plan all `groups` that `savings` lacks, and add to it those that save.

    Returns
    -------
    bool
        Whether all were planned. Then no partition saves more than the best among `savings`.
    """
    for group in groups:
        if group in savings:
            continue
        if stop():
            return False
        saving = saving_of(problem, planner, group)
        if saving > 1e-6:
            savings[group] = saving
    return True


def _hangs_together(meet: BoolArray, group: Group) -> bool:
    """Whether every member is reached from the first by steps between those that meet."""
    seen, left = {group[0]}, set(group[1:])
    while left:
        near = {s for s in left if any(meet[s, other] for other in seen)}
        if not near:
            return False
        seen |= near
        left -= near
    return True
