"""Everything that can be wrong with the inputs of a network design problem, found at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.location.sites.rules import faults_of_identifiers

if TYPE_CHECKING:
    from bundling.location.design.problem import DesignProblem


def faults(problem: DesignProblem) -> list[Fault]:
    """List every fault; wrong lengths come alone, since nothing else can be trusted then."""
    wrong = list(_lengths(problem))
    if wrong:
        return wrong
    return [
        *faults_of_identifiers("nodes", "node_id", problem.node_ids),
        *faults_of_identifiers("arcs", "arc_id", problem.arc_ids),
        *faults_of_identifiers("commodities", "commodity_id", problem.commodity_ids),
        *_ends(problem),
        *_numbers(problem),
    ]


def _lengths(problem: DesignProblem) -> Iterator[Fault]:
    arcs = ("tail", "head", "unit_cost", "capacity", "fixed_cost", "most_facilities")
    goods = ("origin", "destination", "quantity")
    for table, names, count in (
        ("arcs", arcs, problem.num_arcs),
        ("commodities", goods, problem.num_commodities),
    ):
        if count == 0:
            yield Fault(table, "", (), "is empty", "Give at least one row.")
        for name in names:
            found = getattr(problem, name).shape
            if found != (count,):
                rule = f"has shape {found}, expected {(count,)}"
                yield Fault(table, name, (), rule, "Give one value a row.")


def _ends(problem: DesignProblem) -> Iterator[Fault]:
    for table, names, columns, first, second in (
        ("arcs", problem.arc_ids, ("from", "to"), problem.tail, problem.head),
        ("commodities", problem.commodity_ids, ("from", "to"), problem.origin, problem.destination),
    ):
        for column, ends in zip(columns, (first, second), strict=True):
            unknown = (ends < 0) | (ends >= problem.num_nodes)
            if unknown.any():
                rows = tuple(np.array(names, dtype=object)[unknown])
                rule = f"is no node (of {problem.num_nodes})"
                yield Fault(table, column, rows, rule, "Give nodes that exist.")
        same = first == second
        if same.any():
            rows = tuple(np.array(names, dtype=object)[same])
            yield Fault(table, "to", rows, "leads to where it begins", "Leave it out.")


def _numbers(problem: DesignProblem) -> Iterator[Fault]:
    finite = ~np.isfinite(problem.unit_cost), ~np.isfinite(problem.fixed_cost)
    for table, column, names, wrong, remedy in (
        ("arcs", "unit_cost", problem.arc_ids, finite[0] | (problem.unit_cost < 0), "from 0 up"),
        ("arcs", "fixed_cost", problem.arc_ids, finite[1] | (problem.fixed_cost < 0), "from 0 up"),
        ("arcs", "capacity", problem.arc_ids, ~(problem.capacity >= 0), "from 0 up, or inf"),
        ("arcs", "most_facilities", problem.arc_ids, problem.most_facilities < 0, "from 0 up"),
        ("commodities", "quantity", problem.commodity_ids,
         ~np.isfinite(problem.quantity) | (problem.quantity <= 0), "above 0"),
    ):  # fmt: skip
        if wrong.any():
            rows = tuple(np.array(names, dtype=object)[wrong])
            shown = getattr(problem, column)[wrong][0]
            rule = f"has numbers that are not {remedy} (such as {shown:g})"
            yield Fault(table, column, rows, rule, f"Give numbers {remedy}.")
