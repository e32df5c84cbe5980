"""The four regions: what is in each, cut from tables of the whole province."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Spec:
    """A region.

    Attributes
    ----------
    name, title
        Name of the folder, and what a reader sees.
    cities
        Municipalities whose stops, zones, districts and hubs it holds.
    around
        Other municipalities whose parks, stations, parkings and sites matter.
    """

    name: str
    title: str
    cities: tuple[str, ...]
    around: tuple[str, ...]


_ALL = (
    "Almelo", "Borne", "Dalfsen", "Dinkelland", "Haaksbergen", "Hardenberg", "Hellendoorn",
    "Hengelo (O.)", "Hof van Twente", "Kampen", "Losser", "Oldenzaal", "Olst-Wijhe", "Ommen",
    "Raalte", "Rijssen-Holten", "Staphorst", "Steenwijkerland", "Tubbergen", "Twenterand",
    "Wierden", "Zwartewaterland",
)  # fmt: skip

SPECS = (
    Spec(
        "zwolle", "Zwolle and surroundings", ("Zwolle",),
        ("Dalfsen", "Kampen", "Olst-Wijhe", "Raalte", "Staphorst", "Zwartewaterland"),
    ),
    Spec(
        "deventer", "Deventer and surroundings", ("Deventer",),
        ("Hellendoorn", "Olst-Wijhe", "Raalte", "Rijssen-Holten"),
    ),
    Spec(
        "enschede", "Enschede and surroundings", ("Enschede",),
        ("Borne", "Dinkelland", "Haaksbergen", "Hengelo (O.)", "Hof van Twente", "Losser",
         "Oldenzaal"),
    ),
    Spec("overijssel", "Province of Overijssel", ("Deventer", "Enschede", "Zwolle"), _ALL),
)  # fmt: skip

_KEPT_AROUND = (
    "business_parks", "delivery_windows", "harbours", "terminals", "truck_parkings",
    "fast_chargers", "site_candidates",
)  # fmt: skip
_KEPT_CITY = ("districts", "zones", "hub_candidates")


def cut(spec: Spec, province: Mapping[str, pd.DataFrame]) -> Tables:
    """Tables of one region.

    Municipalities and everything in them go by name. The motorway and waterway graphs, the river,
    its bridges and the locks stay whole. A substation stays when its municipality does or when it
    feeds something that stays; the areas above it stay too. Truck flows stay whole in the province;
    a city region keeps those with an end at a motorway node in its municipalities.
    """
    members = {*spec.cities, *spec.around}
    tables = {name: frame.copy() for name, frame in province.items()}
    if spec.name == "overijssel":
        # Harbours just outside the province are reached by the same waterways.
        return {name: frame.reset_index(drop=True) for name, frame in tables.items()}
    tables["municipalities"] = _among(tables["municipalities"], "name", members)
    for name in _KEPT_AROUND:
        tables[name] = _among(tables[name], "municipality", members)
    for name in _KEPT_CITY:
        tables[name] = _among(tables[name], "municipality", set(spec.cities))
    tables["fleets"] = _among(tables["fleets"], "park_id", set(tables["business_parks"]["park_id"]))
    nodes = tables["motorway_nodes"]
    local = set(nodes.loc[nodes["name"].isin({*members, *_BORDER}), "node_id"])
    flows = tables["truck_flows"]
    tables["truck_flows"] = flows[flows["origin"].isin(local) | flows["destination"].isin(local)]
    tables |= _grid(tables, members)
    signs = tables["delivery_windows"]
    zones = set(tables["zones"]["zone_id"])
    tables["delivery_windows"] = signs.assign(
        zone_id=signs["zone_id"].where(signs["zone_id"].isin(zones), None)
    )
    return {name: frame.reset_index(drop=True) for name, frame in tables.items()}


_BORDER = ("Hattem", "Apeldoorn")
"""Municipalities over the IJssel with the motorway nodes next to Zwolle and Deventer."""


def _among(frame: pd.DataFrame, column: str, values: set[str]) -> pd.DataFrame:
    return frame[frame[column].isin(values)]


def _grid(tables: Tables, members: set[str]) -> Tables:
    nodes = tables["grid_nodes"]
    keep = set(nodes.loc[nodes["municipality"].isin(members), "node_id"])
    for name in ("business_parks", "hub_candidates", "site_candidates"):
        keep |= set(tables[name]["node_id"])
    parents = dict(zip(nodes["node_id"], nodes["parent_id"], strict=True))
    for node in sorted(keep):
        up = parents[node]
        while isinstance(up, str):
            keep.add(up)
            up = parents[up]
    return {
        name: _among(tables[name], "node_id", keep)
        for name in ("grid_nodes", "grid_headroom", "grid_reinforcements")
    }
