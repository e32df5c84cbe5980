"""Everything that can be wrong with the inputs of a covering problem, found at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.location.sites.rules import faults_of_counts

if TYPE_CHECKING:
    from bundling.location.covering.problem import CoveringProblem


def faults(problem: CoveringProblem) -> list[Fault]:
    """List every fault; wrong lengths come alone, since nothing else can be trusted then."""
    wrong = list(_lengths(problem))
    if wrong:
        return wrong
    return [*_lists(problem), *_numbers(problem), *_names(problem), *faults_of_counts(problem)]


def _lengths(problem: CoveringProblem) -> Iterator[Fault]:
    sites, clients = problem.num_sites, problem.num_clients
    expected = {
        "start": ("covers", clients + 1),
        "must_open": ("sites", sites),
        "forbidden": ("sites", sites),
    }
    for name, (table, count) in expected.items():
        found = getattr(problem, name).shape
        if found != (count,):
            yield Fault(table, name, (), f"has shape {found}, expected ({count},)", "Give all.")
    for name, table, count in (("site_ids", "sites", sites), ("client_ids", "clients", clients)):
        found = getattr(problem, name)
        if found and len(found) != count:
            yield Fault(table, name, (), f"has {len(found)} names for {count} rows", "Name all.")
    for table, count in (("sites", sites), ("clients", clients)):
        if count == 0:
            yield Fault(table, "", (), "is empty", "Give at least one row.")


def _lists(problem: CoveringProblem) -> Iterator[Fault]:
    start, site = problem.start, problem.site
    if start[0] != 0 or start[-1] != len(site) or (np.diff(start) < 0).any():
        yield Fault("covers", "start", (), "does not divide the list of sites", "Count from 0 up.")
        return
    outside = (site < 0) | (site >= problem.num_sites)
    if outside.any():
        rule = f"names site number {int(site[outside][0])} of {problem.num_sites}"
        yield Fault("covers", "site", (), rule, "Number the sites from 0.")
    falls = np.diff(site) <= 0
    ends = start[1:-1]
    falls[ends[(ends > 0) & (ends < len(site))] - 1] = False
    if falls.any():
        yield Fault("covers", "site", (), "sites of a client do not ascend", "Sort, each once.")


def _numbers(problem: CoveringProblem) -> Iterator[Fault]:
    for table, column, values, wrong in (
        ("clients", "weight", problem.weight, np.isnan(problem.weight) | (problem.weight < 0)),
        ("sites", "fixed_cost", problem.fixed_cost,
         ~np.isfinite(problem.fixed_cost) | (problem.fixed_cost < 0)),
    ):  # fmt: skip
        if wrong.any():
            name = problem.client_name if table == "clients" else problem.site_name
            rows = tuple(name(int(row)) for row in np.flatnonzero(wrong)[:6])
            shown = f"is negative or no number (such as {values[wrong][0]:g})"
            yield Fault(table, column, rows, shown, "Give numbers from 0 up.")


def _names(problem: CoveringProblem) -> Iterator[Fault]:
    for table, names in (("sites", problem.site_ids), ("clients", problem.client_ids)):
        twice = tuple(name for name, count in Counter(names).items() if count > 1)
        if twice:
            column = f"{table[:-1]}_id"
            yield Fault(table, column, twice, "is there more than once", "Give each its own name.")
