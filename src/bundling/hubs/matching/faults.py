"""Everything that can be wrong with the inputs of a matching problem, found at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault

if TYPE_CHECKING:
    from bundling.hubs.matching.problem import MatchingProblem


def faults(problem: MatchingProblem) -> list[Fault]:
    """List every fault; wrong lengths come alone, since nothing else can be trusted then."""
    wrong = list(_lengths(problem))
    if wrong:
        return wrong
    return [
        *_names("shippers", problem.shipper_ids),
        *_names("areas", problem.area_ids),
        *_indices(problem),
        *_numbers(problem),
        *_settings(problem),
    ]


def _lengths(problem: MatchingProblem) -> Iterator[Fault]:
    areas, lanes = len(problem.area_ids), problem.lane_kg.shape[0]
    days = problem.lane_days.shape[1] if problem.lane_days.ndim == 2 else 0
    expected: dict[str, tuple[str, tuple[int, ...]]] = {
        "area_x_m": ("areas", (areas,)),
        "area_y_m": ("areas", (areas,)),
        "distance_m": ("travel", (areas, areas)),
        "time_s": ("travel", (areas, areas)),
        "lane_days": ("lanes", (lanes, max(1, days))),
        "apart": ("apart", (problem.apart.shape[0], 2)),
    }
    expected |= {
        f"lane_{name}": ("lanes", (lanes,))
        for name in (
            "shipper", "origin", "destination", "kg", "m3", "pallets", "early_s", "late_s",
        )
    }  # fmt: skip
    for name, (table, shape) in expected.items():
        found = getattr(problem, name).shape
        if found != shape:
            yield Fault(table, name, (), f"has shape {found}, expected {shape}", "Give all values.")
    for table, count in (("shippers", problem.num_shippers), ("areas", areas)):
        if count == 0:
            yield Fault(table, "", (), "is empty", "Give at least one row.")


def _names(table: str, names: tuple[str, ...]) -> Iterator[Fault]:
    twice = tuple(name for name, count in Counter(names).items() if count > 1)
    if twice:
        yield Fault(table, "", twice, "is there more than once", "Give every row its own name.")


def _rows(wrong: np.ndarray) -> tuple[str, ...]:
    return tuple(str(k + 1) for k in np.flatnonzero(wrong))


def _indices(problem: MatchingProblem) -> Iterator[Fault]:
    areas, shippers = len(problem.area_ids), problem.num_shippers
    for table, column, values, most in (
        ("lanes", "shipper_id", problem.lane_shipper, shippers),
        ("lanes", "origin", problem.lane_origin, areas),
        ("lanes", "destination", problem.lane_destination, areas),
    ):
        wrong = (values < 0) | (values >= most)
        if wrong.any():
            yield Fault(table, column, _rows(wrong), "points at nothing", "Use a name that exists.")
    unknown = (problem.apart < 0) | (problem.apart >= shippers)
    odd = unknown[:, 0] | unknown[:, 1] | (problem.apart[:, 0] == problem.apart[:, 1])
    if odd.any():
        yield Fault("apart", "", _rows(odd), "is no pair of shippers", "Name two shippers.")


def _numbers(problem: MatchingProblem) -> Iterator[Fault]:
    for column in ("kg", "m3", "pallets", "early_s", "late_s"):
        values = getattr(problem, f"lane_{column}")
        wrong = ~np.isfinite(values) | (values < 0)
        if wrong.any():
            rule = f"is negative or not a number (such as {values[wrong][0]:g})"
            yield Fault("lanes", column, _rows(wrong), rule, "Give numbers from 0 up.")
    wrong = problem.lane_early_s > problem.lane_late_s
    if wrong.any():
        yield Fault("lanes", "late_s", _rows(wrong), "is before early_s", "Swap the two.")
    for column in ("distance_m", "time_s"):
        values = getattr(problem, column)
        wrong = ~np.isfinite(values) | (values < 0)
        if wrong.any():
            rows = tuple(
                f"{problem.area_ids[a]} to {problem.area_ids[b]}" for a, b in np.argwhere(wrong)
            )
            rule = "is missing, negative or not a number"
            yield Fault("travel", column, rows, rule, "Give numbers from 0 up for every pair.")
    wrong = ~(np.isfinite(problem.area_x_m) & np.isfinite(problem.area_y_m))
    if wrong.any():
        names = tuple(np.array(problem.area_ids, dtype=object)[wrong])
        yield Fault("areas", "x_m", names, "is not a number", "Give RD coordinates.")


def _settings(problem: MatchingProblem) -> Iterator[Fault]:
    for name in ("capacity_kg", "capacity_m3", "capacity_pallets", "shift_h"):
        value = getattr(problem, name)
        if not value > 0:
            yield Fault("settings", name, (), f"is {value:g}", "Give a number above 0.")
    for name in ("fixed_eur", "eur_per_km", "eur_per_h", "stop_h", "member_eur"):
        value = getattr(problem, name)
        if not (math.isfinite(value) and value >= 0):
            yield Fault("settings", name, (), f"is {value:g}", "Give a number from 0 up.")
    for name in ("most_stops", "most_members"):
        value = getattr(problem, name)
        if value < 1 or int(value) != value:
            yield Fault("settings", name, (), f"is {value:g}", "Give a whole number from 1 up.")
