"""The named problems: one of each family from every region, always posed the same way.

They are the library's own benchmark set. Best-known solutions stand in ``best_known/`` beside this
module, one JSON file a name; a test poses each problem again and checks its best-known solution.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from importlib import import_module
from importlib.resources import files
from typing import Any

REGIONS = ("zwolle", "deventer", "enschede", "overijssel")
CITIES = {"zwolle": "Zwolle", "deventer": "Deventer", "enschede": "Enschede"}
DAY = date(2030, 6, 4)
"""The day all named problems are posed for: a Tuesday with all three zones in force."""

NAMES: tuple[str, ...] = (
    *(f"{region}-hubs" for region in REGIONS),
    *(f"{region}-rounds" for region in CITIES),
    *(f"{region}-energy" for region in REGIONS),
    *(f"{region}-siting" for region in REGIONS),
)


def pose(name: str) -> Any:
    """Pose the named problem.

    Parameters
    ----------
    name
        One of `NAMES`: region and family, such as ``"zwolle-hubs"``.

    Raises
    ------
    KeyError
        When there is no such name; the message lists them.
    """
    if name not in NAMES:
        raise KeyError(f"no named problem '{name}'; there are: {', '.join(NAMES)}")
    from bundling.api import load

    region_name, _, family = name.rpartition("-")
    region = load(region_name)
    if family == "hubs":
        return region.hubs(day=DAY)
    if family == "rounds":
        return region.rounds(day=DAY, municipality=CITIES[region_name])
    if family == "siting":
        return region.siting(day=DAY, year=DAY.year)
    return _estate_fleet(region)


def best_known(name: str) -> dict[str, Any] | None:
    """Return the record of the best-known solution of `name`, or None when none is kept."""
    path = files("bundling.instances") / "best_known" / f"{name}.json"
    if not path.is_file():
        return None
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def solution_from(family: str, decisions: Mapping[str, Any]) -> Any:
    """Return the solution object of `family` from its JSON form."""
    room = import_module(f"bundling.{family}.solution")
    return getattr(room, f"{family.capitalize()}Solution").from_dict(decisions)


def _estate_fleet(region: Any) -> Any:
    """Pose charging of all electric vehicles kept at the region's largest business park.

    Returns spread evenly over the late afternoon and departures over the early morning, per class;
    each vehicle needs what its mean day takes at its class's empty consumption.
    """
    import numpy as np
    import pandas as pd

    parks = region.table("business_parks")
    park = parks.sort_values(["area_ha", "park_id"], ascending=[False, True])["park_id"].iloc[0]
    fleet = region.table("fleets")
    fleet = fleet[(fleet["park_id"] == park) & (fleet["year"] == DAY.year)]
    types = region.table("vehicle_types")
    electric = types[types["fuel"] == "electric"].drop_duplicates("vehicle_class")
    electric = electric.set_index("vehicle_class")
    rows = []
    for row in fleet.itertuples():
        kind = electric.loc[row.vehicle_class]
        number = round(row.vehicles * row.electric_share)
        arrivals = np.linspace(15.0, 19.0, number) * 3600.0
        departures = np.linspace(29.5, 32.0, number) * 3600.0
        need = min(row.km_per_day * kind["kwh_per_km"], kind["battery_kwh"] * (1 - kind["min_soc"]))
        rows += [
            (f"{row.vehicle_class}-{i + 1}", arrival, departure, need, kind["charge_kw"])
            for i, (arrival, departure) in enumerate(zip(arrivals, departures, strict=True))
        ]
    vehicles = pd.DataFrame(
        rows, columns=["vehicle", "arrival_s", "departure_s", "need_kwh", "charge_kw"]
    )
    return region.energy(day=DAY, depot=park, vehicles=vehicles)
