"""Corridors of the TEN-T in a region, and the charging pools along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

NETWORKS = ("core", "comprehensive")
DIRECTIONS = ("forth", "back", "both")
COLUMNS = ("site_id", "corridor_id", "km", "year", "kw", "points_350kw")

_OWN = "own assumption"
_NOTE = "the annexes of Regulation (EU) 2024/1679 were not seen: replace with the published status"
_STATUS = (
    ("A1", "core", _NOTE),
    ("A28", "comprehensive", _NOTE),
    ("A35", "comprehensive", _NOTE),
)


def tent_status() -> pd.DataFrame:
    """TEN-T network of the motorways of Overijssel; an assumption, meant to be replaced.

    Returns
    -------
    pandas.DataFrame
        ``corridor_id``, ``network``, ``source``, ``note``.
    """
    return pd.DataFrame(
        [(road, network, _OWN, note) for road, network, note in _STATUS],
        columns=["corridor_id", "network", "source", "note"],
    )


@dataclass(frozen=True)
class Corridor:
    """One road through the region.

    Attributes
    ----------
    corridor_id, name
        Identifier and name.
    network
        ``core`` or ``comprehensive``.
    node_ids, node_km
        Nodes in order, and their distance from the first one, which is 0.
    trucks_per_day
        Heavy vehicles a day over the year; None where unknown, and then no exception is made.
    """

    corridor_id: str
    name: str
    network: str
    node_ids: tuple[str, ...]
    node_km: tuple[float, ...]
    trucks_per_day: float | None = None

    @property
    def length_km(self) -> float:
        """Length."""
        return self.node_km[-1]

    def near(self, km: float) -> str:
        """Node that is nearest to a place."""
        away = [abs(at - km) for at in self.node_km]
        return self.node_ids[away.index(min(away))]


@dataclass(frozen=True, eq=False)
class CorridorSites:
    """Sites on corridors; R rows of a site on a corridor, Y years.

    Attributes
    ----------
    site_ids, corridor_ids
        Site and corridor; a site at a junction has a row for each of its corridors [R].
    km
        Distance from the start of the corridor [R]; below 0 or beyond its end outside the region.
    directions
        ``forth``, ``back`` or ``both`` [R].
    access_km
        Driving distance from the nearest exit [R].
    years
        Years, ascending.
    kw, points_350kw
        Power for trucks and points of at least 350 kW [R, Y].
    """

    site_ids: tuple[str, ...]
    corridor_ids: tuple[str, ...]
    km: FloatArray
    directions: tuple[str, ...]
    access_km: FloatArray
    years: tuple[int, ...]
    kw: FloatArray
    points_350kw: FloatArray

    def serves(self, corridor_id: str, direction: str) -> BoolArray:
        """Which rows lie on a corridor and serve a direction."""
        return np.array(
            [
                there == corridor_id and way in (direction, "both")
                for there, way in zip(self.corridor_ids, self.directions, strict=True)
            ],
            dtype=bool,
        )


def corridor_sites(frame: pd.DataFrame) -> CorridorSites:
    """Sites on corridors from a table with a row for each site, corridor and year.

    Parameters
    ----------
    frame
        ``site_id``, ``corridor_id``, ``km``, ``year``, ``kw``, ``points_350kw``, and where they
        differ from these values ``direction`` (both) and ``access_km`` (0).

    Raises
    ------
    bundling.InputError
        With every fault at once.
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    raise_if(
        Fault("corridor_sites", name, (), "the column is missing", "Add it.") for name in missing
    )
    table = frame.reset_index(drop=True).copy()
    for name, value in (("direction", "both"), ("access_km", 0.0)):
        if name not in table:
            table[name] = value
    keys = ["site_id", "corridor_id", "direction"]
    faults = _cell_faults(table)
    twice = table.duplicated([*keys, "year"]).to_numpy()
    if twice.any():
        rule = "stands twice for one site, corridor and year"
        faults.append(Fault("corridor_sites", "site_id", _rows(twice), rule, "Keep one row."))
    raise_if(faults)
    years = tuple(sorted({int(year) for year in table["year"]}))
    found: dict[tuple[str, str, str], list[int]] = {}
    for row, key in enumerate(zip(*(table[name].astype(str) for name in keys), strict=True)):
        found.setdefault(key, []).append(row)
    kw, points = (np.zeros((len(found), len(years))) for _ in range(2))
    km, access = np.zeros(len(found)), np.zeros(len(found))
    for i, (key, rows) in enumerate(found.items()):
        part = table.iloc[rows]
        for name, array in (("km", km), ("access_km", access)):
            if len(set(part[name])) > 1:
                rule = "differs between years"
                faults.append(Fault("corridor_sites", name, (key[0],), rule, "Give one value."))
            array[i] = float(part[name].iloc[0])
        place = [years.index(int(year)) for year in part["year"]]
        if len(place) < len(years):
            rule = f"has {len(place)} of {len(years)} years"
            faults.append(Fault("corridor_sites", "year", (key[0],), rule, "Give every year."))
        kw[i, place] = part["kw"].to_numpy(dtype=float)
        points[i, place] = part["points_350kw"].to_numpy(dtype=float)
    raise_if(faults)
    site, corridor, way = zip(*found, strict=True) if found else ((), (), ())
    return CorridorSites(site, corridor, km, way, access, years, kw, points)


def corridor_faults(corridors: list[Corridor], sites: CorridorSites) -> list[Fault]:
    """Find everything wrong with corridors, and with sites on them."""
    faults = []
    known = [corridor.corridor_id for corridor in corridors]
    for corridor in corridors:
        row = (corridor.corridor_id,)
        if known.count(corridor.corridor_id) > 1:
            faults.append(Fault("corridors", "corridor_id", row, "stands twice", "Keep one."))
        if corridor.network not in NETWORKS:
            rule = f"'{corridor.network}' is no network of the TEN-T"
            faults.append(Fault("corridors", "network", row, rule, "Use core or comprehensive."))
        km = np.asarray(corridor.node_km, dtype=float)
        if len(km) != len(corridor.node_ids) or len(km) < 2:
            rule = f"{len(corridor.node_ids)} nodes and {len(km)} distances"
            faults.append(Fault("corridors", "node_km", row, rule, "Give both for two or more."))
        elif km[0] != 0 or not (np.diff(km) > 0).all() or not np.isfinite(km).all():
            rule = "does not rise from 0"
            faults.append(Fault("corridors", "node_km", row, rule, "Order the nodes."))
    lost = tuple(sorted(set(sites.corridor_ids) - set(known)))
    if lost:
        rule = f"no corridor {', '.join(lost)}"
        faults.append(Fault("corridor_sites", "corridor_id", (), rule, "Add it to the corridors."))
    return faults


def _cell_faults(table: pd.DataFrame) -> list[Fault]:
    faults = []
    for name in ("km", "year", "kw", "points_350kw", "access_km"):
        value = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
        bad = ~np.isfinite(value)
        if name != "km":
            bad |= value < 0
        if bad.any():
            least = "" if name == "km" else " of at least 0"
            rule = f"is not a number{least}"
            faults.append(Fault("corridor_sites", name, _rows(bad), rule, "Give one."))
    wrong = ~table["direction"].isin(DIRECTIONS).to_numpy()
    if wrong.any():
        rule = "is none of " + ", ".join(DIRECTIONS)
        faults.append(Fault("corridor_sites", "direction", _rows(wrong), rule, "Use one of them."))
    return faults


def _rows(bad: BoolArray) -> tuple[str, ...]:
    return tuple(str(row + 1) for row in np.flatnonzero(bad))
