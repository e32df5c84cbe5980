"""Is a covering plan allowed? One function a rule; no solver here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bundling.location.covering.evaluate import times_covered
from bundling.location.covering.problem import CoveringProblem
from bundling.location.covering.solution import CoveringSolution
from bundling.location.sites import rules
from bundling.result import Violation


def check(problem: CoveringProblem, solution: CoveringSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible.

    A solution of the wrong shape gives that violation alone.
    """
    shapes = list(rules.shape(problem, solution.is_open))
    if shapes:
        return shapes
    return [
        *_must_be_covered(problem, solution),
        *rules.number_of_sites(problem, solution.is_open),
        *rules.must_open(problem, solution.is_open),
        *rules.forbidden(problem, solution.is_open),
    ]


def count_checks(problem: CoveringProblem, solution: CoveringSolution) -> int:  # noqa: ARG001
    """Count the places where a rule applies."""
    return int(np.isinf(problem.weight).sum()) + 2 * problem.num_sites + 1


def _must_be_covered(problem: CoveringProblem, solution: CoveringSolution) -> Iterator[Violation]:
    missed = np.isinf(problem.weight) & (times_covered(problem, solution) == 0)
    for i in np.flatnonzero(missed):
        yield Violation("client must be covered", problem.client_name(int(i)), 1.0, "clients")
