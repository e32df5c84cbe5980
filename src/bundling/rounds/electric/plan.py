"""Read the best way to charge on a route back from its labels."""

from __future__ import annotations

from typing import Any

from bundling.rounds.electric.arrays import CHARGED, SETTLED, SETTLED_BEFORE, Data, State
from bundling.rounds.electric.routes import refresh
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.schedule import best_timed
from bundling.rounds.solution import Charge, Route

_LEAST_KWH = 1e-9


def route_of(problem: RoundsProblem, data: Data, state: State, work: Any, r: int) -> Route:
    """Return route `r` of `state` with its charges and its best departure."""
    refresh(data, state, work, r)
    stops, c = [], int(state.first[r])
    while c >= 0:
        stops.append(c)
        c = int(state.nxt[c])
    label, step = work.there[0], work.parent[0]
    kwh = float(label[CHARGED])
    charges: list[Charge] = []
    for before in range(len(stops), -1, -1):
        here = [int(k) for k in step[1:] if k >= 0]
        if here:
            amounts = [kwh] if len(here) == 1 else [float(label[SETTLED]), kwh]
            for k, amount in zip(reversed(here), reversed(amounts), strict=True):
                if amount > _LEAST_KWH:
                    charges.append(Charge(before, problem.station_ids[k], amount))
            kwh = float(label[SETTLED] if len(here) == 1 else label[SETTLED_BEFORE])
        if before == 0:
            break
        stop = stops[before - 1]
        m = int(step[0])
        label, step = state.labels[stop, m], state.parent[stop, m]
    route = Route(
        problem.vehicle_ids[int(state.entry[r])],
        tuple(problem.stop_ids[s] for s in stops),
        0.0,
        charges=tuple(reversed(charges)),
    )
    return best_timed(problem, route, float(work.leave[0]) if data.timed else None)
