"""Is a network design allowed? One function a rule; no solver here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bundling.location.design.problem import DesignProblem
from bundling.location.design.solution import DesignSolution
from bundling.result import Violation

TOLERANCE = 1e-6
"""Relative to the quantity or capacity, and absolute in units."""


def check(problem: DesignProblem, solution: DesignSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible.

    A solution of the wrong shape gives that violation alone.
    """
    shapes = list(_shape(problem, solution))
    if shapes:
        return shapes
    return [
        *_number_of_facilities(problem, solution),
        *_flow_not_negative(problem, solution),
        *_goods_arrive(problem, solution),
        *_capacity(problem, solution),
    ]


def count_checks(problem: DesignProblem, solution: DesignSolution) -> int:
    """Count the places where a rule applies."""
    balances = problem.num_nodes * problem.num_commodities
    return 3 * problem.num_arcs + len(solution.flow) + balances


def _shape(problem: DesignProblem, solution: DesignSolution) -> Iterator[Violation]:
    if solution.facilities.shape != (problem.num_arcs,):
        found = f"facilities {solution.facilities.shape} instead of ({problem.num_arcs},)"
        yield Violation("shape", found, 1.0, "")
    sizes = {len(solution.commodity), len(solution.arc), len(solution.flow)}
    if len(sizes) > 1:
        yield Violation("shape", f"commodity, arc and flow of lengths {sorted(sizes)}", 1.0, "")
    for name, indices, count in (
        ("commodity", solution.commodity, problem.num_commodities),
        ("arc", solution.arc, problem.num_arcs),
    ):
        wrong = (indices < 0) | (indices >= count)
        if wrong.any():
            yield Violation(f"unknown {name}", f"row {int(wrong.argmax())}", float(wrong.sum()), "")
    if not np.isfinite(solution.flow).all():
        yield Violation("flow is a number", "flow", float("nan"), "")


def _number_of_facilities(problem: DesignProblem, solution: DesignSolution) -> Iterator[Violation]:
    over = solution.facilities - problem.most_facilities
    for a in np.flatnonzero(over > 0):
        yield Violation("facilities at most", problem.arc_ids[a], float(over[a]), "facilities")
    for a in np.flatnonzero(solution.facilities < 0):
        amount = -float(solution.facilities[a])
        yield Violation("facilities not negative", problem.arc_ids[a], amount, "facilities")


def _flow_not_negative(problem: DesignProblem, solution: DesignSolution) -> Iterator[Violation]:
    for row in np.flatnonzero(solution.flow < -TOLERANCE):
        k, a = solution.commodity[row], solution.arc[row]
        where = f"{problem.commodity_ids[k]} on {problem.arc_ids[a]}"
        yield Violation("flow not negative", where, -float(solution.flow[row]), "units")


def _goods_arrive(problem: DesignProblem, solution: DesignSolution) -> Iterator[Violation]:
    k = np.arange(problem.num_commodities)
    left = np.zeros((problem.num_commodities, problem.num_nodes))
    np.add.at(left, (k, problem.origin), problem.quantity)
    np.add.at(left, (k, problem.destination), -problem.quantity)
    np.add.at(left, (solution.commodity, problem.tail[solution.arc]), -solution.flow)
    np.add.at(left, (solution.commodity, problem.head[solution.arc]), solution.flow)
    allowed = TOLERANCE * (1.0 + problem.quantity)[:, None]
    for j, i in np.argwhere(np.abs(left) > allowed):
        where = f"{problem.commodity_ids[j]} in {problem.node_ids[i]}"
        yield Violation("what comes in goes out", where, abs(float(left[j, i])), "units")


def _capacity(problem: DesignProblem, solution: DesignSolution) -> Iterator[Violation]:
    load = np.bincount(solution.arc, weights=solution.flow, minlength=problem.num_arcs)
    count = solution.facilities
    with np.errstate(invalid="ignore"):
        room = np.where(count > 0, problem.capacity * count, 0.0)
    for a in np.flatnonzero(load > room * (1 + TOLERANCE) + TOLERANCE):
        yield Violation("capacity", problem.arc_ids[a], float(load[a] - room[a]), "units")
