"""Vehicle fleets per business park: synthetic, from area and national numbers."""

from __future__ import annotations

import pandas as pd

from bundling.instances.sources import Facts

YEARS = (2026, 2028, 2030, 2035)
_PROVINCE_SHARE = 1_186_000 / 17_600_000
"""Inhabitants of the 25 municipalities over those of the Netherlands."""
_EARLY = {("truck", 2026): 0.02, ("truck", 2028): 0.06, ("van", 2026): 0.05, ("van", 2028): 0.11}
"""Electric shares before 2030; own assumption between today and the outlook."""


def electric_share(facts: Facts, kind: str, year: int) -> float:
    """Electric share of vans or trucks.

    2030 is the number of electric vehicles in the outlook of ElaadNL over today's fleet; 2035 lies
    on the straight line to the outlook for 2050; earlier years are own assumptions.
    """
    if (kind, year) in _EARLY:
        return _EARLY[kind, year]
    fleet = facts.parameter(f"veh.{kind}.fleet_nl")
    label = "etrucks" if kind == "truck" else "evans"
    early = facts.parameter(f"charger.{label}_nl.2030") / fleet
    late = min(1.0, facts.parameter(f"charger.{label}_nl.2050") / fleet)
    return round(early + (late - early) * (year - 2030) / 20.0, 4)


def fleets(facts: Facts, parks: pd.DataFrame, assumed: dict[str, float]) -> pd.DataFrame:
    """Vehicles per park, class and year.

    The province's share of the national fleet by inhabitants, times the share kept on business
    parks, is spread over the industrial land of the regional plan by hectare. Numbers stay
    fractional and constant over the years; a park inside another has none of its own.
    """
    land_ha = facts.parameter("seed.industrial_land")
    trucks = facts.parameter("veh.truck.fleet_nl") * _PROVINCE_SHARE
    trucks *= assumed["trucks_on_parks_share"] / land_ha
    vans = facts.parameter("veh.van.fleet_nl") * _PROVINCE_SHARE
    vans *= assumed["vans_on_parks_share"] / land_ha
    tractor = assumed["tractor_share"]
    per_ha = {"van": vans, "rigid": trucks * (1.0 - tractor), "tractor": trucks * tractor}
    shares = {
        (kind, year): electric_share(facts, "van" if kind == "van" else "truck", year)
        for kind in per_ha
        for year in YEARS
    }
    rows = [
        {
            "park_id": park,
            "vehicle_class": kind,
            "year": year,
            "vehicles": round(density * float(area_ha), 2),
            "electric_share": shares[kind, year],
            "km_per_day": facts.parameter(f"veh.{kind}.km_per_day"),
        }
        for park, area_ha in parks.loc[parks["part_of"].isna(), ["park_id", "area_ha"]].to_numpy()
        for kind, density in per_ha.items()
        for year in YEARS
    ]
    return pd.DataFrame(rows)
