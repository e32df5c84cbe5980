"""Assumptions of long-term siting plans; a region's own table ``assumptions`` goes first."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from bundling.errors import Fault, raise_if

if TYPE_CHECKING:
    from bundling.region import Region

_OWN = "own assumption"
_UNSOURCED = "own assumption (unsourced, general knowledge)"

# key, value, unit, low, high, source, note
_ROWS: tuple[tuple[str, float, str, float, float, str, str], ...] = (
    ("parking_bays", 20.0, "bays", 10.0, 50.0, _OWN, "bays of a truck parking without a count"),
    (
        "parking_merge_m", 120.0, "m", 50.0, 140.0, _OWN,
        "OpenStreetMap has a rest area and its parking apart: nearer than this they are one",
    ),
    (
        "parking_corridor_km", 2.0, "km", 1.0, 4.0, _OWN,
        "farthest from the line of a corridor, which is drawn with a point every 5 to 20 km",
    ),
    (
        "overnight_occupancy", 0.9, "", 0.6, 1.1, _OWN,
        "trucks at night over bays; TLN (2023) counts 4,400 places too few in the Netherlands",
    ),
    (
        "overnight_charging_share", 0.8, "", 0.5, 1.0, _OWN,
        "electric trucks that charge at their night's place",
    ),
    (
        "overnight_session_kwh", 300.0, "kWh", 150.0, 450.0, _OWN,
        "half of a battery of 600 kWh, for a day's first 250 km",
    ),
    (
        "overnight_stay_h", 9.0, "h", 9.0, 11.0,
        "Regulation (EC) 561/2006, article 4 (2006), through prodrivers.ie (2024, secondary)",
        "reduced daily rest",
    ),
    (
        "shore_cargo_barge_kw", 3.0, "kW", 2.0, 10.0, _UNSOURCED, "mean load of a cargo barge",
    ),
    (
        "shore_cargo_barge_kva", 43.0, "kVA", 22.0, 87.0, _UNSOURCED, "63 A, 400 V, three phases",
    ),
    (
        "shore_river_cruise_kw", 100.0, "kW", 60.0, 200.0,
        "De Gelderlander, shore power Arnhem (2017)", "14,899 kWh in six days",
    ),
    (
        "shore_river_cruise_kva", 436.0, "kVA", 87.0, 436.0,
        "Navingo, shore power Enkhuizen (2014)", "points of 630 A and 125 A, 400 V",
    ),
    (
        "shore_electric_barge_kw", 1000.0, "kW", 500.0, 3000.0, _UNSOURCED,
        "charging or swapping of battery containers",
    ),
    (
        "shore_electric_barge_kva", 1053.0, "kVA", 526.0, 3158.0, "derived",
        "1,000 kW at a power factor of 0.95",
    ),
    (
        "shore_coincidence", 0.5, "", 0.3, 0.9, _OWN,
        "share of the connections of very many berths in use at once",
    ),
    ("berth_length_m", 110.0, "m", 85.0, 135.0, _OWN, "a barge of CEMT class Va"),
    ("berth_occupancy", 0.3, "ships/day", 0.1, 0.7, _OWN, "barges a night at a berth of a harbour"),
    ("berth_arrival_h", 18.0, "h", 16.0, 20.0, _OWN, "clock time of arrival for the night"),
    ("berth_departure_h", 6.0, "h", 5.0, 8.0, _OWN, "clock time of departure"),
    ("berth_quay_share", 0.25, "", 0.1, 0.5, _OWN, "length of a harbour in use as berths"),
    ("shore_power_share_2026", 0.1, "", 0.05, 0.3, _OWN, "ships at berth that use shore power"),
    ("shore_power_share_2030", 0.5, "", 0.3, 0.9, _OWN, "ships at berth that use shore power"),
    ("shore_power_share_2035", 0.8, "", 0.5, 1.0, _OWN, "ships at berth that use shore power"),
    ("weekend_day_share", 0.3, "", 0.2857, 0.3, "derived", "110 of 365 days, with holidays"),
    ("weekend_corridor", 0.3, "", 0.1, 0.5, _OWN, "energy of a weekend day over a working day's"),
    ("weekend_estate", 0.15, "", 0.05, 0.4, _OWN, "energy of a weekend day over a working day's"),
    ("weekend_parking", 0.7, "", 0.4, 1.0, _OWN, "energy of a weekend day over a working day's"),
    ("weekend_quay", 1.0, "", 0.5, 1.0, _OWN, "energy of a weekend day over a working day's"),
    ("weekend_flow", 0.3, "", 0.1, 0.5, _OWN, "energy of a weekend day over a working day's"),
    ("weekend_shortfall", 0.0, "", 0.0, 0.5, _OWN, "energy of a weekend day over a working day's"),
    (
        "firm_reserved_share", 1.0, "", 0.6, 1.0, _OWN,
        "share of a firm contract that the grid operator keeps free at all hours",
    ),
    (
        "block_price_share", 0.6, "", 0.35, 1.0, _OWN,
        "price per contracted kW over that of a firm contract; 35 to 50 % at TenneT (gopacs.eu)",
    ),
    (
        "battery_eur_per_kwh", 220.0, "EUR/kWh", 190.0, 400.0,
        "PyPSA technology-data 634cdc1a (DEA), 250 in 2025, 190 in 2030", "mean of both",
    ),
    (
        "battery_eur_per_kw", 250.0, "EUR/kW", 214.0, 400.0,
        "PyPSA technology-data 634cdc1a (DEA), 287 in 2025, 214 in 2030", "mean of both",
    ),
    ("battery_life_years", 15.0, "years", 10.0, 20.0, _UNSOURCED, ""),
    ("battery_efficiency", 0.88, "", 0.8, 0.95, _UNSOURCED, "once round"),
    ("battery_room_kwh", 2000.0, "kWh", 500.0, 8000.0, _OWN, "a container at a site"),
    (
        "pv_eur_per_kwp", 800.0, "EUR/kWp", 711.0, 904.0,
        "PyPSA technology-data 634cdc1a (DEA), 904 in 2025, 711 in 2030", "mean of both",
    ),
    ("pv_life_years", 25.0, "years", 20.0, 30.0, _UNSOURCED, ""),
    ("pv_room_kwp", 300.0, "kWp", 0.0, 1000.0, _OWN, "canopies and roofs of a site"),
    ("pv_kwh_per_kwp", 900.0, "kWh/year", 850.0, 950.0, _UNSOURCED, "the Netherlands"),
    ("storage_opex_share", 0.02, "1/year", 0.01, 0.03, _UNSOURCED, "of capital"),
    ("site_building_eur", 250_000.0, "EUR", 100_000.0, 1_000_000.0, _OWN, "ground works of a site"),
    (
        "diesel_co2e_kg_per_kwh", 0.81, "kg/kWh", 0.7, 1.0,
        "derived: 977 g/km of a 40 t truck (DOMAIN 4) over 1.2 kWh/km",
        "of the diesel that does what 1 kWh in a battery does",
    ),
    ("diesel_nox_g_per_kwh", 0.4, "g/kWh", 0.2, 1.5, _UNSOURCED, "Euro VI truck, long distance"),
)  # fmt: skip
_COLUMNS = ("key", "value", "unit", "low", "high", "source", "note")


def assumption_table(region: Region | None = None) -> pd.DataFrame:
    """Assumptions of this module: ``key``, ``value``, ``unit``, ``low``, ``high``, ``source``.

    Where the region has a row of the same key, that one is shown.
    """
    frame = pd.DataFrame(list(_ROWS), columns=list(_COLUMNS))
    if region is None:
        return frame
    own = region.table("assumptions")
    own = own[own["key"].isin(frame["key"])]
    rest = frame[~frame["key"].isin(own["key"])]
    return pd.concat([own[list(_COLUMNS)].astype(object), rest.astype(object)], ignore_index=True)


def assumed(region: Region, key: str) -> float:
    """Value of the region's own assumption, or of this module's where it has none.

    Raises
    ------
    KeyError
        When neither has it.
    """
    own = region.table("assumptions")
    found = own[own["key"] == key]
    if len(found):
        return float(found["value"].iloc[0])
    known = {row[0]: row[1] for row in _ROWS}
    if key not in known:
        raise KeyError(f"no assumption '{key}'; known here: {', '.join(known)}")
    return known[key]


def assumed_years(region: Region, prefix: str) -> dict[int, float]:
    """Values of assumptions ``prefix_YEAR``: the region's own years where it has any, else ours."""
    own = region.table("assumptions")
    rows = {
        str(key): float(value)
        for key, value in zip(own["key"], own["value"], strict=True)
        if str(key).startswith(prefix + "_")
    }
    rows = rows or {row[0]: row[1] for row in _ROWS if row[0].startswith(prefix + "_")}
    years = {key.removeprefix(prefix + "_"): value for key, value in rows.items()}
    return {int(year): value for year, value in sorted(years.items()) if year.isdigit()}


def check_years(years: tuple[int, ...], table: str) -> None:
    """Refuse years that do not ascend.

    Raises
    ------
    bundling.InputError
        When there is none, or one does not come after the year before it.
    """
    rising = all(a < b for a, b in pairwise(years))
    if not years or not rising:
        rule = f"{', '.join(map(str, years)) or 'no year'} do not ascend"
        raise_if([Fault(table, "years", (), rule, "Give planning years, earliest first.")])
