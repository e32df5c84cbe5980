"""What a study assumes: numbers of the region, of siting plans, and of the scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bundling.siting.assumed import assumption_table
from bundling.siting.scenarios import scenario_tables

if TYPE_CHECKING:
    from bundling.region import Region

_COLUMNS = ("key", "value", "unit", "low", "high", "source", "note")


def all_assumptions(region: Region) -> pd.DataFrame:
    """Assumptions of the region, then those of siting plans that it does not state itself."""
    own = region.table("assumptions")
    rest = assumption_table(region)
    rest = rest[~rest["key"].isin(own["key"])]
    both = [own.reindex(columns=list(_COLUMNS)).astype(object), rest.astype(object)]
    return pd.concat(both, ignore_index=True)


def scenario_values(region: Region, demands: list[str]) -> pd.DataFrame:
    """Assumptions that differ between demand scenarios: ``key``, and a column a scenario.

    The electric share of the parks' fleets, which is scaled, comes last as the mean over all rows.
    """
    values: dict[str, pd.Series] = {}
    shares = {}
    for demand in demands:
        tables = scenario_tables(region, demand, 0)
        frame = tables.get("assumptions", region.table("assumptions"))
        values[demand] = frame.set_index("key")["value"].astype(float)
        fleets = tables.get("fleets", region.table("fleets"))
        shares[demand] = float(fleets["electric_share"].astype(float).mean())
    table = pd.DataFrame(values)
    differs = table[table.max(axis=1) > table.min(axis=1)].copy()
    differs.loc["electric_share of fleets, mean"] = pd.Series(shares)
    made_table = differs.reset_index(names="key")
    return made_table.rename(columns={demand: f"scenario_{demand}_value" for demand in demands})
