"""Every leg a shipment may travel, and the options of every shipment.

Once the routes are fixed, the legs no longer touch each other, and on one leg only the total load
matters: its vehicles are the cheapest combination that carries it (`bundling.hubs.mixes`). Choosing
one combination a leg instead of a number of vehicles a type is what makes the integer model
tight; see `bundling.hubs.milp`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from bundling.hubs.evaluate import trip_costs_eur
from bundling.hubs.mixes import FIT, Mixes, efficient_mixes
from bundling.hubs.problem import (
    DIRECT,
    LAST_MILE,
    LINEHAUL,
    FloatArray,
    HubsProblem,
    IntArray,
)

RESOURCES = ("kg out", "m3 out", "kg back", "m3 back", "h")
"""What freight takes from the vehicles of a leg, in this order."""

NO_LEG = -1
"""In place of a leg index: the shipment needs no vehicle there."""


@dataclass(frozen=True)
class Legs:
    """Legs and options of a problem.

    Attributes
    ----------
    kind, start, end
        One row a leg.
    mixes
        Efficient vehicle combinations of each leg.
    cost_eur, offer
        Of one vehicle trip: ``[leg, vehicle type]`` and ``[leg, vehicle type, resource]``.
    most
        Load of each leg if all that may travel it does, ``[leg, resource]``.
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
    cost_eur: FloatArray
    offer: FloatArray
    most: FloatArray
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
    """Load of each shipment on its last leg, ``[shipment, resource]``."""
    kg, m3 = problem.shipment_kg, problem.shipment_m3
    back = problem.shipment_pickup
    return np.column_stack(
        [kg * ~back, m3 * ~back, kg * back, m3 * back, problem.shipment_service_h]
    )


def offers(problem: HubsProblem, start: IntArray, end: IntArray) -> FloatArray:
    """Capacity of one vehicle trip on each leg, ``[leg, vehicle type, resource]``."""
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
    place = np.full(hub.size, -1)
    place[via] = problem.hub_location[hub[via]]
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
    cost = np.sum(list(trip_costs_eur(problem, start, end).values()), axis=0)
    offer = offers(problem, start, end)
    usable = problem.usable(kind, start, end)
    mixes = tuple(
        efficient_mixes(cost[k], offer[k], usable[k], most[k], problem.vehicle_limit)
        for k in range(kind.size)
    )

    # An option stays when each of its legs has a combination that carries the shipment alone.
    # A thinned list says nothing about limited vehicles; there the integer model decides.
    limited = bool(np.isfinite(problem.vehicle_limit).any())

    def can(leg: int, asked: FloatArray) -> bool:
        mix = mixes[leg]
        return mix.cheapest(asked) >= 0 or (limited and not mix.complete)

    able = np.array([can(k, load[i]) for i, k in zip(shipment, last, strict=True)], dtype=bool)
    for row in np.flatnonzero(hauled):
        able[row] &= can(first[row], haul_load[shipment[row]])
    shipment, hub, first, last = shipment[able], hub[able], first[able], last[able]
    handling = np.zeros(shipment.size)
    via = hub >= 0
    handling[via] = problem.shipment_m3[shipment[via]] * problem.hub_handling_eur_per_m3[hub[via]]
    ends = np.searchsorted(shipment, np.arange(problem.num_shipments + 1))
    options = tuple(np.arange(a, b) for a, b in itertools.pairwise(ends))
    return Legs(
        kind=kind,
        start=start,
        end=end,
        mixes=mixes,
        cost_eur=cost,
        offer=offer,
        most=most,
        shipment=shipment,
        hub=hub,
        first_leg=first,
        last_leg=last,
        handling_eur=handling,
        load=load,
        haul_load=haul_load,
        options=options,
    )
