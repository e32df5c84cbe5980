"""Which site is within reach of which demand, and what the way there costs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.siting.demand import Point, electric_types, kwh_per_km
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.rules import RuleBook


def detour_pairs(
    region: Region,
    points: list[Point],
    sites: pd.DataFrame,
    network: Any,
    book: RuleBook,
    day: date,
    eur_per_kwh: float,
    reach_km: float,
) -> dict[str, Any]:
    """Pairs within reach with the cost of the detour per kWh: there and back, for one visit."""
    if not points or sites.empty:
        return {"pair_demand": [], "pair_site": [], "pair_km": [], "pair_eur_per_kwh": []}
    here = np.array([(point.x_m, point.y_m) for point in points])
    travel = network.travel(here, sites[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64))
    demand, site = np.nonzero(travel.distance_m <= reach_km * METRES_PER_KM)
    km = travel.distance_m[demand, site] / METRES_PER_KM
    hours = travel.time_s[demand, site] / SECONDS_PER_HOUR
    levied = travel.levied_m[demand, site] / METRES_PER_KM
    classes = sorted({point.vehicle_class for point in points})
    prices = {name: _detour_prices(region, book, name, day, eur_per_kwh) for name in classes}
    price = np.array([prices[point.vehicle_class] for point in points])[demand]
    one_way = price[:, 0] * km + price[:, 1] * hours + price[:, 2] * levied
    session = np.array([point.session_kwh for point in points])[demand]
    return {
        "pair_demand": demand,
        "pair_site": site,
        "pair_km": km,
        "pair_eur_per_kwh": 2.0 * one_way / session,
    }


def _detour_prices(
    region: Region, book: RuleBook, vehicle_class: str, day: date, eur_per_kwh: float
) -> tuple[float, float, float]:
    """EUR per km, per hour and per levied km of the mean electric vehicle of a class."""
    types = electric_types(region, vehicle_class)
    per_km = float(types["eur_per_km"].mean()) + kwh_per_km(region, vehicle_class) * eur_per_kwh
    levies = [
        book.levy_eur_per_km(
            float(row["gross_mass_kg"]),
            None if pd.isna(row["co2_class"]) else int(row["co2_class"]),
            None if pd.isna(row["euro_class"]) else int(row["euro_class"]),
            str(row["fuel"]),
            day,
        )
        for row in types.to_dict("records")
    ]
    return per_km, float(types["eur_per_h"].mean()), float(np.mean(levies))
