"""Is a hub location plan allowed? One function a rule; no solver here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bundling.location.hubs.evaluate import collected, legs
from bundling.location.hubs.problem import HubLocationProblem
from bundling.location.hubs.solution import HubLocationSolution
from bundling.location.sites import rules
from bundling.result import Violation

TOLERANCE = 1e-6


def check(problem: HubLocationProblem, solution: HubLocationSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible.

    A solution of the wrong shape gives that violation alone.
    """
    shapes = list(_shape(problem, solution))
    if shapes:
        return shapes
    return [
        *_share(problem, solution),
        *_carried_once(problem, solution),
        *_through_open_hubs(problem, solution),
        *_capacity(problem, solution),
        *_within_reach(problem, solution),
        *_one_hub_a_node(problem, solution),
        *_hub_serves_itself(problem, solution),
        *rules.number_of_sites(problem, solution.is_open),
        *rules.must_open(problem, solution.is_open),
        *rules.forbidden(problem, solution.is_open),
    ]


def count_checks(problem: HubLocationProblem, solution: HubLocationSolution) -> int:
    """Count the places where a rule applies."""
    return 3 * len(solution.share) + problem.num_nodes**2 + 5 * problem.num_nodes + 1


def _shape(problem: HubLocationProblem, solution: HubLocationSolution) -> Iterator[Violation]:
    yield from rules.shape(problem, solution.is_open)
    names = ("origin", "destination", "first", "last")
    sizes = {len(getattr(solution, name)) for name in (*names, "share")}
    if len(sizes) > 1:
        yield Violation("shape", f"columns of lengths {sorted(sizes)}", 1.0, "")
    for name in names:
        indices = getattr(solution, name)
        wrong = (indices < 0) | (indices >= problem.num_nodes)
        if wrong.any():
            yield Violation("unknown node", f"{name}, row {int(wrong.argmax())}", 1.0, "")
    if not np.isfinite(solution.share).all():
        yield Violation("share is a number", "share", float("nan"), "")


def _pair(problem: HubLocationProblem, i: int, j: int) -> str:
    return f"{problem.node_ids[i]} to {problem.node_ids[j]}"


def _share(problem: HubLocationProblem, solution: HubLocationSolution) -> Iterator[Violation]:
    for row in np.flatnonzero(solution.share < -TOLERANCE):
        where = _pair(problem, solution.origin[row], solution.destination[row])
        yield Violation("share not negative", where, -float(solution.share[row]), "share")


def _carried_once(
    problem: HubLocationProblem, solution: HubLocationSolution
) -> Iterator[Violation]:
    carried = np.zeros((problem.num_nodes, problem.num_nodes))
    np.add.at(carried, (solution.origin, solution.destination), solution.share)
    needed = problem.flow > 0
    for i, j in np.argwhere(needed & (np.abs(carried - 1.0) > TOLERANCE)):
        yield Violation("carried once", _pair(problem, i, j), abs(carried[i, j] - 1.0), "share")


def _through_open_hubs(
    problem: HubLocationProblem, solution: HubLocationSolution
) -> Iterator[Violation]:
    used = solution.share > TOLERANCE
    for hubs in (solution.first, solution.last):
        for k in np.unique(hubs[used & ~solution.is_open[hubs]]):
            yield Violation("hub on the way is open", problem.node_ids[k], 1.0, "hubs")


def _capacity(problem: HubLocationProblem, solution: HubLocationSolution) -> Iterator[Violation]:
    over = collected(problem, solution) - problem.capacity
    for k in np.flatnonzero(over > TOLERANCE * np.maximum(1.0, problem.capacity)):
        yield Violation("capacity", problem.node_ids[k], float(over[k]), "flow")


def _within_reach(
    problem: HubLocationProblem, solution: HubLocationSolution
) -> Iterator[Violation]:
    if not problem.covering:
        return
    over = np.add.reduce(legs(problem, solution)) - problem.reach
    for row in np.flatnonzero(over > TOLERANCE * max(1.0, problem.reach)):
        where = _pair(problem, solution.origin[row], solution.destination[row])
        yield Violation("within reach", where, float(over[row]), problem.unit)


def _one_hub_a_node(
    problem: HubLocationProblem, solution: HubLocationSolution
) -> Iterator[Violation]:
    if not problem.single:
        return
    uses = _uses(problem, solution)
    for i in np.flatnonzero(uses.sum(axis=1) > 1):
        yield Violation("one hub a node", problem.node_ids[i], float(uses[i].sum() - 1), "hubs")


def _hub_serves_itself(
    problem: HubLocationProblem, solution: HubLocationSolution
) -> Iterator[Violation]:
    if not problem.single:
        return
    uses = _uses(problem, solution)
    away = solution.is_open & uses.any(axis=1) & ~np.diagonal(uses)
    for i in np.flatnonzero(away):
        yield Violation("a hub serves itself", problem.node_ids[i], 1.0, "hubs")


def _uses(problem: HubLocationProblem, solution: HubLocationSolution) -> np.ndarray:
    """Which hubs a node sends or receives through ``[N, N]``."""
    uses = np.zeros((problem.num_nodes, problem.num_nodes), dtype=bool)
    used = solution.share > TOLERANCE
    uses[solution.origin[used], solution.first[used]] = True
    uses[solution.destination[used], solution.last[used]] = True
    return uses
