"""A city hub for Zwolle: when it pays to bundle what goes into the zero-emission zone.

The zone, its rules and the roads are facts; shippers and shipments are synthetic; rent and handling
of the hubs are the assumptions of the region. At those prices a hub for the zone alone does not
pay; the break-even values say what would have to change. Where it pays, kilometres fall by two
thirds, yet CO2e rises: diesel tractors haul to the hub what electric vans brought from far away.

    python -m bundling.instances.examples.city_hub_zwolle
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

import bundling
from bundling.hubs import HubsProblem
from bundling.hubs.break_even import break_even

DAY = date(2030, 6, 4)
LOOK = {"handling": (0.0, 3.0), "rent": (0.0, 600.0), "volume": (0.5, 2.0)}
"""Where the break-even value is looked for: EUR/m3, EUR a day, times the freight."""


def into_the_zone() -> HubsProblem:
    """Return the shipments of Zwolle's day whose addresses lie in the zone."""
    problem: HubsProblem = bundling.load("zwolle").hubs(day=DAY)
    return problem.only(problem.location_in_zone[problem.shipment_destination])


def compare(
    problem: HubsProblem, handling_eur_m3: Sequence[float], time_limit: float
) -> pd.DataFrame:
    """Return one row a handling price: cost, km, trips into the zone, CO2e, freight at hubs."""
    rows = []
    for price in handling_eur_m3:
        priced = problem.replace(hub_handling_eur_per_m3=np.full(problem.num_hubs, price))
        result = bundling.solve(priced, time_limit=time_limit, gap=0.001, seed=1)
        assert result.evaluation is not None  # every shipment has a way
        told = result.evaluation.indicators
        rows.append(
            {
                "handling_eur_m3": price,
                "eur_a_day": result.objective,
                "gap": result.gap,
                "hubs_open": int(told["hubs_open"]),
                "kg_via_hub": told["kg_via_hub"],
                "vehicle_km": told["vehicle_km"],
                "trips_into_zone": int(told["zone_trips"]),
                "co2e_kg": told["co2e_kg"],
            }
        )
    return pd.DataFrame(rows)


def main(
    questions: Sequence[str] = tuple(LOOK), time_limit: float = 15.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the comparison by handling price, and the break-even values."""
    problem = into_the_zone()
    asked = float(problem.hub_handling_eur_per_m3.max())
    rows = []
    for question in questions:
        low, high = LOOK[question]
        found = break_even(problem, question, low, high, time_limit=time_limit)
        rows.append(
            {"of": question, "unit": found.unit, "low": found.low, "high": found.high,
             "reading": str(found)}
        )  # fmt: skip
    return compare(problem, (asked, 1.0), time_limit), pd.DataFrame(rows)


if __name__ == "__main__":
    prices, values = main()
    print(prices.round(3).to_string(index=False))
    print(*values["reading"], sep="\n")
