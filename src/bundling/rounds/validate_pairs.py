"""The rules that paired pickups and deliveries must keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.rounds.validate_stations import bad_rows

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem

_SLACK = 1e-9
"""Share by which the two amounts of a pair may differ, for rounding."""


def pair_faults(problem: RoundsProblem) -> Iterator[Fault]:
    """List every fault of `pair_of`; the shapes are right."""
    pair, ids = problem.pair_of, problem.stop_ids
    stops = np.arange(problem.num_stops)
    wrong = (pair < -1) | (pair >= problem.num_stops) | (pair == stops)
    remedy = "Name another stop, or none."
    yield from bad_rows("stops", "pair_of", ids, wrong, "is no other stop", remedy)
    if wrong.any():
        return
    paired = np.flatnonzero(pair >= 0)
    times = np.bincount(pair[paired], minlength=problem.num_stops)
    rule = "is the pickup of more than one delivery"
    remedy = "Make one stop at the same place for each delivery."
    yield from bad_rows("stops", "pair_of", ids, times > 1, rule, remedy)
    rule, remedy = "waits for its own freight", "Break the circle of pairs."
    yield from bad_rows("stops", "pair_of", ids, _in_circle(problem), rule, remedy)
    for kind in ("kg", "m3", "rolls"):
        brought = getattr(problem, f"delivery_{kind}")[paired]
        taken = getattr(problem, f"pickup_{kind}")[pair[paired]]
        differs = np.zeros(problem.num_stops, dtype=bool)
        differs[paired] = ~np.isclose(brought, taken, rtol=_SLACK, atol=_SLACK)
        rule = f"is not what its pair picks up (pickup_{kind})"
        remedy = "Give both stops of the pair the same amount."
        yield from bad_rows("stops", f"delivery_{kind}", ids, differs, rule, remedy)
    bound, other = problem.stop_depot, problem.stop_depot[pair]
    apart = (pair >= 0) & (bound >= 0) & (other >= 0) & (bound != other)
    rule, remedy = "is not the depot of its pair", "Bind both stops of a pair to one depot."
    yield from bad_rows("stops", "stop_depot", ids, apart, rule, remedy)
    waits = (pair >= 0) & (problem.release_s > 0)
    rule = "is given for freight that does not come from the depot"
    remedy = "Give 0; the window of its pickup says when it is ready."
    yield from bad_rows("stops", "release_s", ids, waits, rule, remedy)


def _in_circle(problem: RoundsProblem) -> list[bool]:
    """Whether following the pickups from a stop leads back to it."""
    pair = problem.pair_of.tolist()
    found = []
    for start in range(len(pair)):
        here, steps = pair[start], 0
        while here >= 0 and here != start and steps < len(pair):
            here, steps = pair[here], steps + 1
        found.append(here == start)
    return found
