"""The container shift from the A1 to the Twentekanaal, with low water and a lock out of service.

Firms in Twente send containers to Rotterdam: by truck over the A1, or by barge through the
terminal in Hengelo. The volumes are made up (by area of the business park), the network, levy and
water depths are facts, and prices are the assumptions of `hubs_container_rates`.

    python -m bundling.instances.examples.container_shift
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

import bundling
from bundling.hubs.draught import scenario_payloads
from bundling.hubs.templates import container_day, container_rates
from bundling.network import PlaneNetwork
from bundling.region import Region

TOWNS = ("Almelo", "Borne", "Enschede", "Hengelo (O.)", "Hof van Twente", "Oldenzaal")
TEU_A_DAY = 220.0
URGENT_SHARE = 0.2
"""Of the containers, due within the day: the barge is too slow for them."""
BARGE_KM, BARGE_H = 200.0, 24
WAY = ("IJssel-Eefde", "Twentekanaal Delden-Enschede")


def firms(region: Region) -> pd.DataFrame:
    """Return the six largest business parks of Twente, containers by area, some of them urgent."""
    parks = region.table("business_parks")
    parks = parks[parks["municipality"].isin(TOWNS)].nlargest(6, "area_ha")
    teu = TEU_A_DAY * (parks["area_ha"] / parks["area_ha"].sum()).to_numpy(float)
    usual = pd.DataFrame(
        {
            "firm_id": parks["park_id"],
            "x_m": parks["rd_x_m"],
            "y_m": parks["rd_y_m"],
            "teu": np.round((1.0 - URGENT_SHARE) * teu),
            "direction": "export",
            "release_h": 8.0,
            "due_h": 60.0,
        }
    )
    hurried = usual.assign(teu=np.round(URGENT_SHARE * teu), due_h=22.0)
    hurried["firm_id"] = hurried["firm_id"] + " urgent"
    return pd.concat([usual, hurried], ignore_index=True)


def main(
    scenarios: Sequence[str] | None = None,
    vessels: Sequence[int] = (1, 2),
    time_limit: float = 10.0,
) -> pd.DataFrame:
    """Return one row a scenario of the water and number of vessels a day."""
    region = bundling.load("overijssel")
    terminal = region.table("terminals").query("terminal_id == 'term-ctt-hengelo'")
    rate = container_rates()
    water = scenario_payloads(WAY, container_t=rate["teu_t"])
    water = water[water["vessel"] == "Va_container"]
    aboard = dict(zip(water["scenario"], water["teu"].astype(float), strict=True))
    most = max(aboard.values())
    # A vessel costs the same whatever it may load: what a full one earns in deep water.
    charter = rate["barge_eur_per_tkm"] * BARGE_KM * rate["teu_t"] * most
    rows = []
    for scenario in aboard if scenarios is None else scenarios:
        for count in vessels:
            teu = aboard[scenario]
            problem = container_day(
                firms(region),
                terminal.rename(columns={"rd_x_m": "x_m", "rd_y_m": "y_m"}),
                pd.DataFrame(
                    {
                        "service_id": ["barge"], "mode": "water", "direction": "export",
                        "terminal_id": "term-ctt-hengelo", "depart_h": 20, "km": BARGE_KM,
                        "arrive_h": 20 + BARGE_H, "capacity_teu": teu, "charter_eur": charter,
                        "vessels": count,
                    }
                ),
                seaport=("Rotterdam", 92_000.0, 437_000.0),
                network=PlaneNetwork.from_region(region),
                day=date(2027, 9, 7),
                horizon_h=64,
            )  # fmt: skip
            result = bundling.solve(problem, time_limit=time_limit, gap=0.005, seed=1)
            assert result.evaluation is not None  # trucks can always go
            told = result.evaluation.indicators
            trips, sailed = result.tables["departures"], result.tables["sailings"]
            a1 = trips.loc[trips["to_id"] == "Rotterdam", "vehicles"].sum()
            rows.append(
                {
                    "scenario": scenario,
                    "vessels_a_day": count,
                    "teu_a_vessel": teu,
                    "teu_by_water": float(sailed["teu"].sum()),
                    "trucks_to_rotterdam": int(a1),
                    "eur_a_day": result.objective,
                    "gap": result.gap,
                    "co2e_t": told["co2e_kg"] / 1000.0,
                    "truck_km": told["vehicle_km"],
                }
            )
    found = pd.DataFrame(rows)
    found["eur_more_than_normal"] = found["eur_a_day"] - found["eur_a_day"].iloc[0]
    return found


if __name__ == "__main__":
    print(main().round(3).to_string(index=False))
