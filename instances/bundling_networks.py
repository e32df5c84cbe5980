"""Days of freight of any size, made by a seed: for benchmarks, when no region is that large.

Every number is synthetic. Prices and speeds are of the order of those in the regions: a diesel
truck and an electric one by road, a barge between hubs on a canal by timetable. No row is a fact
about a place.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled import ScheduledProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SLOTS_PER_HOUR = 4
_DETOUR = 1.3
_KMH = {"truck": 60.0, "etruck": 60.0, "barge": 12.0}
_KG = (9_000.0, 7_000.0)
_M3 = (45.0, 40.0)
_EUR_PER_KM = (1.15, 0.85)
_EUR_PER_H = (42.0, 42.0)
_EUR_PER_TRIP = (15.0, 30.0)
_CO2E_KG_PER_KM = (0.81, 0.37)
_NOX_G_PER_KM = (4.0, 0.0)


def bundling_network(
    hubs: int = 50, shipments: int = 5000, *, zones: int = 150, seed: int = 1
) -> ScheduledProblem:
    """Return a day of `shipments` origin-destination pairs between `zones`, with `hubs` hubs.

    Parameters
    ----------
    hubs, shipments, zones
        Sizes; zones lie on a square with one zone per 25 km2, every sixth hub on a canal.
    seed
        Same seed, same problem.
    """
    rng = np.random.default_rng(seed)
    extent_km = np.sqrt(25.0 * zones)
    xy = np.concatenate(
        [rng.uniform(0, extent_km, (zones, 2)), rng.uniform(0, extent_km, (hubs, 2))]
    )
    km = _DETOUR * np.linalg.norm(xy[:, None] - xy[None], axis=2) + 1.0
    weight = rng.lognormal(0.0, 0.8, zones)
    origin, destination = _pairs(rng, weight, shipments)
    canal = zones + np.arange(0, hubs, 6)
    lanes = _lanes(km, zones, hubs, origin, destination)
    sailings = _sailings(km, canal)
    load_m3 = np.minimum(rng.lognormal(np.log(2.5), 0.9, shipments), 30.0)
    release = rng.integers(5 * _SLOTS_PER_HOUR, 12 * _SLOTS_PER_HOUR, shipments)
    urgent = rng.random(shipments) < 0.3
    due = np.minimum(release + np.where(urgent, 6, 11) * _SLOTS_PER_HOUR, 95)
    count = len(lanes["from"])
    return ScheduledProblem(
        resource_ids=("kg", "m3"),
        location_ids=(
            *(f"zone-{k}" for k in range(zones)),
            *(f"place of hub-{k}" for k in range(hubs)),
        ),
        location_x_m=1000.0 * xy[:, 0],
        location_y_m=1000.0 * xy[:, 1],
        location_in_zone=np.arange(zones + hubs) < zones // 20,
        hub_ids=tuple(f"hub-{k}" for k in range(hubs)),
        hub_location=zones + np.arange(hubs),
        hub_fixed_eur=rng.uniform(150.0, 400.0, hubs).round(2),
        hub_handling_eur=np.tile([0.0, 2.0], (hubs, 1)),
        hub_capacity=np.column_stack([np.full(hubs, np.inf), rng.uniform(800.0, 2000.0, hubs)]),
        hub_dwell_slots=np.full(hubs, 2),
        hub_first_slot=np.full(hubs, 4 * _SLOTS_PER_HOUR),
        hub_last_slot=np.full(hubs, 95),
        vehicle_ids=("truck", "etruck"),
        vehicle_mode=("road", "road"),
        vehicle_capacity=np.column_stack([_KG, _M3]),
        vehicle_returns=np.array([True, True]),
        lane_vehicle=lanes["vehicle"],
        lane_from=lanes["from"],
        lane_to=lanes["to"],
        lane_slots=lanes["slots"],
        lane_first_slot=np.zeros(count, dtype=np.int64),
        lane_last_slot=np.full(count, 95),
        lane_eur=lanes["eur"],
        lane_empty_eur=0.9 * lanes["eur"],
        lane_km=lanes["km"],
        lane_co2e_kg=lanes["km"] * np.array(_CO2E_KG_PER_KM)[lanes["vehicle"]],
        lane_nox_g=lanes["km"] * np.array(_NOX_G_PER_KM)[lanes["vehicle"]],
        sailing_ids=tuple(f"barge-{k}" for k in range(len(sailings["from"]))),
        sailing_mode=("water",) * len(sailings["from"]),
        sailing_from=sailings["from"],
        sailing_to=sailings["to"],
        sailing_depart_slot=sailings["depart"],
        sailing_arrive_slot=sailings["arrive"],
        sailing_capacity=np.tile([1_000_000.0, 1500.0], (len(sailings["from"]), 1)),
        sailing_slot_eur=np.column_stack(
            [np.zeros(len(sailings["from"])), 0.4 + 0.012 * sailings["km"]]
        ),
        sailing_eur=np.zeros(len(sailings["from"])),
        sailing_limit=np.ones(len(sailings["from"]), dtype=np.int64),
        sailing_km=sailings["km"],
        sailing_co2e_kg=4.0 * sailings["km"],
        sailing_nox_g=60.0 * sailings["km"],
        shipment_ids=tuple(f"s{k}" for k in range(shipments)),
        shipment_shipper=rng.integers(0, 40, shipments),
        shipment_origin=origin,
        shipment_destination=destination,
        shipment_load=np.column_stack([180.0 * load_m3, load_m3]).round(3),
        shipment_release_slot=release,
        shipment_due_slot=due,
        shipment_group=np.zeros(shipments, dtype=np.int64),
        shipment_direct=np.ones(shipments, dtype=bool),
        shipper_ids=tuple(f"shipper-{k}" for k in range(40)),
    )


def _pairs(rng: np.random.Generator, weight: FloatArray, count: int) -> tuple[IntArray, IntArray]:
    """Draw that many different pairs of two different zones, busy ones more often."""
    zones = len(weight)
    matrix = np.outer(weight, weight)
    np.fill_diagonal(matrix, 0.0)
    chosen = rng.choice(zones * zones, count, replace=False, p=(matrix / matrix.sum()).ravel())
    return chosen // zones, chosen % zones


def _lanes(
    km: FloatArray, zones: int, hubs: int, origin: IntArray, destination: IntArray
) -> dict[str, NDArray[Any]]:
    """Both types: direct where somebody ships, zones to and from their nearest hubs, hub to hub."""
    near = zones + np.argsort(km[:zones, zones:], axis=1, kind="stable")[:, :5]
    own = np.repeat(np.arange(zones), near.shape[1])
    hub = near.ravel()
    a, b = np.divmod(np.arange(hubs * hubs), hubs)
    a, b = zones + a[a != b], zones + b[a != b]
    there = np.unique(np.stack([
        np.concatenate([origin, destination, own, hub, a]),
        np.concatenate([destination, origin, hub, own, b]),
    ]), axis=1)  # fmt: skip
    start, end = np.tile(there, 2)
    vehicle = np.repeat([0, 1], there.shape[1])
    far = km[start, end]
    hours = far / 60.0
    eur = (
        np.array(_EUR_PER_TRIP)[vehicle]
        + far * np.array(_EUR_PER_KM)[vehicle]
        + hours * np.array(_EUR_PER_H)[vehicle]
    )
    slots = np.maximum(1, np.ceil(hours * _SLOTS_PER_HOUR)).astype(np.int64)
    short = (vehicle == 0) | (far <= 120.0)
    return {
        "vehicle": vehicle[short], "from": start[short], "to": end[short],
        "slots": slots[short], "eur": eur[short].round(2), "km": far[short].round(2),
    }  # fmt: skip


def _sailings(km: FloatArray, canal: IntArray) -> dict[str, NDArray[Any]]:
    """Two barges a day each way between hubs on the canal that are not too far apart."""
    rows = [
        (a, b, depart * _SLOTS_PER_HOUR, far)
        for a in canal
        for b in canal
        if a != b and (far := float(km[a, b])) <= 60.0
        for depart in (6, 12)
    ]
    start, end, depart, away = np.array(rows, dtype=np.float64).reshape(-1, 4).T
    under_way = np.ceil(away / _KMH["barge"] * _SLOTS_PER_HOUR).astype(np.int64)
    fits = depart + under_way <= 95
    return {
        "from": start[fits].astype(np.int64), "to": end[fits].astype(np.int64),
        "depart": depart[fits].astype(np.int64), "arrive": (depart + under_way)[fits],
        "km": away[fits].round(2),
    }  # fmt: skip
