"""Data frames in and out of a matching problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.errors import Fault, raise_if
from bundling.hubs.matching.problem import BoolArray, FloatArray, IntArray, MatchingProblem
from bundling.units import DAY_S, clock_from_seconds, seconds_from_clock

if TYPE_CHECKING:
    import pandas as pd

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DETOUR = 1.3
"""Road distance over the straight line, when no distances are given."""
SPEED_M_PER_S = 60_000 / 3600
_NEEDED = {
    "areas": ("area_id", "x_m", "y_m"),
    "lanes": ("shipper_id", "origin", "destination"),
    "travel": ("start", "end", "distance_m", "time_s"),
    "apart": ("shipper_id", "other_id"),
}
_AMOUNTS = ("kg", "m3", "pallets")


def problem_from_tables(tables: Mapping[str, pd.DataFrame], **settings: Any) -> MatchingProblem:
    """Make a problem; see `MatchingProblem.from_tables`."""
    raise_if(_missing(tables))
    areas, lanes = tables["areas"], tables["lanes"]
    area_ids = [str(name) for name in areas["area_id"]]
    shippers = list(dict.fromkeys(str(name) for name in lanes["shipper_id"]))
    found: list[Fault] = []
    origin = _find(lanes["origin"], area_ids, "areas", ("lanes", "origin"), found)
    destination = _find(lanes["destination"], area_ids, "areas", ("lanes", "destination"), found)
    shipper = _find(lanes["shipper_id"], shippers, "lanes", ("lanes", "shipper_id"), found)
    amounts: dict[str, Any] = {
        f"lane_{name}": _numbers(lanes, name, ("lanes", name), found)
        if name in lanes
        else np.zeros(len(lanes))
        for name in _AMOUNTS
    }
    x = _numbers(areas, "x_m", ("areas", "x_m"), found)
    y = _numbers(areas, "y_m", ("areas", "y_m"), found)
    apart = np.zeros((0, 2), dtype=np.int64)
    if "apart" in tables:
        pairs = tables["apart"]
        columns = [
            _find(pairs[name], shippers, "lanes", ("apart", name), found)
            for name in ("shipper_id", "other_id")
        ]
        apart = np.stack(columns, axis=1)
    if "travel" in tables:
        distance, time = _travel(tables["travel"], area_ids, found)
    else:
        distance = DETOUR * np.hypot(x[:, None] - x, y[:, None] - y)
        time = distance / SPEED_M_PER_S
    days = _days(lanes, found)
    early, late = _clocks(lanes, "early", 0.0, found), _clocks(lanes, "late", DAY_S, found)
    raise_if(found)
    return MatchingProblem(
        shipper_ids=tuple(shippers),
        area_ids=tuple(area_ids),
        area_x_m=x,
        area_y_m=y,
        distance_m=distance,
        time_s=time,
        lane_shipper=shipper,
        lane_origin=origin,
        lane_destination=destination,
        lane_days=days,
        lane_early_s=early,
        lane_late_s=late,
        apart=apart,
        **amounts,
        **settings,
    )


def tables_from_problem(problem: MatchingProblem) -> dict[str, pd.DataFrame]:
    """Write the tables `problem_from_tables` reads; see `MatchingProblem.to_tables`."""
    import pandas as pd

    names, areas = problem.shipper_ids, problem.area_ids
    count = len(areas)
    return {
        "areas": pd.DataFrame(
            {"area_id": list(areas), "x_m": problem.area_x_m, "y_m": problem.area_y_m}
        ),
        "lanes": pd.DataFrame(
            {
                "shipper_id": [names[k] for k in problem.lane_shipper],
                "origin": [areas[k] for k in problem.lane_origin],
                "destination": [areas[k] for k in problem.lane_destination],
                "kg": problem.lane_kg,
                "m3": problem.lane_m3,
                "pallets": problem.lane_pallets,
                "days": [
                    " ".join(day for day, runs in zip(DAYS, row, strict=False) if runs)
                    for row in problem.lane_days
                ],
                "early": [clock_from_seconds(s) for s in problem.lane_early_s],
                "late": [clock_from_seconds(s) for s in problem.lane_late_s],
            }
        ),
        "travel": pd.DataFrame(
            {
                "start": np.repeat(list(areas), count),
                "end": np.tile(list(areas), count),
                "distance_m": problem.distance_m.ravel(),
                "time_s": problem.time_s.ravel(),
            }
        ),
        "apart": pd.DataFrame(
            [(names[a], names[b]) for a, b in problem.apart], columns=["shipper_id", "other_id"]
        ),
    }


def _missing(tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    found = []
    for table, columns in _NEEDED.items():
        if table not in tables:
            if table in ("areas", "lanes"):
                found.append(Fault(table, "", (), "the table is missing", "Add it."))
            continue
        found += [
            Fault(table, column, (), "the column is missing", "Add it.")
            for column in columns
            if column not in tables[table]
        ]
    if "lanes" in tables and not any(name in tables["lanes"] for name in _AMOUNTS):
        found.append(Fault("lanes", "kg", (), "no amount is given", "Add kg, m3 or pallets."))
    return found


def _find(
    column: pd.Series[Any], names: list[str], of: str, place: tuple[str, str], found: list[Fault]
) -> IntArray:
    position = {name: k for k, name in enumerate(names)}
    at = np.array([position.get(str(item), -1) for item in column], dtype=np.int64)
    bad = np.flatnonzero(at < 0)
    if bad.size:
        rows = tuple(str(k + 1) for k in bad)
        rule = f"names something that is not in {of}: {column.iloc[bad[0]]}"
        found.append(Fault(*place, rows, rule, f"Use a name from {of}."))
    return at


def _numbers(
    frame: pd.DataFrame, column: str, place: tuple[str, str], found: list[Fault]
) -> FloatArray:
    import pandas as pd

    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        rows = tuple(str(k + 1) for k in bad)
        rule = f"is not a number: {frame[column].iloc[bad[0]]}"
        found.append(Fault(*place, rows, rule, "Give a number."))
    return values


def _travel(
    travel: pd.DataFrame, area_ids: list[str], found: list[Fault]
) -> tuple[FloatArray, FloatArray]:
    start = _find(travel["start"], area_ids, "areas", ("travel", "start"), found)
    end = _find(travel["end"], area_ids, "areas", ("travel", "end"), found)
    both = []
    for column in ("distance_m", "time_s"):
        matrix = np.full((len(area_ids), len(area_ids)), np.nan)  # left out shows as not finite
        matrix[start, end] = _numbers(travel, column, ("travel", column), found)
        both.append(matrix)
    return both[0], both[1]


def _days(lanes: pd.DataFrame, found: list[Fault]) -> BoolArray:
    if "days" not in lanes:
        return np.ones((len(lanes), len(DAYS)), dtype=bool)
    words = [str(item).lower().replace(",", " ").split() for item in lanes["days"]]
    bad = [k for k, row in enumerate(words) if not row or not set(row) <= set(DAYS)]
    if bad:
        rows = tuple(str(k + 1) for k in bad)
        rule = f"is not a list of days: {lanes['days'].iloc[bad[0]]}"
        found.append(Fault("lanes", "days", rows, rule, f"Write days as {' '.join(DAYS[:3])}."))
    return np.array([[day in row for day in DAYS] for row in words], dtype=bool).reshape(-1, 7)


def _clocks(lanes: pd.DataFrame, column: str, other: float, found: list[Fault]) -> FloatArray:
    if column not in lanes:
        return np.full(len(lanes), other)
    values, bad = np.full(len(lanes), other), []
    for k, item in enumerate(lanes[column]):
        try:
            values[k] = seconds_from_clock(str(item))
        except ValueError:
            bad.append(k)
    if bad:
        rows = tuple(str(k + 1) for k in bad)
        rule = f"is no clock time: {lanes[column].iloc[bad[0]]}"
        found.append(Fault("lanes", column, rows, rule, "Write times as 07:30."))
    return values
