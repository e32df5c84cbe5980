"""Everything that can be wrong with the inputs of a facility problem, found at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.location.sites.rules import faults_of_counts, faults_of_identifiers

if TYPE_CHECKING:
    from bundling.location.facility.problem import FacilityProblem


def faults(problem: FacilityProblem) -> list[Fault]:
    """List every fault; wrong lengths come alone, since nothing else can be trusted then."""
    wrong = list(_lengths(problem))
    if wrong:
        return wrong
    return [
        *faults_of_identifiers("sites", "site_id", problem.site_ids),
        *faults_of_identifiers("clients", "client_id", problem.client_ids),
        *_numbers(problem),
        *faults_of_counts(problem),
        *_worst(problem),
    ]


def _lengths(problem: FacilityProblem) -> Iterator[Fault]:
    sites, clients = problem.num_sites, problem.num_clients
    expected = {
        "cost": ("costs", (clients, sites)),
        "fixed_cost": ("sites", (sites,)),
        "capacity": ("sites", (sites,)),
        "must_open": ("sites", (sites,)),
        "forbidden": ("sites", (sites,)),
        "demand": ("clients", (clients,)),
    }
    for name, (table, shape) in expected.items():
        found = getattr(problem, name).shape
        if found != shape:
            yield Fault(table, name, (), f"has shape {found}, expected {shape}", "Give all values.")
    for table, count in (("sites", sites), ("clients", clients)):
        if count == 0:
            yield Fault(table, "", (), "is empty", "Give at least one row.")


def _numbers(problem: FacilityProblem) -> Iterator[Fault]:
    sites = np.array(problem.site_ids, dtype=object)
    clients = np.array(problem.client_ids, dtype=object)
    bad = np.isnan(problem.cost) | (problem.cost < 0)
    if bad.any():
        rows = tuple(f"{clients[i]} at {sites[j]}" for i, j in np.argwhere(bad)[:6])
        yield Fault("costs", "cost", rows, "is negative or not a number", "Give costs from 0 up.")
    for table, column, names, values, wrong, rule in (
        ("sites", "fixed_cost", sites, problem.fixed_cost,
         ~np.isfinite(problem.fixed_cost) | (problem.fixed_cost < 0), "is negative or no number"),
        ("sites", "capacity", sites, problem.capacity,
         np.isnan(problem.capacity) | (problem.capacity < 0), "is negative or not a number"),
        ("clients", "demand", clients, problem.demand,
         ~np.isfinite(problem.demand) | (problem.demand < 0), "is negative or no number"),
    ):  # fmt: skip
        if wrong.any():
            shown = f"{rule} (such as {values[wrong][0]:g})"
            yield Fault(table, column, tuple(names[wrong]), shown, "Give numbers from 0 up.")
    nowhere = ~(np.isfinite(problem.cost) & ~problem.forbidden).any(axis=1)
    if nowhere.any() and not bad.any():
        yield Fault(
            "clients", "client_id", tuple(clients[nowhere]), "no site may serve it",
            "Give a cost to at least one site that is not forbidden.",
        )  # fmt: skip


def _worst(problem: FacilityProblem) -> Iterator[Fault]:
    if not problem.worst:
        return
    if (problem.fixed_cost != 0).any() or problem.has_capacity:
        yield Fault(
            "sites", "fixed_cost", (), "p-center knows neither fixed costs nor capacities",
            "Leave them out, or limit the number of sites.",
        )  # fmt: skip
