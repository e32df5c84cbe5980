"""Pages about results of the rooms beside the four families: one file a room.

A room's file has ``tell(asked) -> Told``, and ``for_people(m, result) -> tables`` where its tables
need other words than their own. Rooms without a file of their own are told by `plain`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from bundling.report.messages import Messages
from bundling.report.rooms import plain
from bundling.report.rooms.told import Asked, Told

if TYPE_CHECKING:
    import pandas as pd

    from bundling.result import Result

_FILES = {
    "hubs.scheduled": "scheduled",
    "hubs.matching": "matching",
    "location.hubs": "hub_location",
    "location.design": "design",
}


def for_people(m: Messages, result: Result) -> dict[str, pd.DataFrame]:
    """Tables of a result as people read them; empty without a solution."""
    if result.solution is None:
        return {}
    room = _room(result.family)
    make = getattr(room, "for_people", plain.for_people)
    tables: dict[str, pd.DataFrame] = make(m, result)
    return tables


def tell(asked: Asked) -> Told:
    """Tell about a result that has a solution."""
    told: Told = _room(asked.result.family).tell(asked)
    return told


def _room(family: str) -> Any:
    if family not in _FILES:
        return plain
    return importlib.import_module(f"bundling.report.rooms.{_FILES[family]}")
