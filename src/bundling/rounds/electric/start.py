"""Where the search begins: PyVRP's rounds without batteries, as far as they can be charged.

PyVRP chooses among vehicle types, and shares stops out to them, better than insertion one by one:
from insertions alone the search kept to cargo bikes where vans are cheaper (enschede-300-electric,
2,078 EUR after 120 s where PyVRP with charges put in comes to 1,910).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bundling.rounds.electric.arrays import IntArray
from bundling.rounds.parts import independent_parts
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.reach import find_reach
from bundling.rounds.search import Found, search
from bundling.rounds.without_battery import without_battery


def rounds_without_battery(
    problem: RoundsProblem, rows: int, *, seed: int, stop: Callable[[int, float], bool]
) -> IntArray | None:
    """Return PyVRP's best rounds without batteries ``[rows, 2 + n]``, as `anneal` has routes.

    Parameters
    ----------
    rows
        Most routes.
    stop
        Asked with the iterations done in a part of the problem, and the part of all stops that this
        part and those before it have; True ends the run of the part.

    Returns
    -------
    IntArray or None
        None when PyVRP cannot state the problem, or finds nothing.
    """
    relaxed = without_battery(problem, 0.0)
    if relaxed is None:
        return None
    parts = independent_parts(find_reach(relaxed).possible(relaxed))
    stops = sum(len(part.stops) for part in parts)
    routes: IntArray = np.zeros((rows, 2 + problem.num_stops), dtype=np.int64)
    row, seen = 0, 0
    for part in parts:
        seen += len(part.stops)
        found = Found()
        share = seen / stops
        search(
            relaxed,
            part,
            seed=seed,
            stop=lambda done, _, share=share: stop(done, share),  # type: ignore[misc]
            found=found,
        )
        for tour in found.best:
            if row < rows and len(tour.stops):
                routes[row, 0], routes[row, 1] = tour.vehicle, len(tour.stops)
                routes[row, 2 : 2 + len(tour.stops)] = tour.stops
                row += 1
    return routes if row else None
