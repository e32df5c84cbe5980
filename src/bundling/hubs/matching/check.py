"""Is a partition allowed? One function a rule; no solver here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.matching.solution import MatchingSolution
from bundling.result import Violation


def check(problem: MatchingProblem, solution: MatchingSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible.

    A solution of the wrong shape gives that violation alone.
    """
    if solution.group.shape != (problem.num_shippers,):
        much = float(abs(solution.group.size - problem.num_shippers))
        return [Violation("one group a shipper", "group", much, "shippers")]
    return [*_size(problem, solution), *_apart(problem, solution)]


def count_checks(problem: MatchingProblem, solution: MatchingSolution) -> int:
    """Count the places where a rule applies."""
    return 1 + len(solution.groups) + len(problem.apart)


def _size(problem: MatchingProblem, solution: MatchingSolution) -> Iterator[Violation]:
    numbers, sizes = np.unique(solution.group, return_counts=True)
    for number, size in zip(numbers.tolist(), sizes.tolist(), strict=True):
        if size > problem.most_members:
            over = float(size - problem.most_members)
            yield Violation("most members", f"group {number}", over, "shippers")


def _apart(problem: MatchingProblem, solution: MatchingSolution) -> Iterator[Violation]:
    for one, other in problem.apart.tolist():
        if solution.group[one] == solution.group[other]:
            where = f"{problem.shipper_ids[one]} and {problem.shipper_ids[other]}"
            yield Violation("stay apart", where, 1.0, "pair")
