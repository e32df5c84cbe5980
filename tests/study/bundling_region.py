"""A region in which bundling pays: three far shippers with small loads for the same two parks."""

from __future__ import annotations

import pandas as pd

from bundling.region import Region
from tiny_region import tiny_metadata, tiny_shapes, tiny_tables

HOSTILE = "<script>alert('hub')</script>"
"""Part of the name of a hub: shown as text, never markup."""
FORMULA = '=HYPERLINK("http://evil.example","klik")'
"""Name of a player that Excel would take for a formula."""


def bundling_region() -> Region:
    """Three shippers, 10 to 20 km off, each with 250 kg for park-a and 250 kg for park-d.

    Direct that is six trucks. Through hub-a, 2 km from both parks, it is three trucks in and one
    out to each park. Hub-b has a rent that nothing can earn.
    """
    tables = tiny_tables()
    types = tables["vehicle_types"].set_index("vehicle_type")
    types.loc["erigid", "fixed_eur_per_day"] = 10
    tables["vehicle_types"] = types.reset_index()
    hubs = tables["hub_candidates"].set_index("hub_id")
    hubs.loc["hub-a", "place_id"] = None
    hubs["rent_eur_per_day"] = [20, 300]
    hubs["handling_eur_per_m3"] = [1, 3]
    hubs.loc["hub-a", "name"] = f"Anker {HOSTILE}"
    tables["hub_candidates"] = hubs.reset_index()
    park = (
        tables["business_parks"]
        .iloc[[0]]
        .assign(park_id="park-d", name="Dok", rd_x_m=201_000.0, rd_y_m=501_000.0)
    )
    tables["business_parks"] = pd.concat([tables["business_parks"], park], ignore_index=True)
    origins = ("mw-out", "park-c", "park-b")
    players = ("Grutter", FORMULA, "Bouw")
    tables["shippers"] = pd.DataFrame(
        {
            "shipper_id": [f"shipper-{k}" for k in range(3)],
            "name": list(players),
            "segment": ["parcels"] * 3,
            "origin_id": list(origins),
            "player": list(players),
        }
    )
    ends = [(k, place) for k in range(3) for place in ("park-a", "park-d")]
    tables["shipments"] = pd.DataFrame(
        {
            "shipment_id": [f"ship-{k}" for k in range(len(ends))],
            "shipper_id": [f"shipper-{k}" for k, _ in ends],
            "destination_id": [place for _, place in ends],
            "segment": "parcels",
            "direction": "delivery",
            "kg": 250.0,
            "m3": 2.5,
            "roll_containers": 0,
            "stops": 0,
            "service_h": 0.25,
        }
    )
    tables["stops"] = tables["stops"].iloc[:0]
    return Region("tiny", "Tiny, made by hand", tables, tiny_shapes(), tiny_metadata())
