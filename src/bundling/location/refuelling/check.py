"""Is a refuelling plan allowed? One function a rule; no solver here.

Which flows are served is no decision: `evaluate` drives every flow and says so.
"""

from __future__ import annotations

from bundling.location.refuelling.problem import RefuellingProblem
from bundling.location.refuelling.solution import RefuellingSolution
from bundling.location.sites import rules
from bundling.result import Violation


def check(problem: RefuellingProblem, solution: RefuellingSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible.

    A solution of the wrong shape gives that violation alone.
    """
    shapes = list(rules.shape(problem, solution.is_open))
    if shapes:
        return shapes
    return [
        *rules.number_of_sites(problem, solution.is_open),
        *rules.must_open(problem, solution.is_open),
        *rules.forbidden(problem, solution.is_open),
    ]


def count_checks(problem: RefuellingProblem, solution: RefuellingSolution) -> int:  # noqa: ARG001
    """Count the places where a rule applies."""
    return 2 * problem.num_sites + 1
