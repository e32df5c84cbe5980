"""The vehicle combinations worth choosing on one leg.

A leg needs just its *efficient* combinations: those no cheaper combination equals in kilograms,
cubic metres and hours. There are few on most legs (one to three vehicles), and the cheapest that
carries a load is the first in order of cost that does. A leg that may be asked for dozens of
vehicles has thousands; there the list is thinned, and `Mixes.complete` says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundling.hubs.problem import BoolArray, FloatArray, IntArray

FIT = 1e-9
"""Relative slack when comparing load and capacity: sums of floats, nothing more."""
LONGEST = 150
"""Combinations on one leg beyond which its list is thinned."""
_LEVELS = 12


@dataclass(frozen=True)
class Mixes:
    """Vehicle combinations of one leg, cheapest first.

    Attributes
    ----------
    cost_eur
        ``[combination]``.
    capacity
        ``[combination, resource]``, cut off at the most the leg can be asked for.
    counts
        ``[combination, vehicle type]``.
    complete
        Whether every efficient combination is listed. If not, each is feasible but a cheaper one
        may be missing.
    types
        Vehicle types that occur in efficient combinations.
    """

    cost_eur: FloatArray
    capacity: FloatArray
    counts: IntArray
    complete: bool
    types: tuple[int, ...]

    def cheapest(self, load: FloatArray) -> int:
        """Index of the cheapest listed combination that carries `load`, -1 when none does."""
        fits: BoolArray = np.all(self.capacity >= load * (1 - FIT) - FIT, axis=1)
        first = int(fits.argmax()) if fits.size else 0
        return first if fits.size and fits[first] else -1


def efficient_mixes(
    cost_eur: FloatArray,
    offer: FloatArray,
    usable: BoolArray,
    most: FloatArray,
    limit: FloatArray,
) -> Mixes:
    """List the combinations of at least one vehicle that no other one beats.

    Combination `a` beats `b` when it costs no more, carries no less of every resource (up to
    `most`, beyond which capacity is worthless) and uses no more vehicles of any type of which a
    limited number exists. Replacing `b` by `a` then keeps any plan feasible at no more cost, so
    dropping `b` loses no optimum.

    Parameters
    ----------
    cost_eur, offer, usable
        Per vehicle type on this leg: cost a trip, ``[type, resource]`` offered, may it drive.
    most
        Largest load per resource.
    limit
        Number of vehicles per type, ``inf`` when as many as needed.
    """
    limited: BoolArray = np.array(np.isfinite(limit), dtype=np.bool_)
    types = _useful_types(cost_eur, np.minimum(offer, most), usable, limited)
    ceiling = _cost_of_enough(cost_eur, offer, most, [v for v in types if not limited[v]])
    cost, capacity = np.zeros(1), np.zeros((1, most.size))
    counts = np.zeros((1, cost_eur.size), dtype=np.int64)
    complete = True
    # One type after another: what is beaten among the first types stays beaten whatever is added
    # to both, so the list is cut down after each type and never grows long.
    for v in types:
        number = np.arange(_most_vehicles(offer[v], most, limit[v]) + 1)
        cost = (cost[:, None] + number * cost_eur[v]).ravel()
        capacity = np.minimum(capacity[:, None, :] + number[:, None] * offer[v], most)
        capacity = capacity.reshape(-1, most.size)
        counts = np.repeat(counts, number.size, axis=0)
        counts[:, v] = np.tile(number, counts.shape[0] // number.size)
        if not limited.any():
            worth = cost <= ceiling * (1 + 1e-12)
            cost, capacity, counts = cost[worth], capacity[worth], counts[worth]
        order = np.lexsort((counts.sum(axis=1), cost))
        cost, capacity, counts = cost[order], capacity[order], counts[order]
        vehicles: BoolArray = np.any(counts > 0, axis=1)
        use = -counts[:, limited].astype(np.float64)
        alive = _unbeaten(np.hstack([capacity, use]), vehicles, LONGEST)
        if alive is None:
            complete = False
            # Rounded down, capacities of a level compare equal, and the dearer ones go.
            coarse = np.floor(capacity / np.where(most > 0, most, 1.0) * _LEVELS + FIT)
            alive = _unbeaten(np.hstack([coarse, use]), vehicles, cost.size)
            assert alive is not None
        cost, capacity, counts = cost[alive], capacity[alive], counts[alive]
    some = counts.any(axis=1)
    return Mixes(cost[some], capacity[some], counts[some], complete, tuple(types))


def _most_vehicles(offer: FloatArray, most: FloatArray, limit: float) -> int:
    """Vehicles of one type beyond which more of them carry nothing extra."""
    able = (most > 0) & (offer > 0)  # what this type cannot carry, others must
    needed = (most[able] / offer[able]).max(initial=1.0)
    return int(min(max(1.0, np.ceil(needed - FIT)), limit))


def _cost_of_enough(
    cost_eur: FloatArray, offer: FloatArray, most: FloatArray, types: list[int]
) -> float:
    """Cost of carrying `most` with one type: no combination that costs more is ever needed."""
    asked = most > 0
    best = np.inf
    for v in types:
        if (offer[v][asked] > 0).all():
            vehicles = np.ceil((most[asked] / offer[v][asked]).max(initial=1.0))
            best = min(best, float(vehicles * cost_eur[v]))
    return best


def _useful_types(
    cost_eur: FloatArray, offer: FloatArray, usable: BoolArray, limited: BoolArray
) -> list[int]:
    """Types that no single unlimited other type replaces one for one."""
    useful: list[int] = []
    # Unlimited first, so that of two equal types the unlimited one stays.
    for v in sorted(np.flatnonzero(usable), key=lambda v: (cost_eur[v], limited[v])):
        beaten = any(
            not limited[u] and cost_eur[u] <= cost_eur[v] and (offer[u] >= offer[v]).all()
            for u in useful
        )
        if not beaten:
            useful.append(int(v))
    return useful


def _unbeaten(worth: FloatArray, vehicles: BoolArray, longest: int) -> IntArray | None:
    """Rows no earlier (cheaper or equal) row beats; None when more than `longest` remain.

    The empty combination (no vehicles) stays, and beats nothing: with freight there must be one.
    """
    rows = np.arange(vehicles.size)
    kept = [rows[~vehicles]]
    rows = rows[vehicles]
    while rows.size:
        if len(kept) > longest:
            return None
        kept.append(rows[:1])
        top = worth[rows[0]]
        beaten = (worth[rows] <= top + 1e-12 * np.abs(top)).all(axis=1)
        rows = rows[~beaten]
    return np.concatenate(kept)
