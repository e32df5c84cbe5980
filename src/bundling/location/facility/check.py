"""Is a facility location plan allowed? One function a rule; no solver here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bundling.location.facility.problem import FacilityProblem
from bundling.location.facility.solution import FacilitySolution
from bundling.location.sites import rules
from bundling.result import Violation

TOLERANCE = 1e-6


def check(problem: FacilityProblem, solution: FacilitySolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible.

    A solution of the wrong shape gives that violation alone.
    """
    shapes = list(_shape(problem, solution))
    if shapes:
        return shapes
    return [
        *_share(problem, solution),
        *_served_once(problem, solution),
        *_served_where_possible(problem, solution),
        *_served_from_open_sites(problem, solution),
        *_capacity(problem, solution),
        *rules.number_of_sites(problem, solution.is_open),
        *rules.must_open(problem, solution.is_open),
        *rules.forbidden(problem, solution.is_open),
    ]


def count_checks(problem: FacilityProblem, solution: FacilitySolution) -> int:
    """Count the places where a rule applies."""
    return 3 * len(solution.share) + problem.num_clients + 3 * problem.num_sites + 1


def _shape(problem: FacilityProblem, solution: FacilitySolution) -> Iterator[Violation]:
    yield from rules.shape(problem, solution.is_open)
    sizes = {len(solution.client), len(solution.site), len(solution.share)}
    if len(sizes) > 1:
        yield Violation("shape", f"client, site and share of lengths {sorted(sizes)}", 1.0, "")
    for name, indices, count in (
        ("client", solution.client, problem.num_clients),
        ("site", solution.site, problem.num_sites),
    ):
        wrong = (indices < 0) | (indices >= count)
        if wrong.any():
            yield Violation(f"unknown {name}", f"row {int(wrong.argmax())}", float(wrong.sum()), "")
    if not np.isfinite(solution.share).all():
        yield Violation("share is a number", "share", float("nan"), "")


def _share(problem: FacilityProblem, solution: FacilitySolution) -> Iterator[Violation]:
    for row in np.flatnonzero(solution.share < -TOLERANCE):
        where = f"{problem.client_ids[solution.client[row]]}"
        yield Violation("share not negative", where, -float(solution.share[row]), "share")


def _served_once(problem: FacilityProblem, solution: FacilitySolution) -> Iterator[Violation]:
    served = np.bincount(solution.client, weights=solution.share, minlength=problem.num_clients)
    for i in np.flatnonzero(np.abs(served - 1.0) > TOLERANCE):
        yield Violation("served once", problem.client_ids[i], abs(float(served[i]) - 1.0), "share")


def _served_where_possible(
    problem: FacilityProblem, solution: FacilitySolution
) -> Iterator[Violation]:
    for row in np.flatnonzero(np.isinf(problem.cost[solution.client, solution.site])):
        i, j = solution.client[row], solution.site[row]
        where = f"{problem.client_ids[i]} at {problem.site_ids[j]}"
        yield Violation("client may be served there", where, float(solution.share[row]), "share")


def _served_from_open_sites(
    problem: FacilityProblem, solution: FacilitySolution
) -> Iterator[Violation]:
    closed = ~solution.is_open[solution.site] & (solution.share > TOLERANCE)
    for row in np.flatnonzero(closed):
        where = problem.site_ids[solution.site[row]]
        yield Violation("serving site is open", where, float(solution.share[row]), "share")


def _capacity(problem: FacilityProblem, solution: FacilitySolution) -> Iterator[Violation]:
    load = np.bincount(
        solution.site,
        weights=problem.demand[solution.client] * solution.share,
        minlength=problem.num_sites,
    )
    allowed = problem.capacity * (1 + TOLERANCE) + TOLERANCE
    for j in np.flatnonzero(load > allowed):
        over = float(load[j] - problem.capacity[j])
        yield Violation("capacity", problem.site_ids[j], over, "of demand")
