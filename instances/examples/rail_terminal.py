"""A rail terminal for the Zwolle region: from how many containers a day on a train pays.

Firms around Zwolle send and receive containers through Rotterdam. A terminal at Hessenpoort with
one train a day each way would take them off the road. Volumes, the rent of the terminal and the
site are made up; roads and levy are facts; prices are the assumptions of `hubs_container_rates`.

    python -m bundling.instances.examples.rail_terminal
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

import bundling
from bundling.hubs.scheduled import ScheduledProblem
from bundling.hubs.scheduled.volumes import VolumeScan, scan_volumes
from bundling.hubs.templates import container_day, container_rates
from bundling.network import PlaneNetwork

TOWNS = ("Zwolle", "Kampen", "Zwartewaterland", "Dalfsen", "Hardenberg", "Staphorst")
TERMINAL = "park-zwolle-industriekern-zwolle"  # Hessenpoort
TEU_A_DAY = 40.0
"""In all and both ways, at one times the volume."""
TRAIN_TEU, RAIL_KM, RAIL_H = 80.0, 170.0, 6
TERMINAL_EUR_A_DAY = 1500.0
"""Land, track, crane and staff that do not depend on the volume: an assumption without source."""


def day(times_train_price: float = 1.0) -> ScheduledProblem:
    """Return the day at one times the volume; the price of trains may be varied."""
    region = bundling.load("overijssel")
    parks = region.table("business_parks")
    near = parks[parks["municipality"].isin(TOWNS) & (parks["park_id"] != TERMINAL)]
    near = near.nlargest(6, "area_ha")
    share = (near["area_ha"] / near["area_ha"].sum()).to_numpy(float)
    sent = pd.DataFrame(
        {
            "firm_id": near["park_id"],
            "x_m": near["rd_x_m"],
            "y_m": near["rd_y_m"],
            "teu": np.round(0.6 * TEU_A_DAY * share, 1),
            "direction": "export",
            "release_h": 8.0,
        }
    )
    received = sent.assign(teu=np.round(0.4 * TEU_A_DAY * share, 1), direction="import")
    site = parks.set_index("park_id").loc[TERMINAL]
    rate = container_rates()
    train = rate["rail_eur_per_tkm"] * RAIL_KM * rate["teu_t"] * TRAIN_TEU * times_train_price
    return container_day(
        pd.concat([sent, received], ignore_index=True),
        pd.DataFrame(
            {
                "terminal_id": ["Hessenpoort"],
                "x_m": [site["rd_x_m"]],
                "y_m": [site["rd_y_m"]],
                "fixed_eur": [TERMINAL_EUR_A_DAY],
            }
        ),
        pd.DataFrame(
            {
                "service_id": ["train out", "train in"], "mode": "rail",
                "terminal_id": "Hessenpoort", "direction": ["export", "import"],
                "depart_h": [20, 14], "arrive_h": [20 + RAIL_H, 14 + RAIL_H], "km": RAIL_KM,
                "capacity_teu": TRAIN_TEU, "charter_eur": train,
            }
        ),
        seaport=("Rotterdam", 65_000.0, 443_000.0),  # Maasvlakte
        network=PlaneNetwork.from_region(region),
        day=date(2027, 9, 7),
        horizon_h=48,
    )  # fmt: skip


def main(
    times: Sequence[float] = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0), time_limit: float = 90.0
) -> VolumeScan:
    """Return the day with and without trains at several volumes."""
    return scan_volumes(day(), times, time_limit=time_limit, gap=0.005, seed=1)


if __name__ == "__main__":
    scan = main()
    print(scan.table().round(1).to_string(index=False))
    low, high = (TEU_A_DAY * times for times in scan.turns)
    print(f"One train a day each way begins to pay between {low:.0f} and {high:.0f} TEU a day.")
