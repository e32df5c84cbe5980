"""Everything that can be wrong with the inputs of a hub location problem, found at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.location.sites.rules import faults_of_counts, faults_of_identifiers

if TYPE_CHECKING:
    from bundling.location.hubs.problem import HubLocationProblem


def faults(problem: HubLocationProblem) -> list[Fault]:
    """List every fault; wrong lengths come alone, since nothing else can be trusted then."""
    wrong = list(_lengths(problem))
    if wrong:
        return wrong
    return [
        *faults_of_identifiers("nodes", "node_id", problem.node_ids),
        *_factors(problem),
        *_matrices(problem),
        *_columns(problem),
        *faults_of_counts(problem),
        *_covering(problem),
    ]


def _lengths(problem: HubLocationProblem) -> Iterator[Fault]:
    n = problem.num_nodes
    expected: dict[str, tuple[str, tuple[int, ...]]] = dict.fromkeys(
        ("flow", "distance"), ("pairs", (n, n))
    )
    names = ("fixed_cost", "capacity", "must_open", "forbidden")
    expected |= dict.fromkeys(names, ("nodes", (n,)))
    for name, (table, shape) in expected.items():
        found = getattr(problem, name).shape
        if found != shape:
            yield Fault(table, name, (), f"has shape {found}, expected {shape}", "Give all values.")
    if n == 0:
        yield Fault("nodes", "", (), "is empty", "Give at least one row.")


def _factors(problem: HubLocationProblem) -> Iterator[Fault]:
    for name in ("chi", "alpha", "delta"):
        value = getattr(problem, name)
        if not 0.0 <= value < math.inf:
            yield Fault("options", name, (), f"is {value:g}", "Give a factor from 0 up.")


def _matrices(problem: HubLocationProblem) -> Iterator[Fault]:
    names = problem.node_ids
    for column in ("flow", "distance"):
        values = getattr(problem, column)
        bad = ~np.isfinite(values) | (values < 0)
        if bad.any():
            rows = tuple(f"{names[i]} to {names[j]}" for i, j in np.argwhere(bad)[:6])
            rule = f"is negative or not a number (such as {values[bad][0]:g})"
            yield Fault("pairs", column, rows, rule, "Give numbers from 0 up.")
    itself = np.diagonal(problem.distance)
    if (itself != 0).any():
        rows = tuple(np.array(names, dtype=object)[itself != 0])
        rule = "is not 0 from a node to itself"
        yield Fault("pairs", "distance", rows, rule, "Put 0 on the diagonal.")


def _columns(problem: HubLocationProblem) -> Iterator[Fault]:
    names = np.array(problem.node_ids, dtype=object)
    for column, wrong, rule in (
        ("fixed_cost", ~np.isfinite(problem.fixed_cost) | (problem.fixed_cost < 0),
         "is negative or no number"),
        ("capacity", np.isnan(problem.capacity) | (problem.capacity < 0),
         "is negative or not a number"),
    ):  # fmt: skip
        if wrong.any():
            shown = f"{rule} (such as {getattr(problem, column)[wrong][0]:g})"
            yield Fault("nodes", column, tuple(names[wrong]), shown, "Give numbers from 0 up.")


def _covering(problem: HubLocationProblem) -> Iterator[Fault]:
    if not problem.reach >= 0:
        yield Fault("options", "reach", (), f"is {problem.reach:g}", "Give a cost from 0 up.")
    if problem.covering and problem.has_capacity:
        rule = "hub covering knows no capacities"
        yield Fault("nodes", "capacity", (), rule, "Leave them out, or leave out `reach`.")
