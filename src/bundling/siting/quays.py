"""Shore power at quays: the windows of ships at berth give a load for each hour of a typical day.

A ship at berth draws its mean load from arrival to departure. Loads of berths add up; connections
do not, because ships do not all draw their most at once. ``n`` connections of ``k`` kVA ask a quay
for ``n k g(n)``, with Rusck's coincidence ``g(n) = g + (1 - g) / sqrt(n)``.

References
----------
- S. Rusck, "The simultaneous demand in distribution network supplying domestic consumers", ASEA
  Journal 10 (1956) 59-61. Made for households; its use for berths is an own assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.siting.assumed import assumed, assumed_years, check_years
from bundling.siting.demand import Point

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]

HOURS = 24
COLUMNS = ("quay_id", "name", "berths", "ships_per_day", "arrival_h", "departure_h", "kw", "kva",
           "rd_x_m", "rd_y_m")  # fmt: skip
_VESSELS = ("cargo_barge", "river_cruise", "electric_barge")


@dataclass(frozen=True, eq=False)
class QuayLoads:
    """Load of quays when every ship uses shore power; Q quays, B rows of berths.

    Attributes
    ----------
    quay_ids, quay_names
        Quays, in the order in which they first appear.
    x_m, y_m
        Place, RD New [Q].
    berth_kw
        Mean load by hour of a typical day of each row of berths [B, 24].
    quay_kw
        The same of each quay [Q, 24].
    quay_kva
        Connection with coincidence [Q].
    """

    quay_ids: tuple[str, ...]
    quay_names: tuple[str, ...]
    x_m: FloatArray
    y_m: FloatArray
    berth_kw: FloatArray
    quay_kw: FloatArray
    quay_kva: FloatArray


def harbour_berths(region: Region, vessel: str = "cargo_barge") -> pd.DataFrame:
    """Berths at the harbours of the region, as assumptions say; replace them with counts.

    Of a harbour's length ``berth_quay_share`` is berths of ``berth_length_m``; each receives
    ``berth_occupancy`` ships a day from ``berth_arrival_h`` to ``berth_departure_h``.

    Parameters
    ----------
    region
        With the table ``harbours``.
    vessel
        ``cargo_barge``, ``river_cruise`` or ``electric_barge``.
    """
    if vessel not in _VESSELS:
        rule = f"'{vessel}' is no kind of ship"
        raise_if([Fault("harbour_berths", "vessel", (), rule, "Use " + ", ".join(_VESSELS) + ".")])
    harbours = region.table("harbours")
    length = harbours["length_m"].to_numpy(dtype=np.float64, na_value=0.0)
    berths = length * assumed(region, "berth_quay_share") / assumed(region, "berth_length_m")
    frame = pd.DataFrame(
        {
            "quay_id": harbours["harbour_id"].astype(str),
            "name": harbours["name"].astype(str),
            "berths": np.floor(berths + 1e-9).astype(np.int64),
            "ships_per_day": assumed(region, "berth_occupancy"),
            "arrival_h": assumed(region, "berth_arrival_h"),
            "departure_h": assumed(region, "berth_departure_h"),
            "kw": assumed(region, f"shore_{vessel}_kw"),
            "kva": assumed(region, f"shore_{vessel}_kva"),
            "rd_x_m": harbours["rd_x_m"].astype(float),
            "rd_y_m": harbours["rd_y_m"].astype(float),
        }
    )
    return frame[frame["berths"] > 0].reset_index(drop=True)


def quay_loads(berths: pd.DataFrame, coincidence: float) -> QuayLoads:
    """Load and connection of quays.

    Parameters
    ----------
    berths
        A row for berths that are alike: ``quay_id``, ``name``, ``berths``, ``ships_per_day`` at
        each of them, ``arrival_h`` and ``departure_h`` (clock times; a departure not after the
        arrival is on the next day), ``kw`` of a ship, ``kva`` of a connection, ``rd_x_m``,
        ``rd_y_m`` of the quay.
    coincidence
        ``g`` of the module text, 0 to 1.

    Raises
    ------
    bundling.InputError
        With every fault at once: more ships a day than windows fit in a day are one too.
    """
    raise_if(
        Fault("berths", name, (), "the column is missing", "Add it.")
        for name in COLUMNS
        if name not in berths.columns
    )
    raise_if(_faults(berths, coincidence))
    table = berths.reset_index(drop=True)
    count = table["berths"].to_numpy(dtype=np.float64)
    kva = table["kva"].to_numpy(dtype=np.float64)
    inside = _hours_inside(table)
    ships = count * table["ships_per_day"].to_numpy(dtype=np.float64)
    berth_kw = (ships * table["kw"].to_numpy(dtype=np.float64))[:, None] * inside
    names = table["quay_id"].astype(str)
    ids = tuple(dict.fromkeys(names))
    quay = np.array([ids.index(name) for name in names], dtype=np.int64)
    load, total, number = np.zeros((len(ids), HOURS)), np.zeros(len(ids)), np.zeros(len(ids))
    np.add.at(load, quay, berth_kw)
    np.add.at(total, quay, count * kva)
    np.add.at(number, quay, count)
    share = coincidence + (1.0 - coincidence) / np.sqrt(np.maximum(number, 1.0))
    largest = np.zeros(len(ids))
    np.maximum.at(largest, quay, np.where(count > 0, kva, 0.0))
    first = np.array([int(np.flatnonzero(quay == q)[0]) for q in range(len(ids))], dtype=np.int64)
    xy = table[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)[first]
    return QuayLoads(
        ids,
        tuple(table["name"].astype(str).iloc[first]),
        xy[:, 0],
        xy[:, 1],
        berth_kw,
        load,
        np.maximum(total * share, largest),  # never less than the one largest connection
    )


def quay_points(
    region: Region, years: tuple[int, ...], berths: pd.DataFrame | None = None
) -> tuple[list[Point], pd.DataFrame]:
    """Demand of ships at berth, a point for each quay, and the hour profiles that they name.

    Parameters
    ----------
    region
        Its assumptions, and its harbours where `berths` is None.
    years
        Planning years; ``shore_power_share_YEAR`` is the share of ships that use shore power.
    berths
        As for `quay_loads`; `harbour_berths` when None.

    Returns
    -------
    tuple
        Points of kind ``quay``; and rows ``profile``, ``hour``, ``share`` to add to the region's
        ``demand_profiles``. Ships make no detour: join a point to a site at its own quay only.
        Losses of chargers do not apply to them.

    Raises
    ------
    bundling.InputError
        As `quay_loads`, and when the years do not ascend.
    """
    check_years(years, "quay_points")
    table = harbour_berths(region) if berths is None else berths
    loads = quay_loads(table, assumed(region, "shore_coincidence"))
    known = assumed_years(region, "shore_power_share")
    part = np.interp(np.array(years, dtype=float), list(known), list(known.values()))
    points, profiles = [], []
    for q, quay in enumerate(loads.quay_ids):
        day = float(loads.quay_kw[q].sum())
        if day <= 0:
            continue
        ships = table[table["quay_id"].astype(str) == quay]
        calls = float((ships["berths"] * ships["ships_per_day"]).sum())
        points.append(
            Point(
                demand_id=f"quay-{quay}",
                name=f"{loads.quay_names[q]} (shore power)",
                kind="quay",
                x_m=float(loads.x_m[q]),
                y_m=float(loads.y_m[q]),
                kwh=tuple(float(day * share) for share in part),
                profile=f"quay-{quay}",
                vehicle_class="rigid",
                session_kwh=day / calls,
                min_kw=0.0,
            )
        )
        shape = pd.DataFrame({"hour": range(HOURS), "share": loads.quay_kw[q] / day})
        profiles.append(shape.assign(profile=f"quay-{quay}")[["profile", "hour", "share"]])
    empty = pd.DataFrame({"profile": [], "hour": [], "share": []})
    return points, pd.concat(profiles, ignore_index=True) if profiles else empty


def _stay_h(table: pd.DataFrame) -> FloatArray:
    begin = table["arrival_h"].to_numpy(dtype=np.float64)
    stay: FloatArray = table["departure_h"].to_numpy(dtype=np.float64) - begin
    return np.where(stay <= 0, stay + HOURS, stay)


def _hours_inside(table: pd.DataFrame) -> FloatArray:
    """Share of each hour of the day that lies in the window of a ship [B, 24]."""
    begin = table["arrival_h"].to_numpy(dtype=np.float64)[:, None]
    end = begin + _stay_h(table)[:, None]
    hour = np.arange(HOURS)
    inside: FloatArray = np.zeros((len(table), HOURS))
    for first in (hour, hour + HOURS):  # today, and the rest of a night after midnight
        inside = inside + np.clip(np.minimum(end, first + 1) - np.maximum(begin, first), 0.0, 1.0)
    return inside


def _faults(table: pd.DataFrame, coincidence: float) -> list[Fault]:
    faults, fine = [], True
    for name in COLUMNS[2:]:
        value = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=np.float64)
        bad = ~np.isfinite(value) | ((value < 0) if name[:2] != "rd" else False)
        rule = "is not a number of at least 0"
        if name.endswith("_h"):
            bad |= value > HOURS
            rule = f"is not a clock time from 0 to {HOURS}"
        if bad.any():
            fine = False
            faults.append(Fault("berths", name, _rows(bad), rule, "Give one."))
    if fine:
        busy = table["ships_per_day"].to_numpy(dtype=np.float64) * _stay_h(table)
        crowd = busy > HOURS + 1e-9
        if crowd.any():
            rule = "ships would lie more than 24 hours a day at one berth"
            faults.append(Fault("berths", "ships_per_day", _rows(crowd), rule, "Give more berths."))
    if not 0.0 <= coincidence <= 1.0:
        rule = f"{coincidence:g} is not a share from 0 to 1"
        faults.append(Fault("quay_loads", "coincidence", (), rule, "Give one."))
    return faults


def _rows(bad: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(str(row + 1) for row in np.flatnonzero(bad))
