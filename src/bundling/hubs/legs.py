"""Every leg a shipment may travel, and the vehicle combinations worth choosing on it.

Once the routes are fixed, the legs no longer touch each other, and on one leg only the total load
matters. So a leg needs just its *efficient* vehicle combinations: those no cheaper combination
equals in kilograms, cubic metres and hours. There are few (a handful on most legs), they can be
listed beforehand, and the cheapest that carries a load is the first in order of cost that does.
Choosing one combination a leg instead of a number of vehicles a type is what makes the integer
model tight; see `bundling.hubs.milp`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from bundling.hubs.evaluate import trip_costs_eur
from bundling.hubs.problem import (
    DIRECT,
    LAST_MILE,
    LINEHAUL,
    BoolArray,
    FloatArray,
    HubsProblem,
    IntArray,
)

RESOURCES = ("kg out", "m3 out", "kg back", "m3 back", "h")
"""What freight takes from the vehicles of a leg, in this order."""

FIT = 1e-9
"""Relative slack when comparing load and capacity: sums of floats, nothing more."""

NO_LEG = -1
"""In place of a leg index: the shipment needs no vehicle there."""


@dataclass(frozen=True)
class Mixes:
    """Efficient vehicle combinations of one leg, cheapest first.

    Attributes
    ----------
    cost_eur
        ``[combination]``.
    capacity
        ``[combination, resource]``, cut off at the most the leg can be asked for.
    counts
        ``[combination, vehicle type]``.
    """

    cost_eur: FloatArray
    capacity: FloatArray
    counts: IntArray

    def cheapest(self, load: FloatArray) -> int:
        """Index of the cheapest combination that carries `load`, -1 when none does."""
        fits = (self.capacity >= load * (1 - FIT) - FIT).all(axis=1)
        first = int(fits.argmax()) if fits.size else 0
        return first if fits.size and fits[first] else -1


@dataclass(frozen=True)
class Legs:
    """Legs and options of a problem.

    Attributes
    ----------
    kind, start, end
        One row a leg.
    mixes
        Efficient vehicle combinations of each leg.
    shipment, hub
        One row an option: the shipment, and its hub or -1 for direct.
    first_leg, last_leg
        One row an option: the linehaul leg or `NO_LEG`; the last-mile or direct leg.
    handling_eur
        One row an option.
    load, haul_load
        ``[shipment, resource]`` on last-mile and direct legs, and on linehaul (no hours).
    options
        Rows of the options of each shipment.
    """

    kind: IntArray
    start: IntArray
    end: IntArray
    mixes: tuple[Mixes, ...]
    shipment: IntArray
    hub: IntArray
    first_leg: IntArray
    last_leg: IntArray
    handling_eur: FloatArray
    load: FloatArray
    haul_load: FloatArray
    options: tuple[IntArray, ...]

    @property
    def num_legs(self) -> int:
        """Number of legs."""
        return self.kind.size


def loads(problem: HubsProblem) -> FloatArray:
    """What each shipment asks of its last leg, ``[shipment, resource]``."""
    kg, m3 = problem.shipment_kg, problem.shipment_m3
    back = problem.shipment_pickup
    return np.column_stack([kg * ~back, m3 * ~back, kg * back, m3 * back, problem.shipment_service_h])


def offers(problem: HubsProblem, start: IntArray, end: IntArray) -> FloatArray:
    """What one vehicle trip offers on each leg, ``[leg, vehicle type, resource]``."""
    spare_h = problem.vehicle_shift_h - problem.trip_hours(start, end)
    kg = np.broadcast_to(problem.vehicle_capacity_kg, spare_h.shape)
    m3 = np.broadcast_to(problem.vehicle_capacity_m3, spare_h.shape)
    return np.stack([kg, m3, kg, m3, np.maximum(spare_h, 0.0)], axis=-1)


def all_options(problem: HubsProblem) -> tuple[IntArray, IntArray]:
    """Every (shipment, hub or -1) the rules on single shipments leave open, before vehicles.

    Left out: direct where it is forbidden, a hub at the shipment's destination, and a hub the
    shipment alone overfills.
    """
    shipment, hub = np.meshgrid(
        np.arange(problem.num_shipments), np.arange(-1, problem.num_hubs), indexing="ij"
    )
    i, h = shipment.ravel(), hub.ravel()
    via = h >= 0
    keep = np.where(via, True, problem.shipment_direct[i])
    iv, hv = i[via], h[via]
    keep[via] = (
        (problem.hub_location[hv] != problem.shipment_destination[iv])
        & (problem.shipment_kg[iv] <= problem.hub_capacity_kg[hv] * (1 + FIT))
        & (problem.shipment_m3[iv] <= problem.hub_capacity_m3[hv] * (1 + FIT))
    )
    return i[keep], h[keep]


def build_legs(problem: HubsProblem) -> Legs:
    """List the legs and the options of all shipments that some vehicle type can drive."""
    shipment, hub = all_options(problem)
    via = hub >= 0
    place = np.where(via, problem.hub_location[hub], -1)
    origin, destination = problem.shipment_origin[shipment], problem.shipment_destination[shipment]
    hauled = via & (place != origin)
    triples = np.concatenate(
        [
            np.stack([np.full(hauled.sum(), LINEHAUL), origin[hauled], place[hauled]], axis=1),
            np.stack(
                [np.where(via, LAST_MILE, DIRECT), np.where(via, place, origin), destination],
                axis=1,
            ),
        ]
    ).astype(np.int64)
    unique, inverse = np.unique(triples, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    first = np.full(shipment.size, NO_LEG)
    first[hauled] = inverse[: hauled.sum()]
    last = inverse[hauled.sum() :]
    kind, start, end = unique.T

    load = loads(problem)
    haul_load = load.copy()
    haul_load[:, RESOURCES.index("h")] = 0.0
    most = np.zeros((kind.size, load.shape[1]))
    np.add.at(most, first[hauled], haul_load[shipment[hauled]])
    np.add.at(most, last, load[shipment])
    mixes = _all_mixes(problem, kind, start, end, most)

    # An option stays when each of its legs has a combination that carries the shipment alone.
    able = np.array(
        [mixes[k].cheapest(load[i]) >= 0 for i, k in zip(shipment, last, strict=True)], dtype=bool
    )
    for row in np.flatnonzero(hauled):
        able[row] &= mixes[first[row]].cheapest(haul_load[shipment[row]]) >= 0
    shipment, hub, first, last = shipment[able], hub[able], first[able], last[able]
    handling = np.zeros(shipment.size)
    via = hub >= 0
    handling[via] = problem.shipment_m3[shipment[via]] * problem.hub_handling_eur_per_m3[hub[via]]
    ends = np.searchsorted(shipment, np.arange(problem.num_shipments + 1))
    options = tuple(np.arange(a, b) for a, b in itertools.pairwise(ends))
    return Legs(
        kind, start, end, mixes, shipment, hub, first, last, handling, load, haul_load, options
    )


def _all_mixes(
    problem: HubsProblem, kind: IntArray, start: IntArray, end: IntArray, most: FloatArray
) -> tuple[Mixes, ...]:
    cost = np.sum(list(trip_costs_eur(problem, start, end).values()), axis=0)
    offer = offers(problem, start, end)
    usable = problem.usable(kind, start, end)
    limited = np.isfinite(problem.vehicle_limit)
    return tuple(
        efficient_mixes(cost[k], offer[k], usable[k], most[k], problem.vehicle_limit, limited)
        for k in range(kind.size)
    )


def efficient_mixes(
    cost_eur: FloatArray,
    offer: FloatArray,
    usable: BoolArray,
    most: FloatArray,
    limit: FloatArray,
    limited: BoolArray,
) -> Mixes:
    """List the combinations of at least one vehicle that no other one beats.

    Combination `a` beats `b` when it costs no more, carries no less of every resource (up to
    `most`, beyond which capacity is worthless) and uses no more vehicles of any type of which the
    region has a limited number. Replacing `b` by `a` then keeps any plan feasible at no more cost,
    so dropping `b` loses no optimum.

    Parameters
    ----------
    cost_eur, offer, usable
        Per vehicle type on this leg: cost a trip, ``[type, resource]`` offered, may it drive.
    most
        Largest load per resource.
    limit, limited
        Number of vehicles per type and whether it is finite.
    """
    # One type after another: what is beaten among the first types stays beaten whatever is added
    # to both, so the list is cut down after each type and never grows long.
    kept = Mixes(
        np.zeros(1), np.zeros((1, most.size)), np.zeros((1, cost_eur.size), dtype=np.int64)
    )
    types = _useful_types(cost_eur, np.minimum(offer, most), usable, limited)
    ceiling = _cost_of_enough(cost_eur, offer, most, [v for v in types if not limited[v]])
    for v in types:
        needed = np.zeros(most.size)
        able = (most > 0) & (offer[v] > 0)  # what this type cannot carry, others must
        needed[able] = most[able] / offer[v][able]
        many = int(min(max(1, np.ceil(needed.max() - FIT)), limit[v]))
        number = np.arange(many + 1)
        cost = (kept.cost_eur[:, None] + number * cost_eur[v]).ravel()
        capacity = kept.capacity[:, None, :] + number[:, None] * offer[v]
        counts = np.repeat(kept.counts, many + 1, axis=0)
        counts[:, v] = np.tile(number, kept.cost_eur.size)
        capacity = np.minimum(capacity.reshape(-1, most.size), most)
        worth = cost <= ceiling * (1 + 1e-12)
        if not limited.any():
            cost, capacity, counts = cost[worth], capacity[worth], counts[worth]
        kept = _undominated(cost, capacity, counts, limited)
    some = kept.counts.any(axis=1)
    return Mixes(kept.cost_eur[some], kept.capacity[some], kept.counts[some])


def _cost_of_enough(
    cost_eur: FloatArray, offer: FloatArray, most: FloatArray, types: list[int]
) -> float:
    """Cost of carrying `most` with one type: no combination that costs more is ever needed."""
    asked = most > 0
    best = np.inf
    for v in types:
        if (offer[v][asked] > 0).all():
            vehicles = np.ceil((most[asked] / offer[v][asked]).max(initial=1.0) - FIT)
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


def _undominated(
    cost: FloatArray, capacity: FloatArray, counts: IntArray, limited: BoolArray
) -> Mixes:
    """Keep the empty combination and what no cheaper or equal combination beats."""
    order = np.lexsort((counts.sum(axis=1), cost))
    cost, capacity, counts = cost[order], capacity[order], counts[order]
    worth = np.hstack([capacity, -counts[:, limited]])
    vehicles = counts.any(axis=1)
    alive = np.ones(cost.size, dtype=bool)
    for p in range(cost.size):
        if alive[p] and vehicles[p]:
            beaten = (worth[p + 1 :] <= worth[p] + 1e-12 * np.abs(worth[p])).all(axis=1)
            alive[p + 1 :] &= ~(beaten & vehicles[p + 1 :])
    return Mixes(cost[alive], capacity[alive], counts[alive])
