"""Which vehicle can serve which stop at all, on a round of its own or on any other.

Every test here is a proof: it uses the shortest way from the depot to the stop and back (through
other nodes when the matrices break the triangle inequality), the least load, and no waiting that
could be avoided. A pair that fails is impossible in every solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import csgraph_from_dense, dijkstra

from bundling.rounds.check import TOLERANCE
from bundling.rounds.problem import RoundsProblem
from bundling.units import METRES_PER_KM

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
        Least energy out and back beyond what the battery gives.
    """

    over_kg: FloatArray
    over_m3: FloatArray
    late_s: FloatArray
    over_shift_s: FloatArray
    short_kwh: FloatArray

    def possible(self, problem: RoundsProblem) -> BoolArray:
        """``[V, S]``: allowed by the rules, with vehicles, and none of the excesses above 0."""
        mask = problem.allowed & (problem.count > 0)[:, None]
        for excess in (self.over_kg, self.over_m3, self.late_s, self.over_shift_s, self.short_kwh):
            mask &= excess <= 0.0
        return mask


def find_reach(problem: RoundsProblem) -> Reach:
    """Compute the excess of every pair; 0 where a limit is kept within tolerance."""
    depots = problem.num_depots
    stops = slice(depots, depots + problem.num_stops)  # stations are on the way, not to be reached
    out_m, back_m = _shortest(problem.distance_m, depots)
    out_s, back_s = _shortest(problem.time_s, depots)
    depot = problem.vehicle_depot
    factor = problem.speed_factor[:, None]
    km_out, km_back = (m[depot][:, stops] / METRES_PER_KM for m in (out_m, back_m))
    s_out, s_back = (s[depot][:, stops] / factor for s in (out_s, back_s))

    kg = np.maximum(problem.delivery_kg, problem.pickup_kg)[None, :]
    m3 = np.maximum(problem.delivery_m3, problem.pickup_m3)[None, :]
    arrival = problem.depot_open_s[depot][:, None] + s_out
    start = np.maximum(arrival, problem.tw_early_s[None, :])
    back = start + problem.service_s[None, :] + s_back
    closes = problem.depot_close_s[depot][:, None]
    late = np.maximum(
        _excess(start, problem.tw_late_s[None, :]),
        _excess(back, np.broadcast_to(closes, back.shape)),
    )
    away = s_out + problem.service_s[None, :] + s_back
    empty, slope = problem.kwh_per_km[:, None], problem.kwh_per_km_per_t[:, None] / 1000.0
    kwh = km_out * (empty + slope * problem.delivery_kg[None, :])
    kwh = kwh + km_back * (empty + slope * problem.pickup_kg[None, :])
    return Reach(
        over_kg=_excess(kg, problem.capacity_kg[:, None]),
        over_m3=_excess(m3, problem.capacity_m3[:, None]),
        late_s=late,
        over_shift_s=_excess(away, problem.shift_s[:, None]),
        short_kwh=_excess(kwh, problem.usable_kwh[:, None]),
    )


def _excess(value: FloatArray, limit: FloatArray) -> FloatArray:
    over = value - limit
    return np.where(over > TOLERANCE * np.maximum(1.0, np.abs(limit)), over, 0.0)


def _shortest(matrix: FloatArray, depots: int) -> tuple[FloatArray, FloatArray]:
    """Shortest ways from every depot to all nodes, and from all nodes to every depot."""
    graph = csgraph_from_dense(matrix, null_value=np.inf)  # keeps zero lengths as edges
    sources = np.arange(depots)
    return dijkstra(graph, indices=sources), dijkstra(graph.T.tocsr(), indices=sources)
