"""Corridors of a region as lines, and the sites along them.

- A corridor is a line drawn by hand, its chainage the straight length between its points: a few
  per cent less than the road. Its first point is at the west.
- A site lies on a corridor when it is at most `most_km` from the line, straight. AFIR measures by
  road from the nearest exit, which is longer, and exits are not in the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.siting.corridors import Corridor, tent_status
from bundling.siting.parkings import CORRIDOR_LINES, Line
from bundling.siting.problem import SitingProblem
from bundling.units import METRES_PER_KM

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]

AFIR_LINES: Mapping[str, Line] = {
    **CORRIDOR_LINES,
    "A35": (
        (236_500, 485_500), (239_500, 483_300), (244_400, 481_100), (247_600, 478_300),
        (249_300, 474_300), (252_200, 470_300), (255_000, 468_900), (257_800, 469_100),
    ),
}  # fmt: skip
"""`CORRIDOR_LINES` and the A35 from Wierden over Azelo and Buren to Enschede, RD New metres; drawn
by hand through the motorway nodes, an assumption."""
MOST_KM = 3.0
"""Farthest from the line: AFIR calls 3 km from an exit "along" the road."""
_NODE_KM = 1.0
"""A motorway node this near to a point of a line gives the point its name."""
_COLUMNS = ("site_id", "name", "kind", "corridor_id", "km", "access_km")


def region_corridors(
    region: Region,
    lines: Mapping[str, Line] | None = None,
    trucks_per_day: Mapping[str, float] | None = None,
) -> list[Corridor]:
    """Corridors of a region, by default the A1, A28 and A35 through Overijssel.

    Parameters
    ----------
    region
        Its ``motorway_nodes`` name the points of the lines.
    lines
        Points in RD New metres; `AFIR_LINES` when None.
    trucks_per_day
        Heavy vehicles a day by corridor; without it no exception of AFIR is made.

    Raises
    ------
    bundling.InputError
        When a line has fewer than two points, or stands in no row of `tent_status`.
    """
    drawn = AFIR_LINES if lines is None else lines
    status = tent_status().set_index("corridor_id")["network"]
    faults = _line_faults(drawn) + [
        Fault("lines", str(road), (), "has no known TEN-T network", "Add it to tent_status.")
        for road in drawn
        if road not in status.index
    ]
    raise_if(faults)
    nodes = region.table("motorway_nodes")
    xy = nodes[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
    names = [f"{row['name']} ({row['node_id']})" for row in nodes.to_dict("records")]
    made = []
    for road, line in drawn.items():
        points = np.array(line, dtype=np.float64)
        km = _chainage_km(points)
        ids = []
        for point, at in zip(points, km, strict=True):
            away = np.linalg.norm(xy - point, axis=1)
            near = len(away) and float(away.min()) <= _NODE_KM * METRES_PER_KM
            ids.append(names[int(away.argmin())] if near else f"{road} km {at:.0f}")
        trucks = None if trucks_per_day is None else trucks_per_day.get(road)
        made.append(Corridor(road, road, str(status[road]), tuple(ids), tuple(km.tolist()), trucks))
    return made


def sites_on_corridors(
    where: SitingProblem | Region,
    most_km: float = MOST_KM,
    lines: Mapping[str, Line] | None = None,
) -> pd.DataFrame:
    """Sites along the corridors, of every kind; a site near two corridors has a row for each.

    Parameters
    ----------
    where
        A problem, or a region with ``site_candidates``.
    most_km
        Farthest from the line, straight.
    lines
        As for `region_corridors`.

    Returns
    -------
    pandas.DataFrame
        ``site_id``, ``name``, ``kind``, ``corridor_id``, ``km`` of the nearest point of the line,
        ``access_km`` from it; by corridor and place.

    Raises
    ------
    bundling.InputError
        When `most_km` is negative or no number, or a line has fewer than two points.
    """
    drawn = AFIR_LINES if lines is None else lines
    faults = _line_faults(drawn)
    if not 0 <= most_km < np.inf:
        rule = f"{most_km:g} is not a number of at least 0"
        faults.append(Fault("sites_on_corridors", "most_km", (), rule, "Give km."))
    raise_if(faults)
    if isinstance(where, SitingProblem):
        ids, names, kinds = where.site_ids, where.site_names, where.site_kinds
        xy = np.column_stack([where.site_x_m, where.site_y_m])
    else:
        table = where.table("site_candidates")
        ids, names, kinds = (
            tuple(table[column].astype(str)) for column in ("site_id", "name", "kind")
        )
        xy = table[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
    rows = []
    for road, line in drawn.items():
        km, away = _project(xy, np.array(line, dtype=np.float64))
        rows += [
            (ids[s], names[s], kinds[s], road, float(km[s]), float(away[s]))
            for s in np.flatnonzero(away <= most_km)[np.argsort(km[away <= most_km], kind="stable")]
        ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _line_faults(lines: Mapping[str, Line]) -> list[Fault]:
    return [
        Fault("lines", str(name), (), "has fewer than two points", "Draw it with two or more.")
        for name, line in lines.items()
        if len(line) < 2
    ]


def _chainage_km(line: FloatArray) -> FloatArray:
    """Distance of each point of a line from the first one."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1) / METRES_PER_KM
    return np.concatenate([[0.0], np.cumsum(steps)])


def _project(xy: FloatArray, line: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Chainage of the nearest point of a line and the distance from it, km."""
    begin, step = line[:-1], np.diff(line, axis=0)
    square = (step**2).sum(axis=1)
    along = ((xy[:, None] - begin) * step).sum(axis=2) / np.where(square > 0, square, 1.0)
    along = np.clip(along, 0.0, 1.0)
    away = np.linalg.norm(xy[:, None] - begin - along[:, :, None] * step, axis=2)
    best = away.argmin(axis=1)
    row = np.arange(len(xy))
    at = _chainage_km(line)
    km: FloatArray = at[best] + along[row, best] * np.diff(at)[best]
    distance: FloatArray = away[row, best] / METRES_PER_KM
    return km, distance
