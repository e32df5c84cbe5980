"""A hubs problem with one thing different: prices, rents, volumes, no hubs."""

from __future__ import annotations

import numpy as np

from bundling.hubs.problem import HubsProblem


def with_handling(problem: HubsProblem, eur_per_m3: float) -> HubsProblem:
    """Return the problem with one price of handling at every hub."""
    return problem.replace(hub_handling_eur_per_m3=np.full(problem.num_hubs, eur_per_m3))


def with_subsidy(problem: HubsProblem, eur_per_m3: float) -> HubsProblem:
    """Return the problem with handling made cheaper at every hub, down to nothing."""
    price = np.maximum(0.0, problem.hub_handling_eur_per_m3 - eur_per_m3)
    return problem.replace(hub_handling_eur_per_m3=price)


def with_rent(problem: HubsProblem, eur: float) -> HubsProblem:
    """Return the problem with one rent a day for every hub."""
    return problem.replace(hub_rent_eur=np.full(problem.num_hubs, eur))


def with_volume(problem: HubsProblem, factor: float) -> HubsProblem:
    """Return the problem with `factor` times the freight in every shipment."""
    return problem.replace(
        shipment_kg=problem.shipment_kg * factor,
        shipment_m3=problem.shipment_m3 * factor,
        shipment_service_h=problem.shipment_service_h * factor,
    )


def with_part(problem: HubsProblem, part: float, *, seed: int = 0) -> HubsProblem:
    """Return the problem in which a part of the shipments takes part, the same first at any part.

    Shipments come in a random order by `seed`; at least one takes part.
    """
    order = np.random.default_rng(seed).permutation(problem.num_shipments)
    count = max(1, round(part * problem.num_shipments))
    return problem.only(np.sort(order[:count]))


def without_hubs(problem: HubsProblem) -> HubsProblem:
    """Return the problem in which everything travels direct."""
    none = np.zeros(0)
    return problem.replace(
        hub_ids=(),
        hub_location=np.zeros(0, dtype=np.int64),
        hub_rent_eur=none,
        hub_capacity_kg=none,
        hub_capacity_m3=none,
        hub_handling_eur_per_m3=none,
    )


def without_hub(problem: HubsProblem, hub: int) -> HubsProblem:
    """Return the problem without one of its hubs; the place itself stays."""
    kept = np.arange(problem.num_hubs) != hub
    return problem.replace(
        hub_ids=tuple(np.array(problem.hub_ids, dtype=object)[kept]),
        hub_location=problem.hub_location[kept],
        hub_rent_eur=problem.hub_rent_eur[kept],
        hub_capacity_kg=problem.hub_capacity_kg[kept],
        hub_capacity_m3=problem.hub_capacity_m3[kept],
        hub_handling_eur_per_m3=problem.hub_handling_eur_per_m3[kept],
    )
