"""When should a vehicle leave? The departure that makes a given sequence shortest, exactly.

With waiting only before service, the return time as a function of the departure ``t`` is
``max(E, t + B)``: ``B`` is driving plus service, ``E`` the return when leaving as soon as the depot
opens. A departure is feasible up to ``L``, the latest one that meets every window. The duration
``max(E - t, B)`` is therefore shortest for every ``t`` in ``[E - B, L]``, or at ``L`` when that
interval is empty; the earliest such departure is taken, since an early return leaves more time to
charge. See Savelsbergh, "The vehicle routing problem with time windows: minimizing route
duration" (ORSA Journal on Computing 4, 1992).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bundling.rounds.problem import RoundsProblem


@dataclass(frozen=True)
class Timing:
    """Times of a sequence.

    Attributes
    ----------
    departure_s, return_s
        Best departure, and the return that follows from it.
    late_s
        How much later than a window (or the depot's closing) the vehicle is at worst even when it
        leaves as soon as the depot opens; 0 when the sequence is feasible in time.
    """

    departure_s: float
    return_s: float
    late_s: float

    @property
    def duration_s(self) -> float:
        """Seconds from departure to return."""
        return self.return_s - self.departure_s


def best_departure(
    driving_s: Sequence[float],
    service_s: Sequence[float],
    early_s: Sequence[float],
    late_s: Sequence[float],
    open_s: float,
    close_s: float,
) -> Timing:
    """Find the departure with the shortest duration for a fixed sequence of n stops.

    Parameters
    ----------
    driving_s
        Driving times of the n + 1 legs, from the depot and back to it.
    service_s, early_s, late_s
        Service time and window of the n stops.
    open_s, close_s
        Earliest departure and latest return.

    Returns
    -------
    Timing
        In O(n).
    """
    now, busy = open_s, 0.0
    latest = math.inf  # latest departure that still meets every window so far
    worst = 0.0
    for leg, service, early, late in zip(driving_s, service_s, early_s, late_s, strict=False):
        busy += leg
        now = max(now + leg, early)
        worst = max(worst, now - late)
        latest = min(latest, late - busy)
        now += service
        busy += service
    now += driving_s[-1]
    busy += driving_s[-1]
    worst = max(worst, now - close_s)
    latest = min(latest, close_s - busy)
    # Leaving at `latest` at most: waiting inside can only shrink, windows stay met.
    departure = max(open_s, min(now - busy, latest))
    return Timing(departure, max(now, departure + busy), max(0.0, worst))


def sequence_timing(problem: RoundsProblem, vehicle: int, stops: Sequence[int]) -> Timing:
    """Return the best timing of `stops` (positions) driven by fleet entry `vehicle`."""
    first, depot = problem.num_depots, int(problem.vehicle_depot[vehicle])
    nodes = [depot, *(first + s for s in stops), depot]
    factor = float(problem.speed_factor[vehicle])
    times = problem.time_s
    return best_departure(
        [float(times[a, b]) / factor for a, b in pairwise(nodes)],
        [float(problem.service_s[s]) for s in stops],
        [float(problem.tw_early_s[s]) for s in stops],
        [float(problem.tw_late_s[s]) for s in stops],
        float(problem.depot_open_s[depot]),
        float(problem.depot_close_s[depot]),
    )
