"""What AFIR, Regulation (EU) 2023/1804, asks for in a year, from the dated tables of the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.rules import RuleBook
from bundling.siting.corridors import Corridor


@dataclass(frozen=True)
class Target:
    """What AFIR asks of a corridor in a year.

    Attributes
    ----------
    length_share
        Share of the length that must be served.
    spacing_km, pool_kw, points_350kw
        Longest distance between pools, and what each holds for one direction.
    along_km
        Largest distance from an exit.
    shared
        Whether one pool may serve both directions with the power of one.
    """

    length_share: float
    spacing_km: float
    pool_kw: float
    points_350kw: float
    along_km: float
    shared: bool


def target(corridor: Corridor, year: int, rules: RuleBook | None = None) -> Target | None:
    """Return what is asked of a corridor at the end of a year; None before the first target."""
    book = RuleBook.default() if rules is None else rules
    day = date(year, 12, 31)
    found = book.find_all("afir_pools", day, {"network": corridor.network})
    if not found:
        return None

    def term(name: str) -> float:
        return _number(book.find("afir_terms", day, {"term": name})["value"])

    row, trucks = found[0], corridor.trucks_per_day
    spacing = _number(row["spacing_km"])
    if trucks is not None and trucks < term("wider_below_per_day"):
        spacing = max(spacing, term("wider_spacing_km"))
    return Target(
        _number(row["length_share"]),
        spacing,
        _number(row["pool_kw"]),
        _number(row["points_350kw"]),
        term("along_km"),
        trucks is not None and trucks < term("one_pool_below_per_day"),
    )


def afir_places(frame: pd.DataFrame, rules: RuleBook | None = None) -> pd.DataFrame:
    """Compare safe and secure parkings and urban nodes with what AFIR asks for.

    Parameters
    ----------
    frame
        ``place_id``, ``place_kind`` (``safe_parking`` or ``urban_node``), ``year``, ``stations``
        (of at least the table's ``station_kw``), ``kw`` (over points of at least ``point_kw``).

    Returns
    -------
    pandas.DataFrame
        The rows with a requirement, with ``stations_required``, ``kw_required``, ``met``.
    """
    needed = ("place_id", "place_kind", "year", "stations", "kw")
    raise_if(
        Fault("afir_places", name, (), "the column is missing", "Add it.")
        for name in needed
        if name not in frame.columns
    )
    wrong = tuple(
        str(row + 1)
        for row, kind in enumerate(frame["place_kind"])
        if kind not in ("safe_parking", "urban_node")
    )
    if wrong:
        rule = "is neither safe_parking nor urban_node"
        raise_if([Fault("afir_places", "place_kind", wrong, rule, "Use one of them.")])
    book = RuleBook.default() if rules is None else rules
    rows = []
    for place in frame.to_dict("records"):
        day = date(int(place["year"]), 12, 31)
        for asked in book.find_all("afir_places", day, {"place_kind": place["place_kind"]}):
            stations, kw = _number(asked["stations"]), _number(asked["total_kw"])
            met = float(place["stations"]) >= stations and float(place["kw"]) >= kw
            more = {"stations_required": int(stations), "kw_required": kw, "met": met}
            rows.append({str(name): value for name, value in place.items()} | more)
    return pd.DataFrame(rows)


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)
