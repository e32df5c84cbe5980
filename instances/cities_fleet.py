"""Vehicles and charging stations of the city problems.

The stations are the public fast chargers of the region, with their powers and, where published,
their prices. Batteries are small on purpose; they, the cold day and the charging curves are own
assumptions, which the constants state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]

BATTERY_KWH = {"cargo_bike": 3.0, "evan": 10.5, "erigid": 80.0}
"""Whole batteries: of the smallest vans that were ever sold, and of the smallest conversions of
rigids, so that a good part of the rounds cannot go without charging. The vehicles of the regions
have 68 and 300 kWh, with which a round in and around a city hardly ever charges on the way.
"""
WINTER = 1.25
"""Consumption on a cold day over that of the tables."""
CHARGE_KW = {"evan": 25.0, "erigid": 100.0}
"""Highest power such batteries take; a cargo bike charges at its depot only."""
CURVE = ((0.8, 1.0), (0.95, 0.4), (1.0, 0.15))
"""Up to this part of the usable energy, charging has this part of the highest power."""
_SAME_PLACE_M = 250.0
_LEAST_KW = (25.0, 50.0, 100.0)
"""Powers that tell the curves apart: a station with less than the last gives the one before."""


@dataclass(frozen=True)
class Stations:
    """Charging stations by place.

    Attributes
    ----------
    ids
        Names ``[K]``.
    xy_m
        RD New ``[K, 2]``.
    power_kw, heavy
        Highest power, and whether heavy vehicles fit ``[K]``.
    eur_per_kwh
        Price by hour ``[K, 24]``.
    """

    ids: tuple[str, ...]
    xy_m: FloatArray
    power_kw: FloatArray
    heavy: NDArray[np.bool_]
    eur_per_kwh: FloatArray


def vehicle_types(region: Region, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Vehicle types of the region among `kinds`, with the small batteries and a cold day."""
    types = region.table("vehicle_types")
    types = types[types["vehicle_type"].isin(kinds)].reset_index(drop=True)
    small = types["vehicle_type"].map(BATTERY_KWH)
    types["battery_kwh"] = small.where(small.notna(), types["battery_kwh"])
    for column in ("kwh_per_km", "kwh_per_km_per_t"):
        types[column] = (types[column] * WINTER).round(4)
    return types


def stations(region: Region) -> Stations:
    """Public fast chargers, one station a place; where no price is published, the median.

    A station's price follows the day-ahead price of the hour: the hours differ from the mean by as
    many EUR as there.
    """
    chargers = region.table("fast_chargers").sort_values("charger_id", ignore_index=True)
    xy = chargers[["rd_x_m", "rd_y_m"]].to_numpy(float)
    first: list[int] = []
    place = np.empty(len(chargers), dtype=np.int64)
    for i, point in enumerate(xy):
        near = np.hypot(*(xy[first] - point).T) <= _SAME_PLACE_M if first else np.zeros(0, bool)
        if near.any():
            place[i] = int(np.argmax(near))
        else:
            place[i] = len(first)
            first.append(i)
    groups = chargers.groupby(place, sort=True)
    known = groups["price_eur_per_kwh"].min()
    price = known.fillna(float(chargers["price_eur_per_kwh"].median())).to_numpy(float)
    hourly = region.table("energy_prices").sort_values("hour")["eur_per_kwh"].to_numpy(float)
    return Stations(
        ids=tuple(chargers["charger_id"].iloc[first]),
        xy_m=xy[first],
        power_kw=groups["max_power_kw"].max().to_numpy(float),
        heavy=groups["freight"].max().to_numpy(bool),
        eur_per_kwh=np.round(price[:, None] + (hourly - hourly.mean())[None, :], 4),
    )


def curves(
    types: tuple[str, ...], usable_kwh: FloatArray, there: Stations
) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    """Which curve each fleet entry has at each station, and the curves.

    Returns
    -------
    tuple
        ``curve_of`` ``[V, K]``, ``curve_kwh`` and ``curve_s`` ``[C, P]`` of a `RoundsProblem`.
    """
    known: dict[tuple[float, float], int] = {}
    curve_of = np.full((len(types), len(there.ids)), -1, dtype=np.int64)
    for v, kind in enumerate(types):
        if kind not in CHARGE_KW:
            continue
        for k, power in enumerate(there.power_kw.tolist()):
            if kind == "erigid" and not there.heavy[k]:
                continue
            step = max((kw for kw in _LEAST_KW if kw <= power), default=power)
            key = (float(usable_kwh[v]), min(CHARGE_KW[kind], step))
            curve_of[v, k] = known.setdefault(key, len(known))
    points = [curve(kwh, kw) for kwh, kw in known]
    return curve_of, np.array([p[0] for p in points]), np.array([p[1] for p in points])


def curve(usable_kwh: float, power_kw: float) -> tuple[FloatArray, FloatArray]:
    """Levels and seconds from empty of a battery charged with at most `power_kw`."""
    ends = np.array([0.0, *(end for end, _ in CURVE)]) * usable_kwh
    powers = power_kw * np.array([part for _, part in CURVE])
    seconds = np.concatenate([[0.0], np.cumsum(np.diff(ends) / powers * SECONDS_PER_HOUR)])
    return ends, seconds
