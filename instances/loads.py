"""Synthetic full loads between business parks and motorway gateways, for the province."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bundling.instances.demand import Demand, generator

LOADS_PER_DAY = 90
"""A modelled sample; the parks and flows of the province make some thousands of trips a day."""
_SHIPPERS = 12
_SEGMENTS = ("construction", "retail_food", "retail_nonfood", "facility_care")
_MEAN_KG = 12_000.0
_LARGEST_KG = 22_000.0
_LARGEST_M3 = 85.0
_DOCK_H = 1.0


def full_loads(parks: pd.DataFrame, gateways: pd.DataFrame, seed: int) -> Demand:
    """Draw the loads of one day.

    A shipper sits on a park (weight: area) or beyond a gateway (weight: trucks a year) and sends
    to the other kind, or in one case of three from park to park. Weights are lognormal round 12 t,
    at most what an electric tractor carries. Loads have no stops.

    Parameters
    ----------
    parks, gateways
        Tables with ``place_id`` and ``weight``.
    seed
        Seed of the whole build.
    """
    rng = generator(seed, "full loads")
    shippers, shipments = [], []
    kinds = np.arange(_SHIPPERS) % 3 == 2
    for number, far in enumerate(kinds, start=1):
        pool = gateways if far else parks
        shippers.append(
            {
                "shipper_id": f"shipper-loads-{number}",
                "name": f"Full loads {number} (invented)",
                "segment": _SEGMENTS[number % len(_SEGMENTS)],
                "origin_id": _drawn(pool, rng),
                "player": "full loads",
            }
        )
    for number in range(1, LOADS_PER_DAY + 1):
        pick = int(rng.integers(_SHIPPERS))
        shipper = shippers[pick]
        to_park = bool(kinds[pick]) or rng.random() < 1 / 3
        destination = shipper["origin_id"]
        while destination == shipper["origin_id"]:
            destination = _drawn(parks if to_park else gateways, rng)
        kg = min(_LARGEST_KG, _MEAN_KG * float(np.exp(0.4 * rng.standard_normal() - 0.08)))
        m3 = min(_LARGEST_M3, kg / float(rng.uniform(180.0, 320.0)))
        shipments.append(
            {
                "shipment_id": f"ship-load-{number:03d}",
                "shipper_id": shipper["shipper_id"],
                "destination_id": destination,
                "segment": shipper["segment"],
                "direction": "delivery",
                "kg": round(kg, 1),
                "m3": round(m3, 3),
                "roll_containers": 0.0,
                "stops": 0,
                "service_h": _DOCK_H,
            }
        )
    used = {s["shipper_id"] for s in shipments}
    return Demand(
        pd.DataFrame([s for s in shippers if s["shipper_id"] in used]),
        pd.DataFrame(shipments),
        pd.DataFrame(),
    )


def _drawn(pool: pd.DataFrame, rng: np.random.Generator) -> str:
    weight = pool["weight"].to_numpy(float)
    return str(rng.choice(pool["place_id"].to_numpy(), p=weight / weight.sum()))
