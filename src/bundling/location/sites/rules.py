"""Rules on open sites that all problems of this room have, one function a rule; no solver here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bundling.errors import Fault
from bundling.result import Violation

BoolArray = NDArray[np.bool_]


class WithSites(Protocol):
    """What the rules ask of a problem."""

    @property
    def num_sites(self) -> int:
        """Number of sites."""
        ...

    @property
    def least_open(self) -> int:
        """How many sites must be open."""
        ...

    @property
    def most_open(self) -> int:
        """How many sites may be open."""
        ...

    @property
    def must_open(self) -> BoolArray:
        """Sites that are open."""
        ...

    @property
    def forbidden(self) -> BoolArray:
        """Sites that may not be opened."""
        ...

    def site_name(self, j: int) -> str:
        """Name of site `j`."""
        ...


def shape(problem: WithSites, is_open: BoolArray) -> Iterator[Violation]:
    """One value a site."""
    if is_open.shape != (problem.num_sites,):
        found = f"is_open {is_open.shape} instead of ({problem.num_sites},)"
        yield Violation("shape", found, 1.0, "")


def number_of_sites(problem: WithSites, is_open: BoolArray) -> Iterator[Violation]:
    """No fewer sites than must be open, and no more than may be."""
    count = int(is_open.sum())
    if count < problem.least_open:
        yield Violation("sites open at least", "all", float(problem.least_open - count), "sites")
    if count > problem.most_open:
        yield Violation("sites open at most", "all", float(count - problem.most_open), "sites")


def must_open(problem: WithSites, is_open: BoolArray) -> Iterator[Violation]:
    """Sites that must be open are."""
    for j in np.flatnonzero(problem.must_open & ~is_open):
        yield Violation("site must be open", problem.site_name(int(j)), 1.0, "sites")


def forbidden(problem: WithSites, is_open: BoolArray) -> Iterator[Violation]:
    """Sites that may not be opened are not."""
    for j in np.flatnonzero(problem.forbidden & is_open):
        yield Violation("site is not forbidden", problem.site_name(int(j)), 1.0, "sites")


def faults_of_counts(problem: WithSites) -> Iterator[Fault]:
    """Numbers of sites that rule each other out."""
    least, most = problem.least_open, problem.most_open
    allowed, must = int((~problem.forbidden).sum()), int(problem.must_open.sum())
    both = np.flatnonzero(problem.must_open & problem.forbidden)
    if len(both):
        rows = tuple(problem.site_name(int(j)) for j in both)
        yield Fault("sites", "forbidden", rows, "must be open and is forbidden", "Choose one.")
    if least < 0 or most < 0 or least > most:
        rule = f"{least} to {most} open sites is no range"
        yield Fault("options", "least_open", (), rule, "Give 0 <= least_open <= most_open.")
    elif least > allowed:
        rule = f"{least} sites must be open and only {allowed} may be"
        yield Fault("options", "least_open", (), rule, "Ask for fewer sites or allow more.")
    elif must > most:
        rule = f"{must} sites must be open and only {most} may be"
        yield Fault("options", "most_open", (), rule, "Allow more sites or fix fewer.")


def faults_of_identifiers(table: str, column: str, names: tuple[str, ...]) -> Iterator[Fault]:
    """Names that are there more than once."""
    twice = tuple(name for name, count in Counter(names).items() if count > 1)
    if twice:
        yield Fault(table, column, twice, "is there more than once", "Give every row its own name.")
