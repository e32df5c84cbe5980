"""Is a refuelling plan allowed? One function a rule; no solver here.

Which flows are served is no decision: `evaluate` drives every flow and says so.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bundling.location.refuelling.problem import RefuellingProblem
from bundling.location.refuelling.solution import RefuellingSolution
from bundling.result import Violation


def check(problem: RefuellingProblem, solution: RefuellingSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible.

    A solution of the wrong shape gives that violation alone.
    """
    if solution.is_open.shape != (problem.num_sites,):
        found = f"is_open {solution.is_open.shape} instead of ({problem.num_sites},)"
        return [Violation("shape", found, 1.0, "")]
    return [
        *_number_of_sites(problem, solution),
        *_must_open(problem, solution),
        *_forbidden(problem, solution),
    ]


def count_checks(problem: RefuellingProblem, solution: RefuellingSolution) -> int:  # noqa: ARG001
    """Count the places where a rule applies."""
    return 2 * problem.num_sites + 1


def _number_of_sites(
    problem: RefuellingProblem, solution: RefuellingSolution
) -> Iterator[Violation]:
    count = int(solution.is_open.sum())
    if count < problem.least_open:
        yield Violation("sites open at least", "all", float(problem.least_open - count), "sites")
    if count > problem.most_open:
        yield Violation("sites open at most", "all", float(count - problem.most_open), "sites")


def _must_open(problem: RefuellingProblem, solution: RefuellingSolution) -> Iterator[Violation]:
    for j in np.flatnonzero(problem.must_open & ~solution.is_open):
        yield Violation("site must be open", problem.site_name(int(j)), 1.0, "sites")


def _forbidden(problem: RefuellingProblem, solution: RefuellingSolution) -> Iterator[Violation]:
    for j in np.flatnonzero(problem.forbidden & solution.is_open):
        yield Violation("site is not forbidden", problem.site_name(int(j)), 1.0, "sites")
