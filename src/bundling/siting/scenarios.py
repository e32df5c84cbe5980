"""Scenarios of a region: low, mid and high demand, and reinforcements that come late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if

if TYPE_CHECKING:
    from bundling.region import Region

DEMANDS = ("low", "mid", "high")
_KEYS = ("electric_flow_share_", "public_charging_share_estate", "flow_charging_share")
_FLEET = {"low": 0.6, "mid": 1.0, "high": 1.5}
"""Electric share of the parks' fleets over that of the table; own assumption, as wide as the
low, middle and high scenarios of ElaadNL's outlooks lie apart around 2030."""


def scenario(region: Region, *, demand: str = "mid", delay_years: int = 0) -> Region:
    """Return the region as it is in a scenario.

    Parameters
    ----------
    region
        The region; "mid" with no delay is the region itself.
    demand
        ``"low"`` or ``"high"`` take the columns of that name in table ``assumptions`` for the
        electric share of truck flows and for the share of energy charged in public, and scale the
        electric share of the parks' fleets.
    delay_years
        Years by which all headroom of later years than a node's first comes late.

    Raises
    ------
    bundling.InputError
        When the demand is none of low, mid and high, or the delay is negative.
    """
    faults = []
    if demand not in DEMANDS:
        rule = f"'{demand}' is no demand scenario"
        faults.append(Fault("scenario", "demand", (), rule, f"Use one of {', '.join(DEMANDS)}."))
    if delay_years < 0:
        faults.append(
            Fault("scenario", "delay_years", (), f"{delay_years} is negative", "Give years.")
        )
    raise_if(faults)
    tables = scenario_tables(region, demand, delay_years)
    name = region.name if not tables else f"{region.name}-{demand}-{delay_years}y"
    return region.replace(tables, name=name)


def scenario_tables(region: Region, demand: str, delay_years: int) -> dict[str, pd.DataFrame]:
    """Tables that differ from those of the region; see `scenario`."""
    tables: dict[str, pd.DataFrame] = {}
    if demand != "mid":
        frame = region.table("assumptions").copy()
        mine = frame["key"].str.startswith(_KEYS) & frame[demand].notna()
        frame.loc[mine, "value"] = frame.loc[mine, demand]
        tables["assumptions"] = frame
        fleets = region.table("fleets").copy()
        share = fleets["electric_share"].to_numpy(dtype=np.float64) * _FLEET[demand]
        fleets["electric_share"] = np.minimum(share, 1.0)
        tables["fleets"] = fleets
    if delay_years:
        room = region.table("grid_headroom").copy()
        first = room.groupby("node_id")["year"].transform("min")
        room.loc[room["year"] > first, "year"] += delay_years
        tables["grid_headroom"] = room
    return tables
