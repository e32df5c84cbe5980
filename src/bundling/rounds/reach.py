"""Which vehicle can serve which stop at all, on a round of its own or on any other.

Every test here is a proof: it uses the shortest way from the depot to the stop and back (through
other nodes when the matrices break the triangle inequality), the least load, the fastest period of
the day, charging that takes no time, and no waiting that could be avoided. A pair that fails is
impossible in every solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import csgraph_from_dense, dijkstra

from bundling.rounds.check import TOLERANCE
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.reach_battery import lacking_kwh

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Reach:
    """How far each pair of fleet entry and stop ``[V, S]`` is from possible; all in the unit named.

    Attributes
    ----------
    over_kg, over_m3
        Freight of the stop beyond the capacity.
    late_s
        Earliest possible start of service after the window closes, or return after the depot does.
    over_shift_s
        Shortest possible time away beyond the shift.
    short_kwh
        Least energy out and back, or to and from stations, beyond what the battery gives.
    over_rolls
        Roll containers of the stop beyond the capacity.
    over_m
        Shortest way out and back beyond the longest route.
    """

    over_kg: FloatArray
    over_m3: FloatArray
    late_s: FloatArray
    over_shift_s: FloatArray
    short_kwh: FloatArray
    over_rolls: FloatArray
    over_m: FloatArray

    def possible(self, problem: RoundsProblem) -> BoolArray:
        """``[V, S]``: allowed by the rules, with vehicles, and none of the excesses above 0."""
        mask = problem.allowed & (problem.count > 0)[:, None]
        for excess in (
            self.over_kg,
            self.over_m3,
            self.over_rolls,
            self.late_s,
            self.over_shift_s,
            self.over_m,
            self.short_kwh,
        ):
            mask &= excess <= 0.0
        return mask


def find_reach(problem: RoundsProblem) -> Reach:
    """Compute the excess of every pair; 0 where a limit is kept within tolerance."""
    depot, last = problem.vehicle_depot, problem.end_depot
    out_m, back_m, out_s, back_s = _ways(problem)
    # In the fastest period of the day, since nothing says when it is driven.
    factor = problem.speed_factor[:, None] * problem.period_speed.max(initial=1.0)
    s_out, s_back = out_s / factor, back_s / factor
    service = problem.service_factor[:, None] * problem.service_s[None, :]

    kg = np.maximum(problem.delivery_kg, problem.pickup_kg)[None, :]
    m3 = np.maximum(problem.delivery_m3, problem.pickup_m3)[None, :]
    rolls = np.maximum(problem.delivery_rolls, problem.pickup_rolls)[None, :]
    leaves = np.maximum(problem.depot_open_s[depot][:, None], problem.release_s[None, :])
    start = np.maximum(leaves + s_out, problem.tw_early_s[None, :])
    back = start + service + s_back
    closes = problem.depot_close_s[last][:, None]
    late = np.maximum(
        _excess(start, latest_start_s(problem)[None, :]),
        _excess(back, np.broadcast_to(closes, back.shape)),
    )
    lacking = lacking_kwh(problem)
    return Reach(
        over_kg=_excess(kg, problem.capacity_kg[:, None]),
        over_m3=_excess(m3, problem.capacity_m3[:, None]),
        late_s=late,
        over_shift_s=_excess(s_out + service + s_back, problem.shift_s[:, None]),
        short_kwh=np.where(
            lacking > TOLERANCE * np.maximum(1.0, problem.usable_kwh)[:, None], lacking, 0.0
        ),
        over_rolls=_excess(rolls, problem.capacity_rolls[:, None]),
        over_m=_excess(out_m + back_m, problem.max_distance_m[:, None]),
    )


def latest_start_s(problem: RoundsProblem) -> FloatArray:
    """Close of the last window of each stop ``[S]``, s."""
    last: FloatArray = problem.other_tw_late_s.max(axis=1, initial=-np.inf)
    return np.maximum(problem.tw_late_s, last)


def _ways(problem: RoundsProblem) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Shortest ways of each fleet entry to the stops and back ``[V, S]``: metres, seconds."""
    depots = problem.num_depots
    stops = slice(depots, depots + problem.num_stops)  # stations are on the way, not to be reached
    found = np.empty((4, problem.num_vehicles, problem.num_stops))
    for number in np.unique(problem.matrix_of):
        mine = np.flatnonzero(problem.matrix_of == number)
        first, end = problem.vehicle_depot[mine], problem.end_depot[mine]
        for k, matrix in enumerate((problem.distance_of(mine[0]), problem.time_of(mine[0]))):
            out, back = _shortest(matrix, depots)
            found[2 * k, mine] = out[first][:, stops]
            found[2 * k + 1, mine] = back[end][:, stops]
    return found[0], found[1], found[2], found[3]


def _excess(value: FloatArray, limit: FloatArray) -> FloatArray:
    over = value - np.where(np.isfinite(limit), limit, np.finfo(np.float64).max)
    return np.where(over > TOLERANCE * np.maximum(1.0, np.abs(limit)), over, 0.0)


def _shortest(matrix: FloatArray, depots: int) -> tuple[FloatArray, FloatArray]:
    """Shortest ways from every depot to all nodes, and from all nodes to every depot."""
    graph = csgraph_from_dense(matrix, null_value=np.inf)  # keeps zero lengths as edges
    sources = np.arange(depots)
    return dijkstra(graph, indices=sources), dijkstra(graph.T.tocsr(), indices=sources)
