"""Days of departures small enough to work out by hand, and random ones for the laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bundling.hubs.scheduled import ScheduledProblem

FOREVER = float("inf")


def corridor_tables() -> dict[str, pd.DataFrame]:
    """Two shippers in the west, one customer town in the east, a hub in between.

    Places on a line: Apeldoorn 0 km, Deventer 15 km (its hub), Almelo 55 km. A van takes 10 kg.
    Trucks return, empty or not. Slots of an hour, 12 of them.

    - direct Apeldoorn-Almelo: 4 slots, EUR 40 loaded, EUR 30 empty back;
    - Apeldoorn-Deventer: 1 slot, EUR 10, EUR 8 empty back; Deventer-Almelo: 2 slots, EUR 24, 20;
    - Deventer has freight for Almelo of its own.

    Shipments: a1 6 kg and a2 3 kg from Apeldoorn, d1 4 kg from Deventer, all to Almelo.
    """
    return {
        "locations": pd.DataFrame(
            {
                "location_id": ["Apeldoorn", "Deventer", "Almelo"],
                "x_m": [194_000.0, 207_000.0, 241_000.0],
                "y_m": [469_000.0, 474_000.0, 486_000.0],
                "in_zone": [False, False, True],
            }
        ),
        "hubs": pd.DataFrame(
            {
                "hub_id": ["hub Deventer"],
                "location": ["Deventer"],
                "fixed_eur": [5.0],
                "handling_eur_kg": [0.5],
                "capacity_kg": [20.0],
                "dwell_slots": [1],
                "first_slot": ["01:00"],
                "last_slot": ["09:00"],
            }
        ),
        "vehicles": pd.DataFrame(
            {"vehicle_id": ["van"], "mode": ["road"], "capacity_kg": [10.0], "returns": [True]}
        ),
        "lanes": pd.DataFrame(
            [
                ("van", "Apeldoorn", "Almelo", 4, 40.0, 30.0, 55.0),
                ("van", "Almelo", "Apeldoorn", 4, 40.0, 30.0, 55.0),
                ("van", "Apeldoorn", "Deventer", 1, 10.0, 8.0, 15.0),
                ("van", "Deventer", "Apeldoorn", 1, 10.0, 8.0, 15.0),
                ("van", "Deventer", "Almelo", 2, 24.0, 20.0, 40.0),
                ("van", "Almelo", "Deventer", 2, 24.0, 20.0, 40.0),
            ],
            columns=["vehicle", "from", "to", "slots", "eur", "empty_eur", "km"],
        ).assign(co2e_kg=lambda f: 0.5 * f["km"], nox_g=lambda f: 2.0 * f["km"]),
        "shipments": pd.DataFrame(
            {
                "shipment_id": ["a1", "a2", "d1"],
                "shipper": ["Aa", "Bee", "Dee"],
                "origin": ["Apeldoorn", "Apeldoorn", "Deventer"],
                "destination": ["Almelo"] * 3,
                "load_kg": [6.0, 3.0, 4.0],
                "release_slot": ["01:00", "02:00", "00:00"],
                "due_slot": ["10:00", "10:00", "11:00"],
            }
        ),
        "settings": pd.DataFrame(
            {"key": ["num_slots", "slot_s", "max_hubs"], "value": [12.0, 3600.0, 1.0]}
        ),
    }


def corridor(**changes: Any) -> ScheduledProblem:
    """Return `corridor_tables` as a problem; by hand in `test_scheduled_worked`."""
    return ScheduledProblem.from_tables(corridor_tables()).replace(**changes)


def barge_tables() -> dict[str, pd.DataFrame]:
    """Return the corridor with a barge from Deventer to Almelo at 04:00, there by 08:00.

    It takes 30 kg; EUR 1 a kilogram, no charter; EUR 8 where it is chartered instead.
    """
    tables = corridor_tables()
    tables["sailings"] = pd.DataFrame(
        {
            "sailing_id": ["barge"],
            "mode": ["water"],
            "from": ["Deventer"],
            "to": ["Almelo"],
            "depart_slot": ["04:00"],
            "arrive_slot": [8],
            "capacity_kg": [30.0],
            "slot_eur_kg": [1.0],
            "km": [60.0],
            "co2e_kg": [9.0],
            "nox_g": [100.0],
        }
    )
    return tables


def barge(**changes: Any) -> ScheduledProblem:
    """Return `barge_tables` as a problem."""
    return ScheduledProblem.from_tables(barge_tables()).replace(**changes)


def random_day(seed: int, shut: float = 0.1) -> ScheduledProblem:
    """Return 3-5 places, 1-2 hubs, 2-4 shipments, two vehicle types, 0-2 sailings, 8-12 slots.

    Small whole numbers, so that optima are told apart from rounding. `shut` is the share of lanes
    on which no empty vehicle may go.
    """
    rng = np.random.default_rng(seed)
    places, slots = int(rng.integers(3, 6)), int(rng.integers(8, 13))
    hubs, shipments = int(rng.integers(1, 3)), int(rng.integers(2, 5))
    sailings, resources = int(rng.integers(0, 3)), int(rng.integers(1, 3))
    x, y = rng.integers(0, 20, (2, places)).astype(float)
    pairs = np.array([(a, b) for a in range(places) for b in range(places) if a != b])
    keep = [pairs[rng.random(len(pairs)) < (0.9, 0.6)[v]] for v in range(2)]
    lanes = np.concatenate([np.column_stack([np.full(len(p), v), p]) for v, p in enumerate(keep)])
    k = len(lanes)
    far = np.hypot(x[lanes[:, 1]] - x[lanes[:, 2]], y[lanes[:, 1]] - y[lanes[:, 2]])
    eur = np.round(5.0 + far + rng.integers(0, 6, k))
    empty = np.round(eur * rng.choice([0.5, 0.8, 1.0], k))
    empty[rng.random(k) < shut] = np.inf
    first = np.where(rng.random(k) < 0.7, 0, rng.integers(0, slots // 2, k))
    ends = np.array([rng.choice(places, 2, replace=False) for _ in range(shipments)])
    sail = np.array([rng.choice(places, 2, replace=False) for _ in range(sailings)]).reshape(-1, 2)
    depart = rng.integers(0, slots - 3, sailings)
    release = rng.integers(0, 3, shipments)
    due = np.minimum(slots - 1, release + rng.integers(5, 11, shipments))
    return ScheduledProblem(
        resource_ids=("kg", "m3")[:resources],
        location_ids=tuple(f"p{i}" for i in range(places)),
        location_x_m=x * 1000.0,
        location_y_m=y * 1000.0,
        location_in_zone=rng.random(places) < 0.3,
        hub_ids=tuple(f"h{i}" for i in range(hubs)),
        hub_location=rng.choice(places, hubs, replace=False),
        hub_fixed_eur=rng.integers(0, 8, hubs).astype(float),
        hub_handling_eur=rng.integers(0, 3, (hubs, resources)) / 4.0,
        hub_capacity=rng.choice([8.0, 14.0, np.inf], (hubs, resources)),
        hub_dwell_slots=rng.integers(0, 2, hubs),
        hub_first_slot=rng.integers(0, 2, hubs),
        hub_last_slot=slots - 1 - rng.integers(0, 3, hubs),
        vehicle_ids=("van", "hired"),
        vehicle_mode=("road", "road"),
        vehicle_capacity=rng.integers(5, 12, (2, resources)).astype(float),
        vehicle_returns=np.array([True, False]),
        lane_vehicle=lanes[:, 0],
        lane_from=lanes[:, 1],
        lane_to=lanes[:, 2],
        lane_slots=rng.integers(1, 4, k),
        lane_first_slot=first,
        lane_last_slot=np.minimum(slots - 1, first + rng.integers(3, slots, k)),
        lane_eur=eur,
        lane_empty_eur=empty,
        lane_km=far,
        lane_co2e_kg=np.round(far / 2.0),
        lane_nox_g=far,
        sailing_ids=tuple(f"s{i}" for i in range(sailings)),
        sailing_mode=("water",) * sailings,
        sailing_from=sail[:, 0],
        sailing_to=sail[:, 1],
        sailing_depart_slot=depart,
        sailing_arrive_slot=depart + rng.integers(1, 4, sailings),
        sailing_capacity=rng.integers(5, 20, (sailings, resources)).astype(float),
        sailing_slot_eur=rng.integers(0, 4, (sailings, resources)) / 4.0,
        sailing_eur=rng.integers(0, 10, sailings).astype(float),
        sailing_limit=rng.integers(1, 3, sailings),
        sailing_km=np.full(sailings, 20.0),
        sailing_co2e_kg=rng.integers(0, 10, sailings).astype(float),
        sailing_nox_g=np.full(sailings, 5.0),
        shipment_ids=tuple(f"i{i}" for i in range(shipments)),
        shipment_shipper=rng.integers(0, 2, shipments),
        shipment_origin=ends[:, 0],
        shipment_destination=ends[:, 1],
        shipment_load=rng.integers(1, 8, (shipments, resources)).astype(float),
        shipment_release_slot=release,
        shipment_due_slot=due,
        shipment_group=rng.integers(0, 2, shipments),
        shipment_direct=rng.random(shipments) < 0.8,
        shipper_ids=("one", "other"),
        num_slots=slots,
        slot_s=3600.0,
        max_hubs=int(rng.integers(0, 3)),
        co2e_eur_per_kg=float(rng.choice([0.0, 0.5])),
    )


def crowd(shipments: int, seed: int = 0) -> ScheduledProblem:
    """Return the corridor with many shipments both ways and a hub that takes all."""
    rng = np.random.default_rng(seed)
    tables, places = corridor_tables(), np.array(["Apeldoorn", "Deventer", "Almelo"])
    origin = rng.choice(3, shipments)
    tables["shipments"] = pd.DataFrame(
        {
            "shipment_id": [f"i{k}" for k in range(shipments)],
            "shipper": rng.choice(["Aa", "Bee"], shipments),
            "origin": places[origin],
            "destination": places[np.where(origin == 2, 0, 2)],
            "load_kg": rng.integers(1, 8, shipments).astype(float),
            "release_slot": 0,
            "due_slot": 11,
        }
    )
    tables["hubs"]["capacity_kg"] = FOREVER
    return ScheduledProblem.from_tables(tables)


def limited_day(seed: int) -> ScheduledProblem:
    """Return `random_day` with hubs limited by hour and floor, an own hub, and prices of NOx.

    Vehicle-km and trips into the zone have a price as well; every second day has a cap on CO2e.
    """
    rng = np.random.default_rng(seed + 10_000)
    problem = random_day(seed, shut=0.0)
    shape = problem.hub_capacity.shape
    may = np.ones((problem.num_hubs, 2), dtype=bool)
    may[0, int(rng.integers(0, 2))] = rng.random() < 0.5
    return problem.replace(
        max_hubs=max(1, problem.max_hubs),
        shipment_direct=rng.random(problem.num_shipments) < 0.4,
        shipment_release_slot=np.zeros(problem.num_shipments),
        shipment_due_slot=np.full(problem.num_shipments, problem.num_slots - 1),
        hub_capacity=np.full(shape, FOREVER),
        hub_hour_capacity=rng.choice([7.0, 9.0, FOREVER], shape),
        hub_floor_capacity=rng.choice([7.0, 9.0, FOREVER], shape),
        hub_owner=tuple("shared" if row.all() else "own" for row in may),
        hub_shippers=may,
        nox_eur_per_kg=float(rng.choice([0.0, 100.0])),
        driven_eur_per_km=float(rng.choice([0.0, 0.25])),
        zone_eur_per_trip=float(rng.choice([0.0, 4.0])),
        co2e_cap_kg=float(rng.integers(20, 70)) if seed % 2 else FOREVER,
    )
