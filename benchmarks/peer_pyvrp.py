"""PyVRP, then charges: what a user of PyVRP can do for electric rounds today.

PyVRP searches with the settings it has by itself, on one core, through our adapter, which also
keeps zones, length limits and levies for it. It cannot state batteries or charging: its sequences
are found as if batteries were endless and get their charges afterwards (`peer_repair`), for which a
part of the time is kept. Energy counts per km at a typical load.
"""

from __future__ import annotations

import time
import warnings

import numpy as np
from peer_repair import repaired

from bundling.rounds import RoundsProblem, RoundsSolution
from bundling.rounds.parts import Part, independent_parts
from bundling.rounds.pyvrp_engine import STEADY, Search, run
from bundling.rounds.reach import find_reach

NOT_STATED = "batteries; charging; prices by hour"
_REPAIR_SHARE = 0.05
"""Part of the time that is kept for putting in the charges."""


def solve(problem: RoundsProblem, time_limit: float, seed: int) -> RoundsSolution | None:
    """Return PyVRP's rounds with charges; None when it found none."""
    parts = independent_parts(find_reach(problem).possible(problem))
    stops = sum(len(part.stops) for part in parts)
    sequences: list[tuple[int, tuple[int, ...]]] = []
    for part in parts:
        seconds = (1.0 - _REPAIR_SHARE) * time_limit * len(part.stops) / stops
        found = _searched(problem, part, seconds, seed)
        if not found.best:
            return None
        sequences += [(route.vehicle, route.stops) for route in found.best]
    return repaired(problem, sequences)


def _searched(problem: RoundsProblem, part: Part, seconds: float, seed: int) -> Search:
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\s*A penalty parameter has reached")
        return run(
            problem,
            part,
            max_distance_m=np.full(problem.num_vehicles, np.inf),
            seed=seed,
            stop=lambda _: time.perf_counter() - began > seconds,
            tempo=STEADY,
        )
