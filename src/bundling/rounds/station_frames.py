"""Charging stations, their prices and charging curves as data frames and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.errors import Fault
from bundling.rounds.cells import find, numbers, texts
from bundling.rounds.defaults import HOURS_PER_DAY, STATION_DEFAULTS
from bundling.rounds.validate import STATION_COLUMNS

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem

STATION_TABLES: dict[str, tuple[str, ...]] = {
    "stations": ("station_id", "station_x_m", "station_y_m"),
    "station_prices": ("station_id", "hour", "eur_per_kwh"),
    "curves": ("curve", "kwh", "s"),
    "may_charge": ("vehicle_id", "station_id", "curve"),
}
"""Tables of a problem with stations, and the columns they must have."""


def write_stations(problem: RoundsProblem) -> dict[str, pd.DataFrame]:
    """Return the tables of stations; none when the problem has neither stations nor curves."""
    if not problem.num_stations and not len(problem.curve_kwh):
        return {}
    curves, points = problem.curve_kwh.shape
    v, k = np.nonzero(problem.curve_of >= 0)
    ids = list(problem.station_ids)
    return {
        "stations": pd.DataFrame(
            {"station_id": ids} | {name: getattr(problem, name) for name in STATION_COLUMNS}
        ),
        "station_prices": pd.DataFrame(
            {
                "station_id": np.repeat(np.array(ids, dtype=object), HOURS_PER_DAY),
                "hour": np.tile(np.arange(HOURS_PER_DAY), len(ids)),
                "eur_per_kwh": problem.station_eur_per_kwh.ravel(),
            }
        ),
        "curves": pd.DataFrame(
            {
                "curve": np.repeat(np.arange(curves), points),
                "kwh": problem.curve_kwh.ravel(),
                "s": problem.curve_s.ravel(),
            }
        ),
        "may_charge": pd.DataFrame(
            {
                "vehicle_id": [problem.vehicle_ids[i] for i in v],
                "station_id": [problem.station_ids[i] for i in k],
                "curve": problem.curve_of[v, k],
            }
        ),
    }


def read_stations(
    tables: Mapping[str, pd.DataFrame], vehicle_ids: tuple[str, ...], faults: list[Fault]
) -> dict[str, Any]:
    """Return the fields of stations and curves; none when there is no table of stations."""
    if "stations" not in tables:
        return {}
    stations, prices, curves = (tables[n] for n in ("stations", "station_prices", "curves"))
    ids = texts(stations["station_id"])
    fields: dict[str, Any] = {"station_ids": ids}
    for column in STATION_COLUMNS:
        if column in stations.columns:
            blank = STATION_DEFAULTS.get(column)
            fields[column] = numbers("stations", stations[column], faults, blank=blank)
    fields["station_eur_per_kwh"] = _prices(prices, ids, faults)
    names, fields["curve_kwh"], fields["curve_s"] = _curves(curves, faults)
    may = tables["may_charge"]
    v = find("may_charge", may["vehicle_id"], vehicle_ids, faults, column="vehicle_id")
    k = find("may_charge", may["station_id"], ids, faults, column="station_id")
    curve_of = np.full((len(vehicle_ids), len(ids)), -1, dtype=np.int64)
    chosen = find("may_charge", may["curve"], names, faults, column="curve")
    if vehicle_ids and ids:
        curve_of[v, k] = chosen
    fields["curve_of"] = curve_of
    return fields


def _prices(prices: pd.DataFrame, ids: tuple[str, ...], faults: list[Fault]) -> Any:
    table = np.full((len(ids), HOURS_PER_DAY), np.nan)
    k = find("station_prices", prices["station_id"], ids, faults, column="station_id")
    hour = numbers("station_prices", prices["hour"], faults)
    value = numbers("station_prices", prices["eur_per_kwh"], faults)
    known = np.isin(hour, np.arange(HOURS_PER_DAY))
    if not known.all():
        rows = tuple(str(row + 1) for row in np.flatnonzero(~known))
        rule = f"is no whole hour from 0 to {HOURS_PER_DAY - 1}"
        faults.append(Fault("station_prices", "hour", rows, rule, "Correct the hour."))
    if ids:
        table[np.array(k, dtype=np.int64)[known], hour[known].astype(np.int64)] = value[known]
    short = tuple(ids[i] for i in np.flatnonzero(np.isnan(table).any(axis=1)))
    if short:
        rule = "has no price for some hours"
        faults.append(Fault("station_prices", "station_id", short, rule, "Give all 24 hours."))
    return table


def _curves(curves: pd.DataFrame, faults: list[Fault]) -> tuple[tuple[str, ...], Any, Any]:
    """Names of the curves and their points; shorter ones repeat their last point."""
    labels = texts(curves["curve"])
    kwh = numbers("curves", curves["kwh"], faults)
    seconds = numbers("curves", curves["s"], faults)
    names = tuple(dict.fromkeys(labels))
    rows = [[i for i, label in enumerate(labels) if label == name] for name in names]
    longest = max((len(mine) for mine in rows), default=0)
    padded = [mine + mine[-1:] * (longest - len(mine)) for mine in rows]
    order = np.array(padded, dtype=np.int64).reshape(len(names), longest)
    return names, kwh[order], seconds[order]
