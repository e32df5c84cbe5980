"""Problems for the tests of `bundling.hubs`: two worked by hand, and seeded random ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.hubs import HubsProblem


def make(
    *,
    xy_km: list[tuple[float, float]],
    shipments: list[tuple[int, int, float]],
    hubs: list[int],
    rent_eur: float = 0.0,
    speed_kmh: float = 60.0,
    capacity_kg: list[float],
    fixed_eur: list[float],
    eur_per_km: list[float],
    **changes: Any,
) -> HubsProblem:
    """Small problem on straight lines; a shipment is (origin, destination, kg), 1 m3 a 200 kg."""
    xy = 1000.0 * np.array(xy_km, dtype=float)
    n, s, h, v = len(xy), len(shipments), len(hubs), len(capacity_kg)
    distance = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    origin, destination, kg = (np.array(column) for column in zip(*shipments, strict=True))
    data: dict[str, Any] = {
        "location_ids": tuple(f"place-{k}" for k in range(n)),
        "location_x_m": 200_000 + xy[:, 0],
        "location_y_m": 500_000 + xy[:, 1],
        "location_in_zone": np.zeros(n, dtype=bool),
        "distance_m": distance,
        "time_s": distance / (speed_kmh / 3.6),
        "levied_m": np.zeros((n, n)),
        "shipment_ids": tuple(f"ship-{k}" for k in range(s)),
        "shipment_origin": origin,
        "shipment_destination": destination,
        "shipment_kg": kg,
        "shipment_m3": kg / 200.0,
        "shipment_service_h": np.zeros(s),
        "shipment_pickup": np.zeros(s, dtype=bool),
        "shipment_shipper": np.unique(origin, return_inverse=True)[1],
        "shipment_stops": np.ones(s, dtype=int),
        "shipment_direct": np.ones(s, dtype=bool),
        "shipper_ids": tuple(f"shipper-{k}" for k in np.unique(origin)),
        "shipper_player": tuple(f"player-{k}" for k in np.unique(origin)),
        "hub_ids": tuple(f"hub-{k}" for k in range(h)),
        "hub_location": np.array(hubs, dtype=int),
        "hub_rent_eur": np.full(h, rent_eur),
        "hub_capacity_kg": np.full(h, 1e6),
        "hub_capacity_m3": np.full(h, 1e4),
        "hub_handling_eur_per_m3": np.zeros(h),
        "vehicle_ids": tuple(f"type-{k}" for k in range(v)),
        "vehicle_capacity_kg": np.array(capacity_kg),
        "vehicle_capacity_m3": np.array(capacity_kg) / 200.0,
        "vehicle_shift_h": np.full(v, 8.0),
        "vehicle_fixed_eur": np.array(fixed_eur),
        "vehicle_eur_per_km": np.array(eur_per_km),
        "vehicle_eur_per_h": np.zeros(v),
        "vehicle_levy_eur_per_km": np.zeros(v),
        "vehicle_kwh_per_km": np.zeros(v),
        "vehicle_eur_per_kwh": np.zeros(v),
        "vehicle_litre_per_km": np.zeros(v),
        "vehicle_co2e_kg_per_km": np.ones(v),
        "vehicle_nox_g_per_km": np.ones(v),
        "vehicle_speed_factor": np.ones(v),
        "vehicle_linehaul": np.ones(v, dtype=bool),
        "vehicle_limit": np.full(v, np.inf),
        "allowed": np.ones((v, n), dtype=bool),
    }
    return HubsProblem(**(data | changes))


def random_problem(
    seed: int,
    *,
    shipments: int = 5,
    hubs: int = 2,
    origins: int = 3,
    destinations: int = 3,
    cities: int = 1,
    rent_eur: float = 20.0,
    far_km: float = 0.0,
) -> HubsProblem:
    """Seeded region: origins, cities of destinations, hubs, four vehicle types.

    With `far_km` origins and hubs lie that far east of the destinations, so that hubs pay.
    """
    rng = np.random.default_rng(seed)
    centre = rng.uniform(-25, 25, (cities, 2)) if cities > 1 else np.zeros((1, 2))
    origin_xy = centre[rng.integers(cities, size=origins)] + rng.normal(0, 12, (origins, 2))
    city = np.arange(destinations) % cities
    destination_xy = centre[city] + rng.normal(0, 2.5, (destinations, 2))
    hub_xy = centre[np.arange(hubs) % cities] + rng.normal(0, 5, (hubs, 2))
    origin_xy[:, 0] += far_km
    hub_xy[:, 0] += 0.9 * far_km
    xy = np.vstack([origin_xy, destination_xy, hub_xy]).tolist()
    origin = rng.integers(origins, size=shipments)
    destination = origins + rng.integers(destinations, size=shipments)
    kg = rng.gamma(1.2, 350.0, shipments).clip(5, 9000)
    n = len(xy)
    in_zone = np.zeros(n, dtype=bool)
    in_zone[origins : origins + destinations] = rng.random(destinations) < 0.3
    allowed = np.ones((4, n), dtype=bool)
    allowed[2:, in_zone] = False  # the diesel types stay out
    return make(
        xy_km=[tuple(p) for p in xy],
        shipments=list(zip(origin.tolist(), destination.tolist(), kg.tolist(), strict=True)),
        hubs=list(range(origins + destinations, n)),
        rent_eur=rent_eur,
        speed_kmh=45.0,
        capacity_kg=[120.0, 900.0, 1100.0, 9000.0],
        fixed_eur=[25.0, 55.0, 40.0, 110.0],
        eur_per_km=[0.05, 0.10, 0.22, 0.55],
        location_in_zone=in_zone,
        allowed=allowed,
        shipment_m3=kg / rng.uniform(120, 300, shipments),
        shipment_service_h=kg / rng.uniform(300, 1500, shipments) + 0.1,
        shipment_pickup=rng.random(shipments) < 0.15,
        hub_handling_eur_per_m3=np.full(hubs, 3.0),
        hub_capacity_kg=np.full(hubs, kg.sum() * 0.6),
        hub_capacity_m3=np.full(hubs, kg.sum() / 200 * 0.6),
        vehicle_speed_factor=np.array([0.4, 1.0, 1.0, 0.9]),
        vehicle_linehaul=np.array([False, True, True, True]),
        vehicle_eur_per_h=np.full(4, 28.0),
        service_eur_per_h=30.0,
        turnaround_h=0.25,
    )


def half_trucks(*, rent_eur: float) -> HubsProblem:
    """Two shippers of half a truck each at 3 km on both sides of a hub; customer at 40 km."""
    return make(
        xy_km=[(-3, 0), (3, 0), (0, 0), (0, 40)],
        shipments=[(0, 3, 500.0), (1, 3, 500.0)],
        hubs=[2],
        rent_eur=rent_eur,
        capacity_kg=[1000.0],
        fixed_eur=[50.0],
        eur_per_km=[1.0],
    )
