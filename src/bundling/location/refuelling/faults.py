"""Everything that can be wrong with the inputs of a refuelling problem, found at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.location.sites.rules import faults_of_counts

if TYPE_CHECKING:
    from bundling.location.refuelling.problem import RefuellingProblem

TRIPS = ("round", "one-way")


def faults(problem: RefuellingProblem) -> list[Fault]:
    """List every fault; wrong lengths come alone, since nothing else can be trusted then."""
    wrong = list(_lengths(problem))
    if wrong:
        return wrong
    return [
        *_paths(problem),
        *_numbers(problem),
        *_sites(problem),
        *_options(problem),
        *faults_of_counts(problem),
    ]


def _lengths(problem: RefuellingProblem) -> Iterator[Fault]:
    flows, sites = problem.num_flows, problem.num_sites
    expected = {
        "path_start": ("paths", flows + 1),
        "path_length": ("paths", len(problem.path_node)),
        "reach": ("flows", flows),
        "fixed_cost": ("sites", sites),
        "must_open": ("sites", sites),
        "forbidden": ("sites", sites),
    }
    for name, (table, count) in expected.items():
        found = getattr(problem, name).shape
        if found != (count,):
            yield Fault(table, name, (), f"has shape {found}, expected ({count},)", "Give all.")
    for table, count in (("flows", flows), ("sites", sites)):
        if count == 0:
            yield Fault(table, "", (), "is empty", "Give at least one row.")


def _paths(problem: RefuellingProblem) -> Iterator[Fault]:
    start = problem.path_start
    if start[0] != 0 or start[-1] != len(problem.path_node) or (np.diff(start) < 1).any():
        yield Fault("paths", "path_start", (), "does not divide the list of nodes", "Count up.")
        return
    if (problem.path_node < 0).any():
        yield Fault("paths", "path_node", (), "has a negative node", "Number nodes from 0.")
    if problem.node_ids and (problem.path_node >= len(problem.node_ids)).any():
        yield Fault("paths", "path_node", (), "has a node without a name", "Name every node.")
    bad = ~np.isfinite(problem.path_length) | (problem.path_length < 0)
    bad[start[:-1]] |= problem.path_length[start[:-1]] != 0
    if bad.any():
        flows = np.unique(np.searchsorted(start, np.flatnonzero(bad), side="right") - 1)
        rows = tuple(problem.flow_name(int(q)) for q in flows[:6])
        rule = "is negative, no number, or not 0 at an origin"
        yield Fault("paths", "path_length", rows, rule, "Give lengths from 0 up.")


def _numbers(problem: RefuellingProblem) -> Iterator[Fault]:
    for table, column, values, wrong in (
        ("flows", "volume", problem.volume, ~np.isfinite(problem.volume) | (problem.volume < 0)),
        ("flows", "reach", problem.reach, ~(problem.reach > 0)),
        ("sites", "fixed_cost", problem.fixed_cost,
         ~np.isfinite(problem.fixed_cost) | (problem.fixed_cost < 0)),
    ):  # fmt: skip
        if wrong.any():
            name = problem.flow_name if table == "flows" else problem.site_name
            rows = tuple(name(int(row)) for row in np.flatnonzero(wrong)[:6])
            least = "above 0" if column == "reach" else "from 0 up"
            shown = f"is not a number {least} (such as {values[wrong][0]:g})"
            yield Fault(table, column, rows, shown, f"Give numbers {least}.")


def _sites(problem: RefuellingProblem) -> Iterator[Fault]:
    nodes, count = np.unique(problem.site_node, return_counts=True)
    if (count > 1).any():
        rows = tuple(str(node) for node in nodes[count > 1])
        yield Fault("sites", "node", rows, "is a site more than once", "Keep one row a node.")


def _options(problem: RefuellingProblem) -> Iterator[Fault]:
    if problem.trip not in TRIPS:
        rule = f"'{problem.trip}' is no kind of trip"
        yield Fault("options", "trip", (), rule, f"Choose one of {', '.join(TRIPS)}.")
    if not problem.detour_share >= 0.0:
        rule = f"{problem.detour_share:g} is no share"
        yield Fault("options", "detour_share", (), rule, "Give a number from 0 up.")
    elif problem.detour_share > 0.0:
        yield from _distances(problem)
    for name in ("start_share", "end_share"):
        if not 0.0 <= getattr(problem, name) <= 1.0:
            rule = f"{getattr(problem, name):g} is no share of a range"
            yield Fault("options", name, (), rule, "Give a number from 0 to 1.")


def _distances(problem: RefuellingProblem) -> Iterator[Fault]:
    """Faults of the distances between all nodes, which only detours ask for."""
    nodes = int(max(problem.path_node.max(), problem.site_node.max())) + 1
    shape = problem.distance.shape
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] < nodes:
        rule = f"has shape {shape}; flows and sites name {nodes} nodes"
        yield Fault("distances", "distance", (), rule, "Give all distances, square.")
    elif not (problem.distance >= 0).all():
        rule = "is negative or not a number"
        yield Fault("distances", "distance", (), rule, "Give distances from 0 up.")
