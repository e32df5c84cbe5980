"""Segments of city logistics: how many stops, how much a drop, how long, and when."""

from __future__ import annotations

import pandas as pd

from bundling.instances.sources import Facts

M3_PER_ROLL_CONTAINER = 45.0 / 27.0
"""Load space of a rigid over the roll containers that stand on its floor."""
M3_PER_PALLET = 45.0 / 18.0
"""Load space of a rigid over its pallet places."""
ROLL_CONTAINERS_PER_PALLET = 27.0 / 18.0

# segment, direction, stops/1000, drops counted in, kg a unit, key in the facts, open, close, centre
_ROWS = (
    ("retail_food", "delivery", 0.25, "rc", 150.0, "retail_food", "06:00", "20:00", 0.25),
    ("retail_nonfood", "delivery", 0.70, "rc", 90.0, "retail_nonfood", "07:00", "18:00", 0.65),
    ("horeca", "delivery", 0.50, "rc", 120.0, "horeca", "06:00", "15:00", 0.60),
    ("parcels", "delivery", 0.60, "parcel", 5.0, "parcels", "08:00", "18:00", 0.30),
    ("facility_care", "delivery", 0.45, "pallet", 250.0, "facility", "07:00", "17:00", 0.25),
    ("construction", "delivery", 0.35, "pallet", 500.0, "construction", "06:30", "16:00", 0.15),
    ("waste_returns", "pickup", 0.35, "container", 80.0, "waste", "06:00", "16:00", 0.40),
)
_M3 = {
    "rc": M3_PER_ROLL_CONTAINER,
    "pallet": M3_PER_PALLET,
    "parcel": 0.04,
    "container": 0.8,
}
_ROLL = {
    "rc": 1.0,
    "pallet": ROLL_CONTAINERS_PER_PALLET,
    "parcel": 0.04 / M3_PER_ROLL_CONTAINER,
    "container": 0.8 / M3_PER_ROLL_CONTAINER,
}


def segments(facts: Facts) -> pd.DataFrame:
    """Return the seven segments.

    Drop sizes and stop times are the parameters, which are themselves unsourced. Weights a unit,
    hours, shares of the centre and stops per 1,000 inhabitants are own assumptions. The stops are a
    modelled sample of freight that could be bundled, about 3 stops a day per 1,000 inhabitants;
    the real number of freight and service trips is of the order of 250.
    """
    rows = []
    for segment, direction, rate, unit, kg, key, opens, closes, centre in _ROWS:
        drop = facts.parameter(f"seg.{key}.drop_size")
        rows.append(
            {
                "segment": segment,
                "direction": direction,
                "stops_per_1000_inhabitants": rate,
                "drop_kg": round(drop * kg, 2),
                "drop_m3": round(drop * _M3[unit], 3),
                "roll_containers": round(drop * _ROLL[unit], 3),
                "service_min": facts.parameter(f"seg.{key}.stop_time"),
                "open_clock": opens,
                "close_clock": closes,
                "centre_share": centre,
            }
        )
    return pd.DataFrame(rows)
