"""Overnight demand at truck parkings along the corridors of the region.

A parking asks on a night for ``bays x occupancy x electric share x share that charges x session``.
Parkings are those of the table ``truck_parkings`` (OpenStreetMap, ODbL) near the line of a
corridor; two nearer to each other than ``parking_merge_m`` are one. Bays are not counted in the
facts, so that most are the assumption ``parking_bays``; `parking_table` says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csgraph

from bundling.errors import Fault, raise_if
from bundling.siting.assumed import assumed, check_years
from bundling.siting.demand import Point, electric_flow_share
from bundling.units import METRES_PER_KM

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]
Line = Sequence[tuple[float, float]]

CORRIDOR_LINES: Mapping[str, Line] = {
    "A1": (
        (198_500, 466_800), (205_000, 468_800), (210_200, 471_600), (221_100, 473_500),
        (226_500, 474_500), (236_000, 478_500), (244_400, 481_100), (247_600, 478_300),
        (258_000, 481_500), (268_100, 482_100),
    ),
    "A28": (
        (198_200, 500_100), (203_000, 503_500), (207_900, 506_700), (210_500, 511_000),
        (210_600, 515_700), (209_900, 520_200), (218_000, 523_500), (227_300, 525_000),
    ),
}  # fmt: skip
"""Lines of the A1 and the A28 through Overijssel, RD New metres; drawn by hand, an assumption."""


def parking_table(
    region: Region,
    *,
    lines: Mapping[str, Line] | None = None,
    bays: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Truck parkings along the corridors.

    Parameters
    ----------
    region
        With the table ``truck_parkings``.
    lines
        Corridors as points in RD New metres; `CORRIDOR_LINES` when None.
    bays
        Bays by ``parking_id``, which go before those of the table.

    Returns
    -------
    pandas.DataFrame
        ``parking_id`` (of the first of several that are one), ``name``, ``corridor``, ``bays``,
        ``bays_source`` (user, table or assumption), ``distance_km`` from the line, ``rd_x_m``,
        ``rd_y_m``; by corridor and place.

    Raises
    ------
    bundling.InputError
        When bays are negative or of an unknown parking, or a line has fewer than two points.
    """
    drawn = CORRIDOR_LINES if lines is None else lines
    given = {} if bays is None else dict(bays)
    table = region.table("truck_parkings").reset_index(drop=True)
    raise_if(_faults(table, drawn, given))
    if table.empty or not drawn:
        return pd.DataFrame(columns=list(_COLUMNS))
    xy = table[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
    away = np.stack([_distance_m(xy, np.array(line, dtype=float)) for line in drawn.values()])
    nearest = away.argmin(axis=0)
    reach = assumed(region, "parking_corridor_km") * METRES_PER_KM
    near = np.flatnonzero(away.min(axis=0) <= reach)
    apart = np.linalg.norm(xy[near, None] - xy[None, near], axis=2)
    _, group = csgraph.connected_components(apart <= assumed(region, "parking_merge_m"))
    corridors = list(drawn)
    rows = []
    for number in range(int(group.max(initial=-1)) + 1):
        mine = near[group == number]
        part = table.iloc[mine]
        ids = part["parking_id"].astype(str).tolist()
        named = part["name"].dropna().astype(str).tolist()
        spaces, source = _bays(part, ids, given, assumed(region, "parking_bays"))
        corridor = corridors[int(nearest[mine[0]])]
        rows.append(
            {
                "parking_id": ids[0],
                "name": named[0] if named else f"Truck parking {corridor}",
                "corridor": corridor,
                "bays": spaces,
                "bays_source": source,
                "distance_km": float(away[:, mine].min()) / METRES_PER_KM,
                "rd_x_m": float(xy[mine, 0].mean()),
                "rd_y_m": float(xy[mine, 1].mean()),
            }
        )
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.sort_values(["corridor", "rd_x_m"], kind="stable").reset_index(drop=True)


def overnight_points(
    region: Region,
    years: tuple[int, ...],
    *,
    lines: Mapping[str, Line] | None = None,
    bays: Mapping[str, float] | None = None,
) -> list[Point]:
    """Demand of trucks that spend the night, a point for each parking; see `parking_table`.

    The hour profile is ``overnight``. The smallest charger of use fills a session in
    ``overnight_stay_h``. The electric share is that of passing trucks.

    Raises
    ------
    bundling.InputError
        As `parking_table`, and when the years do not ascend.
    """
    check_years(years, "overnight_points")
    session = assumed(region, "overnight_session_kwh")
    asked = assumed(region, "overnight_occupancy") * assumed(region, "overnight_charging_share")
    share = np.minimum(electric_flow_share(region, years), 1.0)
    least = session / assumed(region, "overnight_stay_h")
    return [
        Point(
            demand_id=f"overnight-{row['parking_id']}",
            name=f"{row['name']} ({row['corridor']}, night)",
            kind="parking",
            x_m=float(row["rd_x_m"]),
            y_m=float(row["rd_y_m"]),
            kwh=tuple(float(row["bays"] * asked * part * session) for part in share),
            profile="overnight",
            vehicle_class="tractor",
            session_kwh=session,
            min_kw=least,
        )
        for row in parking_table(region, lines=lines, bays=bays).to_dict("records")
        if row["bays"] > 0
    ]


_COLUMNS = (
    "parking_id", "name", "corridor", "bays", "bays_source", "distance_km", "rd_x_m", "rd_y_m",
)  # fmt: skip


def _bays(
    part: pd.DataFrame, ids: list[str], given: dict[str, float], usual: float
) -> tuple[float, str]:
    """Bays of parkings that are one: of the user, else the largest count, else the assumption."""
    own = [given[name] for name in ids if name in given]
    if own:
        return float(sum(own)), "user"
    counted = part["truck_bays"].dropna()
    return (float(counted.max()), "table") if len(counted) else (usual, "assumption")


def _distance_m(xy: FloatArray, line: FloatArray) -> FloatArray:
    """Distance of points from a line, m."""
    begin, step = line[:-1], np.diff(line, axis=0)
    length = (step**2).sum(axis=1)
    there = ((xy[:, None] - begin) * step).sum(axis=2) / np.where(length > 0, length, 1.0)
    foot = begin + np.clip(there, 0.0, 1.0)[:, :, None] * step
    nearest: FloatArray = np.linalg.norm(xy[:, None] - foot, axis=2).min(axis=1)
    return nearest


def _faults(
    table: pd.DataFrame, lines: Mapping[str, Line], bays: Mapping[str, float]
) -> list[Fault]:
    faults = [
        Fault("lines", str(name), (), "has fewer than two points", "Draw it with two or more.")
        for name, line in lines.items()
        if len(line) < 2
    ]
    unknown = tuple(sorted(set(bays) - set(table["parking_id"].astype(str))))
    if unknown:
        rule = "is no parking of the table truck_parkings"
        faults.append(Fault("bays", "parking_id", unknown, rule, "Use its parking_id."))
    bad = tuple(str(name) for name, value in bays.items() if not 0 <= value < np.inf)
    if bad:
        faults.append(Fault("bays", "bays", bad, "is not a number of at least 0", "Give one."))
    return faults
