"""Speeds for the edges of a road graph as OSMnx makes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MPH_KMH = 1.609344

HIGHWAY_SPEED_KMH: Mapping[str, float] = {
    "motorway": 100.0,
    "motorway_link": 60.0,
    "trunk": 90.0,
    "trunk_link": 50.0,
    "primary": 70.0,
    "primary_link": 50.0,
    "secondary": 60.0,
    "secondary_link": 50.0,
    "tertiary": 50.0,
    "tertiary_link": 40.0,
    "unclassified": 50.0,
    "residential": 30.0,
    "living_street": 15.0,
    "service": 20.0,
    "road": 50.0,
    "busway": 40.0,
    "track": 15.0,
    "pedestrian": 10.0,
    "cycleway": 15.0,
    "footway": 5.0,
    "path": 5.0,
}
"""Speed by ``highway`` tag where an edge has no speed of its own, km/h. Own assumption, set near
Dutch limits (motorway 100 by day, 60 on rural roads of the lowest class, 30 in streets)."""

NAMED_SPEED_KMH: Mapping[str, float] = {
    "walk": 5.0,
    "nl:living_street": 15.0,
    "nl:zone30": 30.0,
    "nl:urban": 50.0,
    "nl:rural": 80.0,
    "nl:trunk": 100.0,
    "nl:motorway": 100.0,
}
"""Speeds for the words that stand in ``maxspeed`` tags, km/h."""

_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?$")


def from_maxspeed(tag: Any) -> float | None:
    """Speed in km/h of a ``maxspeed`` tag; None when it holds no speed.

    Several values (a list, or joined by ``;`` or ``|``) give the lowest: simplified edges join
    pieces, and the slow piece must not be overlooked. ``none`` (German motorways) is no speed.
    """
    found = []
    for text in _texts(tag):
        match = _NUMBER.match(text)
        if match:
            speed = float(match[1]) * (MPH_KMH if match[2] == "mph" else 1.0)
            if speed > 0:
                found.append(speed)
        elif text in NAMED_SPEED_KMH:
            found.append(NAMED_SPEED_KMH[text])
    return min(found, default=None)


def from_highway(tag: Any) -> float | None:
    """Speed in km/h of a ``highway`` tag, the lowest of several; None when it is not known."""
    speeds = [HIGHWAY_SPEED_KMH[text] for text in _texts(tag) if text in HIGHWAY_SPEED_KMH]
    return min(speeds, default=None)


def _texts(tag: Any) -> list[str]:
    if tag is None:
        return []
    parts = tag if isinstance(tag, list | tuple | set) else re.split(r"[;|]", str(tag))
    return [str(part).strip().lower() for part in parts]
