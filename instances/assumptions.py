"""The table of assumptions: every number a user may want to change, with its source or admission.

``source`` names publisher and year, or says "own assumption". Keys are those the library asks for.
"""

from __future__ import annotations

import pandas as pd

from bundling.instances.sources import Facts

OWN = "own assumption"
Row = tuple[str, float, str, float, float, str, str]

# key, value, unit, low, high, source, note
_ROWS: tuple[Row, ...] = (
    ("detour_factor_urban", 1.35, "", 1.2, 1.5, OWN, "road over straight distance in a city"),
    ("detour_factor_rural", 1.25, "", 1.15, 1.4, OWN, "road over straight distance outside it"),
    ("speed_centre_kmh", 18.0, "km/h", 12.0, 25.0, OWN, "mean of a van, stops left out"),
    ("speed_urban_kmh", 28.0, "km/h", 20.0, 35.0, OWN, "mean of a van, stops left out"),
    ("speed_rural_kmh", 50.0, "km/h", 40.0, 60.0, OWN, "mean of a van outside towns"),
    ("speed_motorway_kmh", 80.0, "km/h", 70.0, 85.0, OWN, "limit for trucks on motorways is 80"),
    ("lock_waiting_min", 40.0, "min", 20.0, 90.0, OWN, "waiting and passing, a lock with traffic"),
    ("power_factor", 0.95, "", 0.9, 1.0, OWN, "MW over MVA, for stations and connections"),
    ("park_connection_kw", 630.0, "kW", 160.0, 1750.0, OWN, "connection of a depot on a park"),
    (
        "public_charging_share_estate", 0.15, "", 0.1, 0.3, OWN,
        (
            "share of a park's electric fleet energy not taken behind the own connection; in "
            "the outlook of ElaadNL (2021) 85 % of logistic charging is on business parks"
        ),
    ),
    (
        "flow_charging_share", 0.2, "", 0.05, 0.4, OWN,
        "share of the energy a passing electric truck uses in the region that it charges here",
    ),
    ("flow_km_in_region", 60.0, "km", 30.0, 90.0, OWN, "distance of a flow inside the region"),
    ("inter_stop_km", 0.6, "km", 0.2, 1.5, OWN, "between stops of one shipment in a district"),
    ("depot_turnaround_min", 30.0, "min", 15.0, 60.0, OWN, "loading and papers at a depot"),
    ("working_days_per_year", 255.0, "days/year", 250.0, 300.0, OWN, "spreads yearly costs"),
    (
        "unserved_eur_per_kwh", 0.9, "EUR/kWh", 0.6, 2.0, OWN,
        "price of energy that cannot be charged; above any price a charging site here asks",
    ),
    (
        "shortfall_eur_per_kwh", 1.5, "EUR/kWh", 0.6, 3.0, OWN,
        "price of a kWh missing at departure: public charging on the way with the driver waiting",
    ),
    ("service_eur_per_h", 36.0, "EUR/h", 32.0, 45.0, OWN, "crew at stops; van 33, truck 38"),
    ("max_service_distance_km", 15.0, "km", 5.0, 30.0, OWN, "farthest charging site of a demand"),
    ("electric_flow_share_2026", 0.01, "", 0.005, 0.02, OWN, "electric share of passing trucks"),
    ("electric_flow_share_2028", 0.04, "", 0.02, 0.06, OWN, "electric share of passing trucks"),
    (
        "electric_flow_share_2030", 0.1, "", 0.05, 0.15, OWN,
        "electric share of passing trucks; the national target is about 10 % of the fleet",
    ),
    ("electric_flow_share_2035", 0.25, "", 0.15, 0.4, OWN, "electric share of passing trucks"),
    ("kg_per_roll_container", 150.0, "kg", 80.0, 250.0, OWN, "food; see segments for the others"),
    ("trucks_on_parks_share", 0.6, "", 0.4, 0.8, OWN, "trucks kept on business parks"),
    ("vans_on_parks_share", 0.25, "", 0.15, 0.4, OWN, "vans kept on business parks"),
    ("tractor_share", 0.5, "", 0.4, 0.6, OWN, "tractors among trucks"),
)  # fmt: skip

# key here, key in the facts, unit, note
_FROM_FACTS = (
    ("charger_efficiency", "charger.efficiency", "", "grid to battery"),
    ("truck_kwh_per_km", "veh.tractor40.energy", "kWh/km", "tractor of 40 t, mean over 91 trucks"),
    ("discount_rate", "finance.discount_rate", "1/year", "real"),
)


def electricity_eur_per_kwh(facts: Facts) -> float:
    """Market, energy tax and transport of a depot, in EUR/kWh before charging losses.

    Capacity charges are left out: the energy family prices the peak itself.
    """
    market = facts.parameter("price.dayahead.mean.2025")
    tax = facts.parameter("tax.electricity.50k_10M")
    transport = facts.parameter("grid.enexis2025.MSD_125_1500kW.kwh")
    return round(market + tax + transport, 4)


def assumptions(facts: Facts) -> pd.DataFrame:
    """Return the table, in alphabetical order of its keys."""
    rows = [*_ROWS]
    rows.append(
        (
            "electricity_eur_per_kwh", electricity_eur_per_kwh(facts), "EUR/kWh", 0.1, 0.3,
            "derived from day-ahead mean 2025, energy tax 2025 and Enexis tariff 2025",
            "used where no hourly price is given; supplier margin and capacity charge left out",
        )
    )  # fmt: skip
    for key, fact, unit, note in _FROM_FACTS:
        low, high = facts.parameter_range(fact)
        value = facts.parameter(fact)
        rows.append(
            (
                key, value, unit, value if low is None else low, value if high is None else high,
                facts.parameter_source(fact), note,
            )
        )  # fmt: skip
    columns = ["key", "value", "unit", "low", "high", "source", "note"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["unit"] = frame["unit"].where(frame["unit"] != "", None)
    return frame.sort_values("key").reset_index(drop=True)
