r"""A lower bound for a day too large for the whole model: the price of a vehicle, shared out.

A departure with freight has at least one vehicle, and enough of them for its load. Give the price
of each lane away for each period of the day, a part :math:`\lambda_{ikt}` to each shipment `i` that
could begin or end its way on lane `k` in period `t`, and a part :math:`\mu_{kt}` to each full load:

.. math:: q_k \mu_{kt} + \sum_i \lambda_{ikt} \le p_k

with room :math:`q` of the scarcest resource and price :math:`p`. Whatever the parts, the sum over
all shipments of their cheapest ways at :math:`\lambda_{ikt} + l_i \mu_{kt}`, by the clock, costs no
more than any plan: all vehicles of a period count as one departure, which only makes it cheaper
(weak duality of the linear relaxation with strong inequalities; T. G. Crainic, A. Frangioni,
B. Gendron, "Bundle-based relaxation methods for multicommodity capacitated fixed charge network
design", Discrete Applied Mathematics 112 (2001) 73-99). Hub costs are shared alike. The parts are
made better by mirror ascent: those whose cheapest way uses a vehicle take over more of its price
(A. Beck, M. Teboulle, "Mirror descent and nonlinear projected subgradient methods", Operations
Research Letters 31 (2003) 167-175). Periods begin long and are cut: as parts stay, no bound is
lost. Between two hubs all is given to the load; to share that out too was tried and gains nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bundling.hubs.scheduled.bound_ascent import ascend, sum_up
from bundling.hubs.scheduled.bound_ends import cut, freight_of, room_of
from bundling.hubs.scheduled.bound_pairs import fewest_vehicles, pairs_of
from bundling.hubs.scheduled.bound_prices import VehiclePrices
from bundling.hubs.scheduled.bound_ways import cheapest
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.state import day_of

_SHIFTS = (2, 1, 0)
"""A period has two to this power slots, one after the other."""
_STEPS = (100, 200, 10_000)
"""Steps with each, at most."""
_FIRST_RATE = 2.0
_SUM_EVERY = 50
_PATIENCE = 150
"""Steps in which a bound must have grown by `_LEAST_GAIN`, as a part of it, to go on so."""
_LEAST_GAIN = 2e-4
_ROUNDING = 1e-9
"""Part of the bound that rounding may have added."""


def shared_bound(
    problem: ScheduledProblem,
    cancelled: Callable[[], bool],
    tell: Callable[[float], object] | None = None,
) -> float:
    """Return a lower bound on the cost of the day, EUR.

    Parameters
    ----------
    problem
        The problem; with more than two hubs on the way nothing is proved (``-inf``).
    cancelled
        Asked between steps; True ends with what is proved.
    tell
        Called with each better bound.
    """
    if problem.max_hubs > 2:
        return -math.inf
    if not problem.num_shipments:
        return 0.0
    day = day_of(problem)
    pairs, freight = pairs_of(problem, day), freight_of(day)
    prices = VehiclePrices(problem, *fewest_vehicles(problem, pairs))
    room = room_of(problem)
    chosen = np.full((problem.num_shipments, 6), -1, dtype=np.int64)
    used = np.zeros(problem.num_lanes + problem.num_sailings)
    best, step, before = -math.inf, 0, 0
    ends, shares = None, None
    for shift, steps in zip(_SHIFTS, _STEPS, strict=True):
        ends, shares = cut(problem, pairs, 1 << shift, before, ends, shares)
        before = 1 << shift
        mark = -math.inf
        for n in range(steps):
            if n % _PATIENCE == _PATIENCE - 1:
                if best < mark + _LEAST_GAIN * abs(mark):
                    break
                mark = best
            if cancelled():
                return best
            if n % _SUM_EVERY == 0:
                sum_up(ends, shares, shift)
            bound = cheapest(freight, ends, shares, prices.price, shift, room, chosen)
            if math.isinf(bound):
                return best  # a shipment without a way: the search says which
            bound += prices.earned_eur
            bound -= _ROUNDING * abs(bound)
            if bound > best:
                best = bound
                if tell is not None:
                    tell(best)
            ascend(freight, ends, shares, shift, _FIRST_RATE, chosen, used)
            prices.ascend(used, 1.0 / math.sqrt(1.0 + step))
            step += 1
    return best
