"""Which fleet entries and stops must be planned together, whoever may serve what."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bundling.rounds.coupling import (
    draws_energy,
    limited_depots,
    tight_connectors,
    tight_docks,
)
from bundling.rounds.fields import BoolArray
from bundling.rounds.problem import RoundsProblem


class Link(NamedTuple):
    """Positions of fleet entries and stops that share something."""

    vehicles: tuple[int, ...] = ()
    stops: tuple[int, ...] = ()


def links(problem: RoundsProblem) -> list[Link]:
    """Return what shares a pair, a dock, a connector or the connection of a depot.

    What never runs short joins nothing.
    """
    found = [
        Link(stops=(int(pickup), int(s))) for s, pickup in enumerate(problem.pair_of) if pickup >= 0
    ]
    docks, plugs = tight_docks(problem), tight_connectors(problem)
    found += [_entries(problem.vehicle_depot == d) for d in np.flatnonzero(docks)]
    found += [_entries(problem.curve_of[:, k] >= 0) for k in np.flatnonzero(plugs)]
    draws = draws_energy(problem)
    for d in np.flatnonzero(limited_depots(problem)):
        behind = (problem.curve_of[:, problem.station_depot == d] >= 0).any(axis=1)
        found.append(_entries(draws & ((problem.end_depot == d) | behind)))
    return found


def _entries(mask: BoolArray) -> Link:
    return Link(vehicles=tuple(np.flatnonzero(mask).tolist()))
