"""A problem with batteries as PyVRP can state it: where to begin, since PyVRP knows no charging."""

from __future__ import annotations

import numpy as np

from bundling.rounds.coupling import draws_energy
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.supported import beyond_pyvrp
from bundling.rounds.trip_days import gap_station


def without_battery(problem: RoundsProblem, share: float) -> RoundsProblem | None:
    """Return `problem` with time for charging at every loading instead of batteries.

    `share` is the part of a whole battery that is charged then. None when PyVRP cannot state what
    is left.
    """
    draws = draws_energy(problem)
    lasts = np.zeros(problem.num_vehicles)
    for v in np.flatnonzero(draws).tolist():
        mine = np.flatnonzero(problem.allowed[v])
        k = gap_station(problem, v, int(mine[0])) if len(mine) and share > 0.0 else -1
        if k >= 0:
            curve = int(problem.curve_of[v, k])
            kwh, seconds = problem.curve_kwh[curve], problem.curve_s[curve]
            lasts[v] = float(np.interp(share * float(problem.usable_kwh[v]), kwh, seconds))
    relaxed = problem.replace(
        curve_of=np.full_like(problem.curve_of, -1),
        kwh_per_km=np.zeros(problem.num_vehicles),
        kwh_per_km_per_t=np.zeros(problem.num_vehicles),
        eur_per_km=problem.eur_per_km + problem.kwh_per_km * problem.eur_per_kwh,
        reload_s=problem.reload_s + lasts,
    )
    return None if beyond_pyvrp(relaxed) else relaxed
