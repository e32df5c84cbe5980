"""Assumptions of long-term siting plans; a region's own table ``assumptions`` goes first.

To replace one, give the region a row with its key: in ``assumptions.csv`` of its folder, the sheet
``assumptions`` of its workbook, or its data frame.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from bundling.errors import Fault, raise_if

if TYPE_CHECKING:
    from bundling.region import Region

FILE = "siting_assumptions.csv"
"""Beside the dated rules: key, value, unit, low, high, source, year, licence, note."""
_COLUMNS = ("key", "value", "unit", "low", "high", "source", "note")


@cache
def _shipped() -> pd.DataFrame:
    """Rows of `FILE`; a row's licence is "assumption" where nobody published the number."""
    with resources.files("bundling.rules").joinpath(FILE).open(encoding="utf-8") as lines:
        return pd.read_csv(lines, keep_default_na=False, dtype={"year": str})


def _cited(row: pd.Series) -> str:
    """Join publisher, year and licence, as the tables of a region have them."""
    if row["licence"] == "assumption":
        return str(row["source"])
    return f"{row['source']} ({row['year']}), {row['licence']}"


def _values() -> dict[str, float]:
    frame = _shipped()
    return {str(key): float(value) for key, value in zip(frame["key"], frame["value"], strict=True)}


def assumption_table(region: Region | None = None) -> pd.DataFrame:
    """Show the assumptions that come with the library, or the region's row of the same key.

    Returns
    -------
    pandas.DataFrame
        Columns key, value, unit, low, high, source (publisher, year and licence), note.
    """
    frame = _shipped().copy()
    frame["source"] = frame.apply(_cited, axis=1)
    frame = frame[list(_COLUMNS)]
    if region is None:
        return frame
    own = region.table("assumptions")
    own = own[own["key"].isin(frame["key"])]
    rest = frame[~frame["key"].isin(own["key"])]
    return pd.concat([own[list(_COLUMNS)].astype(object), rest.astype(object)], ignore_index=True)


def assumed(region: Region, key: str) -> float:
    """Value of the region's own assumption, or of the library's where it has none.

    Raises
    ------
    KeyError
        When neither has it.
    """
    own = region.table("assumptions")
    found = own[own["key"] == key]
    if len(found):
        return float(found["value"].iloc[0])
    known = _values()
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
    rows = rows or {key: value for key, value in _values().items() if key.startswith(prefix + "_")}
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
