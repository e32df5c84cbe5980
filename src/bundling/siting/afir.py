"""AFIR, Regulation (EU) 2023/1804: what it asks of a region's corridors, and what is there.

The requirements are the dated tables ``afir_pools``, ``afir_places`` and ``afir_terms`` of the
rules. A year is looked at on its last day, the day all targets fall on.

How it is read here:

- A pool counts for a direction when its power and its points of 350 kW reach what the table asks
  for and it lies within ``along_km`` of an exit. A pool that serves both directions has to hold
  both amounts, unless the road has fewer heavy vehicles than ``one_pool_below_per_day``.
- No stretch between neighbouring pools, or between a pool and an end of the corridor, may be longer
  than the spacing. The ends are our own, stricter reading: what lies outside the region counts only
  when it is given as a site beyond the end.
- The shares of 2025 and 2027 hold for the whole length of a country's network. Here they are
  compared with the share of a corridor that lies in stretches within the spacing: an indication.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.rules import RuleBook
from bundling.siting.afir_targets import Target, target
from bundling.siting.corridors import (
    BoolArray,
    Corridor,
    CorridorSites,
    FloatArray,
    corridor_faults,
)

TRAVEL = ("forth", "back")


@dataclass(frozen=True)
class Stretch:
    """Part of a corridor between two pools, or between a pool and an end."""

    from_km: float
    to_km: float

    @property
    def length_km(self) -> float:
        """Length."""
        return self.to_km - self.from_km


def afir_table(
    corridors: Sequence[Corridor],
    sites: CorridorSites,
    years: Sequence[int] | None = None,
    rules: RuleBook | None = None,
) -> pd.DataFrame:
    """AFIR table: a row for each corridor, direction and year.

    Returns
    -------
    pandas.DataFrame
        ``corridor_id``, ``name``, ``network``, ``direction``, ``year``, ``pools`` that count,
        ``largest_gap_km``, ``gap_from_km``, ``gap_to_km``, ``spacing_km``, ``kw_required`` and
        ``kw_found`` of one pool (of the weakest that counts; where a stretch is too long of the
        strongest site inside it, for one direction), ``points_required``, ``share_required``,
        ``share_found``, ``met`` and ``words``.

    Raises
    ------
    bundling.InputError
        With every fault at once.
    """
    known, asked = list(corridors), _years(sites, years)
    raise_if(corridor_faults(known, sites) + _year_faults(sites, asked))
    rows = [
        _row(corridor, sites, year, direction, wanted)
        for corridor, year, wanted in _asked(known, asked, rules)
        for direction in TRAVEL
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def afir_stretches(
    corridors: Sequence[Corridor],
    sites: CorridorSites,
    years: Sequence[int] | None = None,
    rules: RuleBook | None = None,
) -> pd.DataFrame:
    """Return every stretch between pools that count.

    Columns: ``corridor_id``, ``direction``, ``year``, ``from_km``, ``to_km``, ``from_node``,
    ``to_node`` (the nearest ones), ``length_km``, ``spacing_km``, ``met``.
    """
    known, asked = list(corridors), _years(sites, years)
    raise_if(corridor_faults(known, sites) + _year_faults(sites, asked))
    rows = [
        {
            "corridor_id": corridor.corridor_id,
            "direction": direction,
            "year": year,
            "from_km": part.from_km,
            "to_km": part.to_km,
            "from_node": corridor.near(part.from_km),
            "to_node": corridor.near(part.to_km),
            "length_km": part.length_km,
            "spacing_km": wanted.spacing_km,
            "met": bool(pools.any()) and part.length_km <= wanted.spacing_km,
        }
        for corridor, year, wanted in _asked(known, asked, rules)
        for direction in TRAVEL
        for pools in [_pools(corridor, sites, year, direction, wanted)]
        for part in _stretches(corridor, sites.km[pools])
    ]
    return pd.DataFrame(rows)


_COLUMNS = (
    "corridor_id", "name", "network", "direction", "year", "pools", "largest_gap_km",
    "gap_from_km", "gap_to_km", "spacing_km", "kw_required", "kw_found", "points_required",
    "share_required", "share_found", "met", "words",
)  # fmt: skip


def _asked(
    corridors: list[Corridor], years: tuple[int, ...], rules: RuleBook | None
) -> Iterator[tuple[Corridor, int, Target]]:
    """Give every corridor and year with a target."""
    for corridor in corridors:
        for year in years:
            wanted = target(corridor, year, rules)
            if wanted is not None:
                yield corridor, year, wanted


def _row(
    corridor: Corridor, sites: CorridorSites, year: int, direction: str, wanted: Target
) -> dict[str, object]:
    pools = _pools(corridor, sites, year, direction, wanted)
    parts = _stretches(corridor, sites.km[pools])
    worst = max(parts, key=lambda part: part.length_km)
    fine = [part for part in parts if pools.any() and part.length_km <= wanted.spacing_km]
    served = sum(min(part.to_km, corridor.length_km) - max(part.from_km, 0.0) for part in fine)
    share = served / corridor.length_km
    met = share >= wanted.length_share - 1e-9
    power, _ = _for_one(sites, year, wanted)
    inside = sites.serves(corridor.corridor_id, direction) & (sites.access_km <= wanted.along_km)
    if len(fine) < len(parts):
        inside &= (sites.km >= worst.from_km) & (sites.km <= worst.to_km) & ~pools
        found = float(power[inside].max(initial=0.0))
    else:
        found = float(power[pools].min())
    gap = f"{worst.length_km:.0f} km from {corridor.near(worst.from_km)} to "
    gap += corridor.near(worst.to_km)
    if met:
        words = f"met: {int(pools.sum())} pools, the longest stretch {gap}"
    elif not pools.any():
        words = f"short: no pool of {wanted.pool_kw:.0f} kW"
    else:
        words = f"short: {gap} without a pool of {wanted.pool_kw:.0f} kW"
    if not met and found > 0:
        words += f"; the strongest site there has {found:.0f} kW for this direction"
    return {
        "corridor_id": corridor.corridor_id,
        "name": corridor.name,
        "network": corridor.network,
        "direction": direction,
        "year": year,
        "pools": int(pools.sum()),
        "largest_gap_km": worst.length_km,
        "gap_from_km": worst.from_km,
        "gap_to_km": worst.to_km,
        "spacing_km": wanted.spacing_km,
        "kw_required": wanted.pool_kw,
        "kw_found": found,
        "points_required": int(wanted.points_350kw),
        "share_required": wanted.length_share,
        "share_found": share,
        "met": met,
        "words": words,
    }


def _for_one(sites: CorridorSites, year: int, wanted: Target) -> tuple[FloatArray, FloatArray]:
    """Power and points of each site for one direction."""
    y = sites.years.index(year)
    part = np.array(
        [0.5 if way == "both" and not wanted.shared else 1.0 for way in sites.directions]
    )
    return sites.kw[:, y] * part, np.floor(sites.points_350kw[:, y] * part)


def _pools(
    corridor: Corridor, sites: CorridorSites, year: int, direction: str, wanted: Target
) -> BoolArray:
    power, points = _for_one(sites, year, wanted)
    return (
        sites.serves(corridor.corridor_id, direction)
        & (sites.access_km <= wanted.along_km)
        & (power >= wanted.pool_kw - 1e-6)
        & (points >= wanted.points_350kw)
    )


def _stretches(corridor: Corridor, pool_km: FloatArray) -> list[Stretch]:
    """Stretches that lie on the corridor for a part; pools beyond its ends bound them too."""
    inside = pool_km[(pool_km > 0) & (pool_km < corridor.length_km)]
    begin = float(pool_km[pool_km <= 0].max(initial=-np.inf))
    end = float(pool_km[pool_km >= corridor.length_km].min(initial=np.inf))
    begin = begin if np.isfinite(begin) else 0.0
    end = end if np.isfinite(end) else corridor.length_km
    bounds = [begin, *sorted(set(inside.tolist())), end]
    return [Stretch(a, b) for a, b in pairwise(bounds)]


def _years(sites: CorridorSites, years: Sequence[int] | None) -> tuple[int, ...]:
    return sites.years if years is None else tuple(int(year) for year in years)


def _year_faults(sites: CorridorSites, years: tuple[int, ...]) -> list[Fault]:
    lost = tuple(str(year) for year in years if year not in sites.years)
    if not lost:
        return []
    return [Fault("corridor_sites", "year", lost, "is no year of the sites", "Add its rows.")]
